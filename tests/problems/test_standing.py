"""The standing of a problem: its steps, its days, its colour."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from problems.models import Problem, Step
from problems.queries import colour_case, colour_is
from problems.services import closing, deadlines, moves, progress, standing, thresholds
from problems.terms import NEVER_ON, NO_DEADLINE_ON, Colour, DeadlineKind, Degree, State
from tests.conftest import TODAY
from tests.problems.conftest import noon

pytestmark = [pytest.mark.django_db, pytest.mark.services]

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
ONE_TEST = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestStand:
    def test_closes_the_present_step_and_opens_the_next_on_the_same_day(self, desk):
        problem = desk.accept(on=date(2026, 3, 10))
        version = problem.version

        step = standing.stand(
            problem, action="progress", on=date(2026, 4, 1), by=desk.world.village_secretary,
            at=noon(date(2026, 4, 2)), last_progress_on=date(2026, 4, 1),
        )  # fmt: skip

        earlier = problem.steps.exclude(pk=step.pk).order_by("-id").first()
        assert (earlier.until, step.since, step.until) == (date(2026, 4, 1), date(2026, 4, 1), None)
        stored = Problem.objects.get(pk=problem.pk)
        assert stored.version == problem.version == version + 1
        assert stored.last_progress_on == step.last_progress_on == date(2026, 4, 1)

    def test_refuses_a_day_before_the_present_step_and_writes_nothing(self, desk):
        problem = desk.accept(on=date(2026, 3, 10))
        steps = problem.steps.count()

        with pytest.raises(Refused, match="日期不能早于上一次办理的日期（2026-03-10）"):
            moves.suspend(problem, reason="等待", by=desk.world.commissioner, at=noon(TODAY), on=date(2026, 3, 9))

        stored = Problem.objects.get(pk=problem.pk)
        assert (stored.state, stored.steps.count()) == (State.RECTIFYING, steps)

    def test_refuses_a_day_in_the_future(self, desk):
        with pytest.raises(Refused, match="日期不能晚于今天"):
            moves.suspend(
                desk.accept(), reason="等待", by=desk.world.commissioner, at=noon(TODAY), on=TODAY + timedelta(days=1)
            )

    def test_refuses_a_problem_somebody_else_moved_meanwhile(self, desk):
        mine = desk.accept()
        moves.suspend(Problem.objects.get(pk=mine.pk), reason="等待", by=desk.world.commissioner, at=noon(TODAY))
        mine.state = State.RECTIFYING

        with pytest.raises(RecordChanged):
            standing.stand(mine, action="suspend", on=TODAY, by=desk.world.commissioner, at=noon(TODAY), reason="等待")

    def test_a_second_close_is_refused_not_doubled(self, desk):
        first = desk.in_state(State.CLOSING)
        second = Problem.objects.get(pk=first.pk)
        words = {"degree": Degree.FULL, "outcome": "完成", "by": desk.world.commissioner, "at": noon(TODAY)}

        closing.close_out(first, **words)
        with pytest.raises(Refused, match="现在是“已销号”"):
            closing.close_out(second, **words)

        assert first.steps.filter(action="close").count() == 1

    def test_every_move_is_on_record_with_old_and_new(self, desk):
        problem = desk.accept()
        moves.suspend(problem, reason="等待上级规划", by=desk.world.commissioner, at=noon(TODAY))

        entry = Entry.objects.filter(object_id=problem.pk, verb="批准暂缓").get()

        assert entry.reason == "等待上级规划"
        assert {"field": "state", "label": "状态", "old": "整改中", "new": "暂缓"} in entry.changes


class TestDerivedDays:
    def test_continuing_and_suspended_are_grey_and_closed_has_no_colour(self, desk):
        continuing = desk.accept(deadline_kind=DeadlineKind.CONTINUING, due_on=None)
        suspended, closed = desk.in_state(State.SUSPENDED), desk.in_state(State.CLOSED)

        assert continuing.queue_on == suspended.queue_on == NO_DEADLINE_ON
        assert continuing.colour_on(TODAY) == suspended.colour_on(TODAY) == Colour.GREY
        assert (closed.queue_on, closed.colour_on(TODAY)) == (NEVER_ON, Colour.NONE)

    def test_at_once_is_due_the_rounds_days_after_acceptance(self, desk):
        problem = desk.accept(on=date(2026, 4, 1), deadline_kind=DeadlineKind.IMMEDIATE, due_on=None)

        assert problem.due_on == problem.first_due_on == date(2026, 4, 16)

    def test_a_pause_starts_the_count_of_days_without_progress_anew(self, desk):
        problem = desk.in_state(State.SUSPENDED)
        moves.resume(problem, by=desk.world.commissioner, at=noon(date(2026, 10, 1)))

        assert problem.started_on == date(2026, 3, 10)
        assert problem.yellow_on == date(2026, 11, 1)

    @given(due=DAYS, accepted=DAYS, told=st.none() | DAYS, day=DAYS)
    @settings(max_examples=300, deadline=None)
    def test_colour_is_what_the_rule_says_in_words(self, due, accepted, told, day):
        problem = Problem(state=State.RECTIFYING, due_on=due, started_on=accepted, last_progress_on=told)
        problem.queue_on, problem.yellow_on = standing.derive(problem, yellow_days=15, stale_days=30)
        still = (day - max(told or accepted, accepted)).days

        if due < day:
            expected = Colour.RED
        elif (due - day).days <= 15 or still > 30:
            expected = Colour.YELLOW
        else:
            expected = Colour.GREEN

        assert problem.colour_on(day) == expected

    @ONE_TEST
    @given(
        state=st.sampled_from(State.values),
        queue=DAYS | st.sampled_from([NO_DEADLINE_ON, NEVER_ON]),
        yellow=DAYS | st.just(NEVER_ON),
        day=DAYS,
    )
    def test_database_and_python_see_the_same_colour(self, desk, state, queue, yellow, day):
        step = Step.objects.filter(until=None).first() or desk.accept().steps.get(until=None)
        Step.objects.filter(pk=step.pk).update(state=state, queue_on=queue, yellow_on=yellow)
        step.refresh_from_db()
        if state in ("rectifying", "closing", "relapsed") and queue == NEVER_ON:
            return  # what is over never runs: derive() gives no such standing

        seen = [c for c in Colour.values if Step.objects.filter(colour_is(c, day), pk=step.pk).exists()]

        assert seen == [step.colour_on(day)]
        assert Step.objects.annotate(colour=colour_case(day)).get(pk=step.pk).colour == step.colour_on(day)


class TestAsOf:
    def test_a_problem_closed_on_a_day_is_open_the_day_before(self, desk):
        problem = desk.accept()
        desk.close(problem, date(2026, 9, 22), degree=Degree.BASIC)

        def stood(day):
            row = Problem.objects.as_of(day).values("stood__state", "stood__degree").get(pk=problem.pk)
            return row["stood__state"], row["stood__degree"]

        assert stood(date(2026, 9, 21)) == (State.RECTIFYING, Degree.UNRESOLVED)
        assert stood(date(2026, 9, 22)) == (State.CLOSED, Degree.BASIC)
        assert not Problem.objects.as_of(date(2026, 3, 9)).exists()

    def test_relapse_and_extension_are_seen_from_their_day(self, desk):
        problem = desk.accept(due_on=date(2026, 9, 1))
        deadlines.ask_extension(
            problem, new_due_on=date(2026, 10, 15), reason="汛期", by=desk.world.village_secretary, at=noon(date(2026, 8, 20))
        )  # fmt: skip
        deadlines.decide_extension(problem, granted=True, by=desk.world.commissioner, at=noon(date(2026, 8, 25)))

        rows = {
            day: Problem.objects.as_of(day).values_list("stood__due_on", "stood__extensions_granted").get()
            for day in (date(2026, 8, 24), date(2026, 8, 25))
        }

        assert list(rows.values()) == [(date(2026, 9, 1), 0), (date(2026, 10, 15), 1)]
        assert problem.first_due_on == date(2026, 9, 1)


class TestThresholds:
    def change(self, world, **days):
        values = {"yellow_days": 15, "stale_days": 30, "immediate_days": 15} | days
        world.round.refresh_from_db()
        return thresholds.change_thresholds(
            world.round, base_version=world.round.version, by=world.commissioner, at=noon(TODAY), **values
        )

    def test_recomputes_running_problems_and_leaves_the_past_as_it_was(self, desk):
        problem = desk.accept(on=date(2026, 10, 20), due_on=date(2026, 12, 1))
        closed = desk.in_state(State.CLOSED)
        assert problem.colour_on(TODAY) == Colour.GREEN

        self.change(desk.world, yellow_days=40)

        problem.refresh_from_db()
        assert problem.colour_on(TODAY) == Colour.YELLOW
        then = Problem.objects.as_of(TODAY - timedelta(days=1)).coloured(
            Colour.GREEN, TODAY - timedelta(days=1), "stood__"
        )
        assert then.filter(pk=problem.pk).exists()
        assert not closed.steps.filter(action="thresholds").exists()
        assert problem.steps.filter(until=None).get().action == "thresholds"

    def test_costs_the_same_few_queries_for_many_problems(self, desk, django_assert_max_num_queries):
        for _ in range(12):
            desk.accept()

        with django_assert_max_num_queries(20):
            self.change(desk.world, stale_days=90)

    def test_refuses_nonsense_and_a_second_editor(self, desk):
        with pytest.raises(Refused, match="1至365"):
            self.change(desk.world, yellow_days=0)
        with pytest.raises(RecordChanged):
            thresholds.change_thresholds(
                desk.world.round, yellow_days=9, stale_days=9, immediate_days=9, base_version=99,
                by=desk.world.commissioner, at=noon(TODAY),
            )  # fmt: skip

    def test_page_changes_them(self, desk, clock):
        client = desk.world.client(desk.world.office_clerk)
        url = f"/problems/thresholds/{desk.world.round.pk}/"
        page = client.get(url)

        sent = client.post(
            url,
            {
                "submission": page.context["submission"], "base_version": page.context["base_version"],
                "yellow_days": 20, "stale_days": 45, "immediate_days": 10,
            },
        )  # fmt: skip

        desk.world.round.refresh_from_db()
        assert sent.status_code == 302
        assert desk.world.round.stale_days == 45
        assert desk.world.client(desk.world.linked_leader).get(url).status_code == 403
        assert desk.world.client(desk.world.stranger).get(url).status_code == 404

    def test_what_would_turn_is_shown_before_it_is_saved(self, desk, clock):
        problem = desk.accept(on=date(2026, 10, 20), due_on=date(2026, 12, 1))
        client, world = desk.world.client(desk.world.office_clerk), desk.world
        url = f"/problems/thresholds/{world.round.pk}/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "yellow_days": 40, "stale_days": 30, "immediate_days": 15,
        }  # fmt: skip

        shown = client.post(url, form)
        world.round.refresh_from_db()
        assert (shown.status_code, world.round.yellow_days) == (200, 15)
        assert [(t.problem, t.before, t.after) for t in shown.context["preview"].turns] == [
            (problem, Colour.GREEN, Colour.YELLOW)
        ]
        other = client.post(url, form | {"yellow_days": 41, "previewed": shown.context["previewed"]})
        assert "preview" in other.context  # other values than those shown are shown first
        assert client.post(url, form | {"previewed": shown.context["previewed"]}).status_code == 302
        problem.refresh_from_db()
        assert problem.colour_on(TODAY) == Colour.YELLOW

    def test_the_preview_says_what_the_change_then_does(self, desk, clock, django_assert_max_num_queries):
        for days in (10, 30, 50):
            desk.accept(on=date(2026, 10, 20), due_on=TODAY + timedelta(days=days))
        with django_assert_max_num_queries(1):
            said = thresholds.preview_thresholds(desk.world.round, yellow_days=40, stale_days=5, day=TODAY)
        self.change(desk.world, yellow_days=40, stale_days=5)

        found = Counter(p.colour_on(TODAY) for p in Problem.objects.all())
        assert said.after == found


class TestProgressMeetsStanding:
    def test_a_report_turns_a_stale_problem_green_again(self, desk):
        problem = desk.accept(on=date(2026, 3, 10))
        assert problem.colour_on(TODAY) == Colour.YELLOW

        progress.post_progress(
            problem, text="已开工", happened_on=TODAY, by=desk.world.village_secretary, at=noon(TODAY)
        )

        assert problem.colour_on(TODAY) == Colour.GREEN


class TestAsOfJoin:
    def test_steps_are_joined_once_however_the_day_is_filtered(self):
        for rows in (
            Problem.objects.as_of(TODAY).in_ledger("stood__"),
            Problem.objects.as_of(TODAY)
            .filter(stood__state=State.CLOSED, stood__degree=Degree.FULL)
            .values("stood__state"),
            Problem.objects.as_of(TODAY).coloured(Colour.RED, TODAY, "stood__"),
        ):
            assert str(rows.query).count('JOIN "problems_step"') == 1
