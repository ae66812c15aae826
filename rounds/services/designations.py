"""Listing villages: the township proposes, a second person approves, and a village leaves the list by removal or by being turned round.

The two decisions are two acts of two people with two dates (product.md §1, separation of duty).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common import chinese
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import Criterion, Designation, Round
from rounds.services.rules import happened, in_order, of_township
from villages.models import Village


def _criteria_of(round: Round, criteria: Iterable[Criterion]) -> list[Criterion]:
    chosen = sorted(criteria, key=lambda c: c.number)
    if not chosen:
        raise Refused("请至少选择一种认定情形。", field="criteria")
    if any(c.round_id != round.pk for c in chosen):
        raise Refused("认定情形须是本轮次的，请重新选择。", field="criteria")
    return chosen


def _text(criteria: Iterable[Criterion]) -> str:
    return "；".join(str(c) for c in criteria)


def earlier_listing(round: Round, village: Village) -> Designation | None:
    """The village's last approved listing in a round that began before this one, if any (重新列入)."""
    return (
        Designation.objects.filter(village=village, approved_on__isnull=False, round__starts_on__lt=round.starts_on)
        .exclude(round=round)
        .order_by("-round__starts_on", "-pk")
        .first()
    )


def is_adjustment(round: Round, day: date) -> bool:
    """Is a village proposed on this day an addition to a list that has been approved?"""
    return Designation.objects.filter(round=round, approved_on__lt=day).exists()


@transaction.atomic
def propose(
    *,
    round: Round,
    village: Village,
    criteria: Iterable[Criterion],
    facts: str,
    proposed_on: date,
    by: Any,
    at: datetime,
    earlier: Designation | None = None,
    addition_reason: str = "",
) -> Designation:
    """Propose a village for the list. A village listed in an earlier round is linked to that listing by itself.

    Once the round's list has been approved a further village is an adjustment (动态调整) and needs its reason.
    """
    of_township(round, village)
    happened(proposed_on, at=at, field="proposed_on")
    chosen = _criteria_of(round, criteria)
    if village.closed_on and village.closed_on <= proposed_on:
        raise Refused("这个村已撤并，不能列为整顿对象。", field="village")
    if Designation.objects.filter(round=round, village=village, removed_on=None).exists():
        raise Refused("这个村在本轮已有提名记录，请打开该记录办理。", field="village")
    if earlier and (earlier.village_id != village.pk or earlier.round_id == round.pk):
        raise Refused("曾列入的记录须是同一个村在以前轮次的记录。")
    adjusts = is_adjustment(round, proposed_on)
    if adjusts and not addition_reason.strip():
        raise Refused("本轮名单已经审定，再增加整顿对象属于动态调整，请写明调入原因。", field="addition_reason")
    designation = Designation.objects.create(
        round=round,
        village=village,
        facts=facts,
        proposed_on=proposed_on,
        proposed_by=by,
        earlier=earlier or earlier_listing(round, village),
        addition_reason=addition_reason if adjusts else "",
    )
    designation.criteria.set(chosen)
    audit.record(
        designation,
        "提名调入整顿对象" if adjusts else "提名整顿对象",
        by=by,
        at=at,
        reason=designation.addition_reason,
        changes=[{"field": "criteria", "label": "认定情形", "old": "（空）", "new": _text(chosen)}],
    )
    return designation


