"""Exports as people ask for them: who may, which rows, the job, the file, the record of it."""

import io
import os
import time
from datetime import date
from urllib.parse import quote

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from audit.models import Entry
from audit.receipts import issue
from jobs.models import Job
from ledgers import files
from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.services.exports import request_export
from problems.models import Measure, Problem, VillagePlan
from problems.terms import State
from rounds.models import Designation, Round
from tests.conftest import NOON, TODAY, World
from tests.ledgers.exporting.conftest import run, table, written
from villages.models import Assignment, VillageYear

NO_LIST = ("G", "D", "J", "L1")


def address(code: str) -> str:
    return reverse("ledgers:ledger_export", args=[code.lower()])


def ask(world: World, user, code: str = "B", **data):
    data = {"submission": issue(user.pk), "round": world.round.key} | data
    return world.client(user).post(address(code), data)


def ask_list(world: World, user, code: str, query: str):
    url = f"{reverse('ledgers:list_export', args=[code.lower()])}?query={quote(query)}"
    return world.client(user).post(url, {"submission": issue(user.pk)})


def newest() -> Job:
    return Job.objects.latest("pk")


def fetch(world: World, user, job: Job):
    return world.client(user).get(job.result["url"])


def workbook_of(response):
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


@pytest.fixture
def two_villages(desk):
    """One problem in the clerk's own village, one in its neighbour."""
    world = desk.world
    return desk.accept(title="石桥村的路"), desk.accept(title="下塘村的桥", village=world.sibling)


class TestLedgerList:
    def test_offers_what_the_post_may_export(self, world):
        text = world.client(world.office_clerk).get(reverse("ledgers:ledger_list")).content.decode()
        for ledger in LEDGERS.values():
            assert ledger.name in text
            assert address(ledger.code) in text

    def test_a_village_sees_no_statistics(self, world):
        text = world.client(world.village_clerk).get(reverse("ledgers:ledger_list")).content.decode()
        assert "问题清单" in text
        assert "整顿情况汇总表" not in text

    def test_an_administrator_has_no_business_here(self, world):
        assert world.client(world.administrator).get(reverse("ledgers:ledger_list")).status_code == 403

    def test_queries(self, world, django_assert_max_num_queries):
        client = world.client(world.office_clerk)
        with django_assert_max_num_queries(12):
            client.get(reverse("ledgers:ledger_list"))


class TestAsking:
    def test_becomes_a_job_of_ones_own(self, world):
        response = ask(world, world.office_clerk)

        job = newest()
        assert response.url == job.get_absolute_url()
        assert (job.kind, job.by, job.township_id) == ("export_ledger", world.office_clerk, world.township.pk)
        assert job.title == "导出问题清单（2026年第二轮）"

    def test_a_double_click_is_one_job(self, world):
        token = issue(world.office_clerk.pk)
        for _ in range(2):
            ask(world, world.office_clerk, submission=token)

        assert Job.objects.count() == 1

    @pytest.mark.parametrize(("code", "status"), [("zz", 404), ("B", 404)])
    def test_an_unknown_ledger_is_not_found(self, world, code, status):
        url = f"/ledgers/{code}/export/"
        assert world.client(world.office_clerk).get(url).status_code == status

    @pytest.mark.parametrize("code", ["G", "L1"])
    def test_statistics_need_the_right(self, world, code):
        assert world.client(world.village_secretary).get(address(code)).status_code == 403
        assert ask(world, world.village_secretary, code).status_code == 403

    def test_a_round_out_of_sight_is_no_choice(self, world):
        world.other_round.number = 7
        world.other_round.save()

        response = ask(world, world.office_clerk, round=world.other_round.key)
        assert response.status_code == 422
        assert not Job.objects.exists()

    def test_another_township_is_no_choice(self, world):
        ask(world, world.office_clerk, township=world.other_township.pk)
        assert newest().arguments["rounds"] == [world.round.pk]  # the field is not even there

    def test_a_county_reader_takes_all_townships_or_one(self, world):
        ask(world, world.county_reader, "G")
        assert newest().arguments["rounds"] == [world.round.pk, world.other_round.pk]
        ask(world, world.county_reader, "G", township=world.other_township.pk)
        assert newest().arguments["rounds"] == [world.other_round.pk]

    def test_a_period_that_begins_after_its_end_is_refused(self, world):
        response = ask(world, world.office_clerk, "G", as_of="2026-06-01", since="2026-06-02")
        assert "本期开始日期不能晚于截至日期。" in response.content.decode()

    def test_a_fourth_export_waits(self, world):
        for _ in range(3):
            ask(world, world.office_clerk)
        response = ask(world, world.office_clerk)

        assert response.status_code == 422
        assert "您有3项导出还没有完成" in response.content.decode()

    def test_without_a_round_the_page_says_what_to_do(self, world):
        Round.objects.all().delete()
        text = world.client(world.office_clerk).get(address("B")).content.decode()
        assert "还没有轮次。建立轮次后才能导出台账。" in text


