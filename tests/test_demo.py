"""The demo township holds what its description says, as records: every count is taken from rows."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client

from accounts.models import User
from audit.models import Entry
from handovers.models import HandOver
from inspections.models import Inspection, Notice, Survey, Visit
from meetings.models import AgendaItem, Commitment, Meeting
from pairings.models import Activity
from problems.models import Measure, PlanReview, Problem, Step
from problems.terms import Colour, State
from rounds.models import CalendarItem, LeadingGroupSeat, ScreeningVisit
from villages.access import access_of
from villages.models import Assignment

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 31)


@pytest.fixture
def steps(demo_township, db):
    """How the eighteen problems stood on 2026-10-31."""
    return Step.objects.held_on(DAY).filter(problem__round=demo_township.round)


class TestLedgerOnTheDay:
    def test_counts_by_state_and_degree(self, steps):
        states = Counter(steps.values_list("state", flat=True))
        degrees = Counter(steps.filter(state=State.CLOSED).values_list("degree", flat=True))

        assert steps.count() == 18
        assert states[State.CLOSED] == 12
        assert degrees == {"full": 9, "basic": 3}
        assert states[State.RELAPSED] == 1
        assert steps.exclude(state=State.CLOSED).filter(degree="preliminary").count() == 1

    def test_one_is_red_after_one_extension(self, steps):
        red = [s for s in steps.select_related("problem") if s.colour_on(DAY) == Colour.RED]

        assert [s.problem.number for s in red] == [16]
        assert (red[0].extensions_granted, red[0].due_on) == (1, date(2026, 10, 15))
        assert red[0].problem.first_due_on == date(2026, 8, 31)

    def test_categories_and_linked_campaigns(self, demo_township, db):
        problems = Problem.objects.filter(round=demo_township.round)

        assert Counter(problems.values_list("category", flat=True)) == {
            "legacy": 3, "land_acquisition": 3, "infrastructure": 6, "collective_economy": 2, "organisation": 4,
        }  # fmt: skip
        assert problems.exclude(linked_campaign=None).count() == 7
        assert len({u for p in problems for u in p.assisting_units.all()}) == 9

    def test_measures_and_plans(self, demo_township, db):
        measures = Measure.objects.filter(problem__round=demo_township.round)

        assert (measures.count(), measures.exclude(done_on=None).count()) == (41, 33)
        assert PlanReview.objects.filter(action="approve").count() == 3
        assert PlanReview.objects.filter(action="return").count() == 1


class TestWorkOfTheRound:
    def test_screening_and_calendar(self, demo_township, db):
        visits = ScreeningVisit.objects.filter(round=demo_township.round)
        calendar = CalendarItem.objects.filter(round=demo_township.round)

        assert (visits.count(), visits.aggregate(n=Sum("households"))["n"]) == (12, 86)
        assert (calendar.count(), calendar.exclude(done_on=None).count()) == (24, 19)
        seats = LeadingGroupSeat.objects.filter(round=demo_township.round, ends_on=None)
        assert Counter(seats.values_list("position", flat=True)) == {
            "head": 1,
            "deputy": 2,
            "member": 7,
            "office_head": 1,
        }

    def test_meetings(self, demo_township, db):
        kinds = Counter(Meeting.objects.values_list("kind", flat=True))

        assert kinds["enlarged_committee_meeting"] == 4
        assert kinds["village_mobilisation"] == 3
        assert kinds["coordination_meeting"] == 3
        first = demo_township.meeting["c1"]
        assert AgendaItem.objects.filter(meeting=first).count() == 5
        assert AgendaItem.objects.filter(meeting=first, outcome="settled").count() == 2
        commitments = Commitment.objects.filter(meeting=first)
        assert (commitments.count(), commitments.exclude(kept_on=None).count()) == (3, 2)

    def test_inspections_visits_and_surveys(self, demo_township, db):
        assert Counter(Inspection.objects.values_list("mode", flat=True)) == {
            "meeting": 4,
            "leader": 3,
            "unannounced": 2,
        }
        assert (Notice.objects.count(), Notice.objects.exclude(replied_on=None).count()) == (6, 5)
        assert (Visit.objects.count(), Visit.objects.aggregate(n=Sum("households"))["n"]) == (37, 212)
        assert Survey.objects.filter(round=demo_township.round).count() == 3
        activities = Activity.objects.all()
        assert Counter(activities.values_list("kind", flat=True)) == {"lecture": 5, "guidance": 8}
        assert activities.aggregate(n=Sum("funds"))["n"] == 18


class TestHistoryIsReal:
    def test_hand_over_of_dongling(self, demo_township, db):
        resident = Assignment.objects.filter(village__name="东岭村", role="resident_cadre")

        assert [a.cadre.name for a in resident.on(date(2026, 5, 31))] == ["孙涛"]
        assert [a.cadre.name for a in resident.on(date(2026, 6, 1))] == ["赵磊"]

    def test_who_answered_for_dongling_is_read_from_the_page(self, demo_township, db):
        """The day before the hand-over, the day itself, and the paper by which it was done."""
        client = Client()
        client.force_login(
            User.objects.get(username="dangjianban"), backend="django.contrib.auth.backends.ModelBackend"
        )
        village = demo_township.village["东岭村"]

        def resident(day):
            page = client.get(f"/villages/{village.pk}/chain/?on={day}")
            [rung] = [rung for rung in page.context["rungs"] if rung.role == "resident_cadre"]
            return [holder.assignment.cadre.name for holder in rung.holders], page.content.decode()

        assert resident("2026-05-31")[0] == ["孙涛"]
        names, page = resident("2026-06-01")
        assert names == ["赵磊"]
        assert "交接单〔2026〕1号" in page
        paper = HandOver.objects.get()
        assert (paper.state, paper.items.count(), paper.items.exclude(moves="").count()) == ("done", 10, 2)

    def test_every_record_has_its_audit_entries_on_its_own_days(self, demo_township, db):
        problem = demo_township.problem[16]
        verbs = list(
            Entry.objects.filter(object_type="problems.problem", object_id=problem.pk)
            .order_by("at", "id")
            .values_list("verb", flat=True)
        )

        assert verbs[0] == "登记问题"
        assert any("延期" in verb for verb in verbs)
        assert Entry.objects.filter(at__date__gt=date(2026, 10, 31)).count() == 0

    def test_the_two_townships_do_not_see_each_other(self, demo_township, db):
        access = access_of(User.objects.get(username="baishi"), DAY)

        assert Problem.objects.visible_to(access).count() == 4
        assert not Problem.objects.visible_to(access).filter(township__name="清溪镇").exists()


class TestCommand:
    def test_a_second_load_changes_nothing(self, demo_township, db, capsys):
        before = Entry.objects.count()

        call_command("load_demo")

        assert Entry.objects.count() == before
        assert "不重复载入" in capsys.readouterr().out
