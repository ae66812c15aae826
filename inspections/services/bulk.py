"""Many inspections, findings and notices at once, for imports: the rules and the records of the single services, a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.errors import Refused
from inspections.models import Finding, Inspection, Notice
from inspections.services import findings as finding_rules
from inspections.services import inspections as inspection_rules
from inspections.services import notices as notice_rules
from meetings.services import rules
from rounds.models import Round
from villages.models import Township, Village

BATCH = 1000


def build_inspection(
    *,
    township: Township,
    round: Round,
    mode: str,
    held_on: date,
    villages: Sequence[Village],
    people: str,
    at: datetime,
) -> Inspection:
    """The inspection as `add_inspection` would make it, checked by the same rules, not yet written. Raises Refused."""
    inspection_rules._check(
        township=township, round=round, mode=mode, meeting=None, held_on=held_on, leader=None, villages=list(villages),
        at=at,
    )  # fmt: skip
    return Inspection(township=township, round=round, mode=mode, held_on=held_on, people=people)


@transaction.atomic
def add_inspections(rows: Sequence[tuple[Inspection, Sequence[Village]]], *, by: Any, at: datetime) -> None:
    """Write inspections made by `build_inspection` with the villages they went to."""
    Inspection.objects.bulk_create([inspection for inspection, _ in rows], batch_size=BATCH)
    through = Inspection.villages.through
    through.objects.bulk_create(
        [through(inspection=inspection, village=village) for inspection, villages in rows for village in villages],
        batch_size=BATCH,
    )
    audit.record_many([audit.entry(inspection, "登记督查", by=by, at=at) for inspection, _ in rows])


def build_notice(
    inspection: Inspection, *, village: Village, requirement: str, reply_due_on: date, at: datetime
) -> Notice:
    """The notice, issued on the day of its inspection, as `issue_notice` would make it; without a number, not yet written. Raises Refused."""
    issued_on = inspection.held_on
    notice_rules._check_days(inspection, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
    return Notice(
        township_id=inspection.township_id, inspection=inspection, village=village, year=issued_on.year,
        requirement=requirement, issued_on=issued_on, reply_due_on=reply_due_on,
    )  # fmt: skip


@transaction.atomic
def issue_notices(notices: Sequence[Notice], *, township: Township, by: Any, at: datetime) -> None:
    """Write notices of one township made by `build_notice`, numbered on from the last of their year."""
    if not notices:
        return
    # Numbers run without gaps or doubles: whoever issues at the same moment waits here.
    Township.objects.select_for_update().get(pk=township.pk)
    years = {notice.year for notice in notices}
    issued = Notice.objects.filter(township=township, year__in=years).order_by().values("year")
    last: dict[int, int] = defaultdict(int, issued.annotate(last=Max("number")).values_list("year", "last"))
    for notice in notices:
        last[notice.year] += 1
        notice.number = last[notice.year]
    Notice.objects.bulk_create(notices, batch_size=BATCH)
    audit.record_many([audit.entry(n, f"向{n.village}发出整改通知书", by=by, at=at) for n in notices])


@transaction.atomic
def add_findings(findings: Sequence[Finding], *, by: Any, at: datetime) -> None:
    """Write findings about villages that were inspected; those with a notice are the ones it is about."""
    Finding.objects.bulk_create(findings, batch_size=BATCH)
    audit.record_many(
        [audit.entry(f, f"登记{f.village}的督查发现“{rules.short(f.text)}”", by=by, at=at) for f in findings]
    )


@transaction.atomic
def change_findings(rows: Sequence[tuple[Finding, str, str]], *, by: Any, at: datetime) -> None:
    """Reword findings read in this transaction (finding, text, requirement)."""
    if not rows:
        return
    entries = []
    for finding, text, requirement in rows:
        before = audit.snapshot(finding, finding_rules.FIELDS)
        finding.text, finding.requirement, finding.version = text, requirement, finding.version + 1
        verb = f"修改{finding.village}的督查发现“{rules.short(text)}”"
        entries.append(audit.entry(finding, verb, by=by, at=at, changes=audit.changes_since(before, finding)))
    Finding.objects.bulk_update([f for f, _, _ in rows], ["text", "requirement", "version"], batch_size=BATCH)
    audit.record_many(entries)


def check_reply_date(notice: Notice, reply_due_on: date, *, at: datetime) -> None:
    """Raise Refused when `change_notice` would refuse another reply date."""
    notice_rules.refuse_change(notice, issued_on=notice.issued_on, reply_due_on=reply_due_on, at=at)


@transaction.atomic
def change_reply_dates(rows: Sequence[tuple[Notice, date]], *, by: Any, at: datetime, reason: str) -> None:
    """Set another reply date on notices read in this transaction; needs a reason."""
    if not rows:
        return
    if not reason:
        raise Refused("修改了反馈时限，请写明原因。", field="reason")
    entries = []
    for notice, due in rows:
        check_reply_date(notice, due, at=at)
        before = audit.snapshot(notice, notice_rules.FIELDS)
        notice.reply_due_on, notice.version = due, notice.version + 1
        changes = audit.changes_since(before, notice)
        entries.append(audit.entry(notice, "修改整改通知书", by=by, at=at, changes=changes, reason=reason))
    Notice.objects.bulk_update([notice for notice, _ in rows], ["reply_due_on", "version"], batch_size=BATCH)
    audit.record_many(entries)
