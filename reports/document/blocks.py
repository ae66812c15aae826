"""The content model of a document: frozen plain data, the same for preview, PDF and Word.

Nothing here computes: a figure arrives as text together with its key, and the key travels along so that the preview
can link it to the records it counts. ``to_json`` gives what a draft or a frozen version stores; ``from_json`` reads
it back or raises ContentError.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import ContentError

FORMAT = 1  # of the JSON; a reader refuses what is newer than itself
Align = Literal["left", "center", "right"]
MARKS = frozenset({"lead", "typed", "changed"})
ALIGNS = frozenset({"left", "center", "right"})
CHART_KINDS = frozenset({"bar", "stacked"})


def _check(condition: bool, sentence: str) -> None:
    if not condition:
        raise ContentError(sentence)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text. ``figure`` is the key of the figure it prints, if it prints one.

    ``mark``: ``lead`` the leading clause of a paragraph (一是强化部署。, set in 楷体), ``typed`` a figure typed by
    hand and ``changed`` a figure whose data changed since the author's edit; the last two show in the preview only.
    """

    text: str
    figure: str | None = None
    mark: str | None = None

    def __post_init__(self) -> None:
        _check(isinstance(self.text, str), "文字块的内容必须是文本。")
        _check(self.mark is None or self.mark in MARKS, f"不认识的文字标记“{self.mark}”。")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number in the text: 1 一、 (黑体), 2 （一） (楷体), 3 1. and 4 (1) (仿宋).

    Source: GB/T 9704-2012, 7.3.3.
    """

    level: int
    text: str
    key: str = ""

    def __post_init__(self) -> None:
        _check(self.level in (1, 2, 3, 4), "标题只有一至四级。")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text. ``flush`` begins it at the edge (主送机关) instead of two characters in."""

    runs: tuple[Run, ...]
    flush: bool = False
    key: str = ""

    @classmethod
    def of(cls, text: str, **fields: Any) -> Paragraph:
        """A paragraph without figures."""
        return cls(runs=(Run(text),), **fields)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: several runs, or a span. A row may also hold plain ``str`` cells; a line break in the text is
    kept."""

    runs: tuple[Run, ...]
    colspan: int = 1
    rowspan: int = 1

    @classmethod
    def of(cls, text: str, figure: str | None = None, **fields: Any) -> Cell:
        return cls(runs=(Run(text, figure=figure),), **fields)

    def __post_init__(self) -> None:
        _check(self.colspan >= 1 and self.rowspan >= 1, "单元格至少占一行一列。")

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


CellContent = str | Cell
Row = tuple[CellContent, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Relative width (any unit) and alignment of a column: text left, numbers right, 序号 centred."""

    width: float = 1.0
    align: Align = "left"

    def __post_init__(self) -> None:
        _check(self.width > 0, "列宽必须大于零。")
        _check(self.align in ALIGNS, f"不认识的对齐方式“{self.align}”。")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a repeating head.

    ``head`` has one or more rows (a cell may span), ``total`` is the 合计 row, ``unit_left``/``unit_right`` the line
    above the table (填报单位：…/单位：万元), ``foot`` the line of signers below it (单位负责人：, 填表人：, …).
    ``landscape`` puts it on a landscape page unless the annex it stands in is landscape already.
    """

    columns: tuple[Column, ...]
    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    unit_left: str = ""
    unit_right: str = ""
    total: Row | None = None
    foot: tuple[str, ...] = ()
    landscape: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        _check(bool(self.columns), "表格至少要有一列。")
        occupied: dict[int, int] = {}
        for place, rows in (("表头", self.head), ("表格", self.rows), ("合计行", (self.total,) if self.total else ())):
            for number, row in enumerate(rows, 1):
                width = self._width(row, occupied)
                _check(width == len(self.columns), f"{place}第{number}行占{width}列,应为{len(self.columns)}列。")

    @staticmethod
    def _width(row: Row, occupied: dict[int, int]) -> int:
        """Columns the row fills, with the cells that hang down from rows above; ``occupied`` is column → rows still
        covered."""
        covered = {column for column, left in occupied.items() if left > 0}
        for column in covered:
            occupied[column] -= 1
        column = 0
        for cell in row:
            while column in covered:
                column += 1
            colspan, rowspan = (cell.colspan, cell.rowspan) if isinstance(cell, Cell) else (1, 1)
            for _ in range(colspan):
                if rowspan > 1:
                    occupied[column] = rowspan - 1
                column += 1
        while column in covered:
            column += 1
        return column


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one row of columns in a chart, one per category; ``figures`` are the keys they state, if they do."""

    name: str
    values: tuple[float, ...]
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A simple column chart: ``bar`` (series side by side) or ``stacked``. Data only; ``charts.svg`` draws it for
    screen and paper."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    kind: str = "bar"
    decimals: int = 0
    key: str = ""

    def __post_init__(self) -> None:
        _check(self.kind in CHART_KINDS, f"不认识的图表类型“{self.kind}”。")
        _check(bool(self.categories) and bool(self.series), "图表至少要有一组数据。")
        for series in self.series:
            _check(len(series.values) == len(self.categories), f"图表数据“{series.name}”的个数与类目不一致。")
            _check(len(series.figures) in (0, len(series.values)), f"图表数据“{series.name}”的来源个数与数据不一致。")
            _check(all(value >= 0 for value in series.values), f"图表数据“{series.name}”不能小于零。")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo handed to the renderer under ``name``; ``alt`` says what it shows, ``lines`` is its height in grid
    lines (1-20)."""

    name: str
    alt: str
    caption: str = ""
    lines: int = 9
    key: str = ""

    def __post_init__(self) -> None:
        _check(bool(self.alt.strip()), "照片必须有文字说明。")
        _check(1 <= self.lines <= 20, "照片的高度应为1至20行。")


@dataclass(frozen=True, slots=True)
class AttachmentNote:
    """附件说明: one empty line below the text, the names without closing marks. GB/T 9704-2012, 7.3.4."""

    names: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期 (7.3.5). ``seal`` leaves the place of a stamp: date four characters in, unit centred
    above it."""

    unit: str
    date: datetime.date
    seal: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """Begins an annex on a new page; what follows belongs to it. ``number`` None prints 附件 without a number."""

    number: int | None
    title: str
    landscape: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class SmallPrint:
    """Lines in small print at the place where they stand, e.g. the verification code on the last page."""

    lines: tuple[str, ...]
    key: str = ""


