"""The statistics sheet of a round on a page: G or L1, for any day, each number a link to the records it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from common import chinese
from common.forms import DateField
from ledgers import statistics
from ledgers.definitions import party, rounds
from ledgers.form import Ask, Column, Totals
from ledgers.writing import head_words, header_areas
from rounds.models import Round
from villages.pages import FilterForm, Page

PLACE = party.COLUMNS[0]
MIXED = "各乡镇满意率的算法或测评类别不同，不能相加，合计不计算满意率；各乡镇的满意率按本轮自己的算法计算。"
SHEETS = (("G", "整顿情况汇总表"), ("L1", "村（社区）统计表"))


class StatisticsFilter(FilterForm):
    sheet = forms.ChoiceField(label="表", choices=SHEETS, required=False)
    round = forms.RegexField(r"^\d{4}-\d{1,2}$", label="轮次", required=False)
    as_of = DateField(label="截至", required=False)
    since = DateField(label="本期自", required=False)

    def prepare(self) -> None:
        visible = Round.objects.visible_to(self.access).select_related("township__county")
        self.all_rounds = list(visible.order_by("-year", "-number", "township_id"))
        keys = dict.fromkeys((r.key, str(r)) for r in self.all_rounds)
        self.fields["round"].widget = forms.Select(choices=list(keys))

    @property
    def rounds(self) -> list[Round]:
        key = self.value("round") or (self.all_rounds[0].key if self.all_rounds else "")
        return [r for r in self.all_rounds if r.key == key]


class StatisticsPage(Page):
    permission = Permission.SUMMARY_VIEW
    template_name = "ledgers/statistics.html"
    title = "统计表"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = StatisticsFilter(self.request.GET, self.access)
        found = filters.rounds
        day = filters.value("as_of") or timezone.localdate()
        since = filters.value("since")
        code = filters.value("sheet") or "G"
        made = self.township_rows(found, day, since) if code == "G" else self.party_rows(found, day)
        context = super().get_context_data(**kwargs)
        columns = rounds.COLUMNS[:-1] if code == "G" else (PLACE, *party.COLUMNS[2:-1])
        return context | {
            "fields": [f for f in filters.visible_fields() if f.name != "since" or code == "G"],
            "heads": heads(columns),
            "rows": made if found else [],
            "found": found,
            "sheet_name": dict(SHEETS)[code],
            "day": chinese.full_date(day),
            "note": note_of(code, made),
            "export": f"{reverse('ledgers:ledger_export', args=[code.lower()])}?{urlencode({'back': self.request.get_full_path()})}",
        }

    def township_rows(self, found: list[Round], day: date, since: date | None) -> list[dict[str, Any]]:
        columns = rounds.COLUMNS[1:-1]
        totals = Totals()
        made = statistics.by_township(found, day, since)
        for line in rounds.lines_of(made):
            totals.add(rounds.COLUMNS, line)
        rows = [self.row(row.round.township.name, columns, [row.cells[c.key] for c in columns]) for row in made]
        if len(rows) > 1:
            said: dict[str, Any] = {**totals.sums, **rounds.summary(totals)}
            sums = [statistics.over_townships(made, c.key, said.get(c.key)) for c in columns]
            rows.append(self.row("合计", columns, sums, total=True))
        return rows

    def party_rows(self, found: list[Round], day: date) -> list[dict[str, Any]]:
        columns = party.COLUMNS[2:-1]
        rows, place = [], ""
        for name, kind, line in party.table(Ask(tuple(found), day, self.access)):
            place = name or place
            made = self.row(f"{place}·{kind}", columns, [line.cell(c.key, day) for c in columns])
            rows.append(made | {"total": kind in ("合计", "小计")})
        return rows

    @staticmethod
    def row(
        name: str, columns: Sequence[Column], cells: Sequence[statistics.Cell], total: bool = False
    ) -> dict[str, Any]:
        shown = [{"label": c.title, "html": link(cell)} for c, cell in zip(columns, cells, strict=True)]
        return {"name": name, "cells": shown, "total": total}


def note_of(code: str, rows: Sequence[dict[str, Any]]) -> str:
    """What stands under the sheet: which columns stay empty, why a rate has no sum."""
    if code == "L1":
        return party.BLANK
    different = any(cell["html"] == rounds.DIFFERENT for row in rows for cell in row["cells"])
    return MIXED if different else ""


def link(cell: statistics.Cell) -> str:
    """A number as a link to its list; nothing known is a dash."""
    if cell.value is None:
        return "—"
    if isinstance(cell.value, str):
        return cell.value
    shown = chinese.amount(cell.value)
    return format_html('<a href="{}">{}</a>', cell.url, shown) if cell.url else shown


def heads(columns: tuple[Column, ...]) -> list[list[dict[str, Any]]]:
    """The header tree as table rows."""
    areas = header_areas([c.heading for c in columns])
    depth = max(len(c.heading) for c in columns)
    return [
        [
            {"words": head_words(a.text), "columns": a.last - a.first + 1, "rows": a.rows}
            for a in sorted(areas, key=lambda a: a.first)
            if a.level == level
        ]
        for level in range(depth)
    ]
