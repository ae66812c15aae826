"""The page of a signed summary: who withdraws, starts again, puts the issued file beside it."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from common.papers import clear_unknown, receive
from reports import services
from reports.models import IssuedFile, Summary
from tests.common.test_photos import jpeg
from tests.conftest import NOON
from tests.reports.conftest import signed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF"


def url(name: str, *args: int) -> str:
    return reverse(f"reports:{name}", args=args)


def word(text: str = "x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", text)
    return out.getvalue()


def upload(content: bytes = PDF, name: str = "定稿.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client, address: str, **values):
    return client.post(address, {"submission": client.get(address).context["submission"], **values})


def withdrawn(desk) -> Summary:
    summary = signed(desk)
    services.withdraw(summary, reason="有误", by=desk.world.party_secretary, at=NOON)
    return summary


class TestPage:
    def test_shows_what_was_signed(self, desk):
        summary = signed(desk)

        page = desk.world.client(desk.world.county_reader).get(summary.get_absolute_url()).content.decode()

        assert summary.issue.shown_code in page
        assert "及早动员部署" in page
        assert "正式文件还在生成" in page
        assert "改写" not in page
        for button in ("上传正式签发件</a>", "撤回</a>", "据此重新起草", "生成PDF</button>"):
            assert button not in page

    def test_buttons_follow_the_post(self, desk):
        summary = signed(desk)
        secretary = desk.world.client(desk.world.party_secretary).get(summary.get_absolute_url()).content.decode()
        clerk = desk.world.client(desk.world.office_clerk).get(summary.get_absolute_url()).content.decode()

        assert url("summary_withdraw", summary.pk) in secretary
        assert url("summary_withdraw", summary.pk) not in clerk
        assert url("issued_file_create", summary.pk) in clerk

    def test_queries_and_size(self, desk, django_assert_max_num_queries):
        for number in range(10, 80):
            desk.problem(number, f"第{number}件事")
        summary = withdrawn(desk)
        client = desk.world.client(desk.world.office_clerk)

        with django_assert_max_num_queries(12):
            page = client.get(summary.get_absolute_url(), headers={"accept-encoding": "gzip"})

        assert len(page.content) < 100_000

    def test_typed_text_cannot_become_markup(self, desk):
        summary = signed(desk)
        services.withdraw(summary, reason="<script>alert(1)</script>", by=desk.world.party_secretary, at=NOON)

        page = desk.world.client(desk.world.office_clerk).get(summary.get_absolute_url()).content.decode()

        assert "<script>alert" not in page

    def test_list_names_the_state(self, desk):
        withdrawn(desk)

        page = (
            desk.world.client(desk.world.county_reader).get(url("summary_list") + "?state=withdrawn").content.decode()
        )

        assert "已撤回" in page


class TestWithdraw:
    def test_the_secretary_with_a_reason(self, desk):
        summary = signed(desk)
        client = desk.world.client(desk.world.party_secretary)
        address = url("summary_withdraw", summary.pk)

        refused = send(client, address, reason="")
        done = send(client, address, reason="收入数字有误")

        assert refused.status_code == 422
        assert done.url == summary.get_absolute_url()
        assert "收入数字有误" in client.get(summary.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("name", ["summary_withdraw", "issued_file_create", "summary_start_again"])
    def test_strangers_do_not_find_it_and_readers_may_not(self, desk, name):
        summary = signed(desk)
        role = Role.PARTY_SECRETARY if name == "summary_withdraw" else Role.OFFICE_CLERK
        stranger = desk.world.person(role, desk.world.other_township, key="elsewhere")

        assert desk.world.client(stranger).post(url(name, summary.pk)).status_code == 404
        assert desk.world.client(desk.world.county_reader).post(url(name, summary.pk)).status_code == 403
        assert desk.world.client(desk.world.village_secretary).post(url(name, summary.pk)).status_code == 403

    def test_the_clerk_may_not(self, desk):
        assert (
            desk.world.client(desk.world.office_clerk).get(url("summary_withdraw", signed(desk).pk)).status_code == 403
        )

    def test_a_draft_is_not_withdrawn(self, desk):
        page = send(
            desk.world.client(desk.world.party_secretary), url("summary_withdraw", desk.draft().pk), reason="有误"
        )

        assert page.status_code == 422
        assert "只有已签发的总结可以撤回" in page.content.decode()


class TestStartAgain:
    def test_once_however_often_it_is_clicked(self, desk):
        summary = withdrawn(desk)
        client = desk.world.client(desk.world.office_clerk)

        first, second = (
            client.post(url("summary_start_again", summary.pk)),
            client.post(url("summary_start_again", summary.pk)),
        )

        draft = Summary.objects.get(replaces=summary)
        assert first.url == second.url == draft.get_absolute_url()
        assert "接替" in client.get(draft.get_absolute_url()).content.decode()
        assert draft.get_absolute_url() in client.get(summary.get_absolute_url()).content.decode()

    def test_the_secretary_signs_and_does_not_draft(self, desk):
        summary = withdrawn(desk)

        assert (
            desk.world.client(desk.world.party_secretary).post(url("summary_start_again", summary.pk)).status_code
            == 403
        )


class TestIssuedFile:
    def test_is_kept_beside_the_generated_one_and_the_earlier_stays(self, desk):
        summary = signed(desk)
        client = desk.world.client(desk.world.office_clerk)
        address = url("issued_file_create", summary.pk)

        assert send(client, address, file=upload(), note="盖章前定稿").url == summary.get_absolute_url()
        send(client, address, file=upload(word(), "定稿（改）.docx"))

        first, second = IssuedFile.objects.order_by("number")
        page = client.get(summary.get_absolute_url()).content.decode()
        listed = page.partition('id="issued-title"')[2]
        assert listed.index("定稿（改）.docx") < listed.index("定稿.pdf") < listed.index("（已更换）")
        assert "盖章前定稿" in page
        assert (first.number, second.number) == (1, 2)
        for kept, content in ((first, PDF), (second, word())):
            got = client.get(url("issued_file_download", kept.pk))
            assert b"".join(got.streaming_content) == content
            assert got["Content-Disposition"].startswith("attachment")
            assert got["X-Content-Type-Options"] == "nosniff"
        assert "由“定稿.pdf”改为“定稿（改）.docx”" in page

    def test_verification_knows_the_newest_as_genuine_and_the_earlier_as_another(self, desk):
        summary = signed(desk)
        for content in (PDF, word()):
            services.add_issued_file(summary, file=receive(upload(content)), by=desk.world.office_clerk, at=NOON)

        def answer(content: bytes) -> str:
            posted = {"code": summary.issue.code, "file": upload(content)}
            return desk.world.client(None).post(reverse("reports:verify"), posted).context["answer"].file

        assert (answer(word()), answer(PDF), answer(PDF + b" ")) == ("genuine", "other", "altered")

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"<html>", "定稿.pdf", "只能上传"), (b"%PDF-1.7 half", "定稿.pdf", "不完整"), (b"", "定稿.pdf", "文件是空的"),
            (jpeg().getvalue(), "扫描.jpg", "只收 PDF 或 Word"),
        ],
    )  # fmt: skip
    def test_what_it_is_not(self, desk, content, name, sentence):
        summary = signed(desk)

        page = send(
            desk.world.client(desk.world.office_clerk),
            url("issued_file_create", summary.pk),
            file=upload(content, name),
        )

        assert page.status_code == 422
        assert sentence in page.content.decode()
        assert not IssuedFile.objects.exists()

    def test_the_same_file_twice(self, desk):
        summary = signed(desk)
        client = desk.world.client(desk.world.office_clerk)
        send(client, url("issued_file_create", summary.pk), file=upload())

        page = send(client, url("issued_file_create", summary.pk), file=upload())

        assert "完全相同" in page.content.decode()
        assert IssuedFile.objects.count() == 1

    @pytest.mark.parametrize("make", [withdrawn, lambda desk: desk.draft()])
    def test_only_beside_a_signed_one(self, desk, make):
        page = send(desk.world.client(desk.world.office_clerk), url("issued_file_create", make(desk).pk), file=upload())

        assert "只有已签发、未撤回的总结" in page.content.decode()

    def test_one_that_failed_leaves_no_file_behind(self, desk, monkeypatch, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        summary = signed(desk)

        def fail(*args, **kwargs):
            raise OSError

        with monkeypatch.context() as patch:
            patch.setattr("reports.services.issued.audit.record", fail)
            with pytest.raises(OSError):
                services.add_issued_file(summary, file=receive(upload()), by=desk.world.office_clerk, at=NOON)
        kept = services.add_issued_file(summary, file=receive(upload()), by=desk.world.office_clerk, at=NOON)
        clear_unknown(before=NOON.replace(year=2050))

        assert [str(path) for path in tmp_path.rglob("*") if path.is_file()] == [kept.file.path]

    def test_strangers_do_not_download_it(self, desk):
        summary = signed(desk)
        kept = services.add_issued_file(summary, file=receive(upload()), by=desk.world.office_clerk, at=NOON)

        assert desk.world.client(desk.world.stranger).get(url("issued_file_download", kept.pk)).status_code == 404
        assert (
            desk.world.client(desk.world.village_secretary).get(url("issued_file_download", kept.pk)).status_code == 403
        )
