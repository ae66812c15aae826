"""The job behind “只检查”: reads the workbook and keeps the report."""

from __future__ import annotations

import gzip
import json
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File

from accounts.models import User
from common.errors import Refused
from ledgers.importing.plan import Plan, sentence
from ledgers.importing.runner import mark_workbook, read_workbook
from ledgers.models import Import
from ledgers.services.imports.examining import examine
from ledgers.services.imports.reporting import report_of
from ledgers.services.imports.steps import Progress, State, cells_of, move


def check(progress: Progress, *, import_id: int, user_id: int, at: str) -> dict[str, Any]:
    """The job behind “只检查”: reads the workbook in a child process, then compares. Writes the report and nothing else."""
    record = Import.objects.select_related("township__county", "round", "by").get(pk=import_id)
    user, moment = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    link = {"url": record.get_absolute_url(), "label": "查看检查结果"}
    if record.state != State.CHECKING:
        return link
    progress(5, "读取工作簿")
    try:
        if not record.cells:
            workbook = read_workbook(Path(record.file.path))
            packed = gzip.compress(json.dumps(workbook, ensure_ascii=False).encode("utf-8", "surrogatepass"), 5)
            record.cells.save(f"{uuid.uuid4().hex}.json.gz", ContentFile(packed), save=False)
            Import.objects.filter(pk=record.pk).update(cells=record.cells.name)
        else:
            workbook = cells_of(record)
        progress(40, "逐行检查")
        checked = examine(
            workbook, ledger=record.ledger, township=record.township, round=record.round, answers=record.answers,
            by=user, at=moment, history=record.history, source=record.name,
        )  # fmt: skip
    except Refused as refusal:
        move(record, to=State.UNREADABLE, values={"refusal": str(refusal)[:500]}, expected=[State.CHECKING])
        return link
    if checked.refusal:
        move(record, to=State.UNREADABLE, values={"refusal": checked.refusal[:500]}, expected=[State.CHECKING])
        return link
    report = report_of(checked)
    values: dict[str, Any] = {"report": report, "refusal": ""}
    if checked.plan and checked.plan.faults:
        progress(80, "标注有问题的单元格")
        values["marked"] = _mark(record, checked.plan)
    progress(95, "保存检查结果")
    state = State.ASKING if checked.questions else State.CHECKED
    move(record, to=state, values=values, expected=[State.CHECKING])
    return link


def _mark(record: Import, plan: Plan) -> str:
    """The clerk's workbook with the faults in it; "" when it cannot be written within the bounds (the page shows them all the same)."""
    faults = [{"row": f["row"], "column": f["column"], "sentence": sentence(f)} for f in plan.faults]
    with tempfile.TemporaryDirectory(prefix="marked-") as folder:
        target = Path(folder) / "marked.xlsx"
        try:
            mark_workbook(
                Path(record.file.path), target, sheet=plan.table.sheet, header_row=plan.table.header_row, faults=faults
            )
        except Refused:
            return ""
        with target.open("rb") as file:
            return record.marked.storage.save(
                record.marked.field.generate_filename(record, f"{uuid.uuid4().hex}.xlsx"), File(file)
            )
