"""What is done with entries of other work: entered, corrected, struck out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from otherwork.models import WorkEntry, WorkFund, WorkKind
from villages.models import Village

FIELDS = ["happened_on", "quantity", "note"]


def _check(
    kind: WorkKind, village: Village | None, happened_on: date, quantity: Decimal, note: str,
    funds: Mapping[str, Decimal], *, known: set[str], at: datetime,
) -> None:  # fmt: skip
    if kind.per_village and village is None:
        raise Refused("这一类按村登记，请选择村。", field="village")
    if not kind.per_village and village is not None:
        raise Refused("这一类由乡镇登记，不分村。", field="village")
    if village and village.township_id != kind.township_id:
        raise Refused("这个村不属于本乡镇，请重新选择。", field="village")
    if happened_on > timezone.localdate(at):
        raise Refused("日期还没有到，请填写实际发生的日期。", field="happened_on")
    if not kind.takes(happened_on):
        until = f"至{kind.ends_on}" if kind.ends_on else "起"
        raise Refused(f"“{kind.name}”的登记期间为{kind.starts_on}{until}，请核对日期。", field="happened_on")
    if kind.whole and quantity != quantity.to_integral_value():
        raise Refused(f"“{kind.name}”按{kind.unit}计，请填整数。", field="quantity")
    if quantity < 0 or (quantity == 0 and kind.counting != WorkKind.Counting.LATEST):
        raise Refused("数量须大于0。没有开展的不用登记。", field="quantity")
    if note and not kind.takes_note:
        raise Refused("这一类只登记数量，不填写内容。", field="note")
    if funds and not kind.has_money:
        raise Refused("这一类不登记资金。")
    if set(funds) - known:
        raise Refused("没有这一项资金来源，请刷新后再填。")
    if any(amount < 0 for amount in funds.values()):
        raise Refused("金额不能为负数。")


@transaction.atomic
def add_entry(
    *,
    kind: WorkKind,
    village: Village | None,
    happened_on: date,
    quantity: Decimal,
    by: Any,
    at: datetime,
    note: str = "",
    funds: Mapping[str, Decimal] | None = None,
) -> WorkEntry:
    """Enter one time a kind was done. `funds` are 万元 by source; sources left empty or zero are no funds."""
    given = {source: amount for source, amount in (funds or {}).items() if amount}
    _check(kind, village, happened_on, quantity, note, given, known=set(kind.sources), at=at)
    entry = WorkEntry.objects.create(
        kind=kind, village=village, happened_on=happened_on, quantity=quantity, note=note, created_by=by, created_at=at
    )
    _keep(entry, given)
    audit.record(entry, "登记其他工作", by=by, at=at)
    return entry


@transaction.atomic
def change_entry(
    entry: WorkEntry,
    *,
    happened_on: date,
    quantity: Decimal,
    base_version: int,
    by: Any,
    at: datetime,
    note: str = "",
    funds: Mapping[str, Decimal] | None = None,
) -> WorkEntry:
    """Correct an entry (RecordChanged when somebody else did). Kind and village stay: another village is another entry."""
    _refuse_void(entry)
    given = {source: amount for source, amount in (funds or {}).items() if amount}
    old = {fund.source: fund.amount for fund in entry.funds.all()}
    known = set(entry.kind.sources) | set(old)  # a source the office gave up since may stay where it is
    _check(entry.kind, entry.village, happened_on, quantity, note, given, known=known, at=at)
    before = audit.snapshot(entry, FIELDS)
    entry.happened_on, entry.quantity, entry.note = happened_on, quantity, note
    save_if_unchanged(entry, expected_version=base_version, fields=FIELDS)
    changes = audit.changes_since(before, entry)
    if given != old:
        changes.append({"field": "funds", "label": "资金（万元）", "old": audit.show(old), "new": audit.show(given)})
        entry.funds.all().delete()
        _keep(entry, given)
    audit.record(entry, "修改其他工作登记", by=by, at=at, changes=changes)
    return entry


@transaction.atomic
def void_entry(entry: WorkEntry, *, reason: str, base_version: int, by: Any, at: datetime) -> WorkEntry:
    """Strike a mistaken entry out: it stays readable and is counted nowhere."""
    _refuse_void(entry)
    if not reason.strip():
        raise Refused("请写明作废原因。", field="reason")
    before = audit.snapshot(entry, ["is_void"])
    entry.is_void = True
    save_if_unchanged(entry, expected_version=base_version, fields=["is_void"])
    audit.record(entry, "作废其他工作登记", by=by, at=at, reason=reason, changes=audit.changes_since(before, entry))
    return entry


def _refuse_void(entry: WorkEntry) -> None:
    if entry.is_void:
        raise Refused("这条登记已作废，不能再改。")


def _keep(entry: WorkEntry, funds: Mapping[str, Decimal]) -> None:
    WorkFund.objects.bulk_create(WorkFund(entry=entry, source=s, amount=amount) for s, amount in funds.items())
