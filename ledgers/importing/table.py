"""Where in a workbook the ledger stands: which sheet, which rows are the header, which column is what, which rows are data.

Offices change the order and the words of columns, merge cells, repeat headers, put remarks between rows. What is certain is taken, what
is likely is asked once, the rest is named and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ledgers.importing.values import shown, squeeze

SKIP = "-"  # the clerk's answer: this column is not imported
TITLE_OF = "的职务"  # a second column that holds the title of the person in the first
SCAN_ROWS = 25
HEADER_DEPTH = 3
LIKELY, MAYBE = 0.72, 0.6
_TOTALS = {"合计", "总计", "小计", "共计", "合计：", "总计："}
_FOOT = re.compile(
    r"(单位负责人|负责人签字|填表人|填报人|制表人?|联系电话|报出日期|填报日期|填报单位|审核人签字|注|说明|备注|填表说明)[:：]|（盖章）|^注[0-9：:、.]"
)
_UNITS_IN_HEADING = re.compile(r"（[^）]*）$")
EXAMPLE = "示例"


@dataclass(frozen=True)
class Wanted:
    """A column the ledger knows: its key, its official name, the names it is usually or locally known by."""

    key: str
    label: str
    names: frozenset[str]  # squeezed
    required: bool = False
    person: bool = False  # may stand in two columns, 姓名 and 职务


@dataclass
class Line:
    """One row of data: cells by column key, and where each stands."""

    row: int
    cells: dict[str, Any]
    places: dict[str, int]
    hidden: bool = False


@dataclass
class Unsure:
    """A column whose meaning is not certain: the answers that are likely come first."""

    column: int
    heading: str
    likely: list[str]
    suggested: str
    samples: list[str]


@dataclass
class Table:
    sheet: str
    header_row: int = 0  # the last row of the header
    title: str = ""
    headings: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    unsure: list[Unsure] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    samples: dict[str, list[str]] = field(default_factory=dict)  # heading → cells, of the unknown ones
    missing: list[str] = field(default_factory=list)  # keys of required columns nobody found
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    examples: int = 0


class Grid:
    """The cells of one sheet with its merged ranges."""

    def __init__(self, sheet: Mapping[str, Any]) -> None:
        self.title: str = sheet["title"]
        self.hidden: bool = sheet["hidden"]
        self.rows: dict[int, dict[int, Any]] = {number: dict(cells) for number, cells in sheet["rows"]}
        self.hidden_rows = set(sheet["hidden_rows"])
        self.merged: dict[int, list[tuple[int, int, int, int]]] = {}
        for top, left, bottom, right in sheet["merged"]:
            if bottom - top > 2000 or right - left > 200:
                continue
            for row in range(top, bottom + 1):
                self.merged.setdefault(row, []).append((top, left, bottom, right))

    def at(self, row: int, column: int) -> Any:
        """The cell, or the one whose merged range covers it."""
        own = self.rows.get(row, {}).get(column)
        if own is not None:
            return own
        for top, left, bottom, right in self.merged.get(row, ()):
            if left <= column <= right and top <= row <= bottom:
                return self.rows.get(top, {}).get(left)
        return None

    def anchored_above(self, row: int, column: int) -> Any:
        """The value of a range merged downwards into this cell; None for a range merged sideways only."""
        for top, left, _bottom, right in self.merged.get(row, ()):
            if left == column and top < row and left <= column <= right:
                return self.rows.get(top, {}).get(left)
        return None

    def bottom(self, rows: Iterable[int]) -> int:
        """The lowest row reached by ranges that begin in these rows."""
        rows = list(rows)
        lowest = rows[-1]
        for row in rows:
            for top, _left, bottom, _right in self.merged.get(row, ()):
                if top in rows and bottom <= rows[0] + HEADER_DEPTH:
                    lowest = max(lowest, bottom)
        return lowest


@dataclass
class _Header:
    rows: list[int]
    names: dict[int, list[str]]  # column → names from the most to the least telling
    columns: dict[int, str]
    score: float


def heading_names(path: list[str]) -> list[str]:
    """The names one column may be known by: its own heading, the whole path, the heading above; each also without its unit."""
    levels = [squeeze(p) for p in path if p]
    levels = [p for i, p in enumerate(levels) if i == 0 or p != levels[i - 1]]
    if not levels:
        return []
    found = ["".join(levels), levels[-1], *reversed(levels[:-1])]
    found += [_UNITS_IN_HEADING.sub("", name) for name in found]
    cleaned = (name.strip("*＊:：、.·") for name in found)
    return list(dict.fromkeys(name for name in cleaned if name))


def _header_at(grid: Grid, start: int, depth: int, wanted: list[Wanted], answers: Mapping[str, str]) -> _Header | None:
    rows = list(range(start, start + depth))
    if any(row not in grid.rows and row not in grid.merged for row in rows):
        return None
    last_column = max((max(grid.rows[row]) for row in rows if grid.rows.get(row)), default=0)
    names: dict[int, list[str]] = {}
    for column in range(1, last_column + 1):
        path = []
        for row in rows:
            cell = grid.at(row, column)
            if isinstance(cell, str) and len(cell) <= 60:
                path.append(cell)
        if path:
            names[column] = heading_names(path)
    columns = _assign(names, wanted, answers)
    answered = sum(1 for found in names.values() if any(f in answers for f in found[:1]))
    score = len(columns) + 0.4 * answered - 0.15 * depth
    return _Header(rows, names, columns, score)


def _assign(names: dict[int, list[str]], wanted: list[Wanted], answers: Mapping[str, str]) -> dict[int, str]:
    """Column → key, the most telling names first, each key once."""
    by_name: dict[str, str] = {}
    for want in wanted:
        for name in want.names:
            by_name.setdefault(name, want.key)
    persons = {want.key for want in wanted if want.person}
    taken: dict[int, str] = {}
    used: set[str] = set()
    for column, found in names.items():
        key = next((answers[name] for name in found if name in answers), "")
        if key and key not in used:
            taken[column] = key
            if key != SKIP:
                used.add(key)
    depth = max((len(found) for found in names.values()), default=0)
    for level in range(depth):
        for column, found in names.items():
            if column in taken or level >= len(found):
                continue
            key = by_name.get(found[level], "")
            if key and key not in used:
                taken[column] = key
                used.add(key)
    for column, found in names.items():
        # 责任人：姓名｜职务 — the second column of a person
        if column not in taken and len(found) > 1 and found[1] in ("职务", "职务（职称）"):
            above = by_name.get(found[2], "") if len(found) > 2 else ""
            if above in persons:
                taken[column] = above + TITLE_OF
    return taken


def _find_header(grid: Grid, wanted: list[Wanted], answers: Mapping[str, str]) -> _Header | None:
    best: _Header | None = None
    for start in sorted(grid.rows)[:SCAN_ROWS]:
        for depth in range(1, HEADER_DEPTH + 1):
            header = _header_at(grid, start, depth, wanted, answers)
            if header and (best is None or header.score > best.score):
                best = header
    if best is None or sum(1 for key in best.columns.values() if key != SKIP) < 2:
        return None
    best.rows = list(range(best.rows[0], grid.bottom(best.rows) + 1))
    return best


def read_table(
    workbook: Mapping[str, Any], wanted: list[Wanted], *, answers: Mapping[str, str], sheet: str = ""
) -> tuple[Table | None, list[str]]:
    """The ledger of the workbook, and other sheets that could be one too (asked when there are any). None: no header was found.

    `answers`: squeezed heading → key or SKIP, from the clerk and from what was learned before.
    """
    grids = [Grid(s) for s in workbook["sheets"]]
    seen = [g for g in grids if g.rows and not g.hidden]
    found = [(grid, header) for grid in seen if (header := _find_header(grid, wanted, answers))]
    if not found:
        return None, []
    best = max(header.score for _, header in found)
    chosen = next(
        ((g, h) for g, h in found if g.title == sheet), next((g, h) for g, h in found if h.score == best)
    )  # the first of equals
    rivals = [g.title for g, h in found if h.score >= best - 1.5 and _rows_below(g, h)]
    table = _table(*chosen, wanted, answers)
    others = [g.title for g in seen if g is not chosen[0]]
    if others:
        table.notes.append(f"按工作表“{table.sheet}”读取；没有读取的工作表：{'、'.join(others[:8])}。")
    if skipped := [g.title for g in grids if g.hidden and g.rows]:
        table.notes.append(f"隐藏的工作表没有读取：{'、'.join(skipped[:8])}。")
    return table, rivals if len(rivals) > 1 else []


def _rows_below(grid: Grid, header: _Header) -> int:
    return sum(1 for row in grid.rows if row > header.rows[-1])


def _table(grid: Grid, header: _Header, wanted: list[Wanted], answers: Mapping[str, str]) -> Table:
    table = Table(
        grid.title, header_row=header.rows[-1], columns={c: k for c, k in header.columns.items() if k != SKIP}
    )
    table.title = " ".join(
        shown(cell) for row in sorted(grid.rows) if row < header.rows[0] for cell in grid.rows[row].values()
    )
    table.headings = {column: names[0] for column, names in header.names.items()}
    _doubtful(table, grid, header, wanted)
    keys = set(table.columns.values())
    table.missing = [want.key for want in wanted if want.required and want.key not in keys]
    _lines(table, grid, header)
    return table


def likeness(a: str, b: str) -> float:
    """How alike two short Chinese names are, 0 to 1; one inside the other counts as likely."""
    if not a or not b:
        return 0.0
    if len(min(a, b, key=len)) >= 2 and (a in b or b in a):
        return max(0.75, len(min(a, b, key=len)) / len(max(a, b, key=len)))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _doubtful(table: Table, grid: Grid, header: _Header, wanted: list[Wanted]) -> None:
    """Columns with data whose heading no dictionary knows: asked when likely, else named and left out."""
    used = set(header.columns.values())
    free = [want for want in wanted if want.key not in used]
    for column, names in header.names.items():
        if column in header.columns:
            continue
        samples = _samples(grid, header.rows[-1], column)
        if not samples:
            continue
        scored = sorted(
            ((max(likeness(n, known) for n in names[:3] for known in want.names), want) for want in free),
            key=lambda pair: -pair[0],
        )
        likely = [want.key for score, want in scored if score >= MAYBE][:3]
        repeated = next((w for w in wanted if w.key in used and any(n in w.names for n in names[:2])), None)
        if repeated:
            table.notes.append(f"“{names[0]}”列出现不止一次，按前一列读取，第{column}列没有导入。")
        elif likely:
            suggested = likely[0] if scored[0][0] >= LIKELY else SKIP
            table.unsure.append(Unsure(column, names[0], likely, suggested, samples))
        else:
            table.unknown.append(names[0])
            table.samples[names[0]] = samples


def _samples(grid: Grid, below: int, column: int) -> list[str]:
    found: list[str] = []
    for row in sorted(grid.rows):
        if row > below and (value := shown(grid.rows[row].get(column))):
            found.append(value[:30])
            if len(found) == 3:
                break
    return found


def _lines(table: Table, grid: Grid, header: _Header) -> None:
    remarks: list[int] = []
    downward = sorted(table.columns)
    for row in sorted(grid.rows):
        if row <= table.header_row:
            continue
        own = grid.rows[row]
        cells = {column: own[column] for column in downward if column in own}
        if not cells:
            continue
        first = squeeze(shown(own[min(own)]))
        leading = {"".join(shown(own[c]).split()) for c in sorted(own)[:3]}
        number = next((squeeze(shown(own[c])) for c, k in table.columns.items() if k == "number" and c in own), "")
        if leading & _TOTALS or first.startswith(("合计", "总计", "小计")):
            continue
        if number.startswith(EXAMPLE) or first.startswith(EXAMPLE):
            table.examples += 1
            continue
        if _FOOT.search(first) and len(own) <= 6:
            continue
        if set(cells) <= {c for c, k in table.columns.items() if k == "number"}:
            if len(first) > 4:
                remarks.append(row)
            continue  # a number written ahead, nothing beside it
        headings = sum(1 for c in cells if squeeze(shown(cells[c])) in header.names.get(c, ()))
        if headings >= 2 and headings * 2 >= len(cells):
            continue  # the header again, as on every printed page
        if len(own) == 1 and len(table.columns) >= 3 and row in grid.rows and not _is_key(table, own):
            remarks.append(row)
            continue
        for column in downward:
            if column not in cells and (value := grid.anchored_above(row, column)) is not None:
                cells[column] = value
        table.lines.append(
            Line(
                row,
                {table.columns[c]: v for c, v in cells.items()},
                {table.columns[c]: c for c in downward},
                row in grid.hidden_rows,
            )
        )
    if remarks:
        listed = "、".join(str(r) for r in remarks[:10])
        table.notes.append(f"第{listed}行{'等' if len(remarks) > 10 else ''}只有一格文字，按说明文字跳过。")
    if hidden := sum(line.hidden for line in table.lines):
        table.notes.append(f"有{hidden}行是隐藏的（可能是筛选后未取消），同样读取。")
    if table.unknown:
        table.notes.append(f"以下各列没有对应的项目，不导入：{'、'.join(table.unknown[:12])}。")


def _is_key(table: Table, own: dict[int, Any]) -> bool:
    """A row with only an identity is not a remark: somebody emptied it."""
    return any(table.columns.get(c) == "identity" for c in own)
