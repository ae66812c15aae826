"""Logging, editing, extending, closing: what the services refuse and what they write."""

from datetime import date, timedelta

import pytest

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from problems.models import CloseRequest, Extension, Problem
from problems.services import closing, deadlines, instructions, ledger, moves
from problems.terms import Category, DeadlineKind, Degree, State
from rounds.models import LinkedCampaign
from tests.conftest import TODAY
from tests.problems.conftest import noon
from villages.models import Cadre, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class TestLogProblem:
    def test_numbers_run_by_round(self, desk):
        first, second = desk.log(), desk.log()
        other = desk.log(round=desk.world.other_round, village=desk.world.foreign, by=desk.world.stranger)

        assert (first.number, second.number, other.number) == (1, 2, 1)

    def test_village_of_another_township_is_refused(self, desk):
        with pytest.raises(Refused, match="不属于本轮整治的乡镇") as refusal:
            desk.log(village=desk.world.foreign)
        assert refusal.value.field == "village"
        assert not Problem.objects.exists()

    def test_deadline_before_discovery_is_refused_at_its_field(self, desk):
        with pytest.raises(Refused, match="整改时限不能早于发现时间") as refusal:
            desk.log(due_on=date(2026, 3, 9))
        assert refusal.value.field == "due_on"

    def test_discovery_after_the_day_of_logging_is_refused(self, desk):
        with pytest.raises(Refused, match="发现时间不能晚于登记日期"):
            desk.log(discovered_on=date(2026, 3, 11))

    def test_people_units_projects_and_campaigns_of_others_are_refused(self, desk):
        w = desk.world
        there = Cadre.objects.create(county=w.county, township=w.other_township, name="外镇干部")
        unit = Unit.objects.create(county=w.county, township=w.other_township, name="白石农技站")
        project = ledger.add_key_project(township=w.other_township, name="外镇工程", by=w.stranger, at=noon(TODAY))
        campaign = LinkedCampaign.objects.create(round=w.other_round, name="换届")

        for given in (
            {"owner": there}, {"lead_official": there}, {"responsible_unit": unit}, {"assisting_units": [unit]},
            {"key_project": project}, {"linked_campaign": campaign},
        ):  # fmt: skip
            with pytest.raises(Refused) as refusal:
                desk.log(**given)
            assert refusal.value.field == next(iter(given))

    def test_details_are_checked_by_category(self, desk):
        land = desk.log(category=Category.LAND, details={"land_mu": "15.30", "compensation": ""})
        assert land.details == {"land_mu": "15.3"}
        for category, details in (
            (Category.LAND, {"land_mu": "许多"}),
            (Category.LAND, {"land_mu": "-1"}),
            (Category.LAND, {"land_mu": "NaN"}),
            (Category.LAND, {"scale": "1.8公里"}),
            (Category.LEGACY, {"began_year": 1066}),
            (Category.ORGANISATION, {"matter_kind": "gossip"}),
        ):
            with pytest.raises(Refused):
                desk.log(category=category, details=details)

    def test_a_dated_problem_without_a_date_stays_a_draft(self, desk):
        draft = desk.log(due_on=None)

        with pytest.raises(Refused, match="须填写整改时限后才能提交审核"):
            moves.submit(draft, by=desk.world.office_clerk, at=noon(TODAY))


