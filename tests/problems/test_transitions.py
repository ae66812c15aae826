"""The table of transitions, walked through: every state × action × role, against a table written here by hand."""

import re
from datetime import date

import pytest

from accounts.roles import Role
from common.errors import Refused
from problems.models import Problem, Step
from problems.services import closing, deadlines, instructions, ledger, moves, progress
from problems.terms import Degree, State
from problems.transitions import NOT_BUTTONS, TABLE, allowed_actions
from problems.views.detail import ADDRESSES
from tests.conftest import TODAY
from tests.problems.conftest import noon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DRAFT, SUBMITTED, RETURNED = {"draft"}, {"submitted"}, {"returned"}
RUNNING = {"rectifying", "relapsed"}
OPEN = RUNNING | {"closing", "suspended"}
VILLAGE = {"village_secretary", "village_head", "village_clerk"}
RESIDENT = {"resident_cadre", "first_secretary"}
LOGGERS = RESIDENT | {"work_team", "office_clerk", "commissioner"}
# action → (states it starts from, roles that may); what an auditor expects, independent of problems/transitions.py
EXPECTED = {
    "edit": (set(State.values), LOGGERS),
    "submit": (DRAFT | RETURNED, LOGGERS),
    "accept": (SUBMITTED, {"commissioner"}),
    "return": (SUBMITTED, {"commissioner"}),
    "progress": (OPEN, VILLAGE | RESIDENT | {"work_team", "station"}),
    "suspend": (RUNNING, {"commissioner"}),
    "resume": ({"suspended"}, {"commissioner"}),
    "degree": (OPEN, {"commissioner"}),
    "ask_extension": (RUNNING, VILLAGE | RESIDENT | {"work_team"}),
    "extension": (OPEN, {"commissioner"}),
    "deadline": (OPEN, {"commissioner"}),
    "ask_close": (RUNNING, VILLAGE),
    "check_close": ({"closing"}, RESIDENT),
    "close": ({"closing"}, {"commissioner"}),
    "return_close": ({"closing"}, RESIDENT | {"commissioner"}),
    "relapse": ({"closed"}, {"commissioner"}),
    "instruction": (
        OPEN | {"closed"},
        {"linked_leader", "commissioner", "party_secretary", "deputy_secretary", "township_head"},
    ),
}
ROLES = [*Role.values, "administrator", "stranger", "sibling_secretary"]
LATER = date(2026, 6, 1)
# One call of each service, complete but for the state.
CALLS = {
    "submit": lambda p, **who: moves.submit(p, **who),
    "accept": lambda p, **who: moves.accept(p, **who),
    "return": lambda p, **who: moves.return_to_author(p, reason="请补充", **who),
    "progress": lambda p, **who: progress.post_progress(p, text="已开工", happened_on=LATER, **who),
    "suspend": lambda p, **who: moves.suspend(p, reason="等待规划", **who),
    "resume": lambda p, **who: moves.resume(p, **who),
    "degree": lambda p, **who: moves.record_degree(p, degree=Degree.PRELIMINARY, reason="协议已谈妥", **who),
    "ask_extension": lambda p, **who: deadlines.ask_extension(p, new_due_on=date(2027, 3, 1), reason="汛期", **who),
    "extension": lambda p, **who: deadlines.decide_extension(p, granted=True, **who),
    "deadline": lambda p, **who: moves.change_deadline(
        p, deadline_kind="date", due_on=date(2027, 3, 1), reason="上级调整", **who
    ),
    "ask_close": lambda p, **who: closing.ask_close_out(p, note="已完成", **who),
    "check_close": lambda p, **who: closing.check_close_out(p, note="属实", **who),
    "close": lambda p, **who: closing.close_out(p, degree=Degree.FULL, outcome="已修好", **who),
    "return_close": lambda p, **who: closing.return_close_out(p, reason="未完成", **who),
    "relapse": lambda p, **who: closing.relapse(p, reason="再次反映", **who),
    "instruction": lambda p, **who: instructions.leave_instruction(p, text="抓紧办理", **who),
}
LEADS_TO = {
    "submit": "submitted",
    "accept": "rectifying",
    "return": "returned",
    "suspend": "suspended",
    "ask_close": "closing",
    "close": "closed",
    "relapse": "relapsed",
}


def prepared(desk, state, action):
    """A problem in `state` with what the action needs: a request for extension, a close-out request checked or not."""
    problem = desk.in_state(state)
    w = desk.world
    if action == "extension" and state in OPEN:
        from problems.models import Extension

        Extension.objects.create(
            problem=problem, old_due_on=problem.due_on, new_due_on=date(2027, 3, 1), reason="汛期",
            asked_by=w.village_secretary, asked_at=noon(LATER),
        )  # fmt: skip
    if action == "check_close" and state == State.CLOSING:
        problem.close_requests.update(checked_by=None, checked_at=None, check_note="")
    return problem


