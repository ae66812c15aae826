"""The clerk's own workbook given back: faulty cells coloured, a comment on each, a 原因 column. Runs in the child. No Django here."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ledgers.importing import limits
from ledgers.importing.container import Unreadable, inspect

REASON = "原因"
AUTHOR = "系统检查"


def mark(path: Path, target: Path, sheet_title: str, header_row: int, faults: list[dict[str, Any]]) -> None:
    """Write a copy of the workbook with each fault ({row, column, sentence}; column 0 is the whole row) at its cell."""
    inspect(path)
    warnings.simplefilter("ignore")
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    try:
        workbook = openpyxl.load_workbook(path, keep_links=False)
        sheet: Any = workbook[sheet_title]
        yellow = PatternFill("solid", fgColor="FFF2CC")
        column = _reason_column(sheet, header_row)
        head = sheet.cell(header_row, column)
        head.value, head.font = REASON, Font(bold=True, color="C00000")
        sheet.column_dimensions[head.column_letter].width = 48
        reasons: dict[int, list[str]] = {}
        for fault in faults:
            row, at = fault["row"], fault["column"]
            if not row:
                continue
            reasons.setdefault(row, []).append(fault["sentence"])
            if at:
                cell = _anchor(sheet, row, at)
                cell.fill = yellow
                told = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == AUTHOR else ""
                cell.comment = Comment((told + fault["sentence"])[:1000], AUTHOR, width=320, height=120)
        for row, sentences in reasons.items():
            cell = _anchor(sheet, row, column)
            # data_type "s" keeps a text that begins with = from becoming a formula
            cell.value = "\n".join(sentences)
            cell.data_type = "s"
            cell.font, cell.fill = Font(color="C00000"), yellow
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        workbook.active = workbook.index(sheet)
        workbook.save(target)
    except (Unreadable, MemoryError):
        raise
    except Exception:
        raise Unreadable(limits.CANNOT_READ) from None


def _reason_column(sheet: Any, header_row: int) -> int:
    """The 原因 column of an earlier check (its old reasons go), else the first free one."""
    last = min(sheet.max_column, limits.COLUMNS - 1)
    for column in range(1, last + 1):
        if sheet.cell(header_row, column).value == REASON:
            for row in range(header_row + 1, sheet.max_row + 1):
                cell = sheet.cell(row, column)
                if cell.value is not None and type(cell).__name__ == "Cell":
                    cell.value = None
            return column
    while last > 1 and not any(
        sheet.cell(row, last).value is not None for row in range(1, min(sheet.max_row, 200) + 1)
    ):
        last -= 1
    return last + 1


def _anchor(sheet: Any, row: int, column: int) -> Any:
    """The cell itself, or the first cell of the merged range it lies in."""
    cell = sheet.cell(row, column)
    if type(cell).__name__ != "MergedCell":
        return cell
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell
