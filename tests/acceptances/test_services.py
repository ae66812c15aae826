"""The course of an acceptance: what it takes, what is refused, what follows from the verdict."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from acceptances.gaps import gaps_of
from acceptances.models import Acceptance, FollowUp, Recheck, Score, ScoreSheet
from acceptances.services import acceptances as services
from acceptances.services import follow_ups, rechecks, settings, sheets
from acceptances.services.acceptances import Loss
from acceptances.verdicts import judge
from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from inspections.models import Survey
from inspections.services import add_survey
from problems.models import VillagePlan
from rounds.models import Designation, Round
from rounds.services import designations
from tests.acceptances.conftest import ASKED, BALLOTS, CHECKED, CONFIRMED, D
from tests.conftest import NOON


class TestAsk:
    def test_what_is_missing_is_named_and_has_to_be_explained(self, world, course):
        with pytest.raises(Refused, match="还没有制定一村一策；还没有验收测评") as refused:
            course.ask(explanation="")
        assert refused.value.field == "explanation"

        assert course.ask().gaps == ["还没有制定一村一策", "还没有验收测评"]

    def test_nothing_missing_needs_no_explanation(self, world, course):
        VillagePlan.objects.create(
            round=world.round, village=world.village, state="approved", approved_on=D(2026, 4, 1)
        )
        course.survey(held_on=D(2026, 10, 7))

        assert course.ask(explanation="").gaps == []

    def test_gaps_lead_to_lists_that_count_the_same(self, world, course):
        from problems.models import Problem
        from problems.services import ledger, moves

        for n in range(2):
            problem = ledger.log_problem(
                round=world.round, village=world.village, category="legacy", title=f"问题{n}", discovered_on=D(2026, 4, 1),
                due_on=D(2026, 6, 1), by=world.office_clerk, at=NOON, submit=True,
            )  # fmt: skip
            moves.accept(problem, by=world.commissioner, at=NOON)
        gap = gaps_of(course.designation, D(2026, 10, 31))[0]

        assert gap.text == "还有2个问题没有销号（其中逾期2个）"
        page = world.client(world.village_secretary).get(gap.url)
        assert page.context["paging"].total == Problem.objects.count() == 2

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"statement": " "}, "写明自查情况"),
            ({"asked_on": D(2026, 11, 1)}, "日期还没有到"),
            ({"asked_on": D(2026, 3, 4)}, "不能早于审定列入"),
        ],
    )
    def test_refusals(self, course, given, sentence):
        with pytest.raises(Refused, match=sentence):
            course.ask(**given)

    def test_only_a_standing_listing_and_only_once(self, world, course):
        course.ask()
        with pytest.raises(Refused, match="正在办理"):
            course.ask()
        with pytest.raises(IntegrityError), transaction.atomic():
            Acceptance.objects.create(
                designation=course.designation,
                attempt=2,
                statement="x",
                asked_on=ASKED,
                asked_by=world.village_secretary,
            )
        Acceptance.objects.all().delete()
        Designation.objects.update(approved_on=None)
        course.designation.refresh_from_db()
        with pytest.raises(Refused, match="还没有审定"):
            course.ask()


class TestScores:
    def test_score_is_what_is_left_of_the_weights(self, course):
        acceptance = course.check(course.ask(), 2, 1)

        assert services.score_of(acceptance, "township") == 97
        [row] = Acceptance.objects.with_scores()
        assert (row.township_score, row.county_score) == (97, None)

    def test_a_loss_needs_a_reason_and_stays_within_the_weight(self, course):
        acceptance, item = course.ask(), course.items[0]
        for loss, field in ((Loss(item, Decimal(2)), "reason"), (Loss(item, Decimal(16), "x"), "lost")):
            with pytest.raises(Refused) as refused:
                course.check(acceptance, losses=[loss])
            assert refused.value.field == f"{field}_{item.pk}"
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.create(acceptance=acceptance, level="county", item=item, weight=15, lost=2)
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.create(acceptance=acceptance, level="county", item=item, weight=15, lost=16, reason="x")

    def test_item_of_another_rounds_sheet_is_refused(self, world, course):
        foreign = sheets.set_up_sheet(round=world.other_round, by=world.stranger, at=NOON).items.first()

        with pytest.raises(Refused, match="须是本轮评分表"):
            course.check(course.ask(), losses=[Loss(foreign, Decimal(1), "x")])

    def test_without_a_sheet_nobody_scores(self, world, course):
        ScoreSheet.objects.all().delete()

        with pytest.raises(Refused, match="还没有验收评分表"):
            course.check(course.ask())


class TestSteps:
    def test_each_hand_is_another_one(self, world, course):
        acceptance = course.ask()
        with pytest.raises(Refused, match="须由不同的人办理"):
            course.check(acceptance, by=world.village_secretary)
        course.survey()
        course.check(acceptance)
        with pytest.raises(Refused, match="须由不同的人办理"):
            course.judge(acceptance, by=world.village_secretary)
        course.judge(acceptance)
        for user in (world.village_secretary, world.office_clerk, world.county_reader):
            with pytest.raises(Refused, match="由其他有权限的负责人确认"):
                course.confirm(acceptance, by=user)

    def test_whose_check_another_corrected_does_not_confirm_either(self, world, course):
        """A substitute may hold both rights: the name that was written over still counts."""
        course.survey()
        acceptance = course.check(course.ask(), by=world.party_secretary)
        course.check(acceptance, 2, by=world.office_clerk)
        course.judge(acceptance)

        with pytest.raises(Refused, match="由其他有权限的负责人确认"):
            course.confirm(acceptance, by=world.party_secretary)
        assert course.confirm(acceptance, by=world.deputy_secretary).verdict == "pass"

    def test_returned_the_village_may_ask_again(self, world, course):
        first = course.ask()
        with pytest.raises(Refused, match="写明退回的原因"):
            services.return_acceptance(
                first, checked_on=CHECKED, checkers="", check_remark="", by=world.office_clerk, at=NOON
            )
        services.return_acceptance(
            first, checked_on=CHECKED, checkers="", check_remark="公开栏三个月没有更新", by=world.office_clerk, at=NOON
        )

        with pytest.raises(Refused, match="不能早于上一次"):
            course.ask(asked_on=D(2026, 10, 9))
        assert course.ask(asked_on=D(2026, 10, 13)).attempt == 2
        assert Entry.objects.filter(verb="初验退回", reason="公开栏三个月没有更新").count() == 1

    def test_a_low_score_is_not_sent_up(self, course):
        with pytest.raises(Refused, match="低于基本合格线70分"):
            course.check(course.ask(), 15, 10, 10)

    def test_days_are_in_order(self, course):
        acceptance = course.ask()
        with pytest.raises(Refused, match="不能早于申请日期"):
            course.check(acceptance, checked_on=D(2026, 10, 7))
        course.survey()
        course.check(acceptance)
        with pytest.raises(Refused, match="不能早于初验日期"):
            course.judge(acceptance, judged_on=D(2026, 10, 11))
        course.judge(acceptance)
        with pytest.raises(Refused, match="不能早于县级验收日期"):
            course.confirm(acceptance, confirmed_on=D(2026, 10, 19))

    def test_without_a_survey_the_county_cannot_judge(self, course):
        acceptance = course.check(course.ask())

        with pytest.raises(Refused, match="还没有验收测评"):
            course.judge(acceptance)

    def test_the_office_names_the_countys_document(self, world, course):
        course.survey()
        acceptance = course.check(course.ask())

        with pytest.raises(Refused, match="文号") as refused:
            course.judge(acceptance, by_office=True, by=world.commissioner)
        assert refused.value.field == "document_number"
        course.judge(acceptance, by_office=True, by=world.commissioner, document_number="云组〔2026〕31号")
        assert acceptance.state == "judged"

    def test_steps_do_not_skip(self, course):
        acceptance = course.ask()
        for step in (course.judge, course.confirm):
            with pytest.raises(Refused, match="待乡镇初验"):
                step(acceptance)

    def test_the_second_of_two_loses_nothing(self, course):
        acceptance = course.ask()
        other = Acceptance.objects.get()
        course.check(acceptance, 2, base_version=1)

        with pytest.raises(RecordChanged), transaction.atomic():
            course.check(other, 9, base_version=1)
        assert services.score_of(acceptance, "township") == 98


class TestVerdict:
    @pytest.mark.parametrize(
        ("score", "dissatisfied", "verdict"),
        [
            (85, 0, "pass"), ("84.9", 0, "conditional"), (70, 0, "conditional"), ("69.9", 0, "fail"),
            (100, 50, "pass"), (100, 51, "fail"),
        ],
    )  # fmt: skip
    def test_follows_from_score_and_survey(self, score, dissatisfied, verdict):
        survey = Survey(valid=100, satisfied=100 - dissatisfied, mostly=0, dissatisfied=dissatisfied, unknown=0)

        assert judge(Round(), score=Decimal(score), survey=survey).verdict == verdict

    def test_half_and_a_little_fails_whatever_the_rounding(self):
        survey = Survey(valid=2001, satisfied=1000, mostly=0, dissatisfied=1001, unknown=0)

        assert judge(Round(), score=Decimal(100), survey=survey).verdict == "fail"

    def test_pass_turns_the_village_round_and_plans_a_year(self, course):
        acceptance = course.passed()

        course.designation.refresh_from_db()
        assert course.designation.turned_round_on == CONFIRMED
        assert (acceptance.score, acceptance.survey.valid) == (97, 57)
        assert [f.due_on for f in FollowUp.objects.all()] == [
            D(2027, 1, 26), D(2027, 4, 26), D(2027, 7, 26), D(2027, 10, 26),
        ]  # fmt: skip
        with pytest.raises(Refused, match="不用再申请验收"):
            course.ask()

    def test_never_higher_than_computed_and_lower_only_with_a_reason(self, course):
        acceptance = course.judged(15, 5)  # 80 points

        with pytest.raises(Refused, match="不能确认为更高"):
            course.confirm(acceptance, "pass")
        with pytest.raises(Refused, match="写明遗留事项"):
            course.confirm(acceptance, "conditional")
        with pytest.raises(Refused, match="更低的结论须写明原因"):
            course.confirm(acceptance, "fail")
        course.confirm(acceptance, "fail", verdict_reason="发生集体访")
        course.designation.refresh_from_db()
        assert course.designation.turned_round_on is None
        assert not FollowUp.objects.exists()
        assert course.ask(asked_on=D(2026, 10, 28)).attempt == 2

    def test_database_keeps_one_passing_verdict(self, world, course):
        passed = course.passed()

        with pytest.raises(IntegrityError), transaction.atomic():
            Acceptance.objects.create(
                designation=course.designation, attempt=2, state="settled", verdict="pass", score=90, statement="x",
                asked_on=ASKED, asked_by=world.village_secretary, checked_on=CHECKED, judged_on=CHECKED,
                confirmed_on=CONFIRMED, survey=passed.survey,
            )  # fmt: skip

    def test_a_short_month_ends_on_its_last_day(self):
        assert follow_ups.add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)


class TestSheet:
    def rows(self, *weights):
        return [sheets.Row(f"项目{n}", "", w) for n, w in enumerate(weights)]

    def test_standard_has_100_points(self, course):
        assert sum(item.weight for item in course.items) == 100

    def test_weights_add_up(self, course, world):
        do = {"base_version": 1, "by": world.office_clerk, "at": NOON}
        for rows, sentence in (
            (self.rows(50, 40), "现在合计90分"), ([], "至少要有一个项目"),
            ([sheets.Row("班子", "", 50), sheets.Row("班子", "", 50)], "不止一次"),
        ):  # fmt: skip
            with pytest.raises(Refused, match=sentence):
                sheets.change_sheet(course.sheet, rows=rows, **do)
        sheets.change_sheet(course.sheet, rows=self.rows(60, 40), **do)
        assert [i.weight for i in course.sheet.items.all()] == [60, 40]

    def test_stands_once_a_village_was_scored_and_is_copied_to_the_next_round(self, course, world):
        course.check(course.ask(), 2)
        do = {"by": world.office_clerk, "at": NOON}
        with pytest.raises(Refused, match="已有村按这张表评分"):
            sheets.change_sheet(course.sheet, rows=self.rows(100), base_version=1, **do)
        third = Round.objects.create(
            township=world.township, campaign="x", year=2027, number=1, starts_on=D(2027, 1, 1), ends_on=D(2027, 12, 31)
        )

        copy = sheets.set_up_sheet(round=third, copied_from=course.sheet, **do)

        assert [str(i) for i in copy.items.all()] == [str(i) for i in course.items]
        with pytest.raises(Refused, match="已有评分表"):
            sheets.set_up_sheet(round=third, **do)
        with pytest.raises(Refused, match="只能沿用本乡镇"):
            sheets.set_up_sheet(round=world.other_round, copied_from=course.sheet, by=world.stranger, at=NOON)


class TestSettings:
    VALUES = {
        "pass_score": 90, "conditional_score": 75, "dissatisfied_limit": 30, "satisfaction_formula": "informed",
        "follow_up_months": 6, "follow_up_every": 4, "usual_questions": ["班子", "公开"],
    }  # fmt: skip

    def change(self, world, **given):
        values = self.VALUES | given
        return settings.change_settings(
            world.round, base_version=world.round.version, by=world.office_clerk, at=NOON, **values
        )

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"pass_score": 70}, "pass_score"), ({"conditional_score": 0}, "conditional_score"),
            ({"dissatisfied_limit": 101}, "dissatisfied_limit"), ({"follow_up_every": 7}, "follow_up_every"),
            ({"follow_up_months": 37}, "follow_up_months"), ({"usual_questions": ["班子", "班子"]}, "usual_questions"),
            ({"usual_questions": ["长" * 101]}, "usual_questions"), ({"usual_questions": [f"题{n}" for n in range(21)]}, "usual_questions"),
        ],
    )  # fmt: skip
    def test_refusals(self, world, given, field):
        with pytest.raises(Refused) as refused:
            self.change(world, **given)
        assert refused.value.field == field

    def test_decide_the_verdict_and_the_due_days(self, world, course):
        self.change(world)
        course.designation.refresh_from_db()
        acceptance = course.judged(15)  # 85 points: below this round's 90

        course.confirm(acceptance, "conditional", remaining="年底前补齐公开栏")
        assert [f.due_on for f in FollowUp.objects.all()] == [D(2027, 2, 26), D(2027, 4, 26)]
        with pytest.raises(Refused, match="不能再改"):
            self.change(world, pass_score=80)
        self.change(world, follow_up_months=9)


class TestAfterwards:
    def recheck(self, world, acceptance, **given):
        values = {
            "held_on": D(2026, 10, 30), "measures_kept": "yes", "problems_gone": "yes", "people_satisfied": "yes",
            "findings": "班子议事正常。", "result": "held", "by": world.office_clerk, "at": NOON,
        }  # fmt: skip
        return rechecks.add_recheck(acceptance, **values | given)

    def test_a_look_is_recorded_and_corrected(self, world, course):
        course.passed()
        look = FollowUp.objects.first()
        do = {"by": world.resident_cadre, "at": NOON}
        for given, sentence in (
            ({"done_on": D(2026, 10, 30), "findings": " "}, "写明跟踪情况"),
            ({"done_on": D(2026, 10, 25), "findings": "x"}, "不能早于验收结论"),
            ({"done_on": D(2026, 11, 2), "findings": "x"}, "日期还没有到"),
        ):
            with pytest.raises(Refused, match=sentence):
                follow_ups.record_follow_up(look, **given, **do)
        follow_ups.record_follow_up(look, done_on=D(2026, 10, 30), findings="没有反复", **do)
        follow_ups.record_follow_up(look, done_on=D(2026, 10, 31), findings="没有反复，群众认可", **do)

        assert Entry.objects.filter(object_type="acceptances.followup").count() == 2

    @pytest.mark.parametrize("state", FollowUp.State.values)
    @pytest.mark.parametrize("day", [D(2027, 1, 25), D(2027, 1, 26), D(2027, 1, 27), D(2027, 3, 1)])
    def test_states_in_the_database_and_in_python_agree(self, course, state, day):
        course.passed()
        FollowUp.objects.filter(number=1).update(done_on=D(2027, 1, 27), findings="x")
        found = set(FollowUp.objects.in_state(state, day))

        assert found == {
            f for f in FollowUp.objects.all()
            if f.state_on(day) == state or (state == "open" and f.state_on(day) == "overdue")
        }  # fmt: skip

    def test_the_result_fits_the_three_answers(self, world, course):
        acceptance = course.passed()
        with pytest.raises(Refused, match="不能认定成效巩固"):
            self.recheck(world, acceptance, problems_gone="no")
        with pytest.raises(Refused, match="不能认定反弹"):
            self.recheck(world, acceptance, result="relapsed")
        with pytest.raises(IntegrityError), transaction.atomic():
            Recheck.objects.create(
                acceptance=acceptance, held_on=CONFIRMED, measures_kept="no", problems_gone="yes",
                people_satisfied="yes", findings="x", result="held",
            )  # fmt: skip

    def test_the_answer_about_the_people_fits_the_survey(self, world, course):
        acceptance = course.passed()
        angry = BALLOTS | {"satisfied": 10, "mostly": 10, "dissatisfied": 37, "unknown": 0}
        add_survey(
            round=world.round, village=world.village, kind="recheck", held_on=D(2026, 10, 29), by=world.office_clerk,
            at=NOON, **angry,
        )  # fmt: skip

        with pytest.raises(Refused, match="不能答“是”") as refused:
            self.recheck(world, acceptance)
        assert refused.value.field == "people_satisfied"

    def test_only_after_a_passing_verdict(self, world, course):
        with pytest.raises(Refused, match="通过验收以后"):
            self.recheck(world, course.judged(3))

    def test_a_relapse_leads_to_a_linked_listing_in_a_later_round(self, world, course):
        acceptance = course.passed()
        self.recheck(world, acceptance, problems_gone="no", result="relapsed")
        later = Round.objects.create(
            township=world.township,
            campaign="x",
            year=2026,
            number=3,
            starts_on=D(2026, 10, 27),
            ends_on=D(2027, 12, 31),
        )
        criterion = later.criteria.create(number=1, text="x")

        again = designations.propose(
            round=later, village=world.village, criteria=[criterion], facts="", proposed_on=D(2026, 10, 30),
            by=world.office_clerk, at=NOON,
        )  # fmt: skip

        assert again.earlier == course.designation
