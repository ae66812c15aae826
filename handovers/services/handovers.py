"""A post passes from one person to another: proposed by the office, confirmed by both, in force from a day on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from handovers.models import HandOver, Item
from villages import handing
from villages.models import Assignment, Cadre, Township
from villages.services import duties
from villages.services.editing import change, unique_or_refused

State, Side = HandOver.State, HandOver.Side
EARLIEST, LATEST = 31, 92  # days back and ahead


def _check_day(on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if on < today - timedelta(days=EARLIEST):
        raise Refused("生效日期不能早于一个月以前；更早的变动请在责任链中更正任期。", field="takes_effect_on")
    if on > today + timedelta(days=LATEST):
        raise Refused("生效日期不能晚于三个月以后。", field="takes_effect_on")


def _check_duty(assignment: Assignment, receiver: Cadre, on: date, by: Any) -> None:
    try:
        duties.check_hand_over(assignment, to_cadre=receiver, on=on, by=by)
    except Refused as refusal:
        field = {"to_cadre": "receiver", "on": "takes_effect_on"}.get(refusal.field or "", refusal.field)
        raise Refused(str(refusal), field=field) from None


@transaction.atomic
def propose(
    *,
    assignment: Assignment,
    receiver: Cadre,
    takes_effect_on: date,
    reason: str,
    remark: str = "",
    by: Any,
    at: datetime,
) -> HandOver:
    """Start the hand-over of a post with the next number of the township's year. Nothing changes before both have confirmed.

    Refused: to the holder himself, to somebody of another township or who holds the post already, from a day in the far past or before the
    holder began, by one of the two people, while another hand-over of the post is open.
    """
    township_id = duties.township_of(assignment.place)
    if township_id is None:
        raise Refused("县级岗位不办理交接单，请由系统管理员结束后重新登记。")
    _check_day(takes_effect_on, at)
    _check_duty(assignment, receiver, takes_effect_on, by)
    if not reason:
        raise Refused("请写明交接的原因。", field="reason")
    # Numbers run without gaps or doubles: whoever starts one at the same moment waits here.
    township = Township.objects.select_for_update().get(pk=township_id)
    if busy := HandOver.objects.filter(assignment=assignment, state__in=[State.PROPOSED, State.CONFIRMED]).first():
        raise Refused(f"这个岗位正在交接（{busy}），请先办完或撤回。")
    year = timezone.localdate(at).year
    numbers = HandOver.objects.filter(township=township, year=year).order_by("-number")
    last = numbers.values_list("number", flat=True).first() or 0
    with unique_or_refused("这个岗位刚刚已发起交接，请刷新后再看。"):
        hand_over = HandOver.objects.create(
            township=township, year=year, number=last + 1, assignment=assignment, giver=assignment.cadre,
            receiver=receiver, takes_effect_on=takes_effect_on, reason=reason, remark=remark, created_by=by,
            created_at=at,
        )  # fmt: skip
    audit.record(
        hand_over, f"发起{hand_over.post}交接：{hand_over.giver}移交{receiver}，{full_date(takes_effect_on)}生效",
        by=by, at=at, reason=reason,
    )  # fmt: skip
    return hand_over


def _hold(hand_over: HandOver, base_version: int | None) -> HandOver:
    """The row, locked and as it is now."""
    held = HandOver.objects.with_names().select_for_update(of=("self",)).get(pk=hand_over.pk)
    if base_version is not None and held.version != base_version:
        raise RecordChanged(held)
    return held


@transaction.atomic
def confirm(hand_over: HandOver, *, base_version: int | None = None, by: Any, at: datetime) -> HandOver:
    """One of the two confirms his own side. With the second the duty changes hands; from a day already begun, everything with it."""
    held = _hold(hand_over, base_version)
    side = held.side_of(by)
    if not side:
        raise Refused("只有移交人和接收人本人可以确认。")
    return _confirm(held, side, note="", by=by, at=at)


@transaction.atomic
def confirm_for(
    hand_over: HandOver, *, side: str, reason: str, base_version: int | None = None, by: Any, at: datetime
) -> HandOver:
    """The office confirms for somebody who has left or has no account, and says why. Never for the side opposite to one's own."""
    held = _hold(hand_over, base_version)
    person = held.giver if side == Side.GIVER else held.receiver
    if held.side_of(by):
        raise Refused("您是交接的一方，不能替另一方确认，请由他人办理。")
    if not reason:
        raise Refused("请写明代为确认的原因，例如已调离、没有登录账号。", field="reason")
    if side == Side.RECEIVER and person.user and person.user.is_active:
        raise Refused(f"{person.name}有登录账号，接任须本人登录确认。", field="side")
    return _confirm(held, side, note=reason, by=by, at=at)


def _confirm(held: HandOver, side: str, *, note: str, by: Any, at: datetime) -> HandOver:
    if held.state == State.CALLED_OFF:
        raise Refused("这份交接单已撤回。")
    if held.confirmed_at(side) is not None:
        raise Refused(f"{Side(side).label}已经确认过了。")
    setattr(held, f"{side}_confirmed_at", at)
    setattr(held, f"{side}_confirmed_by", by)
    setattr(held, f"{side}_note", note)
    save_if_unchanged(
        held,
        expected_version=held.version,
        fields=[f"{side}_confirmed_at", f"{side}_confirmed_by", f"{side}_note"],
    )
    person = held.giver if side == Side.GIVER else held.receiver
    audit.record(
        held, f"代{Side(side).label}{person}确认" if note else f"{Side(side).label}确认", by=by, at=at, reason=note
    )
    if not held.waits_for():
        _pass_on(held, at=at)
    return held


