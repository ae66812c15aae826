"""A post is handed over: what moves, when, and what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit import services as audit
from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from handovers.models import HandOver
from handovers.services import handovers
from rounds.models import CalendarItem
from tests.conftest import NOON, TODAY
from tests.handovers.conftest import TOMORROW, cadre_of
from villages import handing
from villages.models import Assignment, Cadre


def keys(groups):
    return {group.key: [line.text for line in group.lines] for group in groups}


class TestTakingEffect:
    def test_with_the_second_confirmation_post_rights_and_items_move(self, world, work, agreed, successor, post):
        done = agreed()

        assert done.state == HandOver.State.DONE
        held = Assignment.objects.filter(village=world.village, role="resident_cadre")
        assert [a.cadre.name for a in held.on(TODAY - timedelta(days=1))] == ["驻村干部甲"]
        assert [a.cadre.name for a in held.on(TODAY)] == ["赵磊"]
        assert world.village.pk in world.access(successor.user).village_ids
        assert world.village.pk not in world.access(world.resident_cadre).village_ids
        for record in (work["mine"], work["measure"]):
            record.refresh_from_db()
            assert record.owner == successor
            [change] = audit.history(record).first().changes
            assert (change["label"], change["old"], change["new"]) == ("责任人", "驻村干部甲", "赵磊")
        work["other"].refresh_from_db()
        assert work["other"].owner == cadre_of(world.village_secretary)

    def test_the_paper_lists_what_moved_and_what_followed(self, work, agreed):
        done = agreed()

        listed = keys(handovers.groups_of(HandOver.objects.with_names().get(pk=done.pk), TODAY))
        assert listed == {
            "problem.owned": ["1号 机耕路硬化（整改中）"],
            "measure.owned": ["1号问题措施1：完成测量设计"],
            "problem.before": ["3号 路灯不亮（草稿）"],
            "problem.open": ["2号 水渠清淤（整改中）"],
        }

    def test_a_very_long_list_says_how_many_there_are(self):
        group = handing.following("open", "未销号的问题", [handing.Line(n, f"{n}号") for n in range(handing.MOST + 1)])

        assert (group.title, len(group.lines)) == ("未销号的问题，共301项，列出前300项", 300)

    def test_one_confirmation_changes_nothing(self, world, work, propose):
        hand_over = propose()
        handovers.confirm(hand_over, by=world.resident_cadre, at=NOON)

        work["mine"].refresh_from_db()
        assert work["mine"].owner == cadre_of(world.resident_cadre)
        assert Assignment.objects.filter(village=world.village, role="resident_cadre").count() == 1

    def test_a_coming_day_is_waited_for(self, world, work, agreed, successor):
        confirmed = agreed(takes_effect_on=TOMORROW)

        assert confirmed.state == HandOver.State.CONFIRMED
        assert world.village.pk in world.access(world.resident_cadre, TODAY).village_ids
        assert world.village.pk in world.access(successor.user, TOMORROW).village_ids
        assert handovers.settle_due(at=NOON) == (0, 0)
        work["mine"].refresh_from_db()
        assert work["mine"].owner == cadre_of(world.resident_cadre)

        assert handovers.settle_due(at=NOON + timedelta(days=1)) == (1, 0)
        assert handovers.settle_due(at=NOON + timedelta(days=1)) == (0, 0)
        work["mine"].refresh_from_db()
        assert work["mine"].owner == successor

    def test_confirmed_late_it_lists_what_was_open_on_the_day(self, world, work, agreed, successor):
        """A measure finished since is the receiver's: on the day it took effect it was open."""
        from problems.services import measures

        measures.finish_measure(work["measure"], done_on=TODAY, by=world.resident_cadre, at=NOON)
        agreed(takes_effect_on=TODAY - timedelta(days=3))

        work["measure"].refresh_from_db()
        assert work["measure"].owner == successor

    def test_calendar_items_leave_with_the_last_post_only(self, world, agreed, successor):
        item = CalendarItem.objects.create(
            round=world.round, title="入户走访", due_on=TOMORROW, owner=cadre_of(world.resident_cadre)
        )
        agreed()

        item.refresh_from_db()
        assert item.owner == successor

    def test_many_cost_as_many_questions_as_one_and_none_is_written_over(
        self, world, successor, django_assert_max_num_queries
    ):
        giver = cadre_of(world.resident_cadre)
        for n in range(20):
            CalendarItem.objects.create(round=world.round, title=f"事项{n}", due_on=TOMORROW, owner=giver)
        rows = list(CalendarItem.objects.select_related("round", "owner").filter(owner=giver))
        give = {"verb": "变更责任人", "by": None, "at": NOON, "reason": "交接"}
        # Control: somebody has changed one of them since it was read.
        CalendarItem.objects.filter(pk=rows[7].pk).update(version=2)
        with pytest.raises(RecordChanged) as refused, transaction.atomic():
            handing.pass_on(rows, "owner", successor, **give)
        assert refused.value.current == rows[7]
        assert not CalendarItem.objects.filter(owner=successor).exists()

        rows = list(CalendarItem.objects.select_related("round", "owner").filter(owner=giver))
        with django_assert_max_num_queries(3):  # of two versions, and the record
            handing.pass_on(rows, "owner", successor, **give)

        assert set(CalendarItem.objects.values_list("owner", "version")) == {(successor.pk, 2), (successor.pk, 3)}
        told = Entry.objects.filter(object_type="rounds.calendaritem", verb="变更责任人")
        assert {(e.changes[0]["old"], e.changes[0]["new"]) for e in told} == {(str(giver), str(successor))}
        assert told.count() == 20

    def test_calendar_items_stay_with_who_keeps_a_post(self, world, agreed):
        giver = cadre_of(world.resident_cadre)
        Assignment.objects.create(cadre=giver, role="resident_cadre", village=world.sibling, starts_on=TODAY)
        item = CalendarItem.objects.create(round=world.round, title="入户走访", due_on=TOMORROW, owner=giver)
        agreed()

        item.refresh_from_db()
        assert item.owner == giver

    def test_an_office_hands_over_its_drafts(self, world, successor):
        from reports.models import Summary

        draft = Summary.objects.create(
            township=world.township, round=world.round, kind="monthly", starts_on=TODAY, ends_on=TODAY, as_of=TODAY,
            title="十月月报", computed_at=NOON, author=world.office_clerk, created_at=NOON,
        )  # fmt: skip
        desk = Assignment.objects.get(role="office_clerk", township=world.township)
        hand_over = handovers.propose(
            assignment=desk, receiver=successor, takes_effect_on=TODAY, reason="轮岗", by=world.administrator, at=NOON
        )
        handovers.confirm(hand_over, by=world.office_clerk, at=NOON)
        handovers.confirm(hand_over, by=successor.user, at=NOON)

        draft.refresh_from_db()
        assert draft.author == successor.user

    def test_one_in_trouble_does_not_hold_up_the_others(self, world, work, agreed, monkeypatch):
        agreed(takes_effect_on=TOMORROW)

        def refuse(*args, **kwargs):
            raise Refused("接不了。")

        monkeypatch.setattr("problems.handing.move", refuse)
        assert handovers.settle_due(at=NOON + timedelta(days=1)) == (0, 1)
        assert HandOver.objects.get().trouble == "接不了。"


