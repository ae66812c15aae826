"""Tables of the Word file: fixed widths, rows of whole grid lines, the head repeated on each page.

Written as text: python-docx looks a cell up among all others, which makes 2,000 rows take minutes.
"""

from __future__ import annotations

import math
from itertools import pairwise

from ..blocks import Cell, CellContent, Chart, Column, Row, Table
from ..tables import cell_text, lines_of, size_class
from . import sections
from .xml import KEEP, paragraph, run

STYLES = {12.0: "GongwenCell12", 10.5: "GongwenCell10", 9.0: "GongwenCell9"}
# Small print stands close: a little room to the line above and below, as in the PDF.
AIR = '<w:tblCellMar><w:top w:w="12" w:type="dxa"/><w:bottom w:w="12" w:type="dxa"/></w:tblCellMar>'
LONG_ROW = 12  # grid lines; a row that may be higher than a page must be allowed to break


def of_chart(chart: Chart) -> Table:
    """The figures of a chart as a table: what a drawing shows, in a form the office can go on working with."""
    rows = tuple(
        (series.name or chart.unit or "数值", *(f"{value:.{chart.decimals}f}" for value in series.values))
        for series in chart.series
    )
    return Table(
        columns=(Column(1.6), *(Column(1, "center") for _ in chart.categories)),
        head=(("", *chart.categories),),
        rows=rows,
        caption=chart.title,
        unit_right=f"单位：{chart.unit}" if chart.unit else "",
    )


class _Writer:
    """One table; remembers which cells hang down into the rows below."""

    def __init__(self, table: Table) -> None:
        self.table = table
        _, self.size = size_class(table)
        area = sections.LANDSCAPE if table.landscape else sections.PORTRAIT
        total = sum(column.width for column in table.columns)
        edges = [0.0]
        for column in table.columns:
            edges.append(edges[-1] + column.width / total * area)
        self.widths = [round(end) - round(start) for start, end in pairwise(edges)]
        self.area = area
        self.hanging: dict[int, tuple[int, int]] = {}  # column → rows still covered, columns covered together

    def cell(self, content: CellContent | None, place: int, span: int, *, head: bool, merge: str, keep: bool) -> str:
        width = sum(self.widths[place : place + span])
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if span > 1:
            properties += f'<w:gridSpan w:val="{span}"/>'
        if merge:
            properties += '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
        align = "center" if head or span > 1 or content is None else self.table.columns[place].align
        text = run(cell_text(content), "FaceHei" if head else "") if content is not None else ""
        body = paragraph(STYLES[self.size], text, **({"keepNext": KEEP} if keep else {}), jc=f'<w:jc w:val="{align}"/>')
        return f'<w:tc><w:tcPr>{properties}<w:vAlign w:val="center"/></w:tcPr>{body}</w:tc>'

    def row(self, row: Row, *, head: bool = False, keep: bool = False) -> str:
        """One row, with the covered cells of rows above put in where they belong."""
        cells: list[str] = []
        lines, place = 1, 0
        waiting = list(row)
        while place < len(self.widths):
            if place in self.hanging:
                left, span = self.hanging.pop(place)
                if left > 1:
                    self.hanging[place] = left - 1, span
                cells.append(self.cell(None, place, span, head=head, merge="continue", keep=keep))
            elif waiting:
                content = waiting.pop(0)
                span, down = (content.colspan, content.rowspan) if isinstance(content, Cell) else (1, 1)
                if down > 1:
                    self.hanging[place] = down - 1, span
                merge = "restart" if down > 1 else ""
                cells.append(self.cell(content, place, span, head=head, merge=merge, keep=keep))
                width = sum(self.widths[place : place + span]) / 20
                lines = max(lines, lines_of(cell_text(content), width, self.size) if down == 1 else 1)
            else:
                break
            place += span
        grid = math.ceil(lines / 2)
        properties = "" if grid > LONG_ROW else "<w:cantSplit/>"
        # Upright, the text below a table must be on the grid again; a landscape row is as high as its text.
        height = sections.LINE * (1 if self.table.landscape else grid)
        properties += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>'
        properties += "<w:tblHeader/>" if head else ""
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    def write(self) -> str:
        table = self.table
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        rows = [self.row(row, head=True) for row in table.head]
        # The total and the line of signers do not stand alone on a page.
        last = len(table.rows) - 1
        rows += [
            self.row(row, keep=number == last and bool(table.total or table.foot))
            for number, row in enumerate(table.rows)
        ]
        if table.total:
            rows.append(self.row(table.total, keep=bool(table.foot)))
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="GongwenTable"/><w:tblW w:w="{self.area}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/>{AIR if self.size < 10 else ""}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )


def markup(table: Table) -> list[str]:
    """The table with caption, unit line, head, rows, total and signers, one piece of XML each."""
    area = sections.LANDSCAPE if table.landscape else sections.PORTRAIT
    out = []
    if table.caption:
        out.append(paragraph("GongwenCaption", run(table.caption)))
    if table.unit_left or table.unit_right:
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{area}"/></w:tabs>'
        between = "<w:r><w:tab/></w:r>" if table.unit_right else ""
        out.append(paragraph("GongwenUnit", run(table.unit_left) + between + run(table.unit_right), tabs=tabs))
    out.append(_Writer(table).write())
    if table.foot:
        share = area / len(table.foot)
        places = "".join(f'<w:tab w:val="left" w:pos="{round(share * n)}"/>' for n in range(1, len(table.foot)))
        text = "<w:r><w:tab/></w:r>".join(run(part) for part in table.foot)
        out.append(paragraph("GongwenSigners", text, **({"tabs": f"<w:tabs>{places}</w:tabs>"} if places else {})))
    return out
