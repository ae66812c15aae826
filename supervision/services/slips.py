"""Supervision slips: written and raised by the rules, signed for, answered, closed when what they are about is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max, QuerySet

from audit import services as audit
from common.chinese import month_day
from common.errors import Refused
from common.models import save_if_unchanged
from meetings.services import rules as days
from problems.models import Problem
from problems.terms import RUNNING_STATES, State
from supervision.models import Slip, SlipStep
from supervision.terms import Kind, Level
from villages.models import Township

if TYPE_CHECKING:
    from supervision.services.cuts import RulesOfDay
    from supervision.services.items import Item

OWN = {Kind.PROBLEM: "problem_id", Kind.NOTICE: "notice_id", Kind.COMMITMENT: "commitment_id"}


def open_slips(items: list[Item]) -> dict[int, Slip]:
    """Item → its open slip: one issued by hand, or one of the rules for the deadline it has now; one query."""
    if not items:
        return {}
    key = OWN[Kind(items[0].kind)]
    due = {item.pk: item.due_on for item in items}
    rows = Slip.objects.filter(**{f"{key}__in": list(due)}, closed_on=None)
    return {getattr(slip, key): slip for slip in rows if slip.is_by_hand or due[getattr(slip, key)] == slip.due_on}


@transaction.atomic
def write_slips(items: list[Item], rules: RulesOfDay, slips: dict[int, Slip], *, at: datetime) -> dict[str, int]:
    """Write the slips the rules ask for, and raise those that have to rise; `slips` (see open_slips) is brought up to date.

    A second call finds everything done. Numbers run without gaps: whoever writes slips of the same township at the same moment waits here.
    """
    wanted = _wanted(items, rules, slips)
    if fresh_items := [item for item, _ in wanted if item.pk not in slips]:
        hold_numbers(item.township_id for item in fresh_items)
        # Issued by hand a moment ago; or for a deadline that was changed after this night's look at what has ended.
        slips |= open_slips(fresh_items)
        key = OWN[Kind(items[0].kind)]
        left = {f"{key}__in": [item.pk for item in fresh_items if item.pk not in slips]}
        close_ended(list(with_items().filter(**left, closed_on=None)), day=rules.day, at=at)
        wanted = _wanted(items, rules, slips)
    if not wanted:
        return {}
    fresh = create([(item, level) for item, level in wanted if item.pk not in slips], rules.day, at=at)
    raised = [(slips[item.pk], level) for item, level in wanted if item.pk in slips]
    for slip, level in raised:
        slip.level = level
    Slip.objects.bulk_update([slip for slip, _ in raised], ["level"], batch_size=200)
    Slip.objects.filter(pk__in=[slip.pk for slip, _ in raised]).update(version=F("version") + 1)
    reply_on = {item.pk: rules.of(item.round_id).reply_on for item, _ in wanted}
    slips |= {getattr(slip, OWN[Kind(slip.kind)]): slip for slip in fresh}
    SlipStep.objects.bulk_create(
        SlipStep(slip=slips[item.pk], level=level, raised_on=rules.day, reply_due_on=reply_on[item.pk])
        for item, level in wanted
    )
    audit.record_many(
        [audit.entry(slip, f"发出{Level(slip.level).label}", by=None, at=at) for slip in fresh]
        + [audit.entry(slip, f"升为{level.label}", by=None, at=at) for slip, level in raised]
    )
    counts = {"issued": len(fresh), "raised": len(raised)}
    for _, level in wanted:
        counts[str(level)] = counts.get(str(level), 0) + 1
    return counts


def _wanted(items: list[Item], rules: RulesOfDay, slips: dict[int, Slip]) -> list[tuple[Item, Level]]:
    """The items whose slip has to be written, or to rise, with the level it gets."""
    wanted: list[tuple[Item, Level]] = []
    for item in items:
        cuts, slip = rules.of(item.round_id), slips.get(item.pk)
        by_hand = slip is not None and slip.is_by_hand
        if not item.rises or not cuts.works:
            continue
        if item.kind == Kind.NOTICE and not (cuts.rules.with_notices or by_hand):
            continue
        if item.kind == Kind.COMMITMENT and not (cuts.rules.with_commitments or by_hand):
            continue
        # What is asked for by hand rises by its own deadline, and no later than the item's own would have it rise.
        due_on = min(filter(None, (item.due_on, slip.due_on if slip else None)), default=None)
        level = cuts.level(due_on) if due_on else None
        if level and (slip is None or Level(slip.level).rank < level.rank):
            wanted.append((item, level))
    return wanted


def with_items() -> QuerySet[Slip]:
    """Slips with what they are about."""
    return Slip.objects.select_related("problem", "notice", "commitment")


def hold_numbers(township_ids: Iterable[int]) -> None:
    """Numbers of these townships are given by one at a time."""
    ids = sorted(set(township_ids))
    list(Township.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def create(
    wanted: list[tuple[Item, Level]],
    day: date,
    *,
    at: datetime,
    due_on: date | None = None,
    requirement: str = "",
    by: Any = None,
) -> list[Slip]:
    """Numbered slips, under the townships' lock: of the rules, or one issued by somebody with a deadline of its own."""
    if not wanted:
        return []
    townships = sorted({item.township_id for item, _ in wanted})
    last = dict(
        Slip.objects.filter(township__in=townships, year=day.year)
        .order_by()
        .values_list("township")
        .annotate(last=Max("number"))
    )
    rows = []
    for item, level in wanted:
        last[item.township_id] = number = last.get(item.township_id, 0) + 1
        rows.append(
            Slip(
                township_id=item.township_id, round_id=item.round_id, village_id=item.village_id, unit_id=item.unit_id,
                year=day.year, number=number, kind=item.kind, subject=item.subject[:300],
                due_on=due_on or item.due_on or day, level=level, issued_on=day, requirement=requirement, issued_by=by,
                **{OWN[Kind(item.kind)]: item.pk},
            )
        )  # fmt: skip
    return Slip.objects.bulk_create(rows)


