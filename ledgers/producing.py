"""From a ledger's definition to its workbook: title, header, rows in chunks, 合计, foot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common import chinese
from common.errors import Refused
from ledgers import identity
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value
from ledgers.writing import LINE, MAX_HEIGHT, PADDING, Book, Sheet, text_lines

CHUNK = 500
MAX_ROWS = 100_000
IDENTITY_WIDTH = 3.0
Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Made:
    """What was written."""

    rows: int


def place_name(ask: Ask) -> str:
    """Who reports: the township, or the county above several."""
    townships = {r.township_id: r.township for r in ask.rounds}
    if len(townships) == 1:
        return next(iter(townships.values())).name
    counties = list(dict.fromkeys(t.county.name for t in townships.values()))
    return "、".join(counties)


def round_words(ask: Ask) -> str:
    """2026年第二轮; several different rounds are joined."""
    return "、".join(dict.fromkeys(str(r) for r in ask.rounds))


def title_of(name: str, ask: Ask) -> str:
    return f"{place_name(ask)}{name}（{round_words(ask)}）"


def opening(sheet: Sheet, title: str, ask: Ask, units: str, since: date | None = None) -> None:
    """Title, and the row of who, when and which units."""
    sheet.title(title)
    sheet.parted(
        (
            f"填报单位：{place_name(ask)}",
            f"填报日期：{chinese.full_date(ask.as_of)}" + (f"（本期自{chinese.full_date(since)}起）" if since else ""),
            f"单位：{units}" if units else "",
        ),
        24,
    )


def chunks(keys: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """(number of the first row, keys)."""
    for start in range(0, len(keys), CHUNK):
        yield start + 1, keys[start : start + CHUNK]


def write_ledger(book: Book, ledger: Ledger, ask: Ask, progress: Progress) -> int:
    """Every row asked for, in the ledger's form; returns how many."""
    if ledger.write:
        return ledger.write(book, ledger, ask, progress)
    keys = list(ask.keys) if ask.keys is not None else ledger.keys(ask)
    if len(keys) > MAX_ROWS:
        raise Refused(f"共{len(keys)}{ledger.noun}，一次最多导出{MAX_ROWS}{ledger.noun}，请缩小范围后再导出。")
    columns = ledger.all_columns
    widths = [c.width for c in columns]
    sheet = book.sheet(
        ledger.name, [*widths, IDENTITY_WIDTH] if ledger.importable else widths, hidden_last=ledger.importable
    )
    totals = Totals()
    depth = max(len(c.heading) for c in columns)
    sheet.ws.freeze_panes = f"C{3 + depth}"
    since = (ask.since or min(r.starts_on for r in ask.rounds)) if ledger.periodic else None
    opening(sheet, title_of(ledger.name, ask), ask, ledger.units, since)
    sheet.header(columns, identity.HEADING if ledger.importable else "")
    write = row_writer(sheet, ledger)
    for first, some in chunks(keys):
        progress(
            5 + 85 * (first - 1) // len(keys), f"写入第{first}{'条' if ledger.noun == '份' else '行'}，共{len(keys)}行"
        )
        for line in ledger.lines(some, ask, first):
            totals.add(ledger.columns, line)
            write(totals.count, line)
    if totals.count:
        total_row(sheet, ledger, totals)
    else:
        look = sheet.look(align="center")
        sheet.spread([("没有符合条件的记录", sheet.visible, look)], 24)
    if ledger.after:
        ledger.after(sheet, keys, ask)
    sheet.foot()
    return totals.count


def row_writer(sheet: Sheet, ledger: Ledger) -> Callable[[int, Line], None]:
    """A function that writes one row: the cells and looks are made once for all rows."""
    columns = ledger.columns
    fill, write = sheet.fill, sheet.write
    cells: list[Any] = [sheet.cell() for _ in range(len(columns) + 1)]
    looks = [sheet.look_of(c) for c in columns]
    number_look = sheet.look_of(ledger.all_columns[0])
    texts = [n for n, c in enumerate(columns) if c.kind in (Kind.TEXT, Kind.DAY)]
    capacities = sheet.capacities[1:]
    slots = list(zip(cells[1:], looks, strict=True))
    token = sheet.cell() if ledger.importable else None
    token_look = sheet.look(frame=False)

    def write_line(number: int, line: Line) -> None:
        values = line.values
        fill(cells[0], number, number_look)
        for (cell, look), value in zip(slots, values, strict=True):
            fill(cell, value, look)
        tallest = 1
        for n in texts:
            value = values[n]
            if value.__class__ is str and (len(value) * 2 > capacities[n] or "\n" in value):
                tallest = max(tallest, text_lines(value, capacities[n]))
        height = max(22.0, tallest * LINE + PADDING)
        if token is None:
            write(cells, height)
        else:
            mark = identity.sign(ledger.code, line.pk, line.version, line.township_id) if line.pk else ""
            fill(token, mark, token_look)
            write([*cells, token], height)

    return write_line


def total_row(sheet: Sheet, ledger: Ledger, totals: Totals) -> None:
    """合计: sums under their columns, words where the ledger has some. The label reaches up to the first of them."""
    said: dict[str, Value] = {**totals.sums, **ledger.summary(totals)}
    columns = ledger.columns
    first = next((n for n, c in enumerate(columns) if c.key in said), len(columns))
    label = sheet.look(bold=True, align="center")
    parts: list[Any] = [("合计", first + 1, label)]
    tallest = 1
    for n, c in enumerate(columns[first:], first):
        value = said.get(c.key)
        if isinstance(value, str):
            tallest = max(tallest, text_lines(value, sheet.capacities[n + 1]))
        parts.append((value, 1, sheet.look_of(c, bold=True)))
    sheet.spread(parts, max(24.0, tallest * LINE + PADDING))


def row_height(lines: int, least: float = 22.0) -> float:
    return min(MAX_HEIGHT, max(least, lines * LINE + PADDING))


def save(book: Book, path: Path) -> None:
    book.save(path)
