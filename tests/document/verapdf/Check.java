import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.VeraPDFFoundry;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Checks one PDF with veraPDF against each flavour given, e.g. {@code Check file.pdf 3a ua1}.
 *
 * <p>Prints a line {@code flavour TAB checks TAB failures} per flavour and an indented line per failed rule. The exit
 * status is 0 even where rules fail: the test that reads this decides.
 */
public final class Check {
    private Check() {}

    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int index = 1; index < arguments.length; index++) {
            check(new File(arguments[0]), PDFAFlavour.fromString(arguments[index]));
        }
    }

    private static void check(File file, PDFAFlavour flavour) throws Exception {
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        try (PDFAParser parser = foundry.createParser(file, flavour);
                PDFAValidator validator = foundry.createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            Map<String, Integer> failed = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                    failed.merge(rule + " " + assertion.getMessage(), 1, Integer::sum);
                }
            }
            int failures = failed.values().stream().mapToInt(Integer::intValue).sum();
            System.out.println(flavour.getId() + "\t" + result.getTotalAssertions() + "\t" + failures);
            failed.forEach((rule, count) -> System.out.println("  " + count + " x " + rule));
        }
    }
}