class TestConfirming:
    def test_the_office_confirms_for_who_has_left(self, world, propose, successor):
        hand_over = propose()
        handovers.confirm(hand_over, by=successor.user, at=NOON)
        done = handovers.confirm_for(hand_over, side="giver", reason="已调离", by=world.office_clerk, at=NOON)

        assert done.state == HandOver.State.DONE
        assert (done.giver_note, done.giver_confirmed_by) == ("已调离", world.office_clerk)

    def test_not_for_a_receiver_who_can_sign_in(self, world, propose):
        with pytest.raises(Refused, match="赵磊有登录账号"):
            handovers.confirm_for(propose(), side="receiver", reason="忙", by=world.office_clerk, at=NOON)

    def test_not_for_the_other_side(self, world, propose, post):
        """The receiver confirming for the giver too would be a hand-over by one."""
        with pytest.raises(Refused, match="您是交接的一方"):
            handovers.confirm_for(propose(), side="receiver", reason="忙", by=world.resident_cadre, at=NOON)

    def test_a_reason_is_wanted(self, world, propose):
        with pytest.raises(Refused, match="代为确认的原因"):
            handovers.confirm_for(propose(), side="giver", reason="", by=world.office_clerk, at=NOON)

    def test_nobody_else_confirms(self, world, propose):
        with pytest.raises(Refused, match="本人可以确认"):
            handovers.confirm(propose(), by=world.office_clerk, at=NOON)

    def test_once(self, world, propose):
        hand_over = propose()
        handovers.confirm(hand_over, by=world.resident_cadre, at=NOON)

        with pytest.raises(Refused, match="移交人已经确认过了"):
            handovers.confirm(hand_over, by=world.resident_cadre, at=NOON)

    def test_what_was_read_is_what_is_confirmed(self, world, propose):
        with pytest.raises(RecordChanged):
            handovers.confirm(propose(), base_version=7, by=world.resident_cadre, at=NOON)


