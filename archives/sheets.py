"""The form of a village's file: chapters of tables of words, and what it is about. One form for page, print, PDF sheets.

A `Table` says which records it holds and asks nothing; `totals` counts many of them in one question; a `Sheet` is one with its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

from django.db.models import Count, Value
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.permissions import Permission
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
NOTHING = "—"
DAY = chinese.day_text


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    url: str = ""  # of the record, on its first cell


@dataclass(frozen=True)
class Sheet:
    """One table with its rows. `more` is how many were left out."""

    caption: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    more: int = 0

    @property
    def total(self) -> int:
        return len(self.rows) + self.more

    def body(self, address: Callable[[str], str] = str) -> SafeString:
        """The rows as finished HTML, drawn like every list (on a phone as cards); `address` may add the way back to a record's."""

        def cell(n: int, row: Row) -> str:
            text = (
                row.cells[n] if row.cells[n] != NOTHING else ""
            )  # the style sheet draws the dash, and leaves it out of a phone's cards
            return format_html('<a href="{}">{}</a>', address(row.url), text) if row.url and n == 0 else text

        short = [max((len(row.cells[n]) for row in self.rows), default=0) <= SHORT for n in range(len(self.head))]
        columns = [
            Column(title, partial(cell, n), lead=n == 0, css="nowrap" if short[n] else "")
            for n, title in enumerate(self.head)
        ]
        return draw_rows(columns, self.rows)


@dataclass(frozen=True)
class Table:
    """One table before anything is asked: its records in their order, with what a line shows, and how one becomes a line."""

    caption: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: Any
    made: Callable[[Any], Row]
    counted: tuple[
        Any, ...
    ] = ()  # the plain records, where `rows` joins or gathers too much to be counted by themselves

    def filled(self, limit: int, total: int) -> Sheet:
        """With its first rows, when it was counted to have `total`."""
        rows = tuple(self.made(r) for r in self.rows[:limit])
        return Sheet(self.caption, self.head, self.widths, rows, max(0, total - len(rows)))


def totals(tables: Sequence[Table]) -> list[int]:
    """How many rows each table has: one question for all."""
    parts = [
        rows.order_by().values_list(Value(n)).annotate(Count("pk"))
        for n, table in enumerate(tables)
        for rows in table.counted or (table.rows,)
    ]
    found = [0] * len(tables)
    if parts:
        for n, count in parts[0].union(*parts[1:], all=True):
            found[n] += count
    return found


@dataclass(frozen=True)
class Chapter:
    """A part of the file: who may open it, what belongs into it, and its tables."""

    key: str
    title: str
    permission: Permission
    belongs: str
    tables: Callable[[Subject], tuple[Table, ...]]


@dataclass(frozen=True)
class Subject:
    """What the file is about, and who asks for it."""

    village: Village
    round: Round
    access: Access

    @cached_property
    def narrow(self) -> Access:
        """The sight of this village: never more than the visitor's own, because the village is in his scope."""
        township = self.village.township
        grant = Grant(Role.VILLAGE_SECRETARY, "village", township.county_id, township.pk, village_id=self.village.pk)
        return Access(user=self.access.user, on=self.access.on, grants=(grant,))

    def may(self, permission: Permission) -> bool:
        """The visitor, in this village."""
        return self.access.may(permission, township_id=self.village.township_id, village_id=self.village.pk)

    def here(self, rows: Any, **more: Any) -> Any:
        """Records of the village in the round."""
        return rows.visible_to(self.narrow).filter(**{"round": self.round} | more)

    @property
    def until(self) -> date:
        """The last day that belongs to the file: acceptance and look-back follow the round's end for a year."""
        return min(self.access.on, self.round.ends_on + timedelta(days=400))

    @cached_property
    def ledger(self) -> Any:
        """The village's problems, as rows to look into: never fetched to name them one by one."""
        return self.here(Problem.objects.in_ledger(), village=self.village).order_by("number")


def row(*cells: Any, url: str = "") -> Row:
    return Row(tuple(NOTHING if c in (None, "") else DAY(c) if isinstance(c, date) else str(c) for c in cells), url)


def joined(*parts: Any, between: str = "；") -> str:
    return between.join(str(part) for part in parts if part)
