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
 * Checks PDFs with veraPDF, each against one flavour, e.g. {@code Check file.pdf 3a file.pdf ua1 other.pdf ua1}.
 *
 * <p>Prints a line {@code file TAB flavour TAB checks TAB failures} per pair and an indented line per failed rule. The exit
 * status is 0 even where rules fail: the test that reads this decides.
 */
public final class Check {
    private Check() {}

    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int index = 0; index < arguments.length; index += 2) {
            check(new File(arguments[index]), PDFAFlavour.fromString(arguments[index + 1]));
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
            System.out.println(file.getName() + "\t" + flavour.getId() + "\t" + result.getTotalAssertions() + "\t" + failures);
            failed.forEach((rule, count) -> System.out.println("  " + count + " x " + rule));
        }
    }
}
