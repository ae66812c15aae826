"""The PDF as a file: made by a job, whole or not at all, once; and from the command line."""

import hashlib
import json
import os
from datetime import date
from io import StringIO

import pypdfium2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from jobs import services as jobs
from jobs.models import Job
from reports import services, work
from reports.document.errors import LimitExceeded
from reports.models import SummaryFile
from tests.conftest import NOON
from tests.reports.conftest import text_of

pytestmark = [pytest.mark.django_db(transaction=False), pytest.mark.pdf]


def words(content: bytes) -> str:
    """The text of a PDF without line ends and page numbers."""
    import re

    with pypdfium2.PdfDocument(content) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return re.sub(r"\s", "", "".join(re.sub(r"—\s*\d+\s*—", "", page) for page in pages))


def asked(desk, summary) -> Job:
    return services.request_pdf(summary, by=desk.world.office_clerk, at=NOON)


class TestJob:
    def test_makes_the_file_and_its_entry(self, desk):
        summary = desk.draft()

        jobs.run(asked(desk, summary).pk)

        file = SummaryFile.objects.get()
        with file.file.open() as stored:
            content = stored.read()
        job = Job.objects.get()
        assert (job.state, job.error) == ("done", "")
        assert job.result["url"] == f"/summaries/files/{file.pk}/"
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.name == "清溪镇2026年第二轮后进村集中整治阶段性工作总结（截至2026-10-31，草稿）.pdf"
        with pypdfium2.PdfDocument(content) as pdf:
            assert len(pdf) == file.pages
            assert json.loads(bytes(pdf.get_attachment(0).get_data())) == json.loads(json.dumps(summary.figures))
        for paragraph in text_of(summary).split("\n")[1:]:
            assert paragraph.replace(" ", "") in words(content)

    def test_delivered_twice_there_is_one_file(self, desk):
        summary = desk.draft()
        job = asked(desk, summary)

        first = work.render_summary(lambda percent, step: None, **job.arguments)
        second = work.render_summary(lambda percent, step: None, **job.arguments)

        assert first == second
        assert SummaryFile.objects.count() == 1

    def test_a_text_changed_meanwhile_is_not_printed_under_the_old_request(self, desk):
        summary = desk.draft()
        job = asked(desk, summary)
        services.add_own_part(summary, section="part.next", text="新增。", by=desk.world.office_clerk, at=NOON)

        jobs.run(job.pk)

        job.refresh_from_db()
        assert job.state == "failed"
        assert "重新生成" in job.error
        assert asked(desk, summary).pk != job.pk

    def test_what_the_renderer_refuses_is_told_to_the_person(self, desk, monkeypatch):
        def refuse(*args, **kwargs):
            raise LimitExceeded("文稿过大。")

        monkeypatch.setattr(work, "render_pdf_bounded", refuse)
        job = asked(desk, desk.draft())

        jobs.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "文稿过大。")

    def test_a_failed_job_starts_again_on_the_next_click(self, desk, django_capture_on_commit_callbacks):
        summary = desk.draft()
        job = asked(desk, summary)
        Job.objects.filter(pk=job.pk).update(state="failed")

        with django_capture_on_commit_callbacks(execute=True):
            again = asked(desk, summary)

        again.refresh_from_db()
        assert (again.pk, again.state) == (job.pk, "queued")


class TestWholeFile:
    def test_a_stop_in_the_middle_leaves_the_old_file_and_no_trace(self, tmp_path, monkeypatch):
        path = tmp_path / "a.pdf"
        work.write_whole(path, b"old")

        def stop(*args):
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            work.write_whole(path, b"new")

        assert path.read_bytes() == b"old"
        assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


class TestCommand:
    def run(self, out, **options) -> str:
        said = StringIO()
        asked = {
            "township": "清溪镇",
            "round": 2,
            "kind": "stage",
            "starts_on": date(2026, 3, 5),
            "ends_on": date(2026, 10, 31),
        }
        call_command("render_summary", out=out, stdout=said, **asked | options)
        return said.getvalue()

    def test_writes_the_file_and_prints_what_is_missing(self, desk, tmp_path):
        said = self.run(tmp_path / "s.pdf")

        assert "先后召开镇委扩大会议2次" in words((tmp_path / "s.pdf").read_bytes())
        assert "缺：领导小组成员" in said
        assert not SummaryFile.objects.exists()

    def test_writes_word_where_the_name_says_so(self, desk, tmp_path):
        said = self.run(tmp_path / "s.docx")

        assert (tmp_path / "s.docx").read_bytes().startswith(b"PK")
        assert "页" not in said.splitlines()[0]

    def test_keeps_the_authors_words_of_the_same_period(self, desk, tmp_path):
        services.add_own_part(
            desk.draft(), section="part.next", text="健全长效机制。", by=desk.world.office_clerk, at=NOON
        )
        desk.meeting(date(2026, 9, 14))

        self.run(tmp_path / "s.pdf")

        text = words((tmp_path / "s.pdf").read_bytes())
        assert "二是健全长效机制。" in text
        assert "先后召开镇委扩大会议3次" in text

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"township": "无此镇"}, "没有找到无此镇"),
            ({"ends_on": date(2026, 3, 1)}, "截止日期不能早于起始日期"),
            ({"township": "白石镇"}, "无法起草总结"),
        ],
    )
    def test_refusals_name_the_cause(self, desk, tmp_path, options, sentence):
        with pytest.raises(CommandError, match=sentence):
            self.run(tmp_path / "s.pdf", **options)

        assert not (tmp_path / "s.pdf").exists()


def test_files_lie_under_the_data_folder(desk):
    jobs.run(asked(desk, desk.draft()).pk)

    assert SummaryFile.objects.get().file.path.startswith(str(settings.MEDIA_ROOT))