class TestFile:
    def test_is_downloaded_under_its_chinese_name(self, world, two_villages):
        ask(world, world.office_clerk, as_of="2026-10-31")
        job = run(newest())
        response = fetch(world, world.office_clerk, job)

        assert job.state == Job.State.DONE, job.error
        name = quote("清溪镇问题清单（截至2026-10-31）.xlsx")
        assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
        assert response["Content-Type"].startswith("application/vnd.openxmlformats")
        assert response["Cache-Control"] == "no-store, private"
        assert [r["village"] for r in table(workbook_of(response).active, "B")] == ["石桥村", "下塘村"]

    def test_the_job_page_leads_to_it(self, world, two_villages):
        ask(world, world.office_clerk)
        job = run(newest())
        text = world.client(world.office_clerk).get(job.get_absolute_url()).content.decode()
        assert "下载Excel（2个问题）" in text

    @pytest.mark.parametrize("other", ["stranger", "commissioner", "county_reader", "administrator"])
    def test_nobody_else_gets_it(self, world, two_villages, other):
        ask(world, world.office_clerk)
        job = run(newest())
        assert fetch(world, world.users[other], job).status_code in (403, 404)

    def test_who_lost_the_post_does_not_get_it_any_more(self, world, two_villages):
        ask(world, world.office_clerk)
        job = run(newest())
        duty = Assignment.objects.get(cadre__user=world.office_clerk)
        duty.ends_on = date(2026, 1, 1)
        duty.save()
        world.person(Role.OFFICE_CLERK, world.other_township, key="elsewhere")
        Assignment.objects.filter(cadre__user=world.elsewhere).update(cadre=duty.cadre)

        assert fetch(world, world.office_clerk, job).status_code == 404

    def test_who_lost_the_post_before_the_job_ran_gets_nothing(self, world, two_villages):
        ask(world, world.office_clerk)
        Assignment.objects.filter(cadre__user=world.office_clerk).update(ends_on=date(2026, 1, 1))
        job = run(newest())

        assert job.state == Job.State.FAILED
        assert "您现在的岗位不能导出问题清单" in job.error

    def test_a_made_up_token_is_not_found(self, world):
        for token in ("x" * 24, "..%2f..%2fportal", "a"):
            assert world.client(world.office_clerk).get(f"/ledgers/exports/{token}/").status_code == 404

    def test_old_files_are_removed_and_the_page_says_so(self, world, two_villages):
        ask(world, world.office_clerk)
        job = run(newest())
        path = files.path_of(job.arguments["token"])
        week_ago = time.time() - (files.KEPT_DAYS * 24 + 1) * 3600
        os.utime(path, (week_ago, week_ago))
        ask(world, world.office_clerk)
        run(newest())

        assert not path.exists()
        response = world.client(world.office_clerk).get(job.result["url"], follow=True)
        assert "导出的文件保存7天，已经清理。请重新导出。" in response.content.decode()

    def test_a_second_delivery_writes_it_again_and_nothing_half_is_left(self, world, two_villages):
        ask(world, world.office_clerk)
        job = run(newest())
        from ledgers.work import export_ledger

        again = export_ledger(lambda percent, step: None, **job.arguments)
        assert again["url"] == job.result["url"]
        assert not [p for p in files.folder().iterdir() if p.name.endswith(".part")]

    def test_a_cancelled_export_leaves_no_file(self, world, two_villages):
        import tempfile
        from pathlib import Path

        from jobs.services import Cancelled
        from ledgers.work import export_ledger

        def stop(percent, step):
            if percent > 4:
                raise Cancelled

        ask(world, world.office_clerk)
        job = newest()
        before = set(Path(tempfile.gettempdir()).glob("openpyxl.*"))
        with pytest.raises(Cancelled):
            export_ledger(stop, **job.arguments)
        assert not files.path_of(job.arguments["token"]).exists()
        assert set(Path(tempfile.gettempdir()).glob("openpyxl.*")) <= before

    def test_is_noted_with_filter_and_count(self, world, two_villages):
        ask_list(world, world.office_clerk, "B", f"village={world.village.pk}")
        run(newest())

        entry = Entry.objects.get(verb="导出台账")
        said = {change["label"]: change["new"] for change in entry.changes}
        assert entry.by == world.office_clerk
        assert entry.township_id == world.township.pk
        assert said["台账"] == "B 问题清单"
        assert said["条数"] == "1"
        assert said["筛选"] == "村：石桥村；状态：未销号"


