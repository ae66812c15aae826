"""The form of a ledger: its columns as the office knows them, and where its rows come from (product.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from accounts.permissions import Permission
from rounds.models import Round
from villages.access import Access

Value = str | int | Decimal | date | None


class Kind(StrEnum):
    """What a column holds. A day column may hold words as well (立行立改, 长期坚持)."""

    TEXT = "text"
    WHOLE = "whole"
    MONEY = "money"  # 万元, two decimals
    RATE = "rate"  # percent, one decimal; the cell holds the number itself: 66.7
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `heading` is its path in the header tree, from the top line down: ("党员情况", "党员数")."""

    key: str
    heading: tuple[str, ...]
    width: float  # in characters, as Excel counts them
    kind: Kind = Kind.TEXT
    align: str = ""  # left, center, right; empty: as the kind asks
    total: bool = False  # added up in the row 合计

    @property
    def title(self) -> str:
        """The lowest heading, the column's own name."""
        return self.heading[-1]


def column(key: str, *heading: str, width: float, **more: Any) -> Column:
    """Short for definitions: column("village", "村", width=8)."""
    return Column(key, heading, width, **more)


class Line(NamedTuple):
    """One row: values in the order of the columns without 序号, and the record it stands for (None where no import reads it back)."""

    values: tuple[Value, ...]
    pk: int | None = None
    version: int = 0
    township_id: int = 0
    done: bool = False  # closed, kept, done: counted in the row 合计
    besides: Mapping[str, int | Decimal] = MappingProxyType({})  # added up as well, for shares in the row 合计
    adds: bool = True  # False: listed for the record, no part of the sums


@dataclass(frozen=True)
class Ask:
    """What is exported: the rounds, the day, and the rows in sight. `access` is None for the command, which speaks for the whole portal."""

    rounds: tuple[Round, ...]
    as_of: date
    access: Access | None = None
    keys: tuple[int, ...] | None = None  # exactly these rows, in this order: a filtered list
    since: date | None = None  # first day of the period that “本期” means; the round's first day when not given

    def seen(self, rows: Any, word: str = "visible_to") -> Any:
        """The rows of a queryset that are in sight."""
        return rows if self.access is None else getattr(rows, word)(self.access)

    def village(self, name: str, township_id: int) -> str:
        """A village's name; with its township's where several townships stand in one table."""
        return f"{self._townships.get(township_id, '')}{name}" if len(self._townships) > 1 else name

    @cached_property
    def _townships(self) -> dict[int, str]:
        return {r.township_id: r.township.name for r in self.rounds}

    @property
    def round_ids(self) -> list[int]:
        return [r.pk for r in self.rounds]

    @property
    def township_ids(self) -> list[int]:
        return [r.township_id for r in self.rounds]


@dataclass
class Totals:
    """What the row 合计 is made of, kept while the rows pass by."""

    count: int = 0
    done: int = 0
    sums: dict[str, int | Decimal] = field(default_factory=dict)
    besides: dict[str, int | Decimal] = field(default_factory=dict)

    def add(self, columns: Sequence[Column], line: Line) -> None:
        self.count += 1
        self.done += line.done
        if not line.adds:
            return
        for col, value in zip(columns, line.values, strict=True):
            if col.total and isinstance(value, int | Decimal):
                self.sums[col.key] = self.sums.get(col.key, 0) + value
        for key, value in line.besides.items():
            self.besides[key] = self.besides.get(key, 0) + value


NUMBER = column("number", "序号", width=4.5, kind=Kind.WHOLE, align="center")


@dataclass(frozen=True)
class Ledger:
    """One ledger with a row for each record.

    `keys(ask)` are the records in order; `lines(keys, ask, first)` their rows, asked for in chunks
    with a fixed number of queries each; `first` is the number of the first of them in the table.
    `summary(totals)` gives words for the row 合计 by column key.
    """

    code: str
    name: str  # as the title says it: 问题清单
    noun: str  # what a row is: 个问题
    permission: Permission
    columns: tuple[Column, ...]  # without 序号, which every ledger begins with
    keys: Callable[[Ask], list[int]]
    lines: Callable[[Sequence[int], Ask, int], Iterator[Line]]
    units: str = ""  # 单位 of the numbers, at the right of row 2
    summary: Callable[[Totals], dict[str, Value]] = lambda totals: {}
    importable: bool = False  # rows carry an identity and can be read back
    periodic: bool = False  # has columns of “本期”
    about: str = ""  # for the page of ledgers: what it is for
    after: Callable[..., None] | None = None  # (sheet, keys, ask): what stands under the table, above the foot
    write: Callable[..., int] | None = None  # (book, ledger, ask, progress) → rows, for forms that are not one table

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return (NUMBER, *self.columns)