@pytest.mark.services
class TestTable:
    def test_names_every_button_this_test_expects_and_no_other(self):
        assert set(TABLE) - NOT_BUTTONS == set(EXPECTED) == set(ADDRESSES)

    @pytest.mark.parametrize("state", State.values)
    def test_offers_each_role_what_the_auditor_expects(self, desk, state):
        accesses = {role: desk.world.access(desk.world.users[role]) for role in ROLES}
        units = [desk.world.station.pk]
        for action, (states, roles) in EXPECTED.items():
            problem = prepared(desk, state, action)
            for role, access in accesses.items():
                offered = {row.action for row in allowed_actions(problem, access, units)}
                assert (action in offered) == (state in states and role in roles), f"{state} {action} {role}"

    @pytest.mark.parametrize("state", State.values)
    def test_service_moves_from_the_expected_states_only_and_an_illegal_call_changes_nothing(self, desk, state):
        w = desk.world
        for action, call in CALLS.items():
            problem = prepared(desk, state, action)
            by = {
                "check_close": w.resident_cadre,
                "ask_extension": w.village_secretary,
                "ask_close": w.village_secretary,
                "progress": w.village_secretary,
            }.get(action, w.commissioner)
            before = Problem.objects.values().get(pk=problem.pk)
            steps = list(Step.objects.filter(problem=problem).values())

            if state in EXPECTED[action][0]:
                call(problem, by=by, at=noon(LATER))
                after = Problem.objects.get(pk=problem.pk)
                expected = LEADS_TO.get(action, state)
                if action in ("resume", "return_close"):
                    expected = "rectifying"
                assert after.state == expected, f"{state} {action}"
            else:
                with pytest.raises(Refused):
                    call(problem, by=by, at=noon(LATER))
                assert Problem.objects.values().get(pk=problem.pk) == before, f"{state} {action}"
                assert list(Step.objects.filter(problem=problem).values()) == steps, f"{state} {action}"

    def test_a_relapsed_problem_goes_back_to_relapsed_after_a_pause_or_a_returned_request(self, desk):
        w = desk.world
        problem = desk.in_state(State.RELAPSED)

        moves.suspend(problem, reason="等待规划", by=w.commissioner, at=noon(LATER))
        moves.resume(problem, by=w.commissioner, at=noon(LATER))
        assert problem.state == State.RELAPSED
        desk.ask_close(problem, LATER)
        closing.return_close_out(problem, reason="未完成", by=w.commissioner, at=noon(LATER))

        assert problem.state == State.RELAPSED

    @pytest.mark.parametrize(
        "action", ["return", "suspend", "degree", "ask_extension", "deadline", "return_close", "relapse"]
    )
    def test_asks_for_a_reason_where_the_rules_do(self, desk, action):
        assert TABLE[action].needs_reason


class TestPages:
    """The same table, through the pages: 200 with the right, 403 without, 404 outside."""

    STATE_FOR = {
        "edit": "rectifying", "submit": "draft", "accept": "submitted", "return": "submitted", "progress": "rectifying",
        "suspend": "rectifying", "resume": "suspended", "degree": "rectifying", "ask_extension": "rectifying",
        "extension": "rectifying", "deadline": "rectifying", "ask_close": "rectifying", "check_close": "closing",
        "close": "closing", "return_close": "closing", "relapse": "closed", "instruction": "rectifying",
    }  # fmt: skip

    @pytest.mark.parametrize("action", EXPECTED)
    def test_each_role(self, desk, action):
        from django.urls import reverse

        w = desk.world
        problem = prepared(desk, self.STATE_FOR[action], action)
        problem.assisting_units.add(w.station)
        url = reverse(f"problems:{ADDRESSES[action]}", args=[problem.pk])
        for role in ROLES:
            status = w.client(w.users[role]).get(url).status_code
            if role in EXPECTED[action][1]:
                assert status == 200, f"{action} {role}"
            elif role == "stranger":
                assert status == 404, f"{action} {role}"
            else:
                assert status in (403, 404), f"{action} {role}"
            if status in (403, 404):
                assert w.client(w.users[role]).post(url, {}).status_code == status, f"{action} {role}"

    def test_an_action_the_state_does_not_allow_is_answered_with_a_sentence(self, desk):
        problem = desk.in_state(State.CLOSED)

        page = desk.world.client(desk.world.commissioner).get(f"/problems/{problem.pk}/accept/", follow=True)

        assert "这个问题现在是“已销号”，不能审核通过（只有待审核的问题可以）" in page.content.decode()

    def test_the_printed_rules_name_every_action_and_the_people_who_stand_aside(self, world):
        page = world.client(world.county_reader).get("/problems/transitions/").content.decode()

        for row in TABLE.values():
            assert row.label in page
        assert "填报过进展的人、申请销号的人、核实销号的人" in page
        assert not re.search(r"State\.|Permission", page)


