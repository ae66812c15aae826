"""The work calendar of a round (行事历)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import CalendarItem, Round
from rounds.services.rules import happened, known_to
from villages.models import Cadre

FIELDS = ["title", "due_on", "owner"]


@transaction.atomic
def add_calendar_item(
    *, round: Round, title: str, due_on: date, by: Any, at: datetime, owner: Cadre | None = None
) -> CalendarItem:
    known_to(round, owner, field="owner")
    item = CalendarItem.objects.create(round=round, title=title, due_on=due_on, owner=owner)
    audit.record(item, "新增行事历事项", by=by, at=at)
    return item


@transaction.atomic
def change_calendar_item(
    item: CalendarItem,
    *,
    title: str,
    due_on: date,
    owner: Cadre | None,
    base_version: int,
    by: Any,
    at: datetime,
    reason: str = "",
) -> CalendarItem:
    """Change an item; another limit or another person needs a reason."""
    known_to(item.round, owner, field="owner")
    if (due_on != item.due_on or (owner.pk if owner else None) != item.owner_id) and not reason:
        raise Refused("完成时限或责任人有变动，请写明原因。", field="reason")
    before = audit.snapshot(item, FIELDS)
    item.title, item.due_on, item.owner = title, due_on, owner
    save_if_unchanged(item, expected_version=base_version, fields=FIELDS)
    audit.record(item, "修改行事历事项", by=by, at=at, reason=reason, changes=audit.changes_since(before, item))
    return item


@transaction.atomic
def finish_calendar_item(
    item: CalendarItem, *, done_on: date, by: Any, at: datetime, base_version: int | None = None
) -> CalendarItem:
    if item.done_on:
        raise Refused("这个事项已办结，不需重复办理。")
    happened(done_on, at=at, field="done_on")
    return _set_done(item, "办结行事历事项", done_on, base_version=base_version, by=by, at=at)


@transaction.atomic
def reopen_calendar_item(
    item: CalendarItem, *, reason: str, by: Any, at: datetime, base_version: int | None = None
) -> CalendarItem:
    """Take back a finish that was entered by mistake."""
    if not item.done_on:
        raise Refused("这个事项还没有办结。")
    if not reason:
        raise Refused("请写明撤销办结的原因。", field="reason")
    return _set_done(item, "撤销办结", None, base_version=base_version, by=by, at=at, reason=reason)


def _set_done(
    item: CalendarItem,
    verb: str,
    done_on: date | None,
    *,
    base_version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> CalendarItem:
    before = audit.snapshot(item, ["done_on"])
    item.done_on = done_on
    expected = item.version if base_version is None else base_version
    save_if_unchanged(item, expected_version=expected, fields=["done_on"])
    audit.record(item, verb, by=by, at=at, reason=reason, changes=audit.changes_since(before, item))
    return item
