"""Slips an official issues himself, beside those the rules write: same register, same numbers, same steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from supervision.models import Slip, SlipStep
from supervision.services import items as sources
from supervision.services import slips
from supervision.services.cuts import RulesOfDay
from supervision.services.follow import refresh
from supervision.terms import Kind, Level


def matter(kind: str, key: int) -> sources.Item:
    """What a slip may be issued about: something in the records that is not done. Refused otherwise."""
    found = sources.of_keys(kind, [key])
    if not found:
        raise Refused("这件事已经办结或不在整改中，不用发督办单。")
    if kind == Kind.PROBLEM and found[0].state not in sources.RISING_STATES:
        raise Refused("问题不在整改中（待审核、已暂缓或正在申请销号），不用发督办单。")
    return found[0]


def held_by(kind: str, key: int) -> Slip | None:
    """The open slip of an item, whoever wrote it."""
    return Slip.objects.filter(**{slips.OWN[Kind(kind)]: key}, closed_on=None).first()


def _second(slip: Slip | None) -> Refused:
    named = f"已有未办结的{slip}（{slip.get_level_display()}）" if slip else "刚刚已发出一份督办单"
    return Refused(f"这件事{named}，不能再发一份。")


@transaction.atomic
def issue_slip(kind: str, key: int, *, requirement: str, level: str, due_on: date, by: Any, at: datetime) -> Slip:
    """Issue a slip about a matter. Whom it concerns finds it in his inbox at once; from then on it rises by the rules of the round."""
    item, day = matter(kind, key), timezone.localdate(at)
    if not requirement.strip():
        raise Refused("请写明督办要求：要办什么，办到什么程度。", field="requirement")
    if due_on < day:
        raise Refused("办理时限不能早于今天。", field="due_on")
    if item.due_on and day <= item.due_on < due_on:
        raise Refused(f"办理时限不能晚于这件事原定的时限（{full_date(item.due_on)}）。", field="due_on")
    slips.hold_numbers([item.township_id])
    if held := held_by(kind, key):
        raise _second(held)
    rules = RulesOfDay(day)
    rules.load({item.round_id})
    try:
        with transaction.atomic():
            [slip] = slips.create([(item, Level(level))], day, at=at, due_on=due_on, requirement=requirement, by=by)
    except IntegrityError:  # the night wrote one at this very moment
        raise _second(held_by(kind, key)) from None
    reply_on = min(rules.of(item.round_id).reply_on, due_on)
    SlipStep.objects.create(slip=slip, level=level, raised_on=day, reply_due_on=reply_on)
    asked = {"requirement": "（空）", "due_on": "（空）"}
    audit.record(slip, f"签发{Level(level).label}", by=by, at=at, changes=audit.changes_since(asked, slip))
    refresh([key], kind=kind, day=day, at=at)
    return slip


def refuse_close(slip: Slip, *, by: Any) -> None:
    """Refused when this person cannot find this slip done; at most two queries."""
    if slip.closed_on:
        raise Refused(f"这份督办单已于{slip.closed_on}办结（{slip.closing}）。")
    if not slip.is_by_hand:
        raise Refused("系统按规则发出的督办单，在所督办的事项办结后自动办结。")
    step = slips.newest_step(slip)
    if not step.answered_on:
        raise Refused("还没有反馈办理情况，收到反馈后才能办结。")
    if answered_by(slip, by):
        raise Refused("办理情况是您本人反馈的，须由另一人办结。")


def answered_by(slip: Slip, user: Any) -> bool:
    """Did this user answer, also where somebody else has since corrected the answer? One query."""
    return any(
        entry.by_id == user.pk and (entry.verb.startswith("反馈") or entry.verb == "修改反馈")
        for entry in audit.history(slip)
    )


@transaction.atomic
def close_slip(slip: Slip, *, closing: str, base_version: int | None = None, by: Any, at: datetime) -> Slip:
    """An official has seen the answer and finds that what he asked for is done. The matter itself may go on."""
    refuse_close(slip, by=by)
    slips.touch(slip, base_version)
    slips.close([slip], on=timezone.localdate(at), closing=closing.strip() or "已按要求办理", by=by, at=at)
    refresh([slip.item.pk], kind=slip.kind, day=timezone.localdate(at), at=at)
    return slip