@pytest.mark.services
class TestSeparationOfDuty:
    def both(self, world, *roles):
        """One person who holds several posts."""
        from accounts.roles import ROLE_LEVEL
        from villages.models import Assignment

        places = {"village": world.village, "township": world.township}
        user = world.person(roles[0], places[ROLE_LEVEL[roles[0]]], key="both", name="身兼数职")
        for role in roles[1:]:
            Assignment.objects.create(
                cadre=user.cadre, role=role, starts_on=date(2025, 1, 1), **{ROLE_LEVEL[role]: places[ROLE_LEVEL[role]]}
            )
        return user

    def test_who_posted_progress_may_not_close(self, desk):
        w = desk.world
        both = self.both(w, Role.COMMISSIONER, Role.RESIDENT_CADRE)
        problem = desk.accept()
        progress.post_progress(problem, text="已开工", happened_on=LATER, by=both, at=noon(LATER))
        desk.ask_close(problem, LATER)
        desk.check(problem, LATER)

        with pytest.raises(Refused, match="您填报过这个问题的进展"):
            closing.close_out(problem, degree=Degree.FULL, outcome="完成", by=both, at=noon(LATER))
        assert "close" not in {r.action for r in allowed_actions(problem, w.access(both))}

    def test_who_asked_may_neither_check_nor_close(self, desk):
        w = desk.world
        both = self.both(w, Role.COMMISSIONER, Role.VILLAGE_CLERK, Role.RESIDENT_CADRE)
        problem = desk.accept()
        closing.ask_close_out(problem, note="已完成", by=both, at=noon(LATER))

        with pytest.raises(Refused, match="这次销号是您申请的"):
            closing.check_close_out(problem, note="属实", by=both, at=noon(LATER))
        desk.check(problem, LATER)
        with pytest.raises(Refused, match="这次销号是您申请的"):
            closing.close_out(problem, degree=Degree.FULL, outcome="完成", by=both, at=noon(LATER))

    def test_who_checked_may_not_close(self, desk):
        both = self.both(desk.world, Role.COMMISSIONER, Role.RESIDENT_CADRE)
        problem = desk.accept()
        desk.ask_close(problem, LATER)
        closing.check_close_out(problem, note="属实", by=both, at=noon(LATER))

        with pytest.raises(Refused, match="这次销号是您核实的"):
            closing.close_out(problem, degree=Degree.FULL, outcome="完成", by=both, at=noon(LATER))

    def test_unchecked_request_cannot_be_closed(self, desk):
        problem = desk.accept()
        desk.ask_close(problem, LATER)

        with pytest.raises(Refused, match="销号申请还没有核实"):
            closing.close_out(problem, degree=Degree.FULL, outcome="完成", by=desk.world.commissioner, at=noon(LATER))

    def test_who_asked_for_an_extension_may_not_decide_it(self, desk):
        both = self.both(desk.world, Role.COMMISSIONER, Role.VILLAGE_CLERK)
        problem = desk.accept()
        deadlines.ask_extension(problem, new_due_on=date(2027, 3, 1), reason="汛期", by=both, at=noon(LATER))

        with pytest.raises(Refused, match="这次延期是您申请的"):
            deadlines.decide_extension(problem, granted=True, by=both, at=noon(LATER))
        problem.refresh_from_db()
        assert problem.due_on == TODAY.replace(month=12, day=30)

    def test_the_page_says_so_before_anything_is_typed(self, desk):
        w = desk.world
        both = self.both(w, Role.COMMISSIONER, Role.RESIDENT_CADRE)
        problem = desk.accept()
        desk.ask_close(problem, LATER)
        closing.check_close_out(problem, note="属实", by=both, at=noon(LATER))

        page = w.client(both).get(f"/problems/{problem.pk}/close-out/", follow=True).content.decode()

        assert "这次销号是您核实的，不能再由您销号" in page

    def test_edit_by_ledger_keeps_the_state(self, desk):
        problem = desk.in_state(State.SUSPENDED)

        edited = ledger.edit_problem(
            problem, base_version=problem.version, title="新名称", by=desk.world.office_clerk, at=noon(LATER)
        )

        assert (edited.title, edited.state) == ("新名称", State.SUSPENDED)
