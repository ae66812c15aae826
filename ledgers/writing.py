"""Writes workbooks: the only place of the portal where a value becomes a cell.

Text is always text. A string that begins like a formula is stored as a string and marked with Excel's own apostrophe (quotePrefix), so that
neither opening nor editing the cell turns it into one. Rows are streamed (openpyxl's write-only mode): one cell object for each column is
filled anew for every row, which is what makes a large ledger cost little more than openpyxl itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from ledgers.form import Column, Kind, Value

MAX_CELL = 32_767  # characters, as Excel counts them
CUT = "……（文字超出单元格长度，已截断，全文见系统）"
RISKY = frozenset("=+-@＝＋－＠\t\r\n'")
# What no XML file may hold, and what would be drawn backwards or not at all.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
DAY_FORMAT = 'yyyy"年"m"月"d"日"'
_EPOCH = date(1899, 12, 30).toordinal()

FONT, FONT_HEAD, FONT_TITLE = "宋体", "黑体", "方正小标宋简体"
SIZE = 10
A4 = 9  # as Excel numbers papers
LINE = 14.5  # points of one line of text of that size
PADDING = 6.0
MAX_HEIGHT = 409.0  # points; Excel knows no higher row
GENERAL = "General"  # not “text”: old programs show long text cells as #####
FORMATS = {Kind.WHOLE: "0", Kind.MONEY: GENERAL, Kind.RATE: "0.0", Kind.DAY: DAY_FORMAT, Kind.TEXT: GENERAL}
_THIN = Side(style="thin")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def safe_text(text: str) -> str:
    """The text as a cell may hold it: no control characters, line ends as Excel writes them, not longer than a cell."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNWANTED.search(text):
        text = _UNWANTED.sub("", text)
    if len(text) > MAX_CELL // 2 and len(text.encode("utf-16-le")) // 2 > MAX_CELL:
        kept = text.encode("utf-16-le")[: (MAX_CELL - len(CUT)) * 2].decode("utf-16-le", "ignore")
        text = kept + CUT
    return text


def is_risky(text: str) -> bool:
    """Does a program that reads the text anew take it for a formula? Blanks before the sign do not make it harmless."""
    return text[0] in RISKY or text.lstrip()[:1] in RISKY


def text_lines(text: str, capacity: int) -> int:
    """How many lines the text takes in a cell that holds `capacity` half-width characters a line."""
    if len(text) * 2 <= capacity and "\n" not in text:
        return 1
    count = 0
    for paragraph in text.split("\n"):
        # In this encoding a Chinese character is two bytes and a Latin one is one: the width on paper.
        width = len(paragraph.encode("gb18030", "replace"))
        lines, rest = divmod(width, capacity)
        # Marks that may not begin a line and numbers that are not broken pull the text apart a little.
        count += max(1, lines + (rest > 0) + (lines > 2 and rest > capacity * 0.85))
    return count


def capacity_of(width: float) -> int:
    """Half-width characters a line of a cell holds; even, because a Chinese character is never halved."""
    return max(2, int((width * 7 - 4) / (SIZE * 4 / 3)) * 2)


@dataclass(frozen=True)
class Look:
    """How a cell looks, in the variants its value may ask for. Made once, shared by all cells."""

    text: Any
    quoted: Any
    number: Any
    day: Any


class Book:
    """A workbook being written: `with Book() as book: …; book.save(path)`. What was not saved leaves no temporary files behind."""

    def __init__(self) -> None:
        self.workbook = Workbook(write_only=True)
        self._names: set[str] = set()

    def sheet(self, name: str, widths: Sequence[float], *, hidden_last: bool = False, one_page: bool = False) -> Sheet:
        """`one_page`: a form that is signed as one sheet of paper; anything else is as long as it is."""
        sheet = Sheet(self, self._free_name(name), widths, hidden_last=hidden_last)
        if one_page:
            sheet.ws.page_setup.fitToHeight = 1
        return sheet

    def _free_name(self, name: str) -> str:
        """A name Excel takes: 31 characters, none of its own signs, not used before."""
        plain = re.sub(r"[\[\]:*?/\\']", "", safe_text(name)).strip()[:31] or "台账"
        free, n = plain, 2
        while free.lower() in self._names:
            free, n = f"{plain[:27]}({n})", n + 1
        self._names.add(free.lower())
        return free

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *failure: Any) -> None:
        """openpyxl keeps each sheet in a temporary file until it is saved; a cancelled export would leave it there for the worker's life."""
        for ws in self.workbook.worksheets:
            writer = getattr(ws, "_writer", None)
            if writer is None or not Path(writer.out).exists():
                continue
            if not ws.closed:
                ws.close()
            writer.cleanup()

    def save(self, path: Path) -> None:
        self.workbook.save(path)