# What ends a slip.


def close(slips: Iterable[Slip], *, on: date, closing: str, by: Any, at: datetime) -> int:
    rows = list(slips)
    for slip in rows:
        # An end entered later than it happened cannot lie before the slip.
        slip.closed_on, slip.closing = max(on, slip.issued_on), closing
    Slip.objects.bulk_update(rows, ["closed_on", "closing"], batch_size=200)
    Slip.objects.filter(pk__in=[slip.pk for slip in rows]).update(version=F("version") + 1)
    audit.record_many([audit.entry(slip, "督办办结", by=by, at=at, reason=closing) for slip in rows])
    return len(rows)


def ending_of(problem: Problem, due_on: date | None) -> str:
    """Why a slip for this deadline (None: one with a deadline of its own) has come to its end; empty as long as it has not."""
    if problem.state == State.CLOSED:
        return "问题已销号"
    if problem.state == State.SUSPENDED:
        return "问题已批准暂缓"
    if problem.state not in RUNNING_STATES:
        return "问题已不在整改中"
    if due_on and problem.due_on != due_on:
        return f"整改时限已改为{problem.due_on.isoformat()}" if problem.due_on else "问题已改为长期坚持"
    return ""


def _own_deadline(slip: Slip) -> date | None:
    """The item's deadline it was written for."""
    return None if slip.is_by_hand else slip.due_on


@transaction.atomic
def follow_problem(problem: Problem, *, on: date, by: Any, at: datetime) -> int:
    """End the open slips of a problem that was closed, suspended, or got another deadline."""
    ended: dict[str, list[Slip]] = {}
    for slip in Slip.objects.filter(problem=problem, closed_on=None):
        if closing := ending_of(problem, _own_deadline(slip)):
            ended.setdefault(closing, []).append(slip)
    return sum(close(rows, on=on, closing=closing, by=by, at=at) for closing, rows in ended.items())


