"""Tables as page markup: fixed layout, rows on the grid, head repeated on each page.

Fixed widths are a must: one long cell makes an automatic layout worse than quadratic (2000 characters 2.7 s against
0.03 s).
"""

from __future__ import annotations

import html
import math

from .blocks import Cell, CellContent, Column, Row, Table
from .text import typeset, typeset_cell

GRID = 225 / 25.4 * 72 / 22  # one line of the page in points
PORTRAIT, LANDSCAPE = 156 / 25.4 * 72, 225 / 25.4 * 72  # width of the type area
PADDING = 4.5  # left and right padding with the border, in points


def size_class(table: Table) -> tuple[str, float]:
    """Class and size in points: 小四 in narrow tables, 五号, 小五 in wide ledgers (the standard leaves this open)."""
    columns = len(table.columns)
    if table.landscape:
        return ("t-small", 9.0) if columns > 12 else ("t-middle", 10.5)
    return ("t-middle", 10.5) if columns > 6 else ("t-large", 12.0)


def _em(text: str) -> float:
    """Width of a line of text in em: Chinese characters and marks 1, Latin about a half."""
    return sum(0.55 if character.isascii() else 1.0 for character in text)


def lines_of(text: str, width: float, size: float) -> int:
    """How many lines a cell of this width needs; one em is set aside because a mark may be pushed to the next
    line."""
    room = max(1.0, (width - PADDING) / size)
    total = 0
    for line in text.split("\n"):
        em = _em(line)
        total += 1 if em <= room else math.ceil(em / max(1.0, room - 0.9))
    return total


def cell_text(cell: CellContent) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _cell(cell: CellContent, tag: str, column: Column | None) -> str:
    spans = ""
    if isinstance(cell, Cell):
        spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
        spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    align = f' class="{column.align}"' if column else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{align}{spans}>{typeset_cell(cell_text(cell))}</{tag}>"


def _row(table: Table, row: Row, tag: str, widths: list[float], size: float, *, snap: bool, name: str = "") -> str:
    """One row; with ``snap`` a row of more than two lines gets a height of whole grid lines, so that the text below
    stays on the grid."""
    cells: list[str] = []
    column, lines = 0, 1
    for cell in row:
        span = cell.colspan if isinstance(cell, Cell) else 1
        place = min(column, len(table.columns) - 1)
        cells.append(_cell(cell, tag, table.columns[place] if tag == "td" and span == 1 else None))
        if snap:
            lines = max(lines, lines_of(cell_text(cell), sum(widths[place : place + span]), size))
        column += span
    high = f' class="{name}"' if name else ""
    if snap and lines > 2:
        high += f' style="height: {math.ceil(lines / 2) * GRID - 0.5:.3f}pt"'
    return f"<tr{high}>{''.join(cells)}</tr>"


def markup(table: Table) -> str:
    """The table with caption, unit line, head, rows, total and signers."""
    name, size = size_class(table)
    total = sum(column.width for column in table.columns)
    area = LANDSCAPE if table.landscape else PORTRAIT
    widths = [area * column.width / total for column in table.columns]
    snap = not table.landscape
    out: list[str] = []
    if table.caption:
        out.append(f'<p class="table-title">{typeset(table.caption)}</p>')
    if table.unit_left or table.unit_right:
        left, right = html.escape(table.unit_left, quote=False), html.escape(table.unit_right, quote=False)
        out.append(f'<p class="unit"><span class="unit-right">{right}</span>{left}</p>')
    out.append(f'<table class="{name}">')
    out.append("<colgroup>" + "".join(f'<col style="width: {width:.3f}pt">' for width in widths) + "</colgroup>")
    if table.head:
        rows = "".join(_row(table, row, "th", widths, size, snap=snap) for row in table.head)
        out.append(f"<thead>{rows}</thead>")
    out.append("<tbody>")
    out.extend(_row(table, row, "td", widths, size, snap=snap) for row in table.rows)
    if table.total:
        out.append(_row(table, table.total, "td", widths, size, snap=snap, name="total"))
    out.append("</tbody></table>")
    if table.foot:
        share = 100 / len(table.foot)
        signers = "".join(
            f'<span class="signer" style="width: {share:.2f}%">{html.escape(text, quote=False)}</span>'
            for text in table.foot
        )
        out.append(f'<p class="signers">{signers}</p>')
    return "".join(out)
