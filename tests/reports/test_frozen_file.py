"""The file of a signed summary: made once from what was frozen, the same for ever, and known again by its digest."""

import hashlib
import io
import json
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs import services as jobs
from jobs.models import Job
from problems.models import Problem
from reports import services
from reports.document.pdf import render_pdf
from reports.models import Issue, Summary, SummaryFile
from reports.paper import Paper, paper_of, paper_of_issue
from reports.work import RENDERERS, attachments
from tests.conftest import NOON
from tests.reports.conftest import signed

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture
def issued(desk) -> SummaryFile:
    """A signed summary whose PDF was made."""
    signed(desk)
    jobs.run(Job.objects.get(kind="render_summary", arguments__format="pdf").pk)
    return SummaryFile.objects.get()


@pytest.fixture
def other_faces(tmp_path: Path) -> Path:
    """The faces of a later day: same names, other bytes (仿宋 drawn by another face)."""
    folder = tmp_path / "fonts"
    shutil.copytree(project.FONT_DIR, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    faces = manifest["faces"]
    shutil.copyfile(folder / faces["kai"]["file"], folder / faces["body"]["file"])
    faces["body"]["sha256"] = faces["kai"]["sha256"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def bytes_of(file: SummaryFile) -> bytes:
    with file.file.open() as stored:
        return stored.read()


def docx_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return re.sub(r"<[^>]+>|\s", "", archive.read("word/document.xml").decode())


def rendered(paper: Paper) -> bytes:
    return render_pdf(
        paper.document,
        attachments=attachments(paper),
        created_at=paper.created_at,
        identifier=paper.identifier,
        strict=True,
    )


def words(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in pdf]


def verdict(desk, code: str, content: bytes, user=None) -> dict:
    client = desk.world.client(user)
    answer = client.post(
        reverse("reports:verify"), {"code": code, "file": SimpleUploadedFile("a.pdf", content, "application/pdf")}
    )
    assert answer.status_code == 200
    return {"file": answer.context["answer"].file, "standing": answer.context["answer"].standing}


def change_everything(desk) -> None:
    """What happens to records in the months after a signature."""
    desk.problem(9, "饮用水管网改造")
    Problem.objects.filter(number=2).update(title="改了名的问题")
    Problem.objects.get(number=1).milestones.all().delete()
    desk.meeting(date(2026, 9, 14))
    for place in (desk.world.township, desk.world.village):
        place.name = f"新{place.name}"
        place.save()
    desk.world.party_secretary.name = "后任书记"
    desk.world.party_secretary.save()


def test_the_code_stands_on_the_last_page(issued):
    pages = words(bytes_of(issued))

    code = Issue.objects.get().shown_code
    assert code in pages[-1]
    assert "核对真伪" in pages[-1]
    assert not any(code in page for page in pages[:-1])


def test_the_figures_carried_inside_are_the_frozen_ones(issued):
    with pypdfium2.PdfDocument(bytes_of(issued)) as pdf:
        carried = json.loads(bytes(pdf.get_attachment(0).get_data()))

    assert carried == Issue.objects.get().figures


def test_records_and_faces_change_the_file_does_not(desk, issued, settings, other_faces):
    issue, content, sha256 = Issue.objects.get(), bytes_of(issued), issued.sha256
    assert rendered(paper_of_issue(issue)) == content  # the frozen content alone gives the same bytes again

    change_everything(desk)
    assert rendered(paper_of_issue(Issue.objects.get())) == content

    settings.FONT_DIR = other_faces
    job = services.request_pdf(Summary.objects.get(pk=issue.summary_id), by=desk.world.office_clerk, at=NOON)
    jobs.run(job.pk)
    assert rendered(paper_of_issue(Issue.objects.get())) != content  # control: new faces would give another file
    kept = SummaryFile.objects.get()
    assert (bytes_of(kept), kept.sha256) == (content, sha256)
    assert hashlib.sha256(bytes_of(kept)).hexdigest() == sha256
    assert verdict(desk, issue.code, bytes_of(kept)) == {"file": "genuine", "standing": "genuine"}


def test_control_a_draft_of_the_same_records_does_change(desk, issued):
    """The changes above reach a paper that is not frozen."""
    from reports.paper import paper_of

    draft = desk.draft()
    before = paper_of(draft)
    change_everything(desk)
    services.recompute(draft, by=desk.world.office_clerk, at=NOON)

    after = paper_of(Summary.objects.get(pk=draft.pk))
    assert after.figures != before.figures
    assert after.document != before.document


def test_withdrawing_does_not_make_another_file(desk, issued):
    summary = Issue.objects.get().summary
    services.withdraw(summary, reason="有误", by=desk.world.party_secretary, at=NOON)

    job = services.request_pdf(Summary.objects.get(pk=summary.pk), by=desk.world.office_clerk, at=NOON)

    assert job.pk == Job.objects.get(arguments__format="pdf").pk
    assert verdict(desk, summary.issue.code, bytes_of(issued)) == {"file": "genuine", "standing": "withdrawn"}


def test_the_word_file_is_made_of_the_frozen_text_and_genuine_too(desk, issued):
    change_everything(desk)
    jobs.run(Job.objects.get(arguments__format="docx").pk)

    word = SummaryFile.objects.get(format="docx")
    issue = Issue.objects.get()
    assert issue.shown_code in docx_text(bytes_of(word))
    assert verdict(desk, issue.code, bytes_of(word)) == {"file": "genuine", "standing": "genuine"}


def test_a_signed_paper_is_not_printed_with_gaps(desk, issued, monkeypatch):
    """Faces that were taken away after signing: a sentence instead of a file with 〓 in it."""
    asked = {}
    monkeypatch.setattr("reports.work.render_pdf_bounded", lambda document, **options: asked.update(options) or b"")

    RENDERERS["pdf"](paper_of_issue(Issue.objects.get()), lambda *_: None)
    assert asked["strict"]
    RENDERERS["pdf"](paper_of(desk.draft()), lambda *_: None)
    assert not asked["strict"]


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_changed_byte_is_told(desk, issued, place):
    content = bytearray(bytes_of(issued))
    content[place] ^= 1

    assert verdict(desk, Issue.objects.get().code, bytes(content))["file"] == "altered"


def test_a_draft_or_another_paper_is_another_version(desk, issued):
    issue = Issue.objects.get()
    draft = desk.draft()
    jobs.run(services.request_pdf(draft, by=desk.world.office_clerk, at=NOON).pk)
    second = signed(desk)
    jobs.run(Job.objects.get(arguments__summary_id=second.pk, arguments__format="pdf").pk)

    for summary in (draft, second):
        made = SummaryFile.objects.get(summary=summary)
        assert verdict(desk, issue.code, bytes_of(made)) == {"file": "other", "standing": "genuine"}
    assert verdict(desk, second.issue.code, bytes_of(SummaryFile.objects.get(summary=second)))["file"] == "genuine"
