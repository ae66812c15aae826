"""What meetings and inspections add to the pages of a problem and a village."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from inspections.sections import of_problem as findings_of
from inspections.sections import of_village
from inspections.services import add_finding, add_survey, issue_notice, record_visit
from meetings import services
from meetings.sections import of_problem
from problems import sections as problem_sections
from tests.conftest import NOON
from tests.inspections.conftest import inspect
from villages import sections as village_sections


class TestProblemSection:
    @pytest.fixture(autouse=True)
    def dealt_with(self, world, meeting, problem):
        services.add_agenda_item(
            meeting, problem=problem, outcome="settled", decision="由市财政安排32万元", by=world.office_clerk, at=NOON
        )
        services.add_commitment(
            meeting, problem=problem, text="资金到位", unit=world.station, due_on=date(2026, 6, 30),
            by=world.office_clerk, at=NOON,
        )  # fmt: skip

    def test_outcome_and_commitment_stand_on_the_problem_in_one_query(
        self, world, meeting, problem, django_assert_num_queries
    ):
        access = world.access(world.office_clerk)
        with django_assert_num_queries(1):
            html = render_to_string(*of_problem(problem, access))

        assert "当场议定解决" in html
        assert "由市财政安排32万元" in html
        assert "逾期" in html
        assert meeting.get_absolute_url() in html

    def test_station_reads_the_outcome_without_a_link_to_the_meeting(self, world, meeting, problem):
        html = render_to_string(*of_problem(problem, world.access(world.users["station"])))

        assert "由市财政安排32万元" in html
        assert meeting.get_absolute_url() not in html

    def test_findings_stand_on_the_problem(self, world, problem):
        access = world.access(world.office_clerk)
        assert findings_of(problem, access) is None

        add_finding(
            inspect(world), village=world.village, text="施工停顿", problem=problem, by=world.office_clerk, at=NOON
        )

        assert "施工停顿" in render_to_string(*findings_of(problem, access))
        assert "施工停顿" in "".join(problem_sections.related_sections(problem, access))
        assert findings_of(problem, world.access(world.users["station"])) is None


class TestVillageSection:
    def test_notices_visits_and_surveys_in_one_query(self, world, django_assert_num_queries):
        issue_notice(
            inspect(world), village=world.village, requirement="改", issued_on=date(2026, 6, 3),
            reply_due_on=date(2026, 6, 10), by=world.office_clerk, at=NOON,
        )  # fmt: skip
        for day in range(1, 8):
            record_visit(
                township=world.township, round=world.round, village=world.village, cadre=world.linked_leader.cadre,
                visited_on=date(2026, 5, day), households=3, by=world.office_clerk, at=NOON,
            )  # fmt: skip
        add_survey(
            round=world.round, village=world.village, kind="midterm", held_on=date(2026, 9, 25), issued=60, returned=58,
            valid=57, satisfied=41, mostly=12, dissatisfied=3, unknown=1, by=world.office_clerk, at=NOON,
        )  # fmt: skip
        access = world.access(world.village_secretary)

        with django_assert_num_queries(1):
            template, context = of_village(world.village, access)
            html = render_to_string(template, {"section": context})

        assert "整改通知书〔2026〕1号" in html
        assert "逾期未反馈" in html
        assert "7次，入户21户" in html
        assert "查看全部走访" in html
        assert "满意率93%" in html

    def test_is_registered_and_says_when_there_is_nothing(self, world):
        drawn = village_sections.sections_of(world.village, world.access(world.office_clerk))

        template = "inspections/_village_section.html"
        context = next(section.context for section in drawn if section.template == template)
        assert "没有走访记录" in render_to_string(template, {"section": context})