def _pass_on(held: HandOver, *, at: datetime) -> None:
    """Both have confirmed: the duty changes hands on its day. What it was decided by are the office's words, so it is noted as hers."""
    _check_day(held.takes_effect_on, at)
    assignment = Assignment.objects.select_related(
        "cadre__user", "village__township", "township", "unit", "county"
    ).get(pk=held.assignment_id)
    if assignment.cadre_id != held.giver_id:
        raise Refused("这个岗位的责任人已经变动，请撤回后重新发起交接。")
    held.successor = duties.hand_over(
        assignment, to_cadre=held.receiver, on=held.takes_effect_on, note=held.reason, by=held.created_by, at=at
    )
    held.state = State.CONFIRMED
    save_if_unchanged(held, expected_version=held.version, fields=["successor", "state"])
    held.assignment = assignment
    if held.is_due(timezone.localdate(at)):
        _settle(held, by=held.created_by, at=at)


def duty_of(hand_over: HandOver, today: date) -> handing.Duty:
    """The post as those see it who offer what moves: now, or as of the last day of the giver once that is past."""
    last_day = hand_over.takes_effect_on - timedelta(days=1)
    day = today if today <= hand_over.takes_effect_on else last_day
    return handing.duty_of(hand_over.assignment, last_day=last_day, day=day)


def preview(assignment: Assignment, *, today: date) -> list[handing.Group]:
    """What would go over with a post today."""
    return handing.groups_of(handing.duty_of(assignment, last_day=today - timedelta(days=1), day=today))


def groups_of(hand_over: HandOver, today: date) -> list[handing.Group]:
    """What goes over, or went over: read from the records until it is done, from then on as it was written down."""
    if hand_over.state != State.DONE:
        return handing.groups_of(duty_of(hand_over, today))
    groups: dict[str, list[handing.Line]] = {}
    heads: dict[str, Item] = {}
    for item in hand_over.items.all():
        heads.setdefault(item.group, item)
        groups.setdefault(item.group, []).append(
            handing.Line(item.object_id, item.text, item.village, item.due, item.url)
        )
    return [handing.Group(key, heads[key].title, lines, heads[key].moves) for key, lines in groups.items()]


def _settle(held: HandOver, *, by: Any, at: datetime) -> None:
    """On the day: write down what goes over, and make the receiver the owner of what is personal."""
    duty = duty_of(held, timezone.localdate(at))
    groups = handing.groups_of(duty)
    Item.objects.bulk_create(
        (
            Item(
                hand_over=held, group=group.key, title=group.title, moves=group.moves, object_id=line.pk,
                text=line.text[:400], village=line.village, due=line.due, url=line.url,
            )
            for group in groups
            for line in group.lines
        ),
        batch_size=500,
    )  # fmt: skip
    reason = f"{held}：{held.giver}移交{held.receiver}"
    handing.move_all(duty, groups, to=held.receiver, by=by, at=at, reason=reason)
    held.state, held.settled_at, held.trouble = State.DONE, at, ""
    save_if_unchanged(held, expected_version=held.version, fields=["state", "settled_at", "trouble"])
    moved = sum(len(group.lines) for group in groups if group.moves)
    listed = sum(len(group.lines) for group in groups)
    audit.record(held, f"交接生效：共{listed}项，其中{moved}项变更责任人", by=by, at=at)


@transaction.atomic
def settle(hand_over: HandOver, *, by: Any = None, at: datetime) -> HandOver:
    """Carry out a confirmed hand-over whose day has come; done twice it does nothing the second time."""
    held = _hold(hand_over, None)
    if held.state != State.CONFIRMED or not held.is_due(timezone.localdate(at)):
        return held
    _settle(held, by=by, at=at)
    return held


def settle_due(*, at: datetime) -> tuple[int, int]:
    """Every confirmed hand-over whose day has come: (done, in trouble). One that fails says why on its page and does not hold up the others."""
    due = HandOver.objects.filter(state=State.CONFIRMED, takes_effect_on__lte=timezone.localdate(at)).order_by("pk")
    done = trouble = 0
    for hand_over in list(due):
        try:
            settle(hand_over, at=at)
            done += 1
        except Refused as refusal:
            trouble += 1
            HandOver.objects.filter(pk=hand_over.pk).update(trouble=str(refusal)[:300])
    return done, trouble


@transaction.atomic
def call_off(hand_over: HandOver, *, reason: str, base_version: int, by: Any, at: datetime) -> HandOver:
    """Take it back before both have confirmed. The number stays taken."""
    held = _hold(hand_over, base_version)
    if held.state == State.CALLED_OFF:
        raise Refused("这份交接单已经撤回，不用重复办理。")
    if held.state != State.PROPOSED:
        raise Refused("双方已经确认，不能撤回；需要再变动的，请另办一次交接。")
    if not reason:
        raise Refused("请写明撤回的原因。", field="reason")
    change(held, {"state": State.CALLED_OFF}, verb="撤回交接", base_version=held.version, by=by, at=at, reason=reason)
    return held
