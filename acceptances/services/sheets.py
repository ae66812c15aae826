"""The score sheet of a round: set up from the standard or an earlier round, changed until the first village is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from acceptances.models import Score, ScoreItem, ScoreSheet
from acceptances.models.sheet import FULL_MARKS
from acceptances.standard import STANDARD_SHEET
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import Round


@dataclass(frozen=True)
class Row:
    """An item as typed."""

    name: str
    standard: str
    weight: int


def _check(rows: Sequence[Row]) -> None:
    if not rows:
        raise Refused("评分表至少要有一个项目。")
    names = [row.name for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"项目“{name}”出现了不止一次，请合并。")
    if any(row.weight < 1 for row in rows):
        raise Refused("每个项目的分值至少1分。")
    total = sum(row.weight for row in rows)
    if total != FULL_MARKS:
        raise Refused(f"各项分值合计须为{FULL_MARKS}分，现在合计{total}分，请调整。")


def _write(sheet: ScoreSheet, rows: Sequence[Row]) -> None:
    ScoreItem.objects.bulk_create(
        ScoreItem(sheet=sheet, number=number, name=row.name, standard=row.standard, weight=row.weight)
        for number, row in enumerate(rows, start=1)
    )


def rows_of(sheet: ScoreSheet) -> list[Row]:
    return [Row(item.name, item.standard, item.weight) for item in sheet.items.all()]


@transaction.atomic
def set_up_sheet(*, round: Round, by: Any, at: datetime, copied_from: ScoreSheet | None = None) -> ScoreSheet:
    """Begin the round's sheet as a copy of an earlier round's, or of the standard."""
    if ScoreSheet.objects.filter(round=round).exists():
        raise Refused("本轮已有评分表，请直接修改。")
    if copied_from and copied_from.round.township_id != round.township_id:
        raise Refused("只能沿用本乡镇以前轮次的评分表。", field="source")
    sheet = ScoreSheet.objects.create(round=round, copied_from=copied_from)
    rows = rows_of(copied_from) if copied_from else [Row(*line) for line in STANDARD_SHEET]
    _write(sheet, rows)
    audit.record(sheet, f"沿用{copied_from.round}评分表" if copied_from else "按标准表建立评分表", by=by, at=at)
    return sheet


def is_used(sheet: ScoreSheet) -> bool:
    return Score.objects.filter(item__sheet=sheet).exists()


@transaction.atomic
def change_sheet(sheet: ScoreSheet, *, rows: Sequence[Row], base_version: int, by: Any, at: datetime) -> ScoreSheet:
    """Replace the items. Refused once a village was scored by them: every village of a round is measured alike."""
    if is_used(sheet):
        raise Refused("本轮已有村按这张表评分，不能再改项目和分值；下一轮可以沿用后再调整。")
    _check(rows)
    old = [str(item) for item in sheet.items.all()]
    save_if_unchanged(sheet, expected_version=base_version, fields=[])
    sheet.items.all().delete()
    _write(sheet, rows)
    new = [str(item) for item in sheet.items.all()]
    changes = [{"field": "items", "label": "评分项目", "old": audit.show(old), "new": audit.show(new)}]
    audit.record(sheet, "修改评分表", by=by, at=at, changes=changes if old != new else [])
    return sheet
