"""From a finding to the ledger and to a notice; a reply is checked by another, found good or sent out again."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags
from PIL import Image

from audit.services import history
from common.errors import Refused
from inspections import handing, services
from inspections.models import Finding, Notice, NoticeFile, NoticeRound
from ledgers.definitions import inspections as ledger
from ledgers.form import Ask
from problems.models import Problem, Upload
from problems.services.uploads import clear_uploads, stage_upload
from tests.conftest import NOON
from villages.access import access_of
from villages.handing import duty_of
from villages.models import Assignment


def refused(field, call, *args, **values):
    with pytest.raises(Refused) as refusal:
        call(*args, **values)
    assert refusal.value.field == field
    return str(refusal.value)


def photo(name="现场.jpg"):
    content = BytesIO()
    Image.new("RGB", (64, 48), "green").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


@pytest.fixture
def finding(world, inspection):
    return services.add_finding(
        inspection,
        village=world.village,
        text="便民服务中心无人值班",
        requirement="落实轮值",
        by=world.office_clerk,
        at=NOON,
    )


@pytest.fixture
def answered(world, notice):
    services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
    return services.reply_notice(
        notice, replied_on=date(2026, 6, 9), reply="已补齐", by=world.village_secretary, at=NOON
    )


def reissue(world, notice, **more):
    values = {
        "checked_on": date(2026, 6, 12), "note": "抽查两次会议仍无记录", "reply_due_on": date(2026, 6, 30),
        "by": world.commissioner, "at": NOON,
    }  # fmt: skip
    return services.reissue_notice(notice, **values | more)


class TestCheck:
    def test_refusals(self, world, notice):
        assert "还没有反馈" in refused(None, reissue, world, notice)
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        with pytest.raises(Refused, match="反馈日期不能早于签收日期"):
            services.reply_notice(notice, replied_on=date(2026, 6, 2), reply="x", by=world.commissioner, at=NOON)
        services.reply_notice(notice, replied_on=date(2026, 6, 9), reply="代填", by=world.commissioner, at=NOON)
        assert "须由另一人核查" in refused(None, reissue, world, notice)
        assert "须由另一人核查" in refused(
            None, services.close_notice, notice, checked_on=date(2026, 6, 12), by=world.commissioner, at=NOON
        )
        clerk = {"by": world.office_clerk}
        assert "哪里没有整改到位" in refused("note", reissue, world, notice, note="", **clerk)
        assert "新的反馈时限" in refused("reply_due_on", reissue, world, notice, reply_due_on=None, **clerk)
        refused("reply_due_on", reissue, world, notice, reply_due_on=date(2026, 6, 11), **clerk)
        refused("checked_on", reissue, world, notice, checked_on=date(2026, 6, 8), **clerk)
        refused("checked_on", reissue, world, notice, checked_on=date(2026, 11, 1), **clerk)

    def test_whose_answer_another_changed_does_not_check_it_either(self, world, notice):
        """A substitute may hold both rights; in the next round, which he did not answer, he may check."""
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        services.reply_notice(notice, replied_on=date(2026, 6, 9), reply="代填", by=world.commissioner, at=NOON)
        services.reply_notice(notice, replied_on=date(2026, 6, 9), reply="已补", by=world.village_secretary, at=NOON)

        assert "须由另一人核查" in refused(None, reissue, world, notice)
        page = world.client(world.commissioner).get(notice.get_absolute_url())
        assert page.context["waits_for_another"]
        assert not page.context["may_check"]
        reissue(world, notice, by=world.office_clerk)
        services.sign_notice(notice, signed_on=date(2026, 6, 13), by=world.village_secretary, at=NOON)
        services.reply_notice(notice, replied_on=date(2026, 6, 14), reply="又补", by=world.village_secretary, at=NOON)
        services.close_notice(notice, checked_on=date(2026, 6, 15), by=world.commissioner, at=NOON)
        assert notice.checked_by == world.commissioner

    def test_database_refuses_a_checker_who_answered(self, world, answered):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=answered.pk).update(
                closed_on=date(2026, 6, 12), checked_by=world.village_secretary
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=answered.pk).update(reissued_on=date(2026, 6, 12))

    def test_not_good_goes_out_again_under_its_number_and_keeps_the_round(self, world, answered):
        reissue(world, answered)
        notice = Notice.objects.get()

        assert (notice.number, notice.round_number, notice.signed_on, notice.reply) == (1, 2, None, "")
        assert notice.issued_on == date(2026, 6, 3)
        kept = NoticeRound.objects.get()
        assert (kept.reply, kept.until, kept.checked_by) == ("已补齐", date(2026, 6, 12), world.commissioner)
        assert history(notice)[0].reason == "抽查两次会议仍无记录"
        with pytest.raises(Refused, match="不能早于发出日期（2026-06-12）"):
            services.sign_notice(notice, signed_on=date(2026, 6, 10), by=world.village_secretary, at=NOON)
        # A second round ends like the first.
        services.sign_notice(notice, signed_on=date(2026, 6, 13), by=world.village_secretary, at=NOON)
        services.reply_notice(
            notice, replied_on=date(2026, 6, 20), reply="补齐并公示", by=world.village_secretary, at=NOON
        )
        services.close_notice(notice, checked_on=date(2026, 6, 22), by=world.commissioner, at=NOON)
        assert Notice.objects.get().closed_on == date(2026, 6, 22)

    def test_stands_on_each_day_as_it_stood_then(self, world, answered):
        """State of one row and words of the list agree on every day of both rounds."""
        reissue(world, answered)
        days = {
            date(2026, 6, 3): "issued", date(2026, 6, 4): "signed", date(2026, 6, 9): "answered",
            date(2026, 6, 11): "answered", date(2026, 6, 12): "issued", date(2026, 7, 1): "late",
        }  # fmt: skip
        notice = Notice.objects.get()
        for day, state in days.items():
            rows = Notice.objects.as_of(day)
            assert notice.state_on(day) == state
            assert rows.answered(day).exists() == rows.unchecked(day).exists() == (state == "answered")
            assert rows.unanswered(day).exists() == (state != "answered")
            assert rows.late(day).exists() == (state == "late")
            assert rows.issued_again(day).exists() == (day >= date(2026, 6, 12))

    def test_the_list_of_an_earlier_day_tells_the_round_of_that_day(
        self, world, answered, django_assert_max_num_queries
    ):
        """No date of a day to come, no reply nobody had given yet; in the list of today the present round."""
        due = answered.reply_due_on.isoformat()
        reissue(world, answered)
        services.sign_notice(Notice.objects.get(), signed_on=date(2026, 6, 13), by=world.village_secretary, at=NOON)
        client = world.client(world.office_clerk)

        def cells(day):
            with django_assert_max_num_queries(12):
                page = client.get(f"/inspections/notices/?round=2026-2&as_of={day}")
            [row] = page.context["body"].split("<tr")[1:]
            return [strip_tags(f"<td{cell}").strip() for cell in row.split("<td")[1:]][-6:]

        assert cells("2026-06-03") == ["2026-06-03", due, "—", "—", "—", "—"]
        assert cells("2026-06-11")[1:] == [due, "2026-06-04", "2026-06-09", "已补齐", "—"]
        again = Notice.objects.get().reply_due_on.isoformat()
        assert again != due
        assert cells("2026-06-12") == ["2026-06-03 第2次2026-06-12", again, "—", "—", "—", "—"]
        assert cells("2026-10-31")[1:] == [again, "2026-06-13", "—", "—", "—"]

    def test_so_does_the_paper_of_a_hand_over_and_it_says_how_many_there_are(self, world, answered, monkeypatch):
        due = answered.reply_due_on.isoformat()
        reissue(world, answered)
        post = Assignment.objects.get(cadre=world.village_secretary.cadre, village=world.village)

        def found(day):
            return handing.find(duty_of(post, last_day=day, day=day))[0]

        assert found(date(2026, 6, 11)).lines[0].due == due != found(date(2026, 6, 12)).lines[0].due
        assert found(date(2026, 6, 11)).title == "未办结的整改通知书"
        monkeypatch.setattr("villages.handing.MOST", 0)
        assert found(date(2026, 6, 11)).title == "未办结的整改通知书，共1项，列出前0项"

    def test_so_does_the_ledger_of_inspections(self, world, answered):
        due = answered.reply_due_on
        reissue(world, answered)

        def told(day):
            ask = Ask((world.round,), day, access_of(world.office_clerk, day))
            [line] = ledger.lines(ledger.keys(ask), ask)
            return line.values[7:9]

        assert told(date(2026, 6, 4)) == (due, "未到反馈时限")
        assert told(date(2026, 6, 11))[0] == due
        assert "已补齐" in told(date(2026, 6, 11))[1]
        assert told(date(2026, 7, 1)) == (Notice.objects.get().reply_due_on, "逾期未反馈")

    def test_pages_check_reissue_and_show_the_rounds(self, world, answered):
        office, url = world.client(world.commissioner), answered.get_absolute_url()
        page = office.get(f"{url}check/")
        assert "已补齐" in page.content.decode()
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "verdict": "not_good", "checked_on": "2026-06-12", "note": "没有公示", "reply_due_on": "",
        }  # fmt: skip
        assert list(office.post(f"{url}check/", form).context["form"].errors) == ["reply_due_on"]
        form["reply_due_on"] = "2026-06-30"
        assert [office.post(f"{url}check/", form).status_code for _ in range(2)] == [302, 302]
        assert NoticeRound.objects.count() == 1
        body = world.client(world.village_secretary).get(url).content.decode()
        assert "第1次" in body
        assert "没有公示" in body
        sheet = office.get(f"{url}sheet/").content.decode()
        assert "第2次发出" in sheet
        assert "2026年6月30日" in sheet

    def test_second_checker_sees_that_it_was_checked(self, world, answered):
        client, url = world.client(world.commissioner), f"{answered.get_absolute_url()}check/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "verdict": "good", "checked_on": "2026-06-12", "note": "看过公示栏",
        }  # fmt: skip
        reissue(world, answered, by=world.office_clerk)

        refusal = client.post(url, form)

        assert refusal.status_code == 422
        assert "看过公示栏" in refusal.content.decode()


class TestFiles:
    def test_a_reply_comes_with_photos_that_only_its_readers_open(self, world, notice):
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        village, url = world.client(world.village_secretary), f"{notice.get_absolute_url()}reply/"
        form = {
            "submission": village.get(url).context["submission"], "base_version": 2, "reply": "已公示",
            "replied_on": "2026-06-09", "photos_album": photo(),
        }  # fmt: skip
        assert village.post(url, form).status_code == 302

        file = NoticeFile.objects.get()
        assert (file.is_photo, file.round_number, Upload.objects.count()) == (True, 1, 0)
        addresses = (f"/inspections/notices/files/{file.pk}/", f"/inspections/notices/files/{file.pk}/small/")
        for address in addresses:
            assert village.get(address).getvalue()[:2] == b"\xff\xd8"
            assert world.client(world.commissioner).get(address).getvalue()  # read, so that it is closed
            assert world.client(world.stranger).get(address).status_code == 404
            assert world.client(world.sibling_secretary).get(address).status_code == 404

    def test_clearing_away_leaves_files_of_replies(self, world, notice, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        upload = stage_upload(photo(), by=world.village_secretary, at=NOON)
        services.reply_notice(
            notice, replied_on=date(2026, 6, 9), reply="已公示", upload_tokens=[upload.token],
            by=world.village_secretary, at=NOON,
        )  # fmt: skip
        clear_uploads(at=NOON.replace(year=2030))
        file = NoticeFile.objects.get().file
        assert file.storage.exists(file.name)
        # Control: a file no row knows is cleared.
        NoticeFile.objects.all().delete()
        clear_uploads(at=NOON.replace(year=2030))
        assert not file.storage.exists(file.name)

    def test_somebody_elses_upload_is_refused(self, world, notice):
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        upload = stage_upload(photo(), by=world.commissioner, at=NOON)
        with pytest.raises(Refused, match="过期或已提交过"):
            services.reply_notice(
                notice, replied_on=date(2026, 6, 9), reply="已公示", upload_tokens=[upload.token],
                by=world.village_secretary, at=NOON,
            )  # fmt: skip


class TestFindingToProblem:
    def form(self, client, url, world, **more):
        page = client.get(url)
        initial = page.context["form"].initial
        values = {name: initial[name] for name in ("title", "description", "target", "source", "source_event")}
        return values | {
            "submission": page.context["submission"], "round": world.round.pk, "village": initial["village"],
            "discovered_on": initial["discovered_on"].isoformat(), "severity": "medium", "deadline_kind": "date",
            "due_on": "2026-11-20", "submit": "on",
        } | more  # fmt: skip

    def test_filled_from_the_finding_and_linked_both_ways_once(self, world, finding):
        client, url = world.client(world.office_clerk), f"/inspections/findings/{finding.pk}/problem/"
        form = self.form(client, url, world)
        answers = [client.post(url, form) for _ in range(2)]

        assert [a.status_code for a in answers] == [302, 302]
        problem = Problem.objects.get()
        assert (problem.title, problem.source, problem.target) == ("便民服务中心无人值班", "supervision", "落实轮值")
        assert (problem.discovered_on, problem.state) == (date(2026, 6, 2), "submitted")
        finding.refresh_from_db()
        assert finding.problem == problem
        assert finding.inspection.get_absolute_url() in client.get(problem.get_absolute_url()).content.decode()
        assert problem.get_absolute_url() in client.get(finding.inspection.get_absolute_url()).content.decode()
        again = client.post(url, self.form(client, url, world))
        assert "不需重复登记" in again.content.decode()
        assert Problem.objects.count() == 1

    def test_stands_in_the_ledger_only_once_the_problem_is_reviewed(self, world, finding):
        client, url = world.client(world.office_clerk), f"/inspections/findings/{finding.pk}/problem/"
        client.post(url, self.form(client, url, world))

        def listed():
            pages = [client.get(f"/inspections/findings/?ledger={value}") for value in ("in", "out")]
            return [page.context["paging"].total for page in pages], "（待审核）" in pages[1].content.decode()

        assert listed() == ([0, 1], True)
        Problem.objects.update(state="rectifying")
        assert listed() == ([1, 0], False)

    def test_stays_in_its_village_and_after_its_inspection(self, world, finding):
        client, url = world.client(world.office_clerk), f"/inspections/findings/{finding.pk}/problem/"
        for more, field in (
            ({"village": world.sibling.pk}, "village"),
            ({"village": world.foreign.pk}, "village"),
            ({"discovered_on": "2026-06-01"}, "discovered_on"),
        ):
            page = client.post(url, self.form(client, url, world, **more))
            assert list(page.context["form"].errors) == [field]
        assert not Problem.objects.exists()

    def test_resident_cadre_may_the_village_may_not(self, world, finding):
        url = f"/inspections/findings/{finding.pk}/problem/"
        assert world.client(world.resident_cadre).get(url).status_code == 200
        assert world.client(world.village_secretary).get(url).status_code == 403
        assert world.client(world.stranger).get(url).status_code == 404

    @pytest.mark.parametrize(
        ("query", "found"),
        [("", 2), ("ledger=out", 2), ("noticed=out", 2), ("noticed=in", 0), ("q=值班", 1), ("to=2026-06-01", 0)],
    )
    def test_list_over_all_inspections(self, world, finding, query, found):
        services.add_finding(
            finding.inspection, village=world.village, text="公开栏陈旧", by=world.office_clerk, at=NOON
        )
        page = world.client(world.village_secretary).get(f"/inspections/findings/?{query}")
        assert page.context["paging"].total == found
        assert world.client(world.sibling_secretary).get("/inspections/findings/").context["paging"].total == 0


class TestNoticeFromFindings:
    def issue(self, world, inspection, findings, **more):
        values = {
            "village": world.village, "requirement": "落实轮值", "issued_on": date(2026, 6, 3),
            "reply_due_on": date(2026, 6, 10), "findings": findings, "by": world.commissioner, "at": NOON,
        }  # fmt: skip
        return services.issue_notice(inspection, **values | more)

    def test_names_its_findings_once(self, world, finding):
        inspection = finding.inspection
        notice = self.issue(world, inspection, [finding])
        finding.refresh_from_db()
        assert finding.notice == notice
        assert "请不要重复发出" in refused("findings", self.issue, world, inspection, [finding])
        values = {name: getattr(finding, name) for name in services.findings.FIELDS}
        inspection.villages.add(world.sibling)
        values |= {"village": world.sibling, "base_version": 1, "by": world.office_clerk, "at": NOON}
        assert "不能改为别的村" in refused("village", services.change_finding, finding, **values)
        other = services.add_finding(inspection, village=world.sibling, text="x", by=world.office_clerk, at=NOON)
        assert "不是本次督查在石桥村的发现" in refused("findings", self.issue, world, inspection, [other])

    def test_all_findings_of_a_village_fill_the_form_and_stand_on_the_sheet(self, world, finding):
        inspection = finding.inspection
        services.add_finding(
            inspection, village=world.village, text="公开栏陈旧", requirement="每月更新", by=world.office_clerk, at=NOON
        )
        client, url = world.client(world.commissioner), f"{inspection.get_absolute_url()}notices/new/"
        initial = client.get(f"{url}?village={world.village.pk}").context["form"].initial
        assert initial["requirement"] == "1. 落实轮值\n2. 每月更新"
        form = {
            "submission": client.get(url).context["submission"], "village": world.village.pk,
            "findings": initial["findings"], "requirement": initial["requirement"], "issued_on": "2026-06-03",
            "reply_due_on": "2026-06-10",
        }  # fmt: skip
        address = client.post(url, form).url

        sheet = client.get(f"{address}sheet/").content.decode()
        for words in ("整改通知书", "〔2026〕1号", "便民服务中心无人值班", "公开栏陈旧", "签收人（签字）", "（盖章）"):
            assert words in sheet
        assert Finding.objects.filter(notice__isnull=False).count() == 2
