"""The page anybody may ask: what it tells, what it keeps to itself, how often it answers."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from common.errors import Refused
from common.papers import receive
from reports import services
from reports.models import VerificationCount
from reports.services import verification
from tests.conftest import NOON
from tests.reports.conftest import moment, signed

pytestmark = pytest.mark.django_db


def url() -> str:
    return reverse("reports:verify")


def ask(code: str, client: Client | None = None, **files):
    return (client or Client()).post(url(), {"code": code, **files})


def upload(content: bytes = b"%PDF-1.7 x", name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


class TestAnswer:
    def test_without_login_it_tells_what_stands_on_the_paper_and_nothing_more(self, desk):
        summary = signed(desk)

        answer = ask(summary.issue.shown_code)

        page = answer.content.decode()
        for shown in ("验证码属实", summary.title, "清溪镇", "2026年10月31日", summary.issue.shown_code):
            assert shown in page
        for hidden in ("党建办经办甲", "党委书记甲", "石桥村", summary.get_absolute_url(), "及早动员部署", "%"):
            assert hidden not in page
        assert answer["Cache-Control"] == "no-store, private"

    @pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{plain}", "{wide}"])
    def test_the_code_is_read_however_it_is_typed(self, desk, typed):
        issue = signed(desk).issue
        wide = issue.code.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})

        answer = ask(typed.format(issue.shown_code, lower=issue.shown_code.lower(), plain=issue.code, wide=wide))

        assert "验证码属实" in answer.content.decode()

    @pytest.mark.parametrize(
        "typed", ["AAAA-AAAA-AAAA", "0000-1111-IIOO", "x" * 50000, "<script>alert(1)</script>", "%", "\x00"]
    )
    def test_an_unknown_code(self, desk, typed):
        signed(desk)

        page = ask(typed).content.decode()

        assert "没有这个验证码" in page
        assert "<script>alert" not in page
        assert "清溪镇" not in page

    def test_withdrawn(self, desk):
        summary = signed(desk)
        services.withdraw(summary, reason="内部原因", by=desk.world.party_secretary, at=moment(2026, 11, 2, 9))

        page = ask(summary.issue.code).content.decode()

        assert "2026年11月2日已由签发单位撤回，不再有效" in page
        assert "验证码属实" not in page
        assert "内部原因" not in page

    def test_a_link_with_the_code_answers_at_once(self, desk):
        summary = signed(desk)

        assert "验证码属实" in Client().get(url(), {"code": summary.issue.shown_code}).content.decode()

    def test_nothing_typed(self, db):
        answer = ask(" ")

        assert answer.status_code == 422
        assert "请填写文稿最后一页上的验证码" in answer.content.decode()

    def test_a_reader_is_led_to_the_summary_a_stranger_is_not(self, desk):
        summary = signed(desk)

        for user, led in (
            (desk.world.county_reader, True),
            (desk.world.stranger, False),
            (desk.world.village_secretary, False),
        ):
            page = ask(summary.issue.code, desk.world.client(user)).content.decode()
            assert (summary.get_absolute_url() in page) is led
            assert "验证码属实" in page

    def test_the_login_page_leads_here(self, db):
        assert f'href="{url()}"' in Client().get(reverse("accounts:login")).content.decode()

    def test_without_the_token_of_the_page_nothing_is_taken(self, desk):
        summary = signed(desk)

        answer = Client(enforce_csrf_checks=True).post(url(), {"code": summary.issue.code})

        assert answer.status_code == 403
        assert "页面已过期" in answer.content.decode()

    def test_with_it_the_form_works(self, desk):
        client = Client(enforce_csrf_checks=True)
        token = client.get(url()).context["csrf_token"]

        answer = client.post(
            url(), {"csrfmiddlewaretoken": str(token), "code": signed(desk).issue.code, "file": upload()}
        )

        page = answer.content.decode()
        assert "文件已改动" in page
        assert "verdict-genuine" not in page


class TestUpload:
    def test_is_neither_kept_nor_read(self, desk, monkeypatch, settings, tmp_path):
        """Not even for the length of the request: no upload handler of Django sees it."""
        from django.core.files import uploadhandler

        summary = signed(desk)
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

        def never(*args, **kwargs):
            raise AssertionError("stored")

        for handler in (uploadhandler.MemoryFileUploadHandler, uploadhandler.TemporaryFileUploadHandler):
            monkeypatch.setattr(handler, "new_file", never)
            monkeypatch.setattr(handler, "handle_raw_input", never)

        answer = ask(summary.issue.code, file=upload(b"x" * 4_000_000))

        assert answer.context["answer"].file == "altered"
        assert list(tmp_path.iterdir()) == []

    def test_too_large(self, desk, settings):
        settings.UPLOAD_MAX_BYTES = 1000
        summary = signed(desk)

        answer = ask(summary.issue.code, file=upload(b"x" * 1001))

        assert answer.status_code == 422
        assert "文件过大" in answer.content.decode()
        assert ask(summary.issue.code, file=upload(b"x" * 1000)).status_code == 200

    def test_only_the_first_of_several_counts(self, desk):
        summary = signed(desk)
        kept = services.add_issued_file(
            summary, file=receive(upload(b"%PDF-1.7\n%%EOF")), by=desk.world.office_clerk, at=NOON
        )
        assert kept.number == 1

        answer = ask(summary.issue.code, file=[upload(b"%PDF-1.7\n%%EOF"), upload(b"other")])

        assert answer.context["answer"].file == "genuine"


class TestLimit:
    def test_an_address_is_stopped_and_another_is_not(self, desk, monkeypatch):
        monkeypatch.setattr(verification, "MAX_QUESTIONS", 3)
        summary = signed(desk)
        client = Client(REMOTE_ADDR="192.0.2.1")

        with time_machine.travel(NOON, tick=False):
            answers = [ask(summary.issue.code, client).status_code for _ in range(5)]
            stopped = ask(summary.issue.code, client).content.decode()
            other = ask(summary.issue.code, Client(REMOTE_ADDR="192.0.2.2")).status_code
        with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
            later = ask(summary.issue.code, client).status_code

        assert answers == [200, 200, 200, 429, 429]
        assert "请过十分钟再试" in stopped
        assert summary.title not in stopped
        assert (other, later) == (200, 200)

    def test_addresses_are_kept_unreadable_and_for_a_day(self, db):
        verification.admit("192.0.2.1", at=NOON)
        assert "192" not in VerificationCount.objects.get().address

        verification.admit("192.0.2.2", at=NOON + timedelta(days=2))
        assert VerificationCount.objects.count() == 1

    def test_full_is_full_for_the_span(self, db, monkeypatch):
        monkeypatch.setattr(verification, "MAX_QUESTIONS", 1)
        verification.admit("192.0.2.1", at=NOON)

        with pytest.raises(Refused):
            verification.admit("192.0.2.1", at=NOON + timedelta(minutes=9))
