"""The demo township's stage summary as Word: the words of the PDF, and the same pages in LibreOffice."""

import io
import re

import docx
import pypdfium2
import pytest

from accounts.models import User
from reports import services
from reports.document.pdf import render_pdf
from reports.document.word import render_word
from reports.paper import paper_of
from tests.conftest import NOON
from tests.document import libreoffice
from tests.reports.conftest import END, START

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture
def paper(demo_township, db):
    from rounds.models import Round

    round = Round.objects.get(township__name="清溪镇", number=2)
    by = User.objects.filter(is_administrator=False).first()
    return paper_of(
        services.draft_summary(round=round, kind="stage", starts_on=START, ends_on=END, as_of=END, by=by, at=NOON)
    )


def test_has_the_words_and_the_pages_of_the_pdf(paper, tmp_path):
    given = {"created_at": paper.created_at, "identifier": paper.identifier}
    word, pdf = render_word(paper.document, **given), render_pdf(paper.document, **given)

    body = docx.Document(io.BytesIO(word)).element.body
    text = re.sub(r"\s", "", "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))
    for block in paper.document.blocks:
        if hasattr(block, "text"):
            assert re.sub(r"\s", "", block.text) in text

    if libreoffice.PROGRAM is None:
        pytest.skip("LibreOffice is not installed: the number of pages was not compared")
    with pypdfium2.PdfDocument(pdf) as ours, pypdfium2.PdfDocument(libreoffice.to_pdf(word, tmp_path)) as theirs:
        assert abs(len(ours) - len(theirs)) <= 1
