"""An upload is stored and its check asked for; the clerk answers what the check could not know."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.db import transaction

from common import text as texts
from common.errors import Refused
from ledgers.importing import limits
from ledgers.importing.importers import HISTORIES, IMPORTERS
from ledgers.importing.plan import CONFLICTS, MINE, THEIRS
from ledgers.models import Import
from ledgers.services.imports.steps import CHECK, State, ask_for, is_about_names, move
from rounds.models import Round
from villages.models import Township


def receive(
    file: Any, *, township: Township, round: Round | None, ledger: str, by: Any, at: datetime, history: bool = False
) -> Import:
    """Store an uploaded workbook and ask for its check. Only size and name are looked at here: the web process parses nothing.

    `history`: 补录, new rows come with the course they took before (progress, degree, close-out); another person confirms it.
    """
    importer = IMPORTERS[ledger]
    if history and ledger not in HISTORIES:
        raise Refused("只有问题清单可以连同进展和销号补录，其他台账请不要勾选补录。", field="history")
    if importer.needs_round and (round is None or round.township_id != township.pk):
        raise Refused("请选择本乡镇的轮次。", field="round")
    if file.size == 0:
        raise Refused("文件是空的，请重新选择。", field="file")
    if file.size > limits.FILE_BYTES:
        raise Refused(limits.TOO_LARGE_FILE, field="file")
    name = texts.clean(PurePosixPath((file.name or "").replace("\\", "/")).name)
    name = texts.without_private_numbers(name)[:200] or "台账.xlsx"
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    record = Import(
        township=township, round=round if importer.needs_round else None, ledger=ledger, name=name, size=file.size,
        sha256=sha256, history=history, by=by, at=at, answers=_answered_before(township, ledger),
    )  # fmt: skip
    record.file.save(f"{uuid.uuid4().hex}.xlsx", File(file), save=False)
    try:
        with transaction.atomic():
            record.save()
            _ask_for_check(record, by=by, at=at)
    except BaseException:
        record.file.storage.delete(str(record.file.name))
        raise
    return record


def _answered_before(township: Township, ledger: str) -> dict[str, str]:
    """What the office said about columns and names in its last workbook of this ledger, when that was not imported.

    An imported one has taught its names, and one that was undone is no example. Answers about the rows of a file (which sheet, empty
    cells, conflicts) are asked of each file anew. Each upload takes over from the one before, so the last one holds them all.
    """
    last = Import.objects.filter(township=township, ledger=ledger).order_by("-pk").first()
    if last is None or last.state in (State.APPLIED, State.UNDOING, State.UNDONE):
        return {}
    return {key: value for key, value in last.answers.items() if is_about_names(key)}


def _ask_for_check(record: Import, *, by: Any, at: datetime) -> None:
    ask_for(record, CHECK, f"检查{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


@transaction.atomic
def answer(record: Import, answers: Mapping[str, str], *, by: Any, at: datetime) -> None:
    """Take the clerk's answers and check again. An answer that was not offered is refused."""
    asked = {q["key"]: q for q in record.report.get("questions", [])}
    kept = dict(record.answers)
    for key, question in asked.items():
        given = answers.get(key, "")
        if given not in dict(question["options"]):
            raise Refused(f"请选择：{question['label']}")
        kept[key] = given
    move(record, to=State.CHECKING, values={"answers": kept}, expected=[State.ASKING])
    _ask_for_check(record, by=by, at=at)


@transaction.atomic
def settle_conflicts(record: Import, *, side: str, by: Any, at: datetime) -> None:
    """Whose values stand for rows changed in the portal since the export; the check runs again with it."""
    if side not in (MINE, THEIRS):
        raise Refused("请选择冲突的行以哪一边为准。")
    values = {"answers": record.answers | {CONFLICTS: side}}
    move(record, to=State.CHECKING, values=values, expected=[State.CHECKED])
    _ask_for_check(record, by=by, at=at)


@transaction.atomic
def check_again(record: Import, *, by: Any, at: datetime, forget: bool = False) -> None:
    """Compare the same file with what the portal holds now. `forget`: the answers were wrong, everything is asked again."""
    values: dict[str, Any] = {"answers": {}} if forget else {}
    move(
        record,
        to=State.CHECKING,
        values=values,
        expected=[State.CHECKED, State.ASKING, State.UNREADABLE, State.UNDONE],
    )
    _ask_for_check(record, by=by, at=at)
