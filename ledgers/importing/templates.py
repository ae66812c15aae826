"""Templates to download: the official columns, drop-down lists of the township, a note at every heading, two example rows.

The example rows carry 示例 in the first column, by which the import knows them.
"""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from ledgers.importing.importers.base import Importer
from ledgers.importing.table import EXAMPLE
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village

LISTS = "选项"
ROWS = 1000  # to which the drop-down lists reach
AUTHOR = "填写说明"
_THIN = Side(style="thin", color="999999")


def build(importer: Importer, *, township: Township, round: Round | None) -> bytes:
    """The template as a file; small, so that the page may make it at once."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = importer.ledger.name[:28].replace("/", "")
    read = {one.key: one for one in importer.fields if one.parse}
    columns = [column for column in importer.ledger.columns if column.key in read]
    suffix = f"（{round}）" if round and importer.needs_round else ""
    sheet.append([f"{township}{importer.ledger.name}{suffix}"])
    sheet.append(["序号", *("".join(c.heading) if len(c.heading) > 1 else c.title for c in columns)])
    for cells in _examples(importer, [c.key for c in columns]):
        sheet.append([EXAMPLE, *cells])
    width = len(columns) + 1
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 30
    lists = _lists(township, importer)
    source: Any = book.create_sheet(LISTS)
    source.sheet_state = "hidden"
    for place, (key, values) in enumerate(lists.items(), 1):
        for row, value in enumerate(values, 1):
            cell = source.cell(row, place, value)
            cell.data_type = "s"  # a name that begins with = stays a name
        if not values or key not in read:
            continue
        letter = get_column_letter(place)
        strict = key in importer.strict_lists
        validation = DataValidation(
            type="list",
            formula1=f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(values)}",
            allow_blank=True,
            showErrorMessage=strict,
            errorTitle="请从列表中选择",
            error="这一列只能填列表中的内容。",
        )
        sheet.add_data_validation(validation)
        at = get_column_letter([c.key for c in columns].index(key) + 2)
        validation.add(f"{at}3:{at}{ROWS}")
    for place in range(1, width + 1):
        head = sheet.cell(2, place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3EAF2")
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        column = columns[place - 2] if place > 1 else None
        sheet.column_dimensions[get_column_letter(place)].width = max(8.0, column.width) if column else 7
        note = _note(read[column.key]) if column else f"写“{EXAMPLE}”的两行只是样子，导入时不读，可以删去。"
        head.comment = Comment(note, AUTHOR, width=280, height=90)
        for row in (2, 3, 4):
            sheet.cell(row, place).border = Border(_THIN, _THIN, _THIN, _THIN)
        for row in (3, 4):
            cell = sheet.cell(row, place)
            cell.font, cell.alignment = Font(color="7F7F7F", italic=True), Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _note(one: Any) -> str:
    head = "必填。" if one.needed else "可以不填。"
    return head + (f"可以填：{one.accepted}。" if one.accepted else "")


def _examples(importer: Importer, keys: list[str]) -> list[list[str]]:
    return [[row.get(key, "") for key in keys] for row in importer.examples]


def _lists(township: Township, importer: Importer) -> dict[str, list[str]]:
    """Column → words to choose from: villages, people and units of the township, fixed words."""
    villages = list(Village.objects.filter(township=township, closed_on=None).values_list("name", flat=True))
    people = [
        f"{name}（{title}）" if title else name
        for name, title in Cadre.objects.filter(township=township, left_on=None).values_list("name", "title")[:500]
    ]
    units = list(Unit.objects.filter(township=township).values_list("name", flat=True)[:500])
    found: dict[str, list[str]] = {}
    for key, source in importer.lists.items():
        if isinstance(source, str):
            found[key] = {"villages": villages, "people": people, "units": units}[source]
        else:
            found[key] = list(source)
    return found
