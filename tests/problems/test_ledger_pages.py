"""The ledger list and a problem's page: scope, filters that combine, as-of days, few queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems import sections
from problems.course import circumstances_of, course_of
from problems.models import Measure, Problem
from problems.services import closing, deadlines, instructions, ledger, moves, progress
from problems.terms import Category, Colour, DeadlineKind, Degree, State
from problems.transitions import Duty, Need, circumstances
from rounds.models import LinkedCampaign, Round
from tests.conftest import TODAY
from tests.problems.conftest import noon
from villages.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def total(world, query, user=None):
    return world.client(user or world.commissioner).get(f"/problems/?{query}").context["paging"].total


class TestScope:
    def test_another_townships_problem_is_not_in_the_list_and_not_found(self, desk):
        theirs = desk.log(round=desk.world.other_round, village=desk.world.foreign, by=desk.world.stranger)
        client = desk.world.client(desk.world.commissioner)

        assert client.get(f"/problems/{theirs.pk}/").status_code == 404
        assert total(desk.world, "state=draft") == 0
        assert total(desk.world, f"state=draft&village={desk.world.foreign.pk}") == 0

    def test_drafts_are_for_those_who_work_on_the_ledger(self, desk):
        draft = desk.log()
        w = desk.world

        assert w.client(w.resident_cadre).get(f"/problems/{draft.pk}/").status_code == 200
        for role in ("village_secretary", "linked_leader", "party_secretary", "county_reader"):
            assert w.client(w.users[role]).get(f"/problems/{draft.pk}/").status_code == 404
            assert total(w, "state=before", w.users[role]) == 0

    def test_station_sees_what_its_unit_helps_with(self, desk):
        helped, other = desk.accept(assisting_units=[desk.world.station]), desk.accept()
        client = desk.world.client(desk.world.users["station"])

        assert client.get(f"/problems/{helped.pk}/").status_code == 200
        assert client.get(f"/problems/{other.pk}/").status_code == 404

    def test_administrator_sees_no_business_data(self, desk):
        assert desk.world.client(desk.world.administrator).get("/problems/").status_code == 403

    def test_county_reader_picks_a_township(self, desk):
        w = desk.world
        desk.accept()
        there = desk.log(submit=True, round=w.other_round, village=w.foreign, by=w.stranger, title="白石水渠")
        moves.accept(there, by=w.commissioner, at=noon(TODAY))

        assert total(w, "", w.county_reader) == 2
        assert total(w, f"township={w.other_township.pk}", w.county_reader) == 1
        page = w.client(w.county_reader).get(f"/problems/?township={w.other_township.pk}").content.decode()
        assert "白石村</option>" in page
        assert "石桥村</option>" not in page


class TestFilters:
    def test_open_by_default_with_a_chip_that_shows_it(self, desk):
        for state in State.values:
            desk.in_state(state)

        page = desk.world.client(desk.world.commissioner).get("/problems/")

        assert page.context["paging"].total == 4
        chip = page.context["chips"][0]
        assert (chip["label"], chip["value"]) == ("状态", "未销号")
        assert total(desk.world, chip["without"].removeprefix("?")) == 5

    def test_each_filter_narrows_and_all_combine(self, desk):
        w = desk.world
        campaign = LinkedCampaign.objects.create(round=w.round, name="我为群众办实事")
        project = ledger.add_key_project(township=w.township, name="滨江大道二期", by=w.office_clerk, at=noon(TODAY))
        unit = Unit.objects.create(county=w.county, township=w.township, name="水利站")
        wanted = desk.accept(
            village=w.sibling, category=Category.LAND, title="征地政策处理", owner=w.resident_cadre.cadre,
            assisting_units=[unit], key_project=project, linked_campaign=campaign, due_on=date(2026, 10, 1),
        )  # fmt: skip
        for _ in range(2):
            desk.accept()
        moves.record_degree(wanted, degree="preliminary", reason="协议已谈", by=w.commissioner, at=noon(TODAY))
        every = {
            "village": w.sibling.pk, "category": "land_acquisition", "state": "rectifying", "colour": "red",
            "person": w.resident_cadre.cadre.pk, "round": "2026-2", "unit": unit.pk, "degree": "preliminary",
            "key_project": project.pk, "campaign": campaign.name, "q": "政策", "overdue": 1, "linked": 1,
            "discovered_from": "2026-03-01", "discovered_to": "2026-03-31", "started_from": "2026-03-10",
            "township": w.township.pk, "as_of": TODAY.isoformat(),
        }  # fmt: skip

        for name, value in every.items():
            expected = (
                3
                if name in ("round", "discovered_from", "discovered_to", "started_from", "township", "as_of", "state")
                else 1
            )
            assert total(w, f"{name}={value}") == expected, name
        assert total(w, "&".join(f"{k}={v}" for k, v in every.items())) == 1
        for other in ("round=2025-1", "q=没有的字", "colour=green", "discovered_to=2026-01-01", f"unit={w.station.pk}"):
            assert total(w, other) == 0, other

    @pytest.mark.parametrize(
        "query",
        [
            "village=abc",
            "village=9999999999999999999",
            "round=x",
            "as_of=gestern",
            "state=nonsense",
            "colour=pink",
            "size=7&page=x",
        ],
    )
    def test_nonsense_in_the_address_is_ignored(self, desk, query):
        desk.accept()

        assert total(desk.world, query) == 1

    def test_requests_that_wait(self, desk):
        w = desk.world
        desk.in_state(State.CLOSING)
        unchecked = desk.accept()
        desk.ask_close(unchecked, TODAY)
        waiting = desk.accept()
        deadlines.ask_extension(
            waiting, new_due_on=date(2027, 2, 1), reason="汛期", by=w.village_secretary, at=noon(TODAY)
        )

        assert total(w, "close=checked") == total(w, "close=unchecked") == total(w, "extension=pending") == 1

    def test_closed_in_a_period(self, desk):
        desk.close(desk.accept(), date(2026, 9, 22))
        desk.close(desk.accept(), date(2026, 10, 8))

        assert total(desk.world, "closed_from=2026-10-01&closed_to=2026-10-31") == 1
        assert total(desk.world, "state=closed&degree=full") == 2

    def test_search_is_escaped(self, desk):
        desk.accept()
        page = (
            desk.world.client(desk.world.commissioner).get('/problems/?q="><script>alert(1)</script>').content.decode()
        )

        assert "<script>alert" not in page


class TestAsOf:
    def test_closed_on_a_day_is_open_the_day_before(self, desk):
        w = desk.world
        problem = desk.accept(due_on=date(2026, 9, 10))
        desk.close(problem, date(2026, 9, 22), degree=Degree.BASIC)

        before = w.client(w.commissioner).get("/problems/?as_of=2026-09-21")
        after = w.client(w.commissioner).get("/problems/?as_of=2026-09-22&state=ledger")

        assert before.context["paging"].total == 1
        assert "整改中" in before.context["body"]
        assert "红灯·逾期" in before.context["body"]
        assert "逾期11天" in before.context["body"]
        assert "已销号" in after.context["body"]
        assert "基本化解" in after.context["body"]
        assert total(w, "as_of=2026-09-22") == 0
        assert total(w, "as_of=2026-09-21&state=closed") == 0
        assert total(w, "as_of=2026-03-09&state=ledger") == 0

    def test_relapse_and_colours_stand_as_they_stood(self, desk):
        w = desk.world
        problem = desk.accept(due_on=date(2026, 6, 30))
        desk.close(problem, date(2026, 6, 30))
        closing.relapse(
            problem, reason="再次反映", due_on=date(2026, 12, 15), by=w.commissioner, at=noon(date(2026, 9, 5))
        )

        assert total(w, "as_of=2026-09-04&state=closed") == 1
        assert total(w, "as_of=2026-09-05&state=relapsed") == 1
        assert total(w, "as_of=2026-09-05&state=relapsed&colour=green") == 1


class TestList:
    def test_red_first_then_the_nearest_deadline(self, desk):
        days = [date(2026, 12, 1), date(2026, 10, 1), date(2026, 11, 15)]
        for day in days:
            desk.accept(due_on=day, title=f"时限{day}")
        desk.accept(title="长期", deadline_kind=DeadlineKind.CONTINUING, due_on=None)

        body = desk.world.client(desk.world.commissioner).get("/problems/").context["body"]

        places = [body.index(f"时限{day}<") for day in sorted(days)] + [body.index("长期<")]
        assert places == sorted(places)

    def test_strip_counts_by_colour_and_links(self, desk):
        desk.accept(due_on=date(2026, 10, 1))
        desk.accept(on=date(2026, 10, 20))
        desk.in_state(State.SUSPENDED)

        strip = desk.world.client(desk.world.commissioner).get("/problems/?colour=red").context["strip"]

        assert [item["count"] for item in strip] == [1, 0, 1, 1]
        for item, colour in zip(strip[1:], (Colour.YELLOW, Colour.GREEN, Colour.GREY), strict=True):
            assert f"colour={colour}" in item["url"]
            assert total(desk.world, item["url"].removeprefix("?")) == item["count"]

    @pytest.mark.parametrize(
        "sort", ["queue", "-queue", "number", "village", "category", "state", "person", "-progress"]
    )
    @pytest.mark.parametrize("day", ["", "&as_of=2026-06-01"])
    def test_every_sort_works_on_every_day(self, desk, sort, day):
        desk.accept()

        assert total(desk.world, f"sort={sort}{day}") == 1

    def test_rows_lead_back_to_the_same_place(self, desk):
        problem = desk.accept()
        client = desk.world.client(desk.world.commissioner)

        page = client.get("/problems/?category=infrastructure&sort=village").content.decode()
        detail = client.get(f"/problems/{problem.pk}/?back=%2Fproblems%2F%3Fcategory%3Dinfrastructure%26sort%3Dvillage")

        assert f"/problems/{problem.pk}/?back=%2Fproblems%2F%3Fcategory%3Dinfrastructure%26sort%3Dvillage" in page
        assert 'href="/problems/?category=infrastructure&amp;sort=village"' in detail.content.decode()

    def test_empty_says_what_to_do(self, world):
        assert "发现新问题请点“登记问题”" in world.client(world.office_clerk).get("/problems/").content.decode()
        assert "没有符合条件的问题" in world.client(world.office_clerk).get("/problems/?q=无").content.decode()


class TestQueries:
    def count(self, client, url):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    @pytest.mark.parametrize("query", ["", "?state=ledger&as_of=2026-06-01", "?colour=red&q=道路"])
    def test_list_costs_the_same_at_two_sizes(self, desk, query):
        client = desk.world.client(desk.world.county_reader)
        desk.accept()
        few = self.count(client, f"/problems/{query}")
        for number in range(8):
            Round.objects.create(
                township=desk.world.township, campaign="历年", year=2010 + number, number=1,
                starts_on=date(2010, 1, 1), ends_on=date(2010, 12, 1),
            )  # fmt: skip
            desk.accept(owner=desk.world.resident_cadre.cadre)

        assert self.count(client, f"/problems/{query}") == few <= 12

    def test_a_busy_problem_costs_no_more_than_a_new_one(self, desk):
        w = desk.world
        quiet, busy = desk.accept(), desk.accept(assisting_units=[w.station], owner=w.resident_cadre.cadre)
        for n in range(5):
            day = date(2026, 4, 1) + timedelta(days=n)
            progress.post_progress(busy, text=f"第{n}次", happened_on=day, by=w.village_secretary, at=noon(day))
            progress.add_milestone(
                busy, kind="other", fact=f"事实{n}", happened_on=day, by=w.village_secretary, at=noon(day)
            )
            instructions.leave_instruction(busy, text=f"批示{n}", by=w.party_secretary, at=noon(day))
            Measure.objects.create(problem=busy, number=n + 1, text="措施", owner=w.resident_cadre.cadre, due_on=TODAY)
        deadlines.ask_extension(
            busy, new_due_on=date(2027, 2, 1), reason="汛期", by=w.village_secretary, at=noon(TODAY)
        )
        deadlines.decide_extension(busy, granted=True, by=w.commissioner, at=noon(TODAY))
        desk.close(busy, TODAY)
        client = w.client(w.commissioner)

        assert self.count(client, f"/problems/{busy.pk}/") <= self.count(client, f"/problems/{quiet.pk}/") <= 12


class TestCourse:
    def test_the_page_and_the_services_see_the_same_circumstances(self, desk):
        w = desk.world
        asked, checked, extended = desk.accept(), desk.in_state(State.CLOSING), desk.accept()
        desk.ask_close(asked, TODAY)
        deadlines.ask_extension(
            extended, new_due_on=date(2027, 2, 1), reason="汛期", by=w.resident_cadre, at=noon(TODAY)
        )
        progress.post_progress(extended, text="已开工", happened_on=TODAY, by=w.resident_cadre, at=noon(TODAY))
        seen = set()

        for problem in (asked, checked, extended, desk.in_state(State.CLOSED), desk.log()):
            for user in (w.village_secretary, w.resident_cadre, w.commissioner):
                known = circumstances(problem, user)
                assert circumstances_of(course_of(problem), user) == known
                seen |= known.duties | known.met

        assert seen == {*Duty, *Need}


class TestDetail:
    def test_shows_the_whole_course_in_words(self, desk):
        w = desk.world
        problem = desk.accept(
            category=Category.LAND, details={"land_mu": "42.60", "compensation": "318"}, assisting_units=[w.station],
            due_on=date(2026, 9, 15), owner=w.resident_cadre.cadre,
        )  # fmt: skip
        deadlines.ask_extension(
            problem, new_due_on=date(2026, 10, 15), reason="汛期停工", by=w.village_secretary, at=noon(date(2026, 9, 1))
        )
        deadlines.decide_extension(problem, granted=True, remark="抓紧", by=w.commissioner, at=noon(date(2026, 9, 2)))
        progress.post_progress(
            problem, text="主管铺设完成", happened_on=date(2026, 9, 10), by=w.village_secretary, at=noon(TODAY)
        )
        progress.add_milestone(
            problem,
            kind="money_paid",
            fact="征地款已到位",
            happened_on=date(2026, 9, 12),
            by=w.village_secretary,
            at=noon(TODAY),
        )
        instructions.leave_instruction(problem, text="本周到现场办公", by=w.party_secretary, at=noon(TODAY))

        page = w.client(w.commissioner).get(f"/problems/{problem.pk}/").content.decode()

        for words in (
            "红灯·逾期", "逾期16天", "最初时限2026-09-15，已延期1次", "42.6亩", "318万元", "自然资源所", "汛期停工", "抓紧",
            "主管铺设完成", "征地款已到位", "款项到位", "本周到现场办公", "驻村干部（第一责任人）", "审核通过",
        ):  # fmt: skip
            assert words in page, words

    def test_buttons_are_those_allowed_now_and_each_opens(self, desk):
        problem = desk.accept()
        for role in ("village_secretary", "resident_cadre", "commissioner", "party_secretary", "office_clerk"):
            client = desk.world.client(desk.world.users[role])
            buttons = client.get(f"/problems/{problem.pk}/").context["buttons"]
            for label, url in buttons["main"] + buttons["more"]:
                assert client.get(url).status_code == 200, f"{role} {label}"

    def test_chain_is_that_of_the_day_of_close_out(self, desk):
        w = desk.world
        problem = desk.accept()
        desk.close(problem, date(2026, 5, 20))
        held = w.resident_cadre.cadre.assignments.get()
        held.ends_on = date(2026, 5, 31)
        held.save()
        w.person("resident_cadre", w.village, key="successor", name="继任者", start=date(2026, 6, 1))

        page = w.client(w.commissioner).get(f"/problems/{problem.pk}/")

        assert ("驻村干部（第一责任人）", "驻村干部甲（驻村干部）") in page.context["chain"]

    def test_sections_of_apps_above_stand_on_the_page(self, desk, monkeypatch):
        monkeypatch.setattr(sections, "_sections", [])
        sections.register(lambda problem, access: ("common/_history.html", {"history": []}))
        sections.register(lambda problem, access: None)

        page = desk.world.client(desk.world.commissioner).get(f"/problems/{desk.accept().pk}/")

        assert len(page.context["related"]) == 1
        assert page.content.decode().count("还没有操作记录。") == 1

    def test_unknown_problem_is_not_found(self, world):
        assert world.client(world.commissioner).get("/problems/99999/").status_code == 404
        assert Problem.objects.count() == 0