class Sheet:
    """A sheet for landscape A4, rows from top to bottom. Widths are in characters."""

    def __init__(self, book: Book, name: str, widths: Sequence[float], *, hidden_last: bool = False) -> None:
        self.ws: Any = book.workbook.create_sheet(name)
        self.widths = list(widths)
        self.visible = len(widths) - hidden_last
        self.capacities = [capacity_of(w) for w in widths]
        self.number = 0  # of the last row written
        self._styles: dict[tuple[Any, ...], Any] = {}
        self._looks: dict[tuple[Any, ...], Look] = {}
        ws = self.ws
        for index, width in enumerate(widths, 1):
            ws.column_dimensions[get_column_letter(index)].width = width
        if hidden_last:
            ws.column_dimensions[get_column_letter(len(widths))].hidden = True
        ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        ws.page_setup.orientation, ws.page_setup.paperSize = "landscape", A4
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
        ws.print_options.horizontalCentered = True
        margins = ws.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.header, margins.footer = 0.55, 0.6, 0.3, 0.3
        ws.oddFooter.center.text = "第 &P 页，共 &N 页"

    # looks

    def _style(self, font: str, size: float, bold: bool, align: str, frame: bool, number: str, quote: bool) -> Any:
        key = (font, size, bold, align, frame, number, quote)
        if key not in self._styles:
            cell: Any = WriteOnlyCell(self.ws)
            cell.font = Font(name=font, size=size, bold=bold)
            cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
            if frame:
                cell.border = _FRAME
            cell.number_format = number
            cell._style.quotePrefix = int(quote)
            self._styles[key] = cell._style
        return self._styles[key]

    def look(
        self, *, font: str = FONT, size: float = SIZE, bold: bool = False, align: str = "left", frame: bool = True,
        number: str = GENERAL,
    ) -> Look:  # fmt: skip
        key = (font, size, bold, align, frame, number)
        if key not in self._looks:
            self._looks[key] = Look(
                self._style(font, size, bold, align, frame, GENERAL, False),
                self._style(font, size, bold, align, frame, GENERAL, True),
                self._style(font, size, bold, align, frame, number, False),
                self._style(font, size, bold, "center", frame, DAY_FORMAT, False),
            )
        return self._looks[key]

    def look_of(self, column: Column, *, bold: bool = False) -> Look:
        align = column.align or ("left" if column.kind == Kind.TEXT else "center")
        return self.look(bold=bold, align=align, number=FORMATS[column.kind])

    # cells

    def cell(self) -> Any:
        return WriteOnlyCell(self.ws)

    @staticmethod
    def fill(cell: Any, value: Value, look: Look) -> Any:
        """Put a value into a cell. Every cell of every sheet passes here."""
        if type(value) is str:
            if value:
                text = safe_text(value)
                cell._value, cell.data_type = text or None, "s"
                cell._style = look.quoted if text and is_risky(text) else look.text
            else:
                cell._value, cell.data_type, cell._style = None, "n", look.text
        elif value is None:
            cell._value, cell.data_type, cell._style = None, "n", look.text
        elif isinstance(value, date):  # as the number Excel keeps; a datetime is never given
            cell._value, cell.data_type, cell._style = value.toordinal() - _EPOCH, "n", look.day
        elif isinstance(value, int | Decimal):
            cell._value, cell.data_type, cell._style = value, "n", look.number
        else:
            raise TypeError(f"no cell for {type(value).__name__}")
        return cell

    def write(self, cells: Sequence[Any], height: float | None = None) -> None:
        """Append a row of filled cells."""
        self.number += 1
        if height is None:
            self.ws.append(cells)
            return
        dimensions = self.ws.row_dimensions
        # Plain attributes instead of a RowDimension: it is written at once and forgotten.
        dimensions[self.number] = {"ht": f"{min(height, MAX_HEIGHT):g}", "customHeight": "1"}
        self.ws.append(cells)
        del dimensions[self.number]

    def merge(self, first: int, last: int, *, rows: int = 1, top: int = 0) -> None:
        """Merge columns first…last (from 1) of `rows` rows; by default of the row written last."""
        top = top or self.number
        if last > first or rows > 1:
            self.ws.merged_cells.add(f"{get_column_letter(first)}{top}:{get_column_letter(last)}{top + rows - 1}")

    def spread(self, parts: Iterable[tuple[Value, int, Look]], height: float) -> None:
        """A row of merged areas: (value, columns, look), every covered cell with the look, so that frames are whole."""
        cells: list[Any] = []
        areas: list[tuple[int, int]] = []
        for value, columns, look in parts:
            first = len(cells) + 1
            cells.append(self.fill(self.cell(), value, look))
            cells += [self.fill(self.cell(), None, look) for _ in range(columns - 1)]
            areas.append((first, first + columns - 1))
        self.write(cells, height)
        for first, last in areas:
            self.merge(first, last)

    def lines_in(self, text: str, first: int, columns: int, size: float = SIZE) -> int:
        """Lines a text takes across some columns (from 1)."""
        width = sum(self.widths[first - 1 : first - 1 + columns])
        return text_lines(text, max(2, int(capacity_of(width) * SIZE / size)))

    # parts every ledger has

    def title(self, text: str) -> None:
        self.spread(
            [(text, self.visible, self.look(font=FONT_TITLE, size=18, align="center", frame=False))],
            30.0 * self.lines_in(text, 1, self.visible, 18) + 6,
        )

    def parted(self, texts: Sequence[str], height: float) -> None:
        """Some texts side by side over the whole width, the first at the left, the last at the right."""
        ends = self._ends(len(texts))
        aligns = ["left"] + ["center"] * (len(texts) - 2) + ["right"] if len(texts) == 3 else ["left"] * len(texts)
        parts, start = [], 0
        for text, end, align in zip(texts, ends, aligns, strict=True):
            parts.append((text, end - start, self.look(size=11, align=align, frame=False)))
            start = end
        self.spread(parts, height)

    def _ends(self, parts: int) -> list[int]:
        """Columns at which `parts` areas of about the same width end."""
        whole = sum(self.widths[: self.visible])
        ends: list[int] = []
        reached = 0.0
        for index, width in enumerate(self.widths[: self.visible], 1):
            reached += width
            left = self.visible - index
            if len(ends) < parts - 1 and (
                reached + width / 2 >= whole * (len(ends) + 1) / parts or left < parts - len(ends)
            ):
                ends.append(index)
        return [*ends, self.visible]

    def foot(self) -> None:
        """Blank places for those who sign on paper."""
        self.parted(("单位负责人：", "填表人：", "联系电话：", "报出日期："), 30)

    def header(self, columns: Sequence[Column], hidden: str = "") -> None:
        """The header tree as merged cells; repeated on every page. `hidden` heads the hidden last column."""
        depth = max(len(c.heading) for c in columns)
        top = self.number + 1
        look = self.look(font=FONT_HEAD, align="center")
        areas = header_areas([c.heading for c in columns])
        for level in range(depth):
            cells = [self.fill(self.cell(), None, look) for _ in columns]
            tallest = 1
            for area in areas:
                if area.level == level:
                    words = broken(area.text, capacity_of(sum(self.widths[area.first : area.last + 1])))
                    self.fill(cells[area.first], words, look)
                    needed = self.lines_in(words, area.first + 1, area.last - area.first + 1)
                    tallest = max(tallest, -(-needed // area.rows))
            if hidden:
                cells.append(self.fill(self.cell(), hidden if level == depth - 1 else None, look))
            self.write(cells, tallest * LINE + PADDING + 4)
        for area in areas:
            self.merge(area.first + 1, area.last + 1, rows=area.rows, top=top + area.level)
        self.ws.print_title_rows = f"{top}:{self.number}"


# Where a heading of several words may be broken; a program breaks Chinese between any two characters: 已转/化.
_BREAKS = {
    "整顿提升数": "整顿 提升数", "解决问题数": "解决 问题数", "问题总数": "问题 总数", "本期新增": "本期 新增",
    "本期销号": "本期 销号", "累计销号": "累计 销号", "结对单位": "结对 单位", "联系领导": "联系 领导",
    "第一书记": "第一 书记", "驻村干部": "驻村 干部", "专项整治": "专项 整治", "集体收入": "集体 收入",
    "调整书记": "调整 书记", **{f"情形{n}": f"情形 {n}" for n in "一二三四五六七八九十"},
}  # fmt: skip


def head_words(text: str) -> list[str]:
    """The words of a heading, each to stay on one line; a unit in brackets is a word: 集体, 收入, （万元）."""
    name, bracket, unit = text.partition("（")
    return [*_BREAKS.get(name, name).split(), *([bracket + unit] if unit else [])]


def broken(text: str, capacity: int) -> str:
    """A heading with as many words on a line as it holds half-width characters."""
    if text_lines(text, capacity) == 1:
        return text
    lines = [""]
    for word in head_words(text):
        if lines[-1] and text_lines(lines[-1] + word, capacity) > 1:
            lines.append(word)
        else:
            lines[-1] += word
    return "\n".join(lines)


@dataclass(frozen=True)
class Area:
    """A cell of the header: its text, from which column to which, on which line and how many lines high."""

    text: str
    first: int
    last: int
    level: int
    rows: int


def header_areas(headings: Sequence[tuple[str, ...]]) -> list[Area]:
    """The cells of a header tree: equal headings side by side are one, a column's own name reaches down to the last line."""
    depth = max(len(h) for h in headings)
    areas = []
    for level in range(depth):
        for above, group in groupby(range(len(headings)), key=lambda n: headings[n][: level + 1]):
            columns = list(group)
            if len(above) <= level:
                continue  # covered by a shorter path's own name above
            if len(headings[columns[0]]) > level + 1:
                areas.append(Area(above[level], columns[0], columns[-1], level, 1))
            else:
                areas += [Area(above[level], n, n, level, depth - level) for n in columns]
    return areas
