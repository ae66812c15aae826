"""What helpers did: recorded after it was done."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from pairings.models import Activity, Pairing
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
) -> Activity:
    """Record one activity of a pairing; `funds` (万元) is money it brought to the village."""
    _check(pairing, held_on, funds, at)
    activity = Activity.objects.create(
        pairing=pairing, kind=kind, held_on=held_on, people=people, content=content, result=result, funds=funds
    )
    audit.record(activity, "登记帮扶活动", by=by, at=at)
    return activity


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
    base_version: int,
    by: Any,
    at: datetime,
) -> Activity:
    _check(activity.pairing, held_on, funds, at)
    before = audit.snapshot(activity, FIELDS)
    activity.kind, activity.held_on, activity.people = kind, held_on, people
    activity.content, activity.result, activity.funds = content, result, funds
    save_if_unchanged(activity, expected_version=base_version, fields=FIELDS)
    audit.record(activity, "修改帮扶活动", by=by, at=at, changes=audit.changes_since(before, activity))
    return activity
