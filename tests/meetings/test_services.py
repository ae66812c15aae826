"""Rules of meetings, their agenda and what was promised there."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.services import history
from common.errors import Refused
from common.models import RecordChanged
from meetings import services
from meetings.models import AgendaItem, Commitment, Meeting
from tests.conftest import NOON
from tests.meetings.conftest import problem_of
from villages.models import Unit


def held(world, **more):
    values = {
        "township": world.township, "round": world.round, "kind": Meeting.Kind.ENLARGED, "level": "township",
        "name": "镇委扩大会议", "held_on": date(2026, 3, 9), "by": world.office_clerk, "at": NOON,
    }  # fmt: skip
    return services.hold_meeting(**values | more)


def refused(field, call, **values):
    with pytest.raises(Refused) as refusal:
        call(**values)
    assert refusal.value.field == field
    return str(refusal.value)


class TestHoldMeeting:
    def test_is_kept_with_its_departments_and_its_history(self, world):
        meeting = held(world, departments=[world.station], deployment=True)

        assert list(meeting.departments.all()) == [world.station]
        assert [entry.verb for entry in history(meeting)] == ["登记会议"]

    def test_a_meeting_to_come_is_not_recorded(self, world):
        assert "尚未召开" in refused("held_on", held, world=world, held_on=date(2026, 11, 1))

    def test_village_meeting_names_its_village(self, world):
        kind = Meeting.Kind.VILLAGE
        assert "哪个村" in refused("village", held, world=world, kind=kind, level="village")
        assert "村级" in refused("level", held, world=world, kind=kind)
        assert held(world, kind=kind, level="village", village=world.village).village == world.village

    def test_township_meeting_has_no_village(self, world):
        assert "村级会议" in refused("village", held, world=world, village=world.village)

    def test_everything_is_of_the_same_township(self, world):
        refused("round", held, world=world, round=world.other_round)
        refused("village", held, world=world, level="village", village=world.foreign)
        refused("chair", held, world=world, chair=world.stranger.cadre)
        foreign = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")
        assert "白石农技站" in refused("departments", held, world=world, departments=[foreign])

    def test_county_department_may_take_part(self, world):
        bureau = Unit.objects.create(county=world.county, name="交通运输局", kind=Unit.Kind.DEPARTMENT)

        assert held(world, departments=[bureau]).departments.get() == bureau

    def test_the_database_refuses_a_village_meeting_without_village(self, world):
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.create(
                township=world.township, round=world.round, kind="other", level="village", name="会",
                held_on=date(2026, 3, 9),
            )  # fmt: skip


class TestChangeMeeting:
    def change(self, world, meeting, **more):
        values = {name: getattr(meeting, name) for name in services.meetings.FIELDS}
        values |= {"departments": [], "base_version": meeting.version, "by": world.office_clerk, "at": NOON}
        return services.change_meeting(meeting, **values | more)

    def test_history_says_what_changed(self, world, meeting):
        self.change(world, meeting, place="镇政府三楼", departments=[world.station])

        lines = {line["label"]: (line["old"], line["new"]) for line in history(meeting)[0].changes}
        assert lines == {"地点": ("（空）", "镇政府三楼"), "参加部门": ("（空）", "自然资源所")}

    def test_second_editor_is_told(self, world, meeting):
        stale = Meeting.objects.get(pk=meeting.pk)
        self.change(world, meeting, place="镇政府三楼")

        with pytest.raises(RecordChanged):
            self.change(world, stale, place="村委会")

    def test_day_may_not_pass_what_was_promised(self, world, meeting):
        services.add_commitment(
            meeting, text="落实资金", unit=world.station, due_on=date(2026, 6, 1), by=world.office_clerk, at=NOON
        )

        sentence = refused("held_on", self.change, world=world, meeting=meeting, held_on=date(2026, 6, 2))
        assert "落实资金" in sentence


class TestAgenda:
    def add(self, world, meeting, **more):
        return services.add_agenda_item(meeting, **{"by": world.office_clerk, "at": NOON} | more)

    def test_matters_are_numbered_and_take_the_name_of_their_problem(self, world, meeting, problem):
        first = self.add(world, meeting, problem=problem, outcome="settled", decision="由财政安排32万元")
        second = self.add(world, meeting, matter="通报进度", outcome="noted")

        assert (first.number, second.number) == (1, 2)
        assert first.matter == problem.title

    def test_settled_matter_says_how(self, world, meeting, problem):
        assert "议定意见" in refused(
            "decision", self.add, world=world, meeting=meeting, problem=problem, outcome="settled"
        )

    def test_a_matter_needs_words_or_a_problem(self, world, meeting):
        refused("matter", self.add, world=world, meeting=meeting)

    def test_a_problem_stands_once_on_an_agenda(self, world, meeting, problem):
        self.add(world, meeting, problem=problem)

        assert "已在本次会议" in refused("problem", self.add, world=world, meeting=meeting, problem=problem)

    def test_problem_of_another_township_or_found_later_is_refused(self, world, meeting):
        refused("problem", self.add, world=world, meeting=meeting, problem=problem_of(world, world.foreign, 1))
        later = problem_of(world, world.village, 2, discovered_on=date(2026, 5, 19))
        assert "2026-05-19" in refused("problem", self.add, world=world, meeting=meeting, problem=later)

    def test_village_meeting_deals_with_its_own_village(self, world, problem):
        meeting = held(world, level="village", village=world.sibling)

        assert "不是这个村" in refused("problem", self.add, world=world, meeting=meeting, problem=problem)

    def test_outcome_is_changed_with_history(self, world, meeting, problem):
        item = self.add(world, meeting, problem=problem)

        services.change_agenda_item(
            item, problem=problem, matter="资金缺口", outcome="settled", decision="财政安排", base_version=1,
            by=world.office_clerk, at=NOON,
        )  # fmt: skip

        assert AgendaItem.objects.get().outcome == "settled"
        assert {c["label"]: c["new"] for c in history(item)[0].changes}["结果"] == "当场议定解决"

    def test_listed_is_not_recorded_until_somebody_says_what_became_of_it(self, world, meeting, problem):
        item = self.add(world, meeting, problem=problem)

        assert item.get_outcome_display() == "待记录结果"
        assert "请选择结果" in refused(
            "outcome", self.add, world=world, meeting=meeting, matter="资金", decision="由镇财政安排"
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            AgendaItem.objects.filter(pk=item.pk).update(decision="由镇财政安排")


class TestCommitments:
    def add(self, world, meeting, **more):
        values = {
            "text": "落实用地指标", "unit": world.station, "due_on": date(2026, 6, 30),
            "by": world.office_clerk, "at": NOON,
        }  # fmt: skip
        return services.add_commitment(meeting, **values | more)

    def keep(self, world, commitment, **more):
        values = {"kept_on": date(2026, 6, 30), "note": "指标已下达", "by": world.users["station"], "at": NOON}
        return services.keep_commitment(commitment, **values | more)

    def test_what_is_promised_about_a_matter_is_its_outcome(self, world, meeting, problem):
        item = services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)

        self.add(world, meeting, problem=problem, item=item)

        assert AgendaItem.objects.get().outcome == "committed"
        assert "的结果" in history(item)[0].verb

    def test_is_not_due_before_its_meeting(self, world, meeting):
        assert "2026-05-18" in refused("due_on", self.add, world=world, meeting=meeting, due_on=date(2026, 5, 17))

    def test_somebody_answers_for_it(self, world, meeting):
        assert "责任单位" in refused("unit", self.add, world=world, meeting=meeting, unit=None)

    def test_kept_not_before_the_meeting_not_tomorrow_and_not_without_words(self, world, meeting):
        commitment = self.add(world, meeting)
        refused("kept_on", self.keep, world=world, commitment=commitment, kept_on=date(2026, 5, 17))
        refused("kept_on", self.keep, world=world, commitment=commitment, kept_on=date(2026, 11, 1))
        refused("note", self.keep, world=world, commitment=commitment, note="")
        assert "已于2026-06-30" in refused(None, self.keep, world=world, commitment=self.keep(world, commitment))

    def test_stands_on_each_day_as_it_stood_then(self, world, meeting):
        commitment = self.keep(world, self.add(world, meeting), kept_on=date(2026, 7, 5))
        on = {day: commitment.state_on(day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 5))}
        assert list(on.values()) == ["open", "late", "kept_late"]

        for day, state in on.items():
            rows = Commitment.objects.as_of(day)
            assert rows.open(day).exists() == (state in ("open", "late"))
            assert rows.late(day).exists() == (state == "late")
            assert rows.kept(day).exists() == rows.kept_late(day).exists() == (state == "kept_late")
        assert not Commitment.objects.as_of(date(2026, 5, 17)).exists()

    def test_changed_deadline_needs_a_reason(self, world, meeting):
        commitment = self.add(world, meeting)
        values = {name: getattr(commitment, name) for name in services.commitments.FIELDS}
        values |= {"base_version": 1, "by": world.office_clerk, "at": NOON, "due_on": date(2026, 8, 1)}

        def change(**more):
            return services.change_commitment(commitment, **values | more)

        assert "完成时限" in refused("reason", change)
        change(reason="指标跨季度下达")
        assert history(commitment)[0].reason == "指标跨季度下达"


class TestScope:
    def test_village_sees_what_deals_with_it_and_no_more(self, world, meeting, problem):
        services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
        services.add_agenda_item(meeting, matter="邻村事项", by=world.office_clerk, at=NOON)
        held(world)
        mine, neighbour = world.access(world.village_secretary), world.access(world.sibling_secretary)

        assert list(Meeting.objects.visible_to(mine)) == [meeting]
        assert [item.problem for item in AgendaItem.objects.visible_to(mine)] == [problem]
        assert not Meeting.objects.visible_to(neighbour).exists()

    def test_station_sees_what_it_promised_but_not_the_meeting(self, world, meeting):
        other = Unit.objects.create(county=world.county, township=world.township, name="财政所")
        for unit in (world.station, other):
            services.add_commitment(
                meeting, text=f"{unit}承诺", unit=unit, due_on=date(2026, 6, 1), by=world.office_clerk, at=NOON
            )
        access = world.access(world.users["station"])

        assert [c.unit for c in Commitment.objects.visible_to(access)] == [world.station]
        assert not Meeting.objects.visible_to(access).exists()