class TestEditProblem:
    def edit(self, desk, problem, **fields):
        given = {"base_version": problem.version, "by": desk.world.office_clerk, "at": noon(TODAY)} | fields
        return ledger.edit_problem(problem, **given)

    def test_replacing_the_responsible_person_needs_a_reason(self, desk):
        w = desk.world
        problem = desk.accept(owner=w.resident_cadre.cadre)
        with pytest.raises(Refused, match="更换责任人须写明原因") as refusal:
            self.edit(desk, problem, owner=w.first_secretary.cadre)
        assert refusal.value.field == "reason"

        self.edit(desk, problem, owner=w.first_secretary.cadre, reason="驻村干部调整")

        entry = Entry.objects.filter(object_id=problem.pk, verb="修改问题").get()
        assert entry.reason == "驻村干部调整"
        assert entry.changes == [{"field": "owner", "label": "责任人", "old": "驻村干部甲", "new": "第一书记甲"}]

    def test_naming_the_first_responsible_person_needs_none(self, desk):
        assert self.edit(desk, desk.accept(), owner=desk.world.resident_cadre.cadre).owner

    def test_deadline_of_an_accepted_problem_does_not_move_by_edit(self, desk):
        problem = desk.accept()
        with pytest.raises(Refused, match="请申请延期，或由组织委员调整时限"):
            self.edit(desk, problem, due_on=TODAY)
        draft = desk.log()
        self.edit(desk, draft, deadline_kind=DeadlineKind.CONTINUING, due_on=None)
        draft.refresh_from_db()
        assert draft.deadline_kind == DeadlineKind.CONTINUING
        assert draft.steps.get(until=None).deadline_kind == DeadlineKind.CONTINUING

    def test_change_of_category_drops_what_it_did_not_ask_for_and_says_so(self, desk):
        problem = desk.accept(category=Category.LAND, details={"land_mu": "15.3"})
        with pytest.raises(Refused, match="改变问题类别须写明原因"):
            self.edit(desk, problem, category=Category.LEGACY)

        edited = self.edit(desk, problem, category=Category.LEGACY, details={"began_year": 1998}, reason="原分类有误")

        assert edited.details == {"began_year": 1998}
        changes = Entry.objects.filter(object_id=problem.pk, verb="修改问题").get().changes
        assert {"field": "details", "label": "涉及土地", "old": "15.3亩", "new": "（空）"} in changes
        assert {"field": "details", "label": "起始年份", "old": "（空）", "new": "1998年"} in changes

    def test_second_editor_is_told(self, desk):
        problem = desk.accept()
        self.edit(desk, problem, title="甲的名称")

        with pytest.raises(RecordChanged):
            self.edit(desk, problem, title="乙的名称")
        assert Problem.objects.get(pk=problem.pk).title == "甲的名称"

    def test_closed_problem_is_corrected_with_a_reason(self, desk):
        problem = desk.in_state(State.CLOSED)
        with pytest.raises(Refused, match="修改已销号的问题须写明原因"):
            self.edit(desk, problem, households=23)
        assert self.edit(desk, problem, households=23, reason="户数登记有误").households == 23

    def test_search_finds_by_the_new_words(self, desk):
        problem = self.edit(desk, desk.accept(), title="饮用水管网改造", owner=desk.world.resident_cadre.cadre)

        assert "饮用水" in problem.search_text
        assert "驻村干部甲" in problem.search_text


class TestExtension:
    def ask(self, desk, problem, day=date(2027, 1, 31), at=TODAY):
        return deadlines.ask_extension(
            problem, new_due_on=day, reason="汛期停工", by=desk.world.village_secretary, at=noon(at)
        )

    def test_granted_moves_the_deadline_counts_and_keeps_the_first(self, desk):
        problem = desk.accept(due_on=date(2026, 12, 1))
        self.ask(desk, problem)

        deadlines.decide_extension(problem, granted=True, remark="同意", by=desk.world.commissioner, at=noon(TODAY))

        assert (problem.due_on, problem.first_due_on) == (date(2027, 1, 31), date(2026, 12, 1))
        assert (problem.extensions_granted, problem.queue_on) == (1, date(2027, 1, 31))
        assert Extension.objects.get().decision == Extension.Decision.GRANTED

    def test_refused_needs_a_remark_and_moves_nothing(self, desk):
        problem = desk.accept()
        due = problem.due_on
        self.ask(desk, problem)
        with pytest.raises(Refused, match="请写明不同意的原因"):
            deadlines.decide_extension(problem, granted=False, by=desk.world.commissioner, at=noon(TODAY))

        deadlines.decide_extension(problem, granted=False, remark="再抓紧", by=desk.world.commissioner, at=noon(TODAY))

        assert (problem.due_on, problem.extensions_granted) == (due, 0)

    def test_refuses_an_earlier_day_a_second_request_and_a_problem_without_deadline(self, desk):
        problem = desk.accept()
        with pytest.raises(Refused, match="延期后的时限须晚于现在的时限"):
            self.ask(desk, problem, day=problem.due_on)
        self.ask(desk, problem)
        with pytest.raises(Refused, match="已有一项延期申请等待审批"):
            self.ask(desk, problem)
        with pytest.raises(Refused, match="长期坚持的问题没有整改时限"):
            self.ask(desk, desk.accept(deadline_kind=DeadlineKind.CONTINUING, due_on=None))

    def test_closing_ends_a_request_still_waiting(self, desk):
        problem = desk.accept()
        self.ask(desk, problem)

        desk.close(problem, TODAY)

        assert Extension.objects.get().remark == "问题已销号，申请终止"


