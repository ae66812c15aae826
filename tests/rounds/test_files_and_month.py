"""The papers of a round as files, and its work calendar as a month."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from audit.models import Entry
from common.errors import Refused
from common.papers import clear_unknown, receive
from rounds.forms.desk import DocumentFileForm
from rounds.models import CalendarItem, DocumentFile
from rounds.services import calendar, files
from tests.conftest import NOON
from tests.meetings.test_pages import opened, text
from workdays.holidays import NATIONAL
from workdays.services import set_holiday

PDF = b"%PDF-1.7\nplan\n%%EOF"


def pdf(name="方案.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=b"Exif\x00\x00secret-place")
    return SimpleUploadedFile("扫描件.jpg", out.getvalue(), content_type="image/jpeg")


class TestFiles:
    def test_is_sent_shown_and_handed_out_to_the_township_only(self, world, desk):
        url = reverse("rounds:document_file_create", args=[desk.document.pk])
        client = world.client(world.office_clerk)

        sent = client.post(url, opened(client, url, file=pdf("清溪镇\\方案<1>.pdf")))

        stored = DocumentFile.objects.get()
        assert sent.url == desk.document.get_absolute_url()
        assert stored.name == "方案1.pdf"
        assert stored.name not in stored.file.name
        page = text(world.client(world.village_secretary).get(sent.url))
        assert stored.get_absolute_url() in page
        assert reverse("rounds:document_file_remove", args=[stored.pk]) not in page
        answer = world.client(world.village_secretary).get(stored.get_absolute_url())
        assert b"".join(answer.streaming_content) == PDF
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert world.client(world.stranger).get(stored.get_absolute_url()).status_code == 404
        assert world.client(world.village_secretary).get(url).status_code == 403

    def test_a_scan_loses_its_exif(self, desk):
        stored = files.attach_file(desk.document, file=receive(photo()), **desk.do)

        assert stored.media_type == "image/jpeg"
        assert b"secret-place" not in Path(stored.file.path).read_bytes()

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (SimpleUploadedFile("方案.pdf", b""), "空的"),
            (SimpleUploadedFile("方案.pdf", b"%PDF-1.7 cut off"), "不完整"),
            (SimpleUploadedFile("方案.pdf", b"<html><script>x</script>"), "只能上传"),
            (SimpleUploadedFile("方案.doc", b"\xd0\xcf\x11\xe0" + b"x" * 99), "旧格式"),
        ],
    )
    def test_is_refused_for_what_it_is(self, file, sentence):
        form = DocumentFileForm(files={"file": file})
        assert sentence in form.errors["file"][0]

    def test_what_a_roll_back_leaves_on_the_disk_is_cleared_and_nothing_else(self, desk, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        kept = files.attach_file(desk.document, file=receive(pdf()), **desk.do)
        with transaction.atomic():
            lost = files.attach_file(desk.document, file=receive(photo()), **desk.do)
            transaction.set_rollback(True)

        assert clear_unknown(before=NOON.replace(year=2020)) == 0  # a request may still be under way
        assert clear_unknown(before=NOON.replace(year=2050)) == 1
        assert Path(kept.file.path).exists()
        assert not Path(lost.file.path).exists()

    def test_the_same_paper_once_and_no_more_than_ten(self, desk):
        files.attach_file(desk.document, file=receive(pdf()), **desk.do)
        with pytest.raises(Refused, match="已经上传过"):
            files.attach_file(desk.document, file=receive(pdf("另一个名字.pdf")), **desk.do)
        for n in range(9):
            files.attach_file(
                desk.document, file=receive(pdf(content=PDF[:-5] + str(n).encode() + b"%%EOF")), **desk.do
            )
        with pytest.raises(Refused, match="最多附10个"):
            files.attach_file(desk.document, file=receive(pdf(content=PDF + b"\n")), **desk.do)

    def test_taken_away_it_stays_in_the_history(self, world, desk, django_capture_on_commit_callbacks):
        stored = files.attach_file(desk.document, file=receive(pdf()), **desk.do)
        path, url = Path(stored.file.path), reverse("rounds:document_file_remove", args=[stored.pk])
        assert world.client(world.village_secretary).post(url).status_code == 403
        assert world.client(world.stranger).post(url).status_code == 404

        with django_capture_on_commit_callbacks(execute=True):
            assert world.client(world.office_clerk).post(url).status_code == 302

        assert not path.exists()
        assert Entry.objects.filter(object_type="rounds.rounddocument", verb="去掉“方案.pdf”").count() == 1


class TestMonth:
    def month(self, client, query=""):
        return client.get(f"{reverse('rounds:calendar_month')}?{query}")

    def entries(self, page):
        return {
            entry.item.title: entry.word
            for week in page.context["weeks"]
            for cell in week
            if cell.inside
            for entry in cell.entries
        }

    def test_says_by_word_how_each_item_stands(self, world, desk):
        add = {"round": world.round, **desk.do}
        calendar.add_calendar_item(title="将来的", due_on=date(2026, 11, 10), **add)
        done = calendar.add_calendar_item(title="办了的", due_on=date(2026, 10, 12), **add)
        calendar.finish_calendar_item(done, done_on=date(2026, 10, 14), **desk.do)
        calendar.add_calendar_item(title="没办的", due_on=date(2026, 10, 21), **add)
        client = world.client(world.office_clerk)

        assert self.entries(self.month(client)) == {"办了的": "已完成（晚2天）", "没办的": "逾期10天"}
        page = self.month(client, "month=2026-11&round=2026-2")
        assert self.entries(page) == {"将来的": "未完成"}
        assert page.context["earlier"] == "?round=2026-2&month=2026-10"
        overdue = client.get(page.context["overdue_url"]).context["paging"].total
        assert page.context["overdue"] == overdue == 2

    def test_free_days_are_those_of_the_township_asked_for(self, world):
        set_holiday(township=world.township, year=2026, name=NATIONAL, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 7),
                    worked=[date(2026, 9, 20), date(2026, 10, 11)], by=world.office_clerk, at=NOON)  # fmt: skip

        def worked(query):
            page = self.month(world.client(world.county_reader), query)
            return {cell.day.day for week in page.context["weeks"] for cell in week if cell.working} & {10, 11}

        assert worked(f"month=2026-10&township={world.township.pk}") == {11}
        assert worked("month=2026-10") == {10}

    @pytest.mark.parametrize("query", ["month=2026-13", "month=x", "month=99999-1", "month=", "month=2026-２"])
    def test_nonsense_is_this_month(self, world, desk, query):
        page = self.month(world.client(world.office_clerk), query)

        assert page.status_code == 200
        assert page.context["heading"] in ("2026年10月", "2026年2月")

    def test_costs_few_queries_and_shows_nothing_of_others(self, world, desk, django_assert_max_num_queries):
        for day in range(1, 29):
            calendar.add_calendar_item(
                round=world.round, title=f"事项{day}", due_on=date(2026, 10, day), owner=desk.head, **desk.do
            )
        CalendarItem.objects.create(round=world.other_round, title="外镇事项", due_on=date(2026, 10, 5))
        client = world.client(world.office_clerk)
        with django_assert_max_num_queries(12):
            page = self.month(client)

        assert len(self.entries(page)) == 28
        assert "外镇事项" not in text(page)
        assert "办结" not in text(self.month(world.client(world.linked_leader)))