class TestScope:
    def rows(self, world, user, code="B", **data):
        ask(world, user, code, **data)
        job = run(newest())
        assert job.state == Job.State.DONE, job.error
        return table(workbook_of(fetch(world, user, job)).active, code)

    def test_a_village_takes_its_own_only(self, world, two_villages):
        assert [r["village"] for r in self.rows(world, world.village_clerk)] == ["石桥村"]
        assert [r["village"] for r in self.rows(world, world.sibling_secretary)] == ["下塘村"]

    def test_another_township_takes_nothing_of_ours(self, world, two_villages):
        assert self.rows(world, world.stranger)[0]["number"] == "没有符合条件的记录"

    def test_a_station_takes_what_is_its(self, world, desk):
        desk.accept(title="本所的", responsible_unit=world.station)
        desk.accept(title="别人的")
        assert [r["description"] for r in self.rows(world, world.users["station"])] == ["本所的"]

    def test_what_is_not_yet_accepted_is_not_in_the_ledger(self, world, desk):
        desk.log(title="草稿")
        desk.accept(title="已入账")
        assert [r["description"] for r in self.rows(world, world.office_clerk)] == ["已入账"]

    @pytest.mark.parametrize("code", [c for c in LEDGERS if c not in ("G", "L1")])
    def test_nothing_of_the_other_township_even_when_its_round_is_asked_for(self, code, world, desk, tmp_path):
        """The canary: the other township's village, listed, with a problem, a measure, figures; the asker sees its own only."""
        for r, village in ((world.round, world.village), (world.other_round, world.foreign)):
            Designation.objects.create(
                round=r, village=village, proposed_on=date(2026, 3, 1), approved_on=date(2026, 3, 5)
            )
            VillageYear.objects.create(village=village, year=2026, members=40)
            VillagePlan.objects.create(round=r, village=village, goals=f"{village.name}的目标")
        theirs = desk.log(round=world.other_round, village=world.foreign, title="白石村的路", by=world.stranger)
        Problem.objects.filter(pk=theirs.pk).update(state=State.RECTIFYING)
        theirs.steps.update(state=State.RECTIFYING)
        Measure.objects.create(problem=theirs, number=1, text="白石村的措施", due_on=date(2026, 12, 1))
        both = tuple(Round.objects.select_related("township__county").order_by("township_id"))

        def text(user):
            book = written(code, Ask(both, TODAY, world.access(user)), tmp_path / "x.xlsx")
            return "".join(str(v) for ws in book for row in ws.iter_rows(values_only=True) for v in row if v)

        assert "白石村" not in text(world.office_clerk)
        if code in "ABCDIJ":  # the test would notice: a county reader sees both
            assert "白石镇白石村" in text(world.county_reader)


