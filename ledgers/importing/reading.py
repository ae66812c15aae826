"""From a workbook to plain cells, in the child process. No Django here.

A cell is handed over as JSON: None, a text, ["n", number as text], ["d", ISO day], ["b", bool], ["e", error] or ["f"] for a formula
whose value was never computed. Texts stay texts: nothing is guessed before the column is known.
"""

from __future__ import annotations

import io
import re
import warnings
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ledgers.importing import limits
from ledgers.importing.container import Unreadable, inspect

NO_SHEET = "工作簿中没有可以导入的工作表（可能只有图表）。"
REPEATED = "工作表“{sheet}”的内部结构有误：单元格{cell}出现了两次。请用 Excel 或 WPS 打开，另存为 xlsx 后再传。"
CUT_TEXT = "工作表“{sheet}”单元格{cell}的文字超过{limit}字，Excel 保存时会截断，请缩短后再传。"

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"[^>]*?\bhidden="(?:1|true)"')
_UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def read(path: Path) -> dict[str, Any]:
    """Every visible and hidden sheet with its cells. Raises Unreadable for anything that is not a workbook within bounds."""
    parts = inspect(path)
    warnings.simplefilter("ignore")
    try:
        return _read(path, parts)
    except (Unreadable, MemoryError):
        raise
    except Exception:  # whatever the parser stumbles over, the person hears one sentence
        raise Unreadable(limits.CANNOT_READ) from None


def _read(path: Path, parts: dict[str, bytes]) -> dict[str, Any]:
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # Nobody asks for the size a sheet claims to have; where it claims none, openpyxl would read the whole sheet for it.
    ReadOnlyWorksheet._get_size = lambda self: None  # type: ignore[attr-defined]
    # A theme or an odd style sheet must not matter to somebody who only wants the cells read.
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        if not workbook.worksheets:
            raise Unreadable(NO_SHEET)
        if len(workbook.worksheets) > limits.SHEETS:
            raise Unreadable(limits.TOO_MANY_SHEETS)
        sheets = [_sheet(sheet, parts) for sheet in workbook.worksheets]
    finally:
        workbook.close()
    return {"sheets": sheets, "date1904": workbook.epoch.year == 1904}


def _parser(source: bytes, sheet: Any) -> Any:
    """openpyxl's parser, which yields only the cells that are there: a forged dimension or a far row costs nothing."""
    from openpyxl.utils.cell import coordinate_to_tuple
    from openpyxl.worksheet._reader import INLINE_STRING, WorkSheetParser

    text, run = (INLINE_STRING.replace("}is", tag) for tag in ("}t", "}r"))

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            """A text inside its cell without the objects openpyxl makes of each; they were half the time of reading."""
            inline = element.find(INLINE_STRING) if element.get("t") == "inlineStr" else None
            if inline is None:
                return super().parse_cell(element)
            row, column = self.row_counter, self.col_counter + 1
            if coordinate := element.get("r"):
                row, column = coordinate_to_tuple(coordinate)
            self.col_counter = column
            pieces = [inline.findtext(text) or "", *(one.findtext(text) or "" for one in inline.iter(run))]
            return {"row": row, "column": column, "value": "".join(pieces), "data_type": "s", "style_id": 0}

    book = sheet.parent
    return Parser(
        io.BytesIO(source),
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _sheet(sheet: Any, parts: dict[str, bytes]) -> dict[str, Any]:
    title = str(sheet.title)
    source = parts[sheet._worksheet_path]
    uncomputed = (
        {_place(m.group(1).decode()) for m in _UNCOMPUTED.finditer(source)}
        if b"<f" in source or b":f" in source
        else set()
    )
    rows: dict[int, dict[int, Any]] = {}
    for number, cells in _parser(source, sheet).parse():
        row = {}
        for cell in cells:
            place = (cell["row"], cell["column"])
            value = ["f"] if place in uncomputed else _plain(cell["value"], cell["data_type"])
            if value is None:
                continue
            if cell["column"] > limits.COLUMNS:
                raise Unreadable(limits.TOO_MANY_COLUMNS.format(sheet=title, row=number))
            if cell["row"] != number or cell["column"] in row:
                raise Unreadable(REPEATED.format(sheet=title, cell=_name(*place)))
            if isinstance(value, str) and len(value) > limits.CELL_CHARACTERS:
                raise Unreadable(CUT_TEXT.format(sheet=title, cell=_name(*place), limit=limits.CELL_CHARACTERS))
            row[cell["column"]] = value
        if not row:
            continue
        if number in rows:
            raise Unreadable(REPEATED.format(sheet=title, cell=_name(number, min(row))))
        rows[number] = row
        if len(rows) > limits.ROWS + 50:  # title, header and foot are not data
            raise Unreadable(limits.TOO_MANY_ROWS.format(sheet=title))
    merged = [
        (*_place(m.group(1).decode()), *_place(m.group(2).decode()))
        for m in _MERGED.finditer(source, _merge_start(source))
    ]
    if len(merged) > limits.MERGED_RANGES:
        raise Unreadable(limits.TOO_MANY_MERGED)
    return {
        "title": title,
        "hidden": sheet.sheet_state != "visible",
        "rows": [[number, sorted(row.items())] for number, row in sorted(rows.items())],
        "merged": merged,
        "hidden_rows": [int(m.group(1)) for m in _HIDDEN.finditer(source)] if b"hidden=" in source else [],
    }


def _merge_start(source: bytes) -> int:
    return max(0, source.rfind(b"mergeCells", 0, max(0, source.rfind(b"mergeCells"))) - 10)


def _plain(value: Any, data_type: str) -> Any:
    if value is None or value == "":
        return None
    if data_type == "e":
        return ["e", str(value)]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int | float):
        return ["n", repr(value)]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return ["t", str(value)]
    text = str(value)
    return text if text.strip() else None


def _place(name: str) -> tuple[int, int]:
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]), column


def _name(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