@transaction.atomic
def close_ended(slips: list[Slip], *, day: date, at: datetime) -> int:
    """End those of the given open slips (with their items loaded) whose item is done: the nightly look at what no page has ended."""
    count = 0
    for slip in slips:
        on, closing = day, ""
        if slip.problem:
            closing = ending_of(slip.problem, _own_deadline(slip))
            on = slip.problem.closed_on or day
        elif slip.notice and (slip.notice.replied_on or slip.notice.closed_on):
            on, closing = slip.notice.replied_on or day, "整改通知书已反馈"
        elif slip.commitment and slip.commitment.kept_on:
            on, closing = slip.commitment.kept_on, "议定事项已落实"
        elif not slip.is_by_hand:
            now = slip.notice.reply_due_on if slip.notice else slip.commitment.due_on if slip.commitment else None
            closing = "" if now == slip.due_on else "时限已修改"
        if closing:
            count += close([slip], on=on, closing=closing, by=None, at=at)
    return count


def close_settled(kind: str, keys: Iterable[int], *, day: date, at: datetime) -> int:
    """End the open slips of these items whose item is done: by day, as soon as it is."""
    rows = with_items().filter(**{f"{OWN[Kind(kind)]}__in": list(keys)}, closed_on=None)
    return close_ended(list(rows), day=day, at=at)


# What people do with one.


def newest_step(slip: Slip) -> SlipStep:
    return slip.steps.order_by("-pk")[0]


def _open_step(slip: Slip) -> SlipStep:
    """The newest step of a slip that is not over."""
    if slip.closed_on:
        raise Refused(f"这份督办单已于{slip.closed_on}办结（{slip.closing}），不用再办理。")
    return newest_step(slip)


def touch(slip: Slip, base_version: int | None) -> None:
    """Take the slip a version on, so that two people who answer at once are told of each other."""
    save_if_unchanged(slip, expected_version=base_version or slip.version, fields=[])


@transaction.atomic
def sign_slip(slip: Slip, *, signed_on: date, base_version: int | None = None, by: Any, at: datetime) -> SlipStep:
    """Sign for the newest step."""
    step = _open_step(slip)
    if step.signed_on:
        raise Refused(f"{step.get_level_display()}已于{step.signed_on}签收。")
    if signed_on < step.raised_on:
        raise Refused(f"签收日期不能早于发出日期（{step.raised_on}）。", field="signed_on")
    days.refuse_future(signed_on, at=at, field="signed_on", sentence="签收日期不能晚于今天。")
    touch(slip, base_version)
    step.signed_on, step.signed_by = signed_on, by
    step.save(update_fields=["signed_on", "signed_by"])
    audit.record(slip, f"签收{step.get_level_display()}", by=by, at=at)
    return step


@transaction.atomic
def answer_slip(
    slip: Slip, *, answered_on: date, answer: str, base_version: int | None = None, by: Any, at: datetime
) -> SlipStep:
    """Say what was done about it. Until the slip rises or is closed the answer may be given again: the later one replaces the earlier."""
    step = _open_step(slip)
    if not step.signed_on:
        raise Refused("请先签收，再反馈办理情况。")
    if answered_on < step.signed_on:
        raise Refused(f"反馈日期不能早于签收日期（{step.signed_on}）。", field="answered_on")
    days.refuse_future(answered_on, at=at, field="answered_on", sentence="反馈日期不能晚于今天。")
    if not answer:
        raise Refused("请写明办理情况：卡在哪里，采取了什么办法，什么时候办完。", field="answer")
    touch(slip, base_version)
    again = step.answered_on is not None
    before = audit.snapshot(step, ["answered_on", "answer"])
    step.answered_on, step.answer, step.answered_by = answered_on, answer, by
    step.save(update_fields=["answered_on", "answer", "answered_by"])
    audit.record(
        slip, "修改反馈" if again else f"反馈{month_day(step.raised_on)}{step.get_level_display()}", by=by, at=at,
        changes=audit.changes_since(before, step),
    )  # fmt: skip
    return step
