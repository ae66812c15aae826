"""What helpers did: recorded after it was done."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from pairings.models import Activity, Pairing, PlanItem
from rounds.services.rules import happened, in_order

FIELDS = ["kind", "held_on", "people", "content", "result", "funds"]


def _check(pairing: Pairing, held_on: date, funds: Decimal, at: datetime) -> None:
    happened(held_on, at=at, field="held_on")
    in_order(pairing.starts_on, held_on, field="held_on", sentence="活动日期早于结对开始日期，请核对。")
    in_order(held_on, pairing.ends_on, field="held_on", sentence="活动日期晚于结对结束日期，请核对。")
    if funds < 0:
        raise Refused("资金不能为负数。", field="funds")


@transaction.atomic
def add_activity(
    *,
    pairing: Pairing,
    kind: str,
    held_on: date,
    content: str,
    by: Any,
    at: datetime,
    people: str = "",
    result: str = "",
    funds: Decimal = Decimal(0),
    plan_item: PlanItem | None = None,
) -> Activity:
    """Record one activity of a pairing; `funds` (万元) is money it brought to the village, `plan_item` what of the plan it did."""
    _check(pairing, held_on, funds, at)
    activity = Activity.objects.create(
        pairing=pairing, kind=kind, held_on=held_on, people=people, content=content, result=result, funds=funds
    )
    _fulfil(activity, plan_item, by=by, at=at)
    audit.record(activity, "登记帮扶活动", by=by, at=at)
    return activity


def _fulfil(activity: Activity, item: PlanItem | None, *, by: Any, at: datetime) -> None:
    """Let the activity do this matter of the plan and no other."""
    if item is not None and item.pairing_id != activity.pairing_id:
        raise Refused("所选计划事项不是这项结对的，请重新选择。", field="plan_item")
    for old in activity.plan_items.exclude(pk__in=[item.pk] if item else []):
        _link(old, None, "计划事项改为未办", by=by, at=at)
    if item is not None and item.activity_id != activity.pk:
        if item.activity_id:
            raise Refused("这项计划已由另一次活动办理，请重新选择。", field="plan_item")
        _link(item, activity, "计划事项已办", by=by, at=at)


def _link(item: PlanItem, activity: Activity | None, verb: str, *, by: Any, at: datetime) -> None:
    before = audit.snapshot(item, ["activity"])
    item.activity = activity
    save_if_unchanged(item, expected_version=item.version, fields=["activity"])
    audit.record(item, verb, by=by, at=at, changes=audit.changes_since(before, item))


@transaction.atomic
def change_activity(
    activity: Activity,
    *,
    kind: str,
    held_on: date,
    people: str,
    content: str,
    result: str,
    funds: Decimal,
    plan_item: PlanItem | None = None,
    base_version: int,
    by: Any,
    at: datetime,
) -> Activity:
    """Correct an activity. Without `plan_item` what it did of the plan counts as not done."""
    _check(activity.pairing, held_on, funds, at)
    before = audit.snapshot(activity, FIELDS)
    activity.kind, activity.held_on, activity.people = kind, held_on, people
    activity.content, activity.result, activity.funds = content, result, funds
    save_if_unchanged(activity, expected_version=base_version, fields=FIELDS)
    _fulfil(activity, plan_item, by=by, at=at)
    audit.record(activity, "修改帮扶活动", by=by, at=at, changes=audit.changes_since(before, activity))
    return activity
