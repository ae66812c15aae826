"""Many meetings and promises at once, for imports: the rules and the records of the single services, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from meetings.models import Commitment, Meeting
from meetings.services import commitments as promise_rules
from meetings.services import meetings as meeting_rules
from meetings.services import rules
from rounds.models import Round
from villages.models import Township

BATCH = 1000


def build_meeting(
    *, township: Township, round: Round, kind: str, level: str, name: str, held_on: date, at: datetime
) -> Meeting:
    """The meeting as `hold_meeting` would make it, checked by the same rules, not yet written. Raises Refused."""
    meeting_rules._check(
        township=township, round=round, kind=kind, level=level, village=None, held_on=held_on, chair=None,
        departments=[], at=at,
    )  # fmt: skip
    return Meeting(township=township, round=round, kind=kind, level=level, name=name, held_on=held_on)


@transaction.atomic
def hold_meetings(meetings: Sequence[Meeting], *, by: Any, at: datetime) -> None:
    """Write meetings made by `build_meeting`."""
    Meeting.objects.bulk_create(meetings, batch_size=BATCH)
    audit.record_many([audit.entry(meeting, "登记会议", by=by, at=at) for meeting in meetings])


@dataclass
class NewPromise:
    """A promise and, when it is known already, what became of it."""

    meeting: Meeting
    text: str
    due_on: date
    lead_official: Any = None
    unit: Any = None
    kept_on: date | None = None
    note: str = ""
    commitment: Commitment | None = None


def build(row: NewPromise, *, at: datetime) -> Commitment:
    """The promise as the single services would leave it, not yet written. Raises Refused."""
    promise_rules._check(row.meeting, problem=None, lead_official=row.lead_official, unit=row.unit, due_on=row.due_on)
    promise = Commitment(
        meeting=row.meeting, text=row.text, lead_official=row.lead_official, unit=row.unit, due_on=row.due_on
    )
    if row.kept_on:
        promise_rules._check_kept(promise, kept_on=row.kept_on, note=row.note, at=at)
    return promise


@transaction.atomic
def add_commitments(rows: Sequence[NewPromise], *, by: Any, at: datetime) -> list[Commitment]:
    """Record promises with what became of them. All or none."""
    if not rows:
        return []
    made, told = [], []
    for row in rows:
        promise = row.commitment = build(row, at=at)
        made.append(promise)
        if row.kept_on or row.note:
            before = audit.snapshot(promise, ["kept_on", "note"])
            promise.kept_on, promise.note, promise.version = row.kept_on, row.note, 2
            told.append((promise, audit.changes_since(before, promise)))
    Commitment.objects.bulk_create(made, batch_size=BATCH)
    entries = [audit.entry(p, f"登记议定事项“{rules.short(p.text)}”，限{p.due_on}前完成", by=by, at=at) for p in made]
    entries += [
        audit.entry(
            p, f"{'报告落实' if p.kept_on else '报告办理情况'}“{rules.short(p.text)}”", by=by, at=at, changes=changes
        )
        for p, changes in told
    ]  # fmt: skip
    audit.record_many(entries)
    return made


def load(keys: Sequence[int], *, lock: bool = False) -> dict[int, Commitment]:
    """Promises with everything a change looks at; one query."""
    rows = Commitment.objects.select_related(
        "meeting__township", "meeting__village", "problem", "unit", "lead_official"
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {promise.pk: promise for promise in rows.filter(pk__in=keys)}


def revise(promise: Commitment, values: Mapping[str, Any], *, at: datetime, reason: str) -> list[dict[str, str]]:
    """Set values on a loaded promise by the rules of a single change; nothing is written. Raises Refused."""
    before = audit.snapshot(promise, promise_rules.FIELDS)
    for name, value in values.items():
        setattr(promise, name, value)
    promise_rules._check(
        promise.meeting, problem=promise.problem, lead_official=promise.lead_official, unit=promise.unit,
        due_on=promise.due_on,
    )  # fmt: skip
    if promise.kept_on:
        promise_rules._check_kept(promise, kept_on=promise.kept_on, note=promise.note, at=at)
    changes = audit.changes_since(before, promise)
    if not reason and (labels := [c["label"] for c in changes if c["field"] in promise_rules.REASONED]):
        raise Refused(f"修改了{'、'.join(labels)}，请写明原因。", field="reason")
    return changes


@transaction.atomic
def change_commitments(
    rows: Sequence[tuple[Commitment, int, Mapping[str, Any]]], *, by: Any, at: datetime, reason: str
) -> None:
    """Write new values on promises loaded and locked in this transaction (record, version it was read with, values)."""
    if not rows:
        return
    entries = []
    for promise, version, values in rows:
        if promise.version != version:
            raise RecordChanged(promise)
        changes = revise(promise, values, at=at, reason=reason)
        promise.version += 1
        verb = f"修改议定事项“{rules.short(promise.text)}”"
        entries.append(audit.entry(promise, verb, by=by, at=at, changes=changes, reason=reason))
    written = [promise for promise, _, _ in rows]
    Commitment.objects.bulk_update(written, [*promise_rules.FIELDS, "version"], batch_size=BATCH)
    audit.record_many(entries)
