"""What a check found, as the page shows it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ledgers.importing.plan import Item, Plan, Status, read_words, sentence, shown_value, wanted
from ledgers.services.imports.examining import Checked

MAX_FAULTS = 3000  # kept for the page; the workbook that comes back holds all
MAX_SHOWN = 1000


def fingerprint(plan: Plan) -> str:
    """What the preview promised, as one line: the application does exactly this or nothing."""
    told = [
        [
            item.row,
            item.status,
            item.pk,
            item.version,
            item.changes,
            sorted((k, shown_value(v)) for k, v in item.values.items()),
        ]
        for item in plan.of(Status.NEW, Status.CHANGED)
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()


def report_of(checked: Checked) -> dict[str, Any]:
    """What the page shows, as JSON."""
    report: dict[str, Any] = {"questions": checked.questions, "notes": [], "lacking": checked.lacking}
    plan = checked.plan
    if plan is None:
        return report
    counts = {status.value: len(plan.of(status)) for status in Status}
    faults = plan.faults
    labels = {want.key: want.label for want in wanted(checked.importer)}
    report |= {
        "sheet": plan.table.sheet,
        "header_row": plan.table.header_row,
        "notes": plan.notes,
        "counts": counts,
        "fault_total": len(faults),
        "faults": [fault | {"sentence": sentence(fault)} for fault in faults[:MAX_FAULTS]],
        "new": [
            _row(item) | {"told": [read_words(item, checked.importer, labels), *item.told]}
            for item in plan.of(Status.NEW)[:MAX_SHOWN]
        ],
        "changed": [_row(item) for item in plan.of(Status.CHANGED)[:MAX_SHOWN]],
        "conflicts": [_row(item) for item in plan.of(Status.CONFLICT)[:MAX_SHOWN]],
        "needs_reason": checked.importer.needs_reason(plan),
        "fingerprint": fingerprint(plan),
        "columns": [[plan.table.headings.get(column, ""), key] for column, key in sorted(plan.table.columns.items())],
    }
    return report


def _row(item: Item) -> dict[str, Any]:
    return {"row": item.row, "label": item.label, "changes": item.changes, "told": item.told, "links": item.links}