class TestCloseOut:
    def test_keeps_who_asked_checked_and_decided(self, desk):
        problem = desk.accept()
        desk.close(problem, date(2026, 9, 22), degree=Degree.BASIC)

        request = CloseRequest.objects.get()
        assert (request.asked_by, request.checked_by, request.decided_by) == (
            desk.world.village_secretary, desk.world.resident_cadre, desk.world.commissioner,
        )  # fmt: skip
        assert (request.outcome, request.degree) == (CloseRequest.Outcome.CLOSED, Degree.BASIC)
        assert (problem.state, problem.closed_on, problem.outcome) == (State.CLOSED, date(2026, 9, 22), "路面已硬化。")

    def test_closes_with_a_degree_that_is_a_result_only(self, desk):
        problem = desk.in_state(State.CLOSING)
        for degree in (Degree.UNRESOLVED, Degree.PRELIMINARY):
            with pytest.raises(Refused, match="销号须认定为基本化解或已化解"):
                closing.close_out(problem, degree=degree, outcome="", by=desk.world.commissioner, at=noon(TODAY))

    def test_returned_request_lets_the_village_ask_again(self, desk):
        problem = desk.in_state(State.CLOSING)
        closing.return_close_out(problem, reason="路肩未完成", by=desk.world.commissioner, at=noon(TODAY))

        desk.ask_close(problem, TODAY)

        assert list(CloseRequest.objects.order_by("pk").values_list("outcome", flat=True)) == ["returned", "pending"]

    def test_relapse_reopens_and_asks_for_a_new_deadline_when_the_old_one_is_over(self, desk):
        problem = desk.accept(due_on=date(2026, 6, 30))
        desk.close(problem, date(2026, 6, 30))
        again = {"reason": "群众再次反映", "by": desk.world.commissioner, "at": noon(date(2026, 9, 5))}
        with pytest.raises(Refused, match="原整改时限已过，请填写新的整改时限"):
            closing.relapse(problem, **again)

        closing.relapse(problem, due_on=date(2026, 12, 15), **again)

        assert (problem.state, problem.degree, problem.relapses) == (State.RELAPSED, Degree.UNRESOLVED, 1)
        assert (problem.closed_on, problem.due_on, problem.first_due_on) == (
            None,
            date(2026, 12, 15),
            date(2026, 6, 30),
        )


class TestDegreeAndDeadline:
    def test_open_problem_may_be_partly_settled_but_not_wholly(self, desk):
        problem = desk.accept()
        moves.record_degree(
            problem, degree=Degree.PRELIMINARY, reason="赔偿协议已签", by=desk.world.commissioner, at=noon(TODAY)
        )
        assert (problem.state, problem.degree) == (State.RECTIFYING, Degree.PRELIMINARY)
        with pytest.raises(Refused, match="已化解的请办理销号"):
            moves.record_degree(problem, degree=Degree.FULL, reason="好了", by=desk.world.commissioner, at=noon(TODAY))
        with pytest.raises(Refused, match="没有变化"):
            moves.record_degree(
                problem, degree=Degree.PRELIMINARY, reason="同上", by=desk.world.commissioner, at=noon(TODAY)
            )

    def test_commissioner_changes_the_deadline_with_a_reason(self, desk):
        problem = desk.accept()
        first = problem.due_on
        change = {"by": desk.world.commissioner, "at": noon(TODAY), "deadline_kind": "date"}
        with pytest.raises(Refused, match="请写明原因"):
            moves.change_deadline(problem, due_on=first + timedelta(days=9), reason=" ", **change)

        moves.change_deadline(problem, due_on=first - timedelta(days=9), reason="上级要求提前", **change)

        assert (problem.due_on, problem.first_due_on) == (first - timedelta(days=9), first)
        assert problem.extensions_granted == 0


class TestInstruction:
    def test_stands_with_the_leaders_name(self, desk):
        left = instructions.leave_instruction(
            desk.accept(), text="本周到现场办公", by=desk.world.party_secretary, at=noon(TODAY)
        )

        assert left.cadre == desk.world.party_secretary.cadre
