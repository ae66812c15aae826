"""One rendering of the sample serves all measuring tests."""

from __future__ import annotations

import pytest

from reports.document import fonts, pdf

from . import sample
from .measure import Measured, measure

FIGURES = b'{"roads": 12}'


@pytest.fixture(scope="session", autouse=True)
def prepared_fonts() -> None:
    """Without the prepared faces nothing here can run; say how to get them."""
    if not (fonts.directory() / "manifest.json").is_file():
        pytest.fail("The document fonts are not prepared: run bin/test, or bin/prepare_fonts.py after fetching them.")


@pytest.fixture(scope="session")
def render():
    """Render a document with the fixed date and number of these tests."""

    def _render(document, **options) -> bytes:
        options.setdefault("created_at", sample.NOON)
        options.setdefault("identifier", "sample-1")
        return pdf.render_pdf(document, **options)

    return _render


@pytest.fixture(scope="session")
def sample_pdf(render) -> bytes:
    attachment = pdf.AttachedFile("figures.json", FIGURES, description="机器可读数据")
    return render(sample.document(), attachments=[attachment])


@pytest.fixture(scope="session")
def measured(sample_pdf) -> Measured:
    return measure(sample_pdf)