Block = Heading | Paragraph | Table | Chart | Picture | AttachmentNote | Signature | Annex | SmallPrint


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    ``title`` is one line per entry; a single entry longer than a line is broken by ``titles.balance``. ``subtitle``
    stands below it in 楷体 (e.g. the unit or the date in brackets). ``author`` is the issuing office, ``created_on``
    the date the document bears.
    ``metadata``: ``subject``, ``keywords`` (separated by ``、``) and further plain strings.
    ``landscape``: the whole PDF lies on its side, so that headings stay with wide tables.
    """

    title: tuple[str, ...]
    author: str
    created_on: datetime.date
    blocks: tuple[Block, ...] = ()
    subtitle: str = ""
    language: str = "zh-CN"
    metadata: Mapping[str, str] = field(default_factory=dict)
    landscape: bool = False

    def __post_init__(self) -> None:
        _check(any(line.strip() for line in self.title), "公文必须有标题。")

    @property
    def flat_title(self) -> str:
        return "".join(self.title)


_TYPES: dict[str, type] = {
    cls.__name__.lower(): cls
    for cls in (
        *(Run, Heading, Paragraph, Cell, Column, Table, Series, Chart, Picture),
        *(AttachmentNote, Signature, Annex, SmallPrint, Document),
    )
}


def to_json(value: Any) -> Any:
    """Any of the dataclasses above → dicts, lists, strings and numbers; fields that have their default are left
    out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        data: dict[str, Any] = {"type": type(value).__name__.lower()}
        if isinstance(value, Document):
            data["format"] = FORMAT
        for item in dataclasses.fields(value):
            content = getattr(value, item.name)
            if item.default is dataclasses.MISSING or content != item.default:
                data[item.name] = to_json(content)
        return data
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def from_json(data: Any) -> Any:
    """The reverse of ``to_json``. Raises ContentError for an unknown type, field or format."""
    if isinstance(data, list):
        return tuple(from_json(item) for item in data)
    if not isinstance(data, dict):
        return data
    if "type" not in data:
        return {key: from_json(item) for key, item in data.items()}
    cls = _TYPES.get(data["type"])
    if cls is None:
        raise ContentError(f"不认识的内容块“{data['type']}”。")
    if data.get("format", FORMAT) > FORMAT:
        raise ContentError("该文稿由更新版本的系统保存,请升级后再打开。")
    fields = {key: from_json(item) for key, item in data.items() if key not in ("type", "format")}
    for name in ("date", "created_on"):
        if name in fields:
            try:
                fields[name] = datetime.date.fromisoformat(fields[name])
            except (TypeError, ValueError):
                raise ContentError(f"日期“{fields[name]}”无法识别。") from None
    try:
        return cls(**fields)
    except TypeError as error:
        raise ContentError(f"内容块“{data['type']}”的字段不对:{error}。") from error
