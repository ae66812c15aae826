"""Rules of inspections, notices, bulletins, visits and surveys."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from audit.services import history
from common.errors import Refused
from inspections import guards, services
from inspections.models import Inspection, Notice, Survey, Visit
from inspections.satisfaction import Formula, satisfaction_rate, weakest
from inspections.services.surveys import FIELDS, Answers, answers_of
from meetings.models import Meeting
from meetings.services import hold_meeting
from rounds.models import Round
from rounds.national import USUAL_QUESTIONS
from rounds.services.rounds import add_round
from tests.conftest import NOON
from tests.inspections.conftest import inspect
from tests.meetings.conftest import problem_of


def refused(field, call, *args, **values):
    with pytest.raises(Refused) as refusal:
        call(*args, **values)
    assert refusal.value.field == field
    return str(refusal.value)


def meeting_on(world, day, **more):
    values = {
        "township": world.township, "round": world.round, "kind": Meeting.Kind.PRE_WEEK, "level": "township",
        "name": "周前工作例会", "held_on": day, "by": world.office_clerk, "at": NOON,
    }  # fmt: skip
    return hold_meeting(**values | more)


class TestInspection:
    def test_names_the_inspected_villages(self, world, inspection):
        assert list(inspection.villages.all()) == [world.village]
        assert [entry.verb for entry in history(inspection)] == ["登记督查"]
        assert "哪些村" in refused("villages", inspect, world, villages=[])

    def test_not_to_come_and_not_elsewhere(self, world):
        refused("held_on", inspect, world, held_on=date(2026, 11, 1))
        refused("villages", inspect, world, villages=[world.foreign])
        refused("round", inspect, world, round=world.other_round)
        refused("leader", inspect, world, leader=world.stranger.cadre)

    def test_regular_meeting_goes_with_its_mode_and_day(self, world):
        meeting = meeting_on(world, date(2026, 6, 2))
        refused("meeting", inspect, world, meeting=meeting)
        assert "2026-06-02" in refused(
            "held_on", inspect, world, mode="meeting", meeting=meeting, held_on=date(2026, 6, 3)
        )
        assert inspect(world, mode="meeting", meeting=meeting).meeting == meeting

    def test_village_with_a_notice_stays_inspected(self, world, notice):
        inspection = notice.inspection
        values = {name: getattr(inspection, name) for name in services.inspections.FIELDS}
        values |= {"base_version": 1, "by": world.office_clerk, "at": NOON}

        assert "石桥村" in refused(
            "villages", services.change_inspection, inspection, villages=[world.sibling], **values
        )
        services.change_inspection(inspection, villages=[world.village, world.sibling], **values)
        assert history(inspection)[0].changes[0]["new"] == "石桥村、下塘村"

    def test_village_sees_inspections_that_went_to_it(self, world, inspection):
        assert Inspection.objects.visible_to(world.access(world.village_secretary)).get() == inspection
        assert not Inspection.objects.visible_to(world.access(world.sibling_secretary)).exists()
        assert not Inspection.objects.visible_to(world.access(world.stranger)).exists()


class TestFinding:
    def add(self, world, inspection, **more):
        values = {"village": world.village, "text": "台账更新不及时", "by": world.office_clerk, "at": NOON}
        return services.add_finding(inspection, **values | more)

    def test_is_about_an_inspected_village_and_its_problem(self, world, inspection):
        assert "不在本次督查" in refused("village", self.add, world, inspection, village=world.sibling)
        other = problem_of(world, world.sibling, 1)
        refused("problem", self.add, world, inspection, problem=other)
        own = problem_of(world, world.village, 2)
        assert self.add(world, inspection, problem=own).problem == own


class TestNotice:
    def sign(self, world, notice, on=date(2026, 6, 4)):
        return services.sign_notice(notice, signed_on=on, by=world.village_secretary, at=NOON)

    def reply(self, world, notice, on=date(2026, 6, 9), reply="会议记录已补齐"):
        return services.reply_notice(notice, replied_on=on, reply=reply, by=world.village_secretary, at=NOON)

    def close(self, world, notice, on=date(2026, 6, 12)):
        return services.close_notice(notice, checked_on=on, by=world.commissioner, at=NOON)

    def test_numbers_run_within_township_and_year(self, world, notice):
        again = services.issue_notice(
            notice.inspection, village=world.village, requirement="再查", issued_on=date(2026, 7, 1),
            reply_due_on=date(2026, 7, 9), by=world.commissioner, at=NOON,
        )  # fmt: skip
        elsewhere = inspect(world, township=world.other_township, round=world.other_round, villages=[world.foreign])
        theirs = services.issue_notice(
            elsewhere, village=world.foreign, requirement="查", issued_on=date(2026, 7, 1),
            reply_due_on=date(2026, 7, 9), by=world.stranger, at=NOON,
        )  # fmt: skip

        assert [str(n) for n in (notice, again)] == ["整改通知书〔2026〕1号", "整改通知书〔2026〕2号"]
        assert theirs.number == 1

    def test_the_database_refuses_a_number_twice(self, world, notice):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(
                township=world.township, inspection=notice.inspection, village=world.village, year=2026, number=1,
                requirement="重号", issued_on=date(2026, 6, 3), reply_due_on=date(2026, 6, 4),
            )  # fmt: skip

    def test_goes_to_an_inspected_village_after_the_inspection(self, world, inspection):
        values = {"requirement": "查", "reply_due_on": date(2026, 6, 9), "by": world.commissioner, "at": NOON}
        issue = services.issue_notice
        refused("village", issue, inspection, village=world.sibling, issued_on=date(2026, 6, 3), **values)
        refused("issued_on", issue, inspection, village=world.village, issued_on=date(2026, 6, 1), **values)
        refused("reply_due_on", issue, inspection, village=world.village, issued_on=date(2026, 6, 10), **values)

    def test_signed_then_answered_then_closed(self, world, notice):
        assert "先签收" in refused(None, self.reply, world, notice)
        refused("signed_on", self.sign, world, notice, date(2026, 6, 2))
        self.sign(world, notice)
        assert "已于2026-06-04签收" in refused(None, self.sign, world, notice)
        assert "还没有反馈" in refused(None, self.close, world, notice)
        refused("replied_on", self.reply, world, notice, date(2026, 6, 3))
        refused("reply", self.reply, world, notice, reply="")
        self.reply(world, notice)
        refused("checked_on", self.close, world, notice, date(2026, 6, 8))
        self.close(world, notice)
        assert "办结" in refused(None, self.reply, world, notice)
        assert [entry.verb for entry in history(notice)] == [
            "核查合格，办结整改通知书", "反馈整改情况", "签收整改通知书", "向石桥村发出整改通知书",
        ]  # fmt: skip

    def test_stands_on_each_day_as_it_stood_then(self, world, notice):
        self.reply(world, self.sign(world, notice), on=date(2026, 6, 12))
        states = {day: str(notice.state_on(date(2026, 6, day))) for day in (3, 4, 10, 11, 12)}
        assert states == {3: "issued", 4: "signed", 10: "signed", 11: "late", 12: "answered"}

        on = date(2026, 6, 11)
        assert Notice.objects.as_of(on).late(on).get() == notice
        assert not Notice.objects.as_of(on).answered(on).exists()
        assert not Notice.objects.as_of(date(2026, 6, 2)).exists()

    def test_changed_deadline_needs_a_reason(self, world, notice):
        values = {
            "requirement": notice.requirement, "issued_on": notice.issued_on, "reply_due_on": date(2026, 6, 20),
            "base_version": 1, "by": world.commissioner, "at": NOON,
        }  # fmt: skip
        assert "原因" in refused("reason", services.change_notice, notice, **values)
        services.change_notice(notice, reason="村里申请", **values)
        assert history(notice)[0].reason == "村里申请"


class TestBulletin:
    def add(self, world, **more):
        values = {"township": world.township, "round": world.round, "by": world.office_clerk, "at": NOON}
        return services.add_bulletin(**values | more)

    def test_takes_the_day_of_its_meeting(self, world, inspection):
        meeting = meeting_on(world, date(2026, 6, 15))

        assert self.add(world, meeting=meeting, inspections=[inspection]).reported_on == date(2026, 6, 15)
        refused("reported_on", self.add, world, meeting=meeting, reported_on=date(2026, 6, 16))
        refused("reported_on", self.add, world)

    def test_reports_what_was_inspected_before(self, world, inspection):
        refused("inspections", self.add, world, reported_on=date(2026, 6, 1), inspections=[inspection])


class TestVisit:
    def record(self, world, **more):
        values = {
            "township": world.township, "round": world.round, "village": world.village,
            "cadre": world.linked_leader.cadre, "visited_on": date(2026, 10, 31), "households": 6,
            "by": world.linked_leader, "at": NOON,
        }  # fmt: skip
        return services.record_visit(**values | more)

    def test_never_in_the_future(self, world):
        assert self.record(world).households == 6
        assert "不在本系统保存" in refused("visited_on", self.record, world, visited_on=date(2026, 11, 1))

    def test_not_elsewhere(self, world):
        refused("village", self.record, world, village=world.foreign)
        refused("cadre", self.record, world, cadre=world.stranger.cadre)

    def test_leaders_are_those_who_led_on_that_day(self, world):
        self.record(world, cadre=world.resident_cadre.cadre)
        led = self.record(world)
        self.record(world, visited_on=date(2024, 12, 31))  # before the post began

        assert Visit.objects.count() == 3
        assert Visit.objects.all().by_leaders().get() == led


class TestSurvey:
    def add(self, world, **more):
        values = {
            "round": world.round, "village": world.village, "kind": "midterm", "held_on": date(2026, 9, 25),
            "issued": 60, "returned": 58, "valid": 57, "satisfied": 41, "mostly": 12, "dissatisfied": 3, "unknown": 1,
            "by": world.office_clerk, "at": NOON,
        }  # fmt: skip
        return services.add_survey(**values | more)

    def test_ballots_that_do_not_add_up_are_refused_with_the_numbers(self, world):
        assert "收回票61张多于发出票60张" in refused("returned", self.add, world, returned=61)
        assert "有效票59张多于收回票58张" in refused("valid", self.add, world, valid=59)
        assert "40＋12＋3＋1＝56，有效票57" in refused("valid", self.add, world, satisfied=40)
        assert not Survey.objects.exists()

    def test_the_database_refuses_them_too(self, world):
        survey = self.add(world)
        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.filter(pk=survey.pk).update(satisfied=40)

    def test_once_a_day(self, world):
        self.add(world)
        assert "已登记" in refused("held_on", self.add, world)

    def test_rate_by_formula(self, world):
        survey = self.add(world)
        assert satisfaction_rate(survey) == Decimal("93.0")
        assert satisfaction_rate(survey, Formula.INFORMED) == Decimal("94.6")
        assert satisfaction_rate(survey, Formula.SATISFIED_ONLY) == Decimal("71.9")

    def test_nobody_informed_is_no_rate(self, world):
        survey = self.add(world, issued=1, returned=1, valid=1, satisfied=0, mostly=0, dissatisfied=0, unknown=1)
        assert satisfaction_rate(survey, Formula.INFORMED) is None
        assert satisfaction_rate(survey) == 0


class TestQuestions:
    OPEN, TEAM = (
        ("村务、财务公开", 30, 10, 5, 2),
        ("班子团结", 41, 12, 3, 1),
    )  # of 57 valid ballots: 10 and 0 left blank

    def add(self, world, *questions, **more):
        return TestSurvey().add(world, questions=[Answers(*q) for q in questions], **more)

    def change(self, world, survey, *questions, **more):
        values = {name: getattr(survey, name) for name in FIELDS} | {"base_version": survey.version}
        return services.change_survey(
            survey, questions=[Answers(*q) for q in questions], by=world.office_clerk, at=NOON, **values | more
        )

    def test_each_has_its_rate_by_the_formula_and_what_was_left_blank(self, world):
        survey = self.add(world, self.TEAM, self.OPEN)
        team, public = survey.questions.all()

        assert (team.blank, public.blank) == (0, 10)
        assert satisfaction_rate(team) == Decimal("93.0")
        assert satisfaction_rate(public) == Decimal("70.2")  # of 57 ballots, not of the 47 that answered
        assert satisfaction_rate(public, Formula.INFORMED) == Decimal("72.7")

    def test_the_weakest_is_named_only_where_there_is_one(self, world):
        team, public = self.add(world, self.TEAM, self.OPEN).questions.all()

        assert weakest([team, public]) == public
        assert weakest([public]) is None
        assert weakest([team, team]) is None

    @pytest.mark.parametrize(
        ("questions", "sentence"),
        [
            ([TEAM, ("办事", 40, 12, 4, 2)], "第2题“办事”四项之和40＋12＋4＋2＝58，多于有效票57"),
            ([TEAM, TEAM], "题目“班子团结”出现了不止一次"),
            ([("", 1, 0, 0, 0)], "第1题没有写题目"),
            ([(f"题{n}", 1, 0, 0, 0) for n in range(21)], "最多登记20道题"),
        ],
    )
    def test_refusals_name_the_question(self, world, questions, sentence):
        assert sentence in refused(None, self.add, world, *questions)
        survey = self.add(world, self.OPEN)
        assert sentence in refused(None, self.change, world, survey, *questions)
        assert answers_of(Survey.objects.get()) == [Answers(*self.OPEN)]

    def test_the_database_refuses_more_answers_than_ballots(self, world):
        """Also past the services: a question raised, one added, the ballots lowered. What fits is taken."""
        survey = self.add(world, self.OPEN)
        whole = Survey.objects.filter(pk=survey.pk)
        survey.questions.update(satisfied=40)  # 57 answers of 57 ballots

        with pytest.raises(IntegrityError, match="survey_question_sum"), transaction.atomic():
            survey.questions.update(satisfied=41)
        with pytest.raises(IntegrityError, match="survey_question_sum"), transaction.atomic():
            survey.questions.create(number=2, text="办事", satisfied=58, mostly=0, dissatisfied=0, unknown=0)
        with pytest.raises(IntegrityError, match="survey_question_sum"), transaction.atomic():
            whole.update(valid=56, satisfied=40)
        whole.update(valid=58, satisfied=42)

    def test_without_its_guards_it_would_take_them(self, world):
        """Negative control, and what happens around every `migrate`."""
        survey = self.add(world, self.OPEN)

        guards.take_away()
        survey.questions.update(satisfied=41)
        guards.put_in_place()

        with pytest.raises(IntegrityError, match="survey_question_sum"), transaction.atomic():
            survey.questions.update(satisfied=42)

    def test_fewer_ballots_and_fewer_answers_in_one_correction(self, world):
        survey = self.add(world, self.TEAM)

        self.change(world, survey, ("班子团结", 40, 12, 3, 1), valid=56, satisfied=40)

        assert answers_of(Survey.objects.get()) == [Answers("班子团结", 40, 12, 3, 1)]
        changes = {c["label"]: (c["old"], c["new"]) for c in history(survey)[0].changes}
        assert changes["有效票"] == ("57", "56")
        assert changes["第1题"] == (str(Answers(*self.TEAM)), "班子团结：满意40、基本满意12、不满意3、不了解1")

    def test_a_round_begun_from_another_takes_its_usual_questions(self, world):
        Round.objects.filter(pk=world.round.pk).update(usual_questions=["班子"])
        world.round.refresh_from_db()
        values = {"township": world.township, "campaign": "整顿", "year": 2027, "starts_on": date(2027, 1, 1),
                  "ends_on": date(2027, 12, 31), "by": world.office_clerk, "at": NOON}  # fmt: skip

        assert add_round(number=1, copied_from=world.round, **values).usual_questions == ["班子"]
        assert add_round(number=2, **values).usual_questions == list(USUAL_QUESTIONS)
