"""How an import steps from one state to the next, and the jobs that do the work of a step."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from common.errors import Refused
from common.models import save_if_unchanged
from jobs import services as jobs
from ledgers.models import Import

State = Import.State
Progress = Callable[[int, str], None]
CHECK, APPLY, UNDO = "ledger_check", "ledger_apply", "ledger_undo"


def is_about_names(key: str) -> bool:
    """Is an answer about a column or a name, which the next workbook will have too?"""
    kind, _, text = key.partition(":")
    return kind in ("column", "village", "person", "unit") and bool(text)


def ask_for(record: Import, kind: str, title: str, *, by: Any, at: datetime) -> None:
    job = jobs.enqueue(
        kind,
        title,
        by=by,
        at=at,
        arguments={"import_id": record.pk, "user_id": by.pk, "at": at.isoformat()},
        key=f"{kind}-{record.pk}-{record.version}",
        township_id=record.township_id,
    )
    Import.objects.filter(pk=record.pk).update(job=job)


def move(record: Import, *, to: str, values: Mapping[str, Any] | None = None, expected: Sequence[str]) -> None:
    """Step to another state if nobody else did: two clicks make one check, one application, one undo."""
    if record.state not in expected:
        raise Refused(f"这次导入现在是“{record.get_state_display()}”，不能这样办理。请刷新页面查看。")
    record.state = to
    for name, value in (values or {}).items():
        setattr(record, name, value)
    save_if_unchanged(record, expected_version=record.version, fields=["state", *(values or {})])


def cells_of(record: Import) -> dict[str, Any]:
    with record.cells.open("rb") as file:
        return json.loads(gzip.decompress(file.read()))
