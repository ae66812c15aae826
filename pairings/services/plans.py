"""The plan of a pairing: matters, each with its last day."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from pairings.models import Pairing, PlanItem
from rounds.services.rules import in_order

FIELDS = ["text", "due_on"]


def _check(pairing: Pairing, text: str, due_on: date) -> None:
    if not text:
        raise Refused("请写明计划做什么。", field="text")
    in_order(pairing.starts_on, due_on, field="due_on", sentence="时限不能早于结对开始日期。")
    in_order(due_on, pairing.ends_on, field="due_on", sentence="时限不能晚于结对结束日期。")


@transaction.atomic
def add_plan_item(*, pairing: Pairing, text: str, due_on: date, by: Any, at: datetime) -> PlanItem:
    """Plan one matter. It is done by an activity that names it (services.activities)."""
    _check(pairing, text, due_on)
    item = PlanItem.objects.create(pairing=pairing, text=text, due_on=due_on)
    audit.record(item, "登记帮扶计划事项", by=by, at=at)
    return item


@transaction.atomic
def change_plan_item(
    item: PlanItem, *, text: str, due_on: date, reason: str = "", base_version: int, by: Any, at: datetime
) -> PlanItem:
    """Correct a matter; a changed last day needs a reason."""
    _check(item.pairing, text, due_on)
    if due_on != item.due_on and not reason:
        raise Refused("修改了时限，请写明原因。", field="reason")
    before = audit.snapshot(item, FIELDS)
    item.text, item.due_on = text, due_on
    save_if_unchanged(item, expected_version=base_version, fields=FIELDS)
    audit.record(item, "修改帮扶计划事项", by=by, at=at, reason=reason, changes=audit.changes_since(before, item))
    return item