class TestRefusals:
    def test_to_another_township(self, world, propose):
        with pytest.raises(Refused, match="白石镇的干部") as refusal:
            propose(receiver=cadre_of(world.stranger))
        assert refusal.value.field == "receiver"

    def test_to_oneself(self, post, propose):
        with pytest.raises(Refused, match="接任人就是现任"):
            propose(receiver=post.cadre)

    def test_to_who_holds_it_already(self, world, propose):
        second = Cadre.objects.create(county=world.county, township=world.township, name="李娜")
        Assignment.objects.create(cadre=second, role="resident_cadre", village=world.village, starts_on=TODAY)

        with pytest.raises(Refused, match="李娜在这一时段已担任石桥村驻村干部"):
            propose(receiver=second)

    def test_a_post_with_two_holders_at_once(self, world, propose):
        """Of village secretaries there is one: a third may not take the post while a second one is already named for later."""
        old = Assignment.objects.get(role="village_secretary", village=world.village)
        Assignment.objects.filter(pk=old.pk).update(ends_on=TOMORROW)
        named = Cadre.objects.create(county=world.county, township=world.township, name="徐建平")
        Assignment.objects.create(
            cadre=named, role="village_secretary", village=world.village, starts_on=TODAY, ends_on=None
        )
        third = Cadre.objects.create(county=world.county, township=world.township, name="徐海峰")

        with pytest.raises(Refused, match="一个岗位不能同时有两个人"):
            propose(assignment=Assignment.objects.get(pk=old.pk), receiver=third)

    def test_a_day_in_the_far_past(self, propose):
        with pytest.raises(Refused, match="不能早于一个月以前"):
            propose(takes_effect_on=TODAY - timedelta(days=40))

    def test_a_day_before_the_holder_began(self, post, propose):
        Assignment.objects.filter(pk=post.pk).update(starts_on=TODAY)
        post.refresh_from_db()

        with pytest.raises(Refused, match="须晚于现任的开始日期"):
            propose(assignment=post, takes_effect_on=TODAY)

    def test_a_day_far_ahead(self, propose):
        with pytest.raises(Refused, match="三个月以后"):
            propose(takes_effect_on=TODAY + timedelta(days=120))

    def test_twice_at_once(self, propose):
        first = propose()

        with pytest.raises(Refused, match=f"正在交接（{first}）"):
            propose()

    def test_a_clerk_does_not_hand_over_the_party_secretary(self, world, propose):
        boss = Assignment.objects.get(role="party_secretary")

        with pytest.raises(Refused, match="由系统管理员登记"):
            propose(assignment=boss)

    def test_nor_does_anybody_his_own_post(self, world, propose):
        with pytest.raises(Refused, match="由他人办理"):
            propose(by=world.resident_cadre)

    def test_the_holder_changed_meanwhile(self, world, propose, successor, post):
        hand_over = propose()
        handovers.confirm(hand_over, by=world.resident_cadre, at=NOON)
        Assignment.objects.filter(pk=post.pk).update(cadre=cadre_of(world.first_secretary))

        with pytest.raises(Refused, match="责任人已经变动"):
            handovers.confirm(hand_over, by=successor.user, at=NOON)

    def test_called_off_only_before_both_agreed(self, world, propose, agreed):
        first = propose()
        handovers.call_off(first, reason="人选有变", base_version=first.version, by=world.office_clerk, at=NOON)
        second = agreed()

        assert (first.number, second.number) == (1, 2)
        with pytest.raises(Refused, match="双方已经确认"):
            handovers.call_off(second, reason="算了", base_version=second.version, by=world.office_clerk, at=NOON)

    def test_the_database_has_the_last_word(self, propose):
        hand_over = propose()

        with pytest.raises(IntegrityError), transaction.atomic():
            HandOver.objects.filter(pk=hand_over.pk).update(state="done", settled_at=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOver.objects.filter(pk=hand_over.pk).update(receiver=hand_over.giver)