@transaction.atomic
def change_designation(
    designation: Designation,
    *,
    criteria: Iterable[Criterion],
    facts: str,
    base_version: int,
    by: Any,
    at: datetime,
    proposed_on: date | None = None,
) -> Designation:
    """Correct the grounds of a proposal. After approval only the facts may be completed: what was approved stays what it was."""
    chosen = _criteria_of(designation.round, criteria)
    old = sorted(designation.criteria.all(), key=lambda c: c.number)
    proposed_on = proposed_on or designation.proposed_on
    if designation.approved_on and (chosen != old or proposed_on != designation.proposed_on):
        raise Refused("已审定，认定情形和提名日期不能再改；具体表现可以补充。", field="criteria")
    happened(proposed_on, at=at, field="proposed_on")
    before = audit.snapshot(designation, ["facts", "proposed_on"])
    designation.facts, designation.proposed_on = facts, proposed_on
    save_if_unchanged(designation, expected_version=base_version, fields=["facts", "proposed_on"])
    changes = audit.changes_since(before, designation)
    if chosen != old:
        designation.criteria.set(chosen)
        changes.append({"field": "criteria", "label": "认定情形", "old": _text(old), "new": _text(chosen)})
    audit.record(designation, "修改提名", by=by, at=at, changes=changes)
    return designation


def _decide(
    designation: Designation,
    verb: str,
    values: dict[str, Any],
    *,
    base_version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> Designation:
    before = audit.snapshot(designation, values)
    for name, value in values.items():
        setattr(designation, name, value)
    expected = designation.version if base_version is None else base_version
    save_if_unchanged(designation, expected_version=expected, fields=list(values))
    audit.record(designation, verb, by=by, at=at, reason=reason, changes=audit.changes_since(before, designation))
    return designation


@transaction.atomic
def approve(
    designation: Designation, *, approved_on: date, body: str, by: Any, at: datetime, base_version: int | None = None
) -> Designation:
    """The second decision, by another person than the proposer. `body` is who decided (县委、镇党委 …)."""
    if designation.removed_on:
        raise Refused("这项提名已撤回，不能再审定。")
    if designation.approved_on:
        raise Refused(f"已于{chinese.full_date(designation.approved_on)}审定，不需重复办理。")
    if designation.proposed_by_id is not None and designation.proposed_by_id == getattr(by, "pk", None):
        raise Refused("提名和审定须由不同的人办理：这个村是您提名的，请由其他有审定权限的负责人审定。")
    happened(approved_on, at=at, field="approved_on")
    in_order(designation.proposed_on, approved_on, field="approved_on", sentence="审定日期不能早于提名日期。")
    return _decide(
        designation,
        "审定整顿对象",
        {"approved_on": approved_on, "approved_by_body": body},
        base_version=base_version,
        by=by,
        at=at,
    )


@transaction.atomic
def remove(
    designation: Designation, *, removed_on: date, reason: str, by: Any, at: datetime, base_version: int | None = None
) -> Designation:
    """Take a village off the list during the round (动态调整), or withdraw a proposal; the record and its reason stay."""
    if designation.removed_on:
        raise Refused(f"已于{chinese.full_date(designation.removed_on)}调出，不需重复办理。")
    if designation.turned_round_on:
        raise Refused("这个村已转化，不能再调出。")
    if not reason:
        raise Refused("请写明调出原因。", field="reason")
    happened(removed_on, at=at, field="removed_on")
    in_order(
        designation.approved_on or designation.proposed_on,
        removed_on,
        field="removed_on",
        sentence="调出日期不能早于提名和审定日期。",
    )
    return _decide(
        designation,
        "调出整顿对象" if designation.approved_on else "撤回提名",
        {"removed_on": removed_on, "removal_reason": reason},
        base_version=base_version,
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def turn_round(
    designation: Designation, *, turned_round_on: date, by: Any, at: datetime, base_version: int | None = None
) -> Designation:
    """Record that the village was found turned round (转化、摘帽)."""
    if designation.removed_on:
        raise Refused("这个村已调出，不能再转化。")
    if designation.turned_round_on:
        raise Refused(f"已于{chinese.full_date(designation.turned_round_on)}转化，不需重复办理。")
    if not designation.approved_on:
        raise Refused("这个村还没有审定为整顿对象，不能转化。")
    happened(turned_round_on, at=at, field="turned_round_on")
    in_order(designation.approved_on, turned_round_on, field="turned_round_on", sentence="转化日期不能早于审定日期。")
    return _decide(
        designation, "确认转化", {"turned_round_on": turned_round_on}, base_version=base_version, by=by, at=at
    )
