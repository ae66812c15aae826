"""Pages of summaries: who may see, draft, edit, sign, download."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from jobs.models import Job
from reports.models import Summary, SummaryFile
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def url(name: str, *args: int) -> str:
    return reverse(f"reports:{name}", args=args)


def form(client, address: str, **values):
    page = client.get(address)
    hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}
    return hidden | values


class TestList:
    def test_shows_the_townships_own(self, desk):
        summary = desk.draft()

        assert summary.title in desk.world.client(desk.world.party_secretary).get(url("summary_list")).content.decode()
        assert summary.title not in desk.world.client(desk.world.stranger).get(url("summary_list")).content.decode()

    def test_county_reader_reads_and_has_no_button(self, desk):
        summary = desk.draft()

        page = desk.world.client(desk.world.county_reader).get(url("summary_list")).content.decode()

        assert summary.title in page
        assert "起草总结" not in page

    def test_empty_list_says_what_to_do(self, world):
        page = world.client(world.office_clerk).get(url("summary_list")).content.decode()

        assert "还没有工作总结" in page
        assert "起草总结" in page

    def test_queries_do_not_grow(self, desk, django_assert_max_num_queries):
        for _ in range(5):
            desk.draft()
        client = desk.world.client(desk.world.office_clerk)

        with django_assert_max_num_queries(12):
            client.get(url("summary_list"))


class TestCreate:
    def values(self, desk, **values):
        return {"round": desk.world.round.pk, "kind": "stage", "starts_on": "", "ends_on": "", "as_of": ""} | values

    def test_clerk_drafts_once_however_often_he_clicks(self, desk):
        client = desk.world.client(desk.world.office_clerk)
        posted = form(client, url("summary_create"), **self.values(desk, starts_on="2026-03-05", ends_on="2026-10-31"))

        first, second = client.post(url("summary_create"), posted), client.post(url("summary_create"), posted)

        summary = Summary.objects.get()
        assert first.url == second.url == summary.get_absolute_url()
        assert summary.as_of == date(2026, 10, 31)

    def test_period_that_ends_before_it_begins(self, desk):
        client = desk.world.client(desk.world.office_clerk)

        page = client.post(
            url("summary_create"),
            form(client, url("summary_create"), **self.values(desk, starts_on="2026-10-31", ends_on="2026-03-05")),
        )

        assert page.status_code == 422
        assert "截止日期不能早于起始日期" in page.content.decode()
        assert 'value="2026-10-31"' in page.content.decode()
        assert not Summary.objects.exists()

    def test_round_of_another_township_is_refused(self, desk):
        client = desk.world.client(desk.world.office_clerk)

        page = client.post(
            url("summary_create"),
            form(client, url("summary_create"), **self.values(desk, round=desk.world.other_round.pk)),
        )

        assert page.status_code == 422
        assert not Summary.objects.exists()

    def test_who_only_reads_may_not_draft(self, desk):
        for user in (desk.world.party_secretary, desk.world.county_reader):
            assert desk.world.client(user).get(url("summary_create")).status_code == 403


class TestDetail:
    def test_figures_are_links_to_their_lists(self, desk):
        summary = desk.draft()

        page = desk.world.client(desk.world.office_clerk).get(summary.get_absolute_url()).content.decode()

        assert 'class="figure" href="/meetings/?round=2026-2' in page
        assert "缺：领导小组成员" in page
        assert f"{reverse('rounds:seat_list')}?round=2026-2" in page

    def test_reader_sees_the_text_without_tools(self, desk):
        summary = desk.draft()

        page = desk.world.client(desk.world.county_reader).get(summary.get_absolute_url()).content.decode()

        assert "及早动员部署" in page
        assert "改写" not in page
        assert "缺：" not in page

    def test_stranger_does_not_find_it(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.stranger)

        assert client.get(summary.get_absolute_url()).status_code == 404
        assert client.post(url("summary_submit", summary.pk)).status_code == 404
        assert client.get(url("part_update", summary.parts.first().pk)).status_code == 404

    def test_queries_and_size(self, desk, django_assert_max_num_queries):
        for number in range(10, 80):
            desk.problem(number, f"第{number}件事")
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)

        with django_assert_max_num_queries(12):
            page = client.get(summary.get_absolute_url(), headers={"accept-encoding": "gzip"})

        assert len(page.content) < 100_000

    def test_text_cannot_become_markup(self, desk):
        desk.problem(7, "<script>alert(1)</script>")
        summary = desk.draft()

        page = desk.world.client(desk.world.office_clerk).get(summary.get_absolute_url()).content.decode()

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


class TestParts:
    def test_rewriting_a_paragraph(self, desk):
        summary = desk.draft()
        part = summary.parts.get(key="organisation.deployment")
        client = desk.world.client(desk.world.office_clerk)

        answer = client.post(
            url("part_update", part.pk), form(client, url("part_update", part.pk), text="及早部署。书记亲自抓。")
        )

        assert answer.url == f"{summary.get_absolute_url()}#part-organisation.deployment"
        assert "书记亲自抓" in client.get(summary.get_absolute_url()).content.decode()

    def test_second_editor_sees_the_first_ones_words_and_keeps_his(self, desk):
        summary = desk.draft()
        part = summary.parts.get(key="closing")
        client = desk.world.client(desk.world.office_clerk)
        posted = form(client, url("part_update", part.pk), text="乙写的。")
        client.post(url("part_update", part.pk), form(client, url("part_update", part.pk), text="甲写的。"))

        refused = client.post(url("part_update", part.pk), posted)

        assert refused.status_code == 409
        assert "甲写的" in refused.content.decode()
        assert "乙写的" in refused.content.decode()

    def test_an_identity_card_number_is_refused(self, desk):
        part = desk.draft().parts.get(key="closing")
        client = desk.world.client(desk.world.office_clerk)

        page = client.post(
            url("part_update", part.pk),
            form(client, url("part_update", part.pk), text="联系人身份证11010519491231002X。"),
        )

        assert page.status_code == 422
        assert "身份证" in page.content.decode()

    def test_buttons(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        client.post(
            url("part_create", summary.pk),
            form(client, url("part_create", summary.pk), section="part.next", text="健全机制。"),
        )
        own = summary.parts.get(key="own.1")

        client.post(url("part_move", own.pk), {"up": "1"})
        assert "一是健全机制" in client.get(summary.get_absolute_url()).content.decode().replace("</span>", "")
        client.post(url("part_remove", own.pk))
        assert not summary.parts.filter(pk=own.pk).exists()

    def test_the_secretary_signs_but_does_not_write(self, desk):
        part = desk.draft().parts.get(key="closing")
        client = desk.world.client(desk.world.party_secretary)

        assert client.get(url("part_update", part.pk)).status_code == 403
        assert client.post(url("part_revert", part.pk)).status_code == 403

    def test_change_of_data_is_shown_with_both_figures(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        desk.meeting(date(2026, 9, 14))
        client.post(
            url("summary_recompute", summary.pk),
            form(client, url("summary_recompute", summary.pk), as_of="2026-10-31"),
        )

        page = client.get(summary.get_absolute_url()).content.decode()

        assert "镇委扩大会议：<del>2</del> → <ins>3</ins>" in page
        part = summary.parts.get(key="organisation.deployment")
        client.post(url("part_keep", part.pk))
        assert (
            "<del>2</del>" in client.get(summary.get_absolute_url()).content.decode()
        )  # it does not say what was seen
        client.post(url("part_keep", part.pk), {"base_version": part.version})
        assert "<del>2</del>" not in client.get(summary.get_absolute_url()).content.decode()


class TestSigning:
    def test_from_draft_to_signed(self, desk):
        summary = desk.draft()
        clerk, secretary = desk.world.client(desk.world.office_clerk), desk.world.client(desk.world.party_secretary)

        clerk.post(url("summary_submit", summary.pk), {"base_version": summary.version})
        summary.refresh_from_db()
        assert "改写" not in clerk.get(summary.get_absolute_url()).content.decode()
        assert clerk.post(url("summary_sign", summary.pk), {"base_version": summary.version}).status_code == 403
        assert clerk.get(url("summary_sign", summary.pk)).status_code == 403
        asked = secretary.get(url("summary_sign", summary.pk), {"base_version": summary.version})
        assert "2026-10-31" in asked.content.decode()
        summary.refresh_from_db()
        assert summary.state == "review"  # looking signs nothing
        secretary.post(url("summary_sign", summary.pk), form(secretary, url("summary_sign", summary.pk)))

        summary.refresh_from_db()
        assert summary.state == "signed"

    def test_what_is_missing_or_unconfirmed_is_told_before_signing(self, desk):
        summary = desk.draft()
        summary.missing = [
            {"part": "closing", "missing": "信访批次", "entered": "villages:nowhere"},
            {"part": "closing", "missing": "年度数据尚未确认", "entered": "villages:nowhere?waiting=1"},
        ]
        summary.state = "review"
        summary.save()
        secretary = desk.world.client(desk.world.party_secretary)

        page = secretary.get(url("summary_sign", summary.pk)).content.decode()
        Summary.objects.filter(pk=summary.pk).update(missing=[])
        fine = secretary.get(url("summary_sign", summary.pk)).content.decode()

        assert (
            page.index("没有写进总结")
            < page.index("信访批次")
            < page.index("还没有确认：")
            < page.index("年度数据尚未确认")
        )
        assert "并已确认" not in page
        assert "并已确认" in fine

    def test_what_is_not_handed_in_leads_back(self, desk):
        summary = desk.draft()
        secretary = desk.world.client(desk.world.party_secretary)

        answer = secretary.get(url("summary_sign", summary.pk), follow=True)

        assert "送签后才能签发" in answer.content.decode()

    def test_stale_page_signs_nothing(self, desk):
        summary = desk.draft()
        desk.world.client(desk.world.office_clerk).post(
            url("summary_submit", summary.pk), {"base_version": summary.version}
        )

        secretary = desk.world.client(desk.world.party_secretary)
        sent = form(secretary, url("summary_sign", summary.pk)) | {"base_version": summary.version}
        answer = secretary.post(url("summary_sign", summary.pk), sent, follow=True)
        asked = secretary.get(url("summary_sign", summary.pk), {"base_version": summary.version}, follow=True)

        assert "看清最新内容" in answer.content.decode()
        assert "看清最新内容" in asked.content.decode()
        summary.refresh_from_db()
        assert summary.state == "review"

    def test_secretary_returns_it_with_a_reason(self, desk):
        summary = desk.draft()
        desk.world.client(desk.world.office_clerk).post(
            url("summary_submit", summary.pk), {"base_version": summary.version}
        )
        client = desk.world.client(desk.world.party_secretary)

        client.post(
            url("summary_return", summary.pk), form(client, url("summary_return", summary.pk), reason="补写信访情况")
        )

        summary.refresh_from_db()
        assert summary.state == "draft"
        assert "补写信访情况" in client.get(summary.get_absolute_url()).content.decode()


class TestPdf:
    def test_one_job_for_one_text(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)

        first, second = client.post(url("summary_pdf", summary.pk)), client.post(url("summary_pdf", summary.pk))

        assert first.url == second.url == reverse("jobs:job_detail", args=[Job.objects.get().pk])

    def test_reader_may_not_ask_for_one(self, desk):
        summary = desk.draft()

        assert desk.world.client(desk.world.county_reader).post(url("summary_pdf", summary.pk)).status_code == 403

    @pytest.fixture
    def made(self, desk) -> SummaryFile:
        summary = desk.draft()
        job = Job.objects.create(kind="render_summary", title="x", created_at=NOON)
        file = SummaryFile(
            summary=summary, job=job, name="清溪镇总结（截至2026-10-31，草稿）.pdf", sha256="0" * 64, size=4, pages=1, made_at=NOON,
            summary_version=summary.version,
        )  # fmt: skip
        file.file.save("summaries/test.pdf", ContentFile(b"%PDF"))
        return file

    def test_download_under_its_chinese_name(self, desk, made):
        answer = desk.world.client(desk.world.party_secretary).get(url("file_download", made.pk))

        assert b"".join(answer.streaming_content) == b"%PDF"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%B8%85%E6%BA%AA")
        assert answer["Cache-Control"] == "no-store, private"

    def test_stranger_and_villager_do_not_get_it(self, desk, made):
        assert desk.world.client(desk.world.stranger).get(url("file_download", made.pk)).status_code == 404
        assert desk.world.client(desk.world.village_secretary).get(url("file_download", made.pk)).status_code == 403
