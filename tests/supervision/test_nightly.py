"""What a night writes: slips by the rules, lines into inboxes, digests on working days; each once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from common.errors import Refused
from inspections.services import inspections, notices
from meetings.services import commitments, meetings
from problems.services import closing, deadlines, moves, progress
from supervision.models import Digest, InboxItem, NightlyRun, Slip, SlipStep
from supervision.services import follow, inbox, rules, slips
from supervision.services.cuts import cuts_of
from supervision.services.follow import Changed, refresh
from tests.conftest import NOON
from tests.problems.conftest import noon
from tests.supervision.conftest import FRIDAY, MONDAY, SATURDAY, again
from workdays.calendar import calendar_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]
D = date


def state():
    """Everything a night writes, without keys."""
    return {
        "slips": sorted(Slip.objects.values_list("number", "problem__number", "due_on", "level", "issued_on")),
        "steps": sorted(SlipStep.objects.values_list("slip__number", "level", "raised_on", "reply_due_on")),
        "lines": sorted(InboxItem.objects.values_list("user__username", "kind", "object_id", "reason", "since")),
        "digests": sorted((d.user.username, d.day, len(d.lines)) for d in Digest.objects.select_related("user")),
        "history": Entry.objects.filter(object_type="supervision.slip").count(),
    }


def reason(user, problem):
    return (
        InboxItem.objects.filter(user=user, kind="problem", object_id=problem.pk)
        .values_list("reason", flat=True)
        .first()
    )


class TestRules:
    @pytest.mark.parametrize(
        ("due_on", "level"),
        [
            (D(2026, 11, 9), None),  # six working days left
            (D(2026, 11, 6), "blue"),
            (D(2026, 10, 30), "blue"),  # due today
            (D(2026, 10, 29), "yellow"),  # one working day over
            (D(2026, 10, 23), "yellow"),  # Friday: five
            (D(2026, 10, 22), "red"),
            (D(2026, 3, 1), "red"),
        ],
    )
    def test_levels_by_working_days(self, world, due_on, level):
        cuts = cuts_of(rules.rules_of(world.round), calendar_of(world.township.pk), FRIDAY)

        assert cuts.level(due_on) == level

    def test_a_deadline_on_a_free_day_is_over_on_the_next_working_day(self, world):
        cuts = cuts_of(rules.rules_of(world.round), calendar_of(world.township.pk), MONDAY)

        assert cuts.level(D(2026, 10, 31)) == "yellow"
        assert cuts.level(MONDAY) == "blue"

    def test_the_week_of_the_national_day_does_not_count(self, world):
        """Due on 30 September: on 9 October, nine days later, only two working days have passed."""
        cuts = cuts_of(rules.rules_of(world.round), calendar_of(world.township.pk), D(2026, 10, 9))

        assert cuts.level(D(2026, 9, 30)) == "yellow"

    def test_every_level_agrees_with_counting(self, world):
        calendar = calendar_of()
        asked = rules.rules_of(world.round)
        for n in range(0, 60, 2):
            day = calendar.add_working_days(D(2026, 9, 1) + timedelta(days=n), 0)
            cuts = cuts_of(asked, calendar, day)
            for back in (-20, -9, -8, -7, -6, -5, -1, 0, 1, 2, 3, 6, 8, 9, 10, 14, 24):
                due = day - timedelta(days=back)
                over = calendar.working_days_between(due, day)
                expected = (
                    "red" if over >= 6 and due < day else "yellow" if over >= 1 and due < day
                    else "blue" if calendar.working_days_between(day, due) <= 5 else None
                )  # fmt: skip
                assert cuts.level(due) == expected, (day, due)


class TestSlips:
    def test_one_slip_rises_and_ends_with_its_problem(self, desk, night, world):
        problem = desk.accept(due_on=D(2026, 11, 3))
        night(FRIDAY)
        slip = Slip.objects.get()
        assert (slip.level, slip.number, slip.year, str(slip)) == ("blue", 1, 2026, "督办单〔2026〕1号")
        night(D(2026, 11, 4))
        night(D(2026, 11, 5))
        night(D(2026, 11, 11))
        slip.refresh_from_db()

        assert slip.level == "red"
        assert [(s.level, s.raised_on, s.reply_due_on) for s in slip.steps.all()] == [
            ("blue", FRIDAY, D(2026, 11, 4)), ("yellow", D(2026, 11, 4), D(2026, 11, 9)),
            ("red", D(2026, 11, 11), D(2026, 11, 16)),
        ]  # fmt: skip

        desk.close(problem, D(2026, 11, 12))
        slip.refresh_from_db()
        assert (slip.closed_on, slip.closing) == (D(2026, 11, 12), "问题已销号")

    def test_a_new_deadline_ends_the_slip_and_begins_another(self, desk, night, world):
        problem = desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        deadlines.ask_extension(
            problem, new_due_on=D(2026, 11, 3), reason="等待资金", by=world.village_secretary, at=noon(FRIDAY)
        )
        deadlines.decide_extension(problem, granted=True, remark="", by=world.commissioner, at=noon(FRIDAY))
        first = Slip.objects.get()
        assert first.closing == "整改时限已改为2026-11-03"

        night(MONDAY)
        assert [(s.number, s.due_on, s.level) for s in Slip.objects.order_by("number")] == [
            (1, D(2026, 10, 29), "yellow"), (2, D(2026, 11, 3), "blue"),
        ]  # fmt: skip

    def test_one_waiting_for_its_close_out_does_not_rise(self, desk, night):
        problem = desk.accept(due_on=D(2026, 10, 20))
        desk.ask_close(problem, D(2026, 10, 19))
        night(FRIDAY)

        assert not Slip.objects.exists()

    def test_nothing_is_written_on_a_free_day(self, desk, night):
        desk.accept(due_on=D(2026, 10, 20))
        night(SATURDAY)
        assert not Slip.objects.exists()
        assert not Digest.objects.exists()
        assert InboxItem.objects.exists()  # looking is allowed

        night(MONDAY)
        assert Slip.objects.get().issued_on == MONDAY

    def test_numbers_run_by_township_and_year(self, desk, night, world):
        for _ in range(5):
            desk.accept(due_on=D(2026, 10, 20))
        night(FRIDAY)
        assert sorted(Slip.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]

        desk.accept(due_on=D(2026, 10, 21))
        night(D(2027, 1, 4))
        newest = Slip.objects.order_by("pk").last()
        assert (newest.year, newest.number) == (2027, 1)

    def test_switched_off_nothing_is_written(self, desk, night, world):
        desk.accept(due_on=D(2026, 10, 20))
        values = {name: getattr(rules.rules_of(world.round), name) for name in rules.FIELDS}
        rules.change_rules(world.round, **values | {"is_on": False}, base_version=1, by=world.office_clerk, at=NOON)
        night(FRIDAY)

        assert not Slip.objects.exists()

    def test_unanswered_notices_and_late_commitments_get_slips_too(self, desk, night, world):
        inspection = inspections.add_inspection(
            township=world.township, round=world.round, mode="unannounced", held_on=D(2026, 10, 12), leader=None,
            people="", villages=[world.village], summary="", by=world.office_clerk, at=noon(D(2026, 10, 12)),
        )  # fmt: skip
        notice = notices.issue_notice(
            inspection, village=world.village, requirement="补齐会议记录", issued_on=D(2026, 10, 12),
            reply_due_on=D(2026, 10, 28), by=world.office_clerk, at=noon(D(2026, 10, 12)),
        )  # fmt: skip
        meeting = meetings.hold_meeting(
            township=world.township, round=world.round, kind="coordination_meeting", level="township", name="协调会",
            held_on=D(2026, 10, 12), place="", chair=None, departments=[], attendees="", subject="", deployment=False,
            village=None, by=world.office_clerk, at=noon(D(2026, 10, 12)),
        )  # fmt: skip
        commitment = commitments.add_commitment(
            meeting, problem=None, text="落实资金", lead_official=world.linked_leader.cadre, unit=world.station,
            due_on=D(2026, 10, 20), by=world.office_clerk, at=noon(D(2026, 10, 12)),
        )  # fmt: skip
        night(FRIDAY)

        assert dict(Slip.objects.values_list("kind", "level")) == {"notice": "yellow", "commitment": "red"}
        assert InboxItem.objects.get(user=world.linked_leader, kind="commitment").reason == "slip_red"
        assert InboxItem.objects.filter(user=world.users["station"], kind="commitment").exists()

        notices.sign_notice(notice, signed_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
        notices.reply_notice(notice, replied_on=FRIDAY, reply="已补齐", by=world.village_secretary, at=noon(FRIDAY))
        commitments.keep_commitment(commitment, kept_on=FRIDAY, note="已到位", by=world.office_clerk, at=noon(FRIDAY))
        night(MONDAY)
        assert set(Slip.objects.values_list("closing", flat=True)) == {"整改通知书已反馈", "议定事项已落实"}
        assert not InboxItem.objects.filter(kind__in=["notice", "commitment"]).exists()

    def test_the_database_refuses_a_second_slip_for_a_deadline(self, desk, night):
        desk.accept(due_on=D(2026, 10, 20))
        night(FRIDAY)
        slip = Slip.objects.get()
        slip.pk, slip.number = None, 99
        with pytest.raises(IntegrityError), transaction.atomic():
            slip.save(force_insert=True)


class TestAnswering:
    @pytest.fixture
    def slip(self, desk, night):
        desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        return Slip.objects.get()

    def test_signed_for_then_answered(self, slip, world):
        secretary = world.village_secretary
        slips.sign_slip(slip, signed_on=FRIDAY, by=secretary, at=NOON)
        step = slips.answer_slip(slip, answered_on=SATURDAY, answer="资金下周到位", by=secretary, at=NOON)

        assert (step.signed_by, step.answered_by, step.answer) == (secretary, secretary, "资金下周到位")
        assert not Slip.objects.unanswered(SATURDAY).exists()
        assert Slip.objects.unanswered(FRIDAY).exists()

    def test_what_does_not_fit_is_refused(self, slip, world):
        by = {"by": world.village_secretary, "at": NOON}
        with pytest.raises(Refused, match="请先签收"):
            slips.answer_slip(slip, answered_on=SATURDAY, answer="已办", **by)
        with pytest.raises(Refused, match="不能早于发出日期"):
            slips.sign_slip(slip, signed_on=D(2026, 10, 29), **by)
        with pytest.raises(Refused, match="不能晚于今天"):
            slips.sign_slip(slip, signed_on=MONDAY, **by)
        slips.sign_slip(slip, signed_on=SATURDAY, **by)
        with pytest.raises(Refused, match="已于2026-10-31签收"):
            slips.sign_slip(slip, signed_on=SATURDAY, **by)
        with pytest.raises(Refused, match="不能早于签收日期"):
            slips.answer_slip(slip, answered_on=FRIDAY, answer="已办", **by)
        with pytest.raises(Refused, match="请写明办理情况"):
            slips.answer_slip(slip, answered_on=SATURDAY, answer="", **by)

    def test_a_closed_slip_takes_no_answer(self, slip, desk, world):
        moves.suspend(slip.problem, reason="等待上级", by=world.commissioner, at=NOON)
        slip.refresh_from_db()
        assert slip.closing == "问题已批准暂缓"
        with pytest.raises(Refused, match="不用再办理"):
            slips.sign_slip(slip, signed_on=SATURDAY, by=world.village_secretary, at=NOON)

    def test_levels_of_a_past_day(self, slip, night):
        night(D(2026, 11, 6))

        assert list(Slip.objects.at_level("yellow", FRIDAY)) == [slip]
        assert list(Slip.objects.at_level("red", D(2026, 11, 6))) == [slip]
        assert not Slip.objects.at_level("yellow", D(2026, 11, 6)).exists()


class TestInbox:
    def test_each_gets_what_is_his(self, desk, night, world):
        overdue = desk.accept(due_on=D(2026, 10, 29))
        waiting = desk.log(submit=True)
        far = desk.accept(due_on=D(2026, 12, 30), on=D(2026, 10, 20))
        night(FRIDAY)

        assert reason(world.village_secretary, overdue) == "slip_yellow"
        assert reason(world.linked_leader, overdue) == "slip_yellow"
        assert reason(world.party_secretary, overdue) is None
        assert reason(world.commissioner, waiting) == "review"
        assert reason(world.village_secretary, waiting) is None
        assert not InboxItem.objects.filter(object_id=far.pk, kind="problem").exists()
        assert not InboxItem.objects.filter(
            user__in=[world.sibling_secretary, world.stranger, world.county_reader]
        ).exists()

        night(D(2026, 11, 9))
        assert reason(world.party_secretary, overdue) == "slip_red"

    def test_leaders_are_told_of_what_fell_overdue_only_once(self, desk, night, world):
        values = {name: getattr(rules.rules_of(world.round), name) for name in rules.FIELDS} | {"is_on": False}
        rules.change_rules(world.round, **values, base_version=1, by=world.office_clerk, at=NOON)
        problem = desk.accept(due_on=D(2026, 10, 29))

        night(FRIDAY)
        assert reason(world.linked_leader, problem) == "newly_overdue"
        assert reason(world.village_secretary, problem) == "overdue"
        night(MONDAY)
        assert reason(world.linked_leader, problem) is None

    def test_read_stays_read_until_the_reason_changes(self, desk, night, world):
        desk.accept(due_on=D(2026, 11, 3))
        night(FRIDAY)
        mine = InboxItem.objects.filter(user=world.village_secretary)
        mine.update(read_at=NOON)
        night(MONDAY)
        assert mine.get().read_at
        night(D(2026, 11, 4))
        assert (mine.get().reason, mine.get().read_at) == ("slip_yellow", None)

    def test_a_line_written_meanwhile_does_not_end_the_night(self, desk, night, world, monkeypatch):
        problem = desk.accept(due_on=D(2026, 10, 29))
        line = {"user": world.village_secretary, "kind": "problem", "object_id": problem.pk}
        compute = inbox.waiting_for

        def while_somebody_writes(*args):
            InboxItem.objects.get_or_create(
                **line, defaults={"reason": "overdue", "colour": "red", "text": "x", "url": "/", "since": FRIDAY}
            )
            return compute(*args)

        monkeypatch.setattr(inbox, "waiting_for", while_somebody_writes)
        night(FRIDAY)

        assert InboxItem.objects.get(**line).reason == "slip_yellow"
        assert NightlyRun.objects.get().phase == "done"

    def test_what_is_settled_by_day_leaves_at_once(self, desk, night, world, django_capture_on_commit_callbacks):
        problem = desk.log(submit=True)
        night(FRIDAY)
        assert reason(world.office_clerk, problem) == "review"
        transaction.get_connection().run_on_commit.clear()  # what the scene left for a commit that a test does not make
        with django_capture_on_commit_callbacks(execute=True) as calls:
            moves.accept(problem, by=world.commissioner, at=NOON)

        assert [call for call in calls if isinstance(call, Changed)]
        assert reason(world.office_clerk, problem) is None

    def test_many_touched_at_once_cost_no_more_queries_than_few(self, desk, night, world):
        """An import touches two thousand: they are looked at together, and what was not touched is left alone."""
        problems = [desk.log(submit=True) for _ in range(12)]
        night(FRIDAY)
        before, keys = state(), [problem.pk for problem in problems]

        def asked(touched, one_by_one=False):
            InboxItem.objects.filter(kind="problem", object_id__in=touched).delete()
            with CaptureQueriesContext(connection) as queries:
                for some in [[key] for key in touched] if one_by_one else [touched]:
                    refresh(some, day=FRIDAY, at=NOON)
            assert state() == before
            return len(queries)

        few, many = asked([keys[0], keys[7]]), asked([keys[n] for n in (0, 2, 3, 4, 5, 7, 8, 9, 11)])
        assert many == few
        assert asked(keys, one_by_one=True) > 10 * few  # control

        InboxItem.objects.filter(object_id=keys[1]).delete()
        refresh([keys[0], keys[2]], day=FRIDAY, at=NOON)
        assert reason(world.office_clerk, problems[1]) is None  # it lies between those that were touched

    def test_batches_of_a_refresh_of_any_size_give_the_same(self, desk, night, monkeypatch):
        keys = [desk.log(submit=True).pk for _ in range(5)]
        night(FRIDAY)
        before = state()
        InboxItem.objects.filter(kind="problem").delete()
        monkeypatch.setattr(follow, "BATCH", 2)

        refresh(keys, day=FRIDAY, at=NOON)

        assert state() == before

    def test_requests_reach_those_who_decide(self, desk, night, world):
        closing_, asking = desk.accept(due_on=D(2026, 12, 30)), desk.accept(due_on=D(2026, 12, 30))
        desk.ask_close(closing_, D(2026, 10, 20))
        deadlines.ask_extension(
            asking, new_due_on=D(2027, 1, 31), reason="等资金", by=world.village_secretary, at=noon(D(2026, 10, 20))
        )
        night(FRIDAY)
        assert reason(world.resident_cadre, closing_) == "close_check"
        assert reason(world.commissioner, asking) == "extension"
        closing.check_close_out(closing_, note="属实", by=world.resident_cadre, at=noon(FRIDAY))
        night(MONDAY)
        assert reason(world.resident_cadre, closing_) is None
        assert reason(world.commissioner, closing_) == "close_decide"

    def test_a_problem_without_progress(self, desk, night, world):
        problem = desk.accept(due_on=D(2026, 12, 30))
        night(FRIDAY)
        assert reason(world.village_secretary, problem) == "stale"
        progress.post_progress(problem, text="已开工", happened_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
        night(MONDAY)
        assert reason(world.village_secretary, problem) is None


class TestDigests:
    def test_one_a_person_and_working_day(self, desk, night, world):
        desk.accept(due_on=D(2026, 10, 29))
        for day in (FRIDAY, SATURDAY, D(2026, 11, 1), MONDAY):
            night(day)

        mine = Digest.objects.filter(user=world.village_secretary).order_by("day")
        assert [(d.day, d.total, d.lines[0]["new"]) for d in mine] == [(FRIDAY, 1, True), (MONDAY, 1, False)]
        assert mine[0].lines[0]["reason"] == "slip_yellow"
        assert not Digest.objects.filter(user=world.office_clerk).exists()

    def test_old_ones_are_cleared(self, night, world):
        Digest.objects.create(user=world.office_clerk, day=D(2026, 8, 1), lines=[], total=0)
        night(FRIDAY)
        assert not Digest.objects.exists()


class TestOnceOnly:
    def test_the_same_night_again_changes_nothing(self, desk, night):
        for n in range(7):
            desk.accept(due_on=D(2026, 10, 20) + timedelta(days=2 * n))
        night(FRIDAY)
        first = state()
        night(FRIDAY)
        assert state() == first
        again(FRIDAY)
        assert state() == first
        assert len(first["slips"]) == 7

    def test_batches_of_any_size_give_the_same(self, desk, night):
        for n in range(7):
            desk.accept(due_on=D(2026, 10, 20) + timedelta(days=2 * n))
        found = []
        for batch in (1, 3, 500):
            with transaction.atomic():
                night(FRIDAY, batch=batch)
                found.append(state())
                transaction.set_rollback(True)
        assert found[0] == found[1] == found[2]

    def test_a_night_left_out_is_made_up_for(self, desk, night):
        desk.accept(due_on=D(2026, 10, 20))
        night(D(2026, 10, 21))
        night(FRIDAY)  # nights between were lost

        assert [s.level for s in SlipStep.objects.order_by("pk")] == ["yellow", "red"]

    def test_an_earlier_night_that_comes_late_is_passed_by(self, desk, night):
        desk.accept(due_on=D(2026, 10, 20))
        night(MONDAY)
        NightlyRun.objects.filter(day=FRIDAY).delete()

        assert night(FRIDAY) == {"superseded": True}
