"""Word beside PDF, the jobs that make them, and what odd records and texts become on the way through a job."""

import dataclasses
import io
import re
import zipfile

import docx
import pypdfium2
import pytest
from django.urls import reverse

from jobs import services as jobs
from jobs.models import Job
from reports import services
from reports.document import bounded
from reports.document.blocks import Column, Document, Paragraph, Picture, Table
from reports.document.bounded import render_pdf_bounded
from reports.models import Part, SummaryFile
from reports.paper import paper_of
from reports.services.files import request_pdf, request_word
from rounds.models import Designation
from tests.conftest import NOON, TODAY
from tests.reports.conftest import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


def content_of(file: SummaryFile) -> bytes:
    with file.file.open() as stored:
        return stored.read()


def words_of(file: SummaryFile) -> str:
    """The text of a made file, without blanks, line ends and page numbers."""
    content = content_of(file)
    if file.format == "docx":
        body = docx.Document(io.BytesIO(content)).element.body
        return re.sub(r"\s", "", "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))
    with pypdfium2.PdfDocument(content) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return re.sub(r"\s", "", "".join(re.sub(r"—\s*\d+\s*—", "", page) for page in pages))


def made(desk, summary, ask=request_pdf) -> SummaryFile:
    """The file a job makes of a summary."""
    job = ask(summary, by=desk.world.office_clerk, at=NOON)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return SummaryFile.objects.get(job=job)


def owned(summary, text: str) -> None:
    """The author's own paragraph as it might lie in the database, past every form."""
    order = summary.parts.count() + 1
    Part.objects.create(summary=summary, key="own.odd", order=order, kind="paragraph", own_text=text, is_own=True)


class TestWord:
    def test_says_what_the_draft_says(self, desk):
        summary = desk.draft()
        file = made(desk, summary, request_word)

        assert file.name == "清溪镇2026年第二轮后进村集中整治阶段性工作总结（截至2026-10-31，草稿）.docx"
        assert file.pages is None
        assert zipfile.ZipFile(io.BytesIO(content_of(file))).testzip() is None
        for paragraph in text_of(summary).split("\n"):
            assert re.sub(r"\s", "", paragraph) in words_of(file)

    def test_stands_beside_the_pdf_as_its_own_job(self, desk):
        summary = desk.draft()
        pdf, word = made(desk, summary), made(desk, summary, request_word)

        assert {pdf.format, word.format} == {"pdf", "docx"}
        assert pdf.job.title.startswith("生成PDF")
        assert word.job.title.startswith("生成Word")
        assert request_word(summary, by=desk.world.office_clerk, at=NOON) == word.job

    def test_two_runs_give_the_same_bytes(self, desk):
        summary = desk.draft()
        first = content_of(made(desk, summary, request_word))
        paper = paper_of(summary)
        again = bounded.render_word_bounded(paper.document, created_at=paper.created_at, identifier=paper.identifier)
        assert again == first

    def test_the_page_offers_both_and_gives_them_under_chinese_names(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        page = client.get(summary.get_absolute_url()).content.decode()
        assert "生成PDF" in page
        assert "生成Word" in page

        asked = client.post(reverse("reports:summary_word", args=[summary.pk]))
        job = Job.objects.get()
        assert asked["Location"] == f"/jobs/{job.pk}/"
        assert "Word生成中 0%" in client.get(summary.get_absolute_url()).content.decode()
        jobs.run(job.pk)

        page = client.get(summary.get_absolute_url()).content.decode()
        assert "下载Word" in page
        answer = client.get(reverse("reports:file_download", args=[SummaryFile.objects.get().pk]))
        assert answer["Content-Type"].endswith("wordprocessingml.document")
        assert "%E6%B8%85%E6%BA%AA%E9%95%87" in answer["Content-Disposition"]
        assert answer["Content-Disposition"].endswith(".docx")
        answer.close()

    def test_a_reader_without_the_right_may_not_ask_and_a_stranger_finds_nothing(self, desk):
        address = reverse("reports:summary_word", args=[desk.draft().pk])
        assert desk.world.client(desk.world.county_reader).post(address).status_code == 403
        assert desk.world.client(desk.world.stranger).post(address).status_code == 404
        assert not Job.objects.exists()

    def test_a_file_gone_from_the_disk_is_said(self, desk):
        file = made(desk, desk.draft(), request_word)
        file.file.storage.delete(file.file.name)
        answer = desk.world.client(desk.world.office_clerk).get(
            reverse("reports:file_download", args=[file.pk]), follow=True
        )
        assert "已不在磁盘上" in answer.content.decode()


class TestCancelAndRetry:
    def test_cancelled_in_the_middle_nothing_is_left_and_a_retry_makes_the_file(self, desk, monkeypatch, settings):
        summary = desk.draft()
        job = request_pdf(summary, by=desk.world.office_clerk, at=NOON)
        monkeypatch.setattr(jobs, "PROGRESS_EVERY", 0.0)
        whole = jobs.progress_of

        def cancelled_at_the_layout(job):
            progress = whole(job)

            def step(percent, text):
                if percent >= 10:
                    jobs.cancel(job)
                progress(percent, text)

            return step

        with monkeypatch.context() as patched:
            patched.setattr(jobs, "progress_of", cancelled_at_the_layout)
            jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "cancelled"
        assert not SummaryFile.objects.exists()

        jobs.retry(job)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done"
        assert SummaryFile.objects.count() == 1

    def test_a_worker_that_was_given_up_leaves_no_trace(self, desk, monkeypatch):
        """While it rendered, its claim went to another worker, which made the file."""
        summary = desk.draft()
        job = request_pdf(summary, by=desk.world.office_clerk, at=NOON)
        claimed = jobs.claim(job.pk)
        Job.objects.filter(pk=job.pk).update(claims=claimed.claims + 1)
        from reports import work

        with pytest.raises(jobs.LostClaim):
            work.render_summary(jobs.progress_of(claimed), **job.arguments)
        assert not SummaryFile.objects.exists()

    def test_both_of_two_deliveries_at_once_name_one_file(self, desk):
        from reports import work

        summary = desk.draft()
        job = request_pdf(summary, by=desk.world.office_clerk, at=NOON)
        path = work.render_summary(lambda *_: None, **job.arguments)
        stored = SummaryFile.objects.get()
        SummaryFile.objects.filter(pk=stored.pk).delete()  # as if the first had been killed before its note
        again = work.render_summary(lambda *_: None, **job.arguments)
        assert SummaryFile.objects.get().file.name == stored.file.name
        assert again["sha256"] == path["sha256"]


@pytest.mark.parametrize("ask", [request_pdf, request_word])
class TestBadInput:
    def test_characters_without_a_place_on_paper(self, desk, ask):
        summary = desk.draft()
        owned(summary, "甲\x01乙\x1b丙\u202e丁\u200f戊\ufeff己\u2028庚<script>alert(1)</script>&amp;")
        assert "甲乙丙丁戊己庚<script>alert(1)</script>&amp;" in words_of(made(desk, summary, ask))

    def test_lone_surrogates_in_the_figures(self, desk, ask):
        summary = desk.draft()
        facts = summary.figures["facts"]["designations"]
        facts[0]["facts"] = "班子\ud800议事少"
        summary.save(update_fields=["figures"])
        assert "班子议事少" in words_of(made(desk, summary, ask))

    def test_a_rare_character(self, desk, ask):
        summary = desk.draft()
        owned(summary, "𠮷村的情况")
        text = words_of(made(desk, summary, ask))
        assert "𠮷村的情况" in text or ("〓村的情况" in text and ask is request_pdf)

    def test_fifty_thousand_characters_in_one_paragraph(self, desk, ask):
        summary = desk.draft()
        owned(summary, "清溪镇扎实推进集中整治工作，成效明显。" * 2632)
        assert words_of(made(desk, summary, ask)).count("清溪镇扎实推进集中整治工作，成效明显。") == 2632

    def test_a_village_name_of_sixty_characters(self, desk, ask):
        village = desk.world.village
        village.name = "石桥下塘东岭云溪前山龙潭官塘大樟上垟南坑" * 3
        village.save()
        assert len(village.name) == 60
        assert village.name in words_of(made(desk, desk.draft(), ask))

    def test_two_thousand_problems(self, desk, ask):
        """The paper shows the first of them and says where the rest is."""
        for number in range(3, 43):
            desk.problem(number, f"第{number}个问题")
        summary = desk.draft()
        rows = summary.figures["facts"]["problems"]
        summary.figures["facts"]["problems"] = rows * (2000 // len(rows) + 1)
        summary.save(update_fields=["figures"])
        assert "其余见问题台账" in words_of(made(desk, summary, ask))

    def test_a_round_with_next_to_nothing(self, desk, ask):
        world = desk.world
        Designation.objects.create(
            round=world.other_round, village=world.foreign, proposed_on=TODAY, approved_on=TODAY, approved_by_body="中共云川市委组织部"
        )  # fmt: skip
        summary = services.draft_summary(
            round=world.other_round, kind="stage", starts_on=world.other_round.starts_on, ends_on=TODAY, as_of=TODAY,
            by=world.stranger, at=NOON,
        )  # fmt: skip
        assert "白石镇" in words_of(made(desk, summary, ask))


class TestBeyondTheBounds:
    """What no summary holds today, at the renderer itself: a right file or a sentence."""

    def test_a_table_too_large_is_a_sentence_of_the_job(self, desk, monkeypatch):
        from reports import work

        rows = tuple(tuple(f"第{n}行第{c}列的内容" for c in range(20)) for n in range(2000))
        table = Table(columns=(Column(),) * 20, head=(tuple(map(str, range(20))),), rows=rows, landscape=True)
        paper = Document(("总结",), "清溪镇", TODAY, (table,))

        def huge(_paper, progress):
            return render_pdf_bounded(paper, created_at=NOON, identifier="x", on_step=progress)

        monkeypatch.setitem(work.RENDERERS, SummaryFile.Format.PDF, huge)
        job = request_pdf(desk.draft(), by=desk.world.office_clerk, at=NOON)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "failed"
        assert re.match(r"文稿过大，生成文件(所需内存超过512MB|超过60秒仍未完成)。请", job.error)
        assert not SummaryFile.objects.exists()

    def test_a_photo_that_vanished_is_named_by_the_job(self, desk, monkeypatch):
        from reports import work

        paper = Document(("总结",), "清溪镇", TODAY, (Paragraph.of("文。"), Picture("1.jpg", alt="机耕路现状")))
        monkeypatch.setattr(work, "paper_of", lambda summary: dataclasses.replace(paper_of(summary), document=paper))
        for ask in (request_pdf, request_word):
            job = ask(desk.draft(), by=desk.world.office_clerk, at=NOON)
            jobs.run(job.pk)
            job.refresh_from_db()
            assert (job.state, job.error) == ("failed", "照片“机耕路现状”已找不到，请重新上传或从文稿中去掉后再生成。")
