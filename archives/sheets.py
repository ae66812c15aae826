"""The form of a village's file: chapters of tables of words, and what it is about. One form for page, print, PDF sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.roles import Role
from common import chinese
from common.lists import Column, draw_rows
from problems.models import Problem
from rounds.models import Round
from villages.access import Access, Grant
from villages.models import Village

PAGE_ROWS = 200  # of one table on screen; the download holds more
FILE_ROWS = 3000
SHORT = 10  # characters of a cell that is never broken: a day, a name
DAY = chinese.day_text


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    url: str = ""  # of the record, on its first cell


def _cell(n: int, row: Row) -> str:
    return format_html('<a href="{}">{}</a>', row.url, row.cells[n]) if row.url and n == 0 else row.cells[n]


@dataclass(frozen=True)
class Sheet:
    """One table. `more` is how many rows were left out."""

    caption: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    more: int = 0

    @property
    def body(self) -> SafeString:
        """The rows as finished HTML, drawn like every list (on a phone as cards)."""
        short = [max((len(row.cells[n]) for row in self.rows), default=0) <= SHORT for n in range(len(self.head))]
        columns = [
            Column(title, partial(_cell, n), lead=n == 0, css="nowrap" if short[n] else "")
            for n, title in enumerate(self.head)
        ]
        return draw_rows(columns, self.rows)


@dataclass(frozen=True)
class Chapter:
    key: str
    title: str
    sheets: tuple[Sheet, ...]

    @property
    def is_empty(self) -> bool:
        return not any(sheet.rows for sheet in self.sheets)


@dataclass(frozen=True)
class Subject:
    """What the file is about, and who asks for it."""

    village: Village
    round: Round
    access: Access
    limit: int = PAGE_ROWS

    @cached_property
    def narrow(self) -> Access:
        """The sight of this village: never more than the visitor's own, because the village is in his scope."""
        township = self.village.township
        grant = Grant(Role.VILLAGE_SECRETARY, "village", township.county_id, township.pk, village_id=self.village.pk)
        return Access(user=self.access.user, on=self.access.on, grants=(grant,))

    def here(self, rows: Any, **more: Any) -> Any:
        """Records of the village in the round."""
        return rows.visible_to(self.narrow).filter(**{"round": self.round} | more)

    @property
    def until(self) -> date:
        """The last day that belongs to the file: acceptance and look-back follow the round's end for a year."""
        return min(self.access.on, self.round.ends_on + timedelta(days=400))

    @cached_property
    def problems(self) -> list[Problem]:
        rows = self.here(Problem.objects.in_ledger(), village=self.village)
        return list(rows.select_related("owner", "responsible_unit").order_by("number")[:FILE_ROWS])

    def sheet(
        self, caption: str, head: Sequence[str], widths: Sequence[float], rows: Any, made: Callable[[Any], Row]
    ) -> Sheet:
        """A list or a queryset as a table, up to the limit; one row more is asked for to know whether there are more."""
        some = list(rows[: self.limit + 1])
        left = 0
        if len(some) > self.limit:
            left = (len(rows) if isinstance(rows, list) else rows.count()) - self.limit
        return Sheet(caption, tuple(head), tuple(widths), tuple(made(r) for r in some[: self.limit]), left)


def row(*cells: Any, url: str = "") -> Row:
    return Row(tuple("—" if c in (None, "") else DAY(c) if isinstance(c, date) else str(c) for c in cells), url)


def joined(*parts: Any, between: str = "；") -> str:
    return between.join(str(part) for part in parts if part)