class TestFilteredLists:
    LISTS = {
        "A": "rounds:designation_list", "B": "problems:problem_list", "C": "problems:measure_list",
        "E": "pairings:pairing_list", "F": "inspections:inspection_list", "H": "meetings:commitment_list",
        "I": "villages:figures_list", "K": "inspections:survey_list", "M": "otherwork:entry_list",
    }  # fmt: skip

    @pytest.mark.parametrize("code", LISTS)
    def test_every_list_has_the_button_with_its_filter(self, code, world):
        text = world.client(world.office_clerk).get(reverse(self.LISTS[code]) + "?round=2026-2").content.decode()
        button = f"{reverse('ledgers:list_export', args=[code.lower()])}?query=round%3D2026-2"
        assert button in text
        page = world.client(world.office_clerk).get(button)
        assert page.status_code == 200
        assert "将导出0" in page.content.decode()

    @pytest.mark.parametrize("code", LISTS)
    def test_every_list_exports_even_when_empty(self, code, world):
        assert ask_list(world, world.office_clerk, code, "").status_code == 302
        assert run(newest()).state == Job.State.DONE, newest().error

    def test_the_file_holds_the_rows_of_the_list(self, world, desk):
        desk.accept(title="开着的")
        desk.in_state(State.CLOSED, title="销了的")
        desk.accept(title="邻村的", village=world.sibling)

        for query, titles in (
            ("", ["开着的", "邻村的"]),
            ("state=closed", ["销了的"]),
            (f"state=ledger&village={world.village.pk}", ["开着的", "销了的"]),
            ("state=ledger&sort=-number", ["邻村的", "销了的", "开着的"]),
            ("q=邻村", ["邻村的"]),
        ):
            ask_list(world, world.office_clerk, "B", query)
            job = run(newest())
            rows = table(workbook_of(fetch(world, world.office_clerk, job)).active, "B")
            assert [r["description"] for r in rows] == titles, query

    def test_a_filter_does_not_widen_the_scope(self, world, two_villages):
        ask_list(world, world.village_clerk, "B", f"village={world.sibling.pk}&only={two_villages[1].pk}")
        assert run(newest()).result["rows"] == 0

    def test_an_earlier_day_is_exported_as_it_stood(self, world, desk):
        desk.in_state(State.CLOSED, title="五月销号")
        ask_list(world, world.office_clerk, "B", "state=ledger&as_of=2026-04-01")
        job = run(newest())
        sheet = workbook_of(fetch(world, world.office_clerk, job)).active
        assert table(sheet, "B")[0]["closed_on"] is None
        assert "填报日期：2026年4月1日" in [c.value for c in sheet[2]]

    def test_nonsense_in_the_address_is_no_error(self, world):
        for query in ("as_of=gestern&village=abc&round=%00", "only=x.y", "sort=--"):
            assert ask_list(world, world.office_clerk, "B", query).status_code == 302
            assert run(newest()).state == Job.State.DONE

    def test_a_ledger_without_a_list_is_not_found(self, world):
        for code in NO_LIST:
            url = reverse("ledgers:list_export", args=[code.lower()])
            assert world.client(world.office_clerk).get(url).status_code == 404


class TestTexts:
    def test_a_title_like_a_formula_stays_text_all_the_way(self, world, desk):
        desk.accept(title="=cmd|' /C calc'!A0", description="@SUM(1)", target="+1")
        ask(world, world.office_clerk)
        sheet = workbook_of(fetch(world, world.office_clerk, run(newest()))).active

        row = table(sheet, "B")[0]
        assert row["description"] == "=cmd|' /C calc'!A0\n@SUM(1)"
        assert row["target"] == "+1"
        assert not [c for line in sheet.iter_rows() for c in line if c.data_type == "f"]


class TestQueries:
    def test_grow_by_chunk_only(self, world, desk, ask_round, tmp_path, monkeypatch, django_assert_max_num_queries):
        for n in range(6):
            desk.accept(title=f"问题{n}")
        with django_assert_max_num_queries(8):
            written("B", ask_round(), tmp_path / "one.xlsx")
        monkeypatch.setattr("ledgers.producing.CHUNK", 2)
        with django_assert_max_num_queries(2 + 3 * 6):
            sheet = written("B", ask_round(), tmp_path / "three.xlsx").active
        assert [r["number"] for r in table(sheet, "B")] == [1, 2, 3, 4, 5, 6]

    def test_too_many_rows_are_refused_with_the_number(self, world, desk, monkeypatch):
        monkeypatch.setattr("ledgers.producing.MAX_ROWS", 1)
        desk.accept()
        desk.accept()
        job = run(request_export(LEDGERS["B"], by=world.office_clerk, at=NOON, rounds=[world.round]))
        assert job.error == "共2个问题，一次最多导出1个问题，请缩小范围后再导出。"

    @pytest.mark.parametrize("code", [c for c in LEDGERS if c not in NO_LIST])
    def test_an_empty_ledger_says_so_and_keeps_its_form(self, code, ask_round, tmp_path):
        sheet = written(code, ask_round(), tmp_path / "empty.xlsx").active
        assert "没有符合条件的记录" in [c.value for row in sheet.iter_rows() for c in row]
        assert sheet.cell(sheet.max_row, 1).value == "单位负责人："
