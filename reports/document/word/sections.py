"""Pages of the Word file: portrait and landscape sections on the grid, and the page number in its place.

Lengths in twips, twentieths of a point. The grid is 22 lines of 579: one more and 22 would no longer fit into 225 mm.
`type=lines` with runs condensed by a quarter of a point gives 28 characters a line in Word as in LibreOffice;
`linesAndChars` would let LibreOffice give every character two cells.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import parse_xml

from .xml import ROOT, run

LINE = 579
MM = 1440 / 25.4
PORTRAIT, LANDSCAPE = round(156 * MM), round(225 * MM)  # width of the type area
LONG, SHORT = round(297 * MM), round(210 * MM)
NUMBER_EDGE = (
    24.9  # mm between the edge of the sheet and the line of the number, so that its dash is 7 mm below the type area
)
NUMBER = 280  # 14 pt, the character the page number stands in from the outer edge


def _field() -> str:
    """— n — as a field that Word counts itself."""
    kinds = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    number = "".join(f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>{kind}</w:r>' for kind in kinds)
    return run("— ") + number + run(" —")


def _foot(*, odd: bool) -> str:
    """Outer edge: right on odd pages, left on even ones."""
    indent = (
        f'<w:ind w:rightChars="100" w:right="{NUMBER}"/>' if odd else f'<w:ind w:leftChars="100" w:left="{NUMBER}"/>'
    )
    side = "right" if odd else "left"
    return f'<w:p><w:pPr><w:pStyle w:val="Footer"/>{indent}<w:jc w:val="{side}"/></w:pPr>{_field()}</w:p>'


def _turned_foot(*, odd: bool) -> str:
    """On a landscape page the number stays where upright pages have it, so it stands turned at the left edge.

    The upright foot is the landscape left; the upright right edge is the landscape foot (GB/T 9704-2012, 7.2.4 note, 7.5).
    A floating table of one cell with turned text does it in every version of Word.
    """
    room = round(40 * MM)
    x = round(NUMBER_EDGE * MM)
    y = SHORT - round(26 * MM) - NUMBER - room if odd else round(28 * MM) + NUMBER
    width = NUMBER + 20
    place = (
        f'<w:tblpPr w:horzAnchor="page" w:vertAnchor="page" w:tblpX="{x}" w:tblpY="{y}"/><w:tblOverlap w:val="never"/>'
    )
    margins = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    text = f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="{"right" if odd else "left"}"/></w:pPr>{_field()}</w:p>'
    return (
        f'<w:tbl><w:tblPr>{place}<w:tblW w:w="{width}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>'
        f'<w:tr><w:trPr><w:trHeight w:val="{room}" w:hRule="exact"/></w:trPr>'
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:textDirection w:val="tbRl"/></w:tcPr>{text}</w:tc></w:tr></w:tbl>'
        '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p>'
    )


class Sections:
    """Writes section properties; each kind of foot is one part of the file, however many sections use it."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._feet: dict[bool, tuple[str, str]] = {}

    def _foot_part(self, body: str) -> str:
        part: Any
        part, key = self._document.part.add_footer_part()
        element = part.element
        for child in list(element):
            element.remove(child)
        for child in parse_xml(f"<w:ftr {ROOT}>{body}</w:ftr>"):
            element.append(child)
        return str(key)

    def properties(self, *, wide: bool) -> str:
        """`w:sectPr` of a section of this kind."""
        if wide not in self._feet:
            make = _turned_foot if wide else _foot
            self._feet[wide] = self._foot_part(make(odd=True)), self._foot_part(make(odd=False))
        odd, even = self._feet[wide]
        if wide:
            size = f'<w:pgSz w:w="{LONG}" w:h="{SHORT}" w:orient="landscape"/>'
            top, right, bottom, left = 28, 37, 26, 35
        else:
            size = f'<w:pgSz w:w="{SHORT}" w:h="{LONG}"/>'
            top, right, bottom, left = 37, 26, 35, 28
        foot = round(NUMBER_EDGE * MM)
        margins = {
            "top": round(top * MM), "right": round(right * MM), "bottom": round(bottom * MM), "left": round(left * MM),
            "header": round(15 * MM), "footer": 0 if wide else foot, "gutter": 0,
        }  # fmt: skip
        given = " ".join(f'w:{name}="{value}"' for name, value in margins.items())
        return (
            f'<w:sectPr><w:footerReference w:type="default" r:id="{odd}"/><w:footerReference w:type="even" r:id="{even}"/>'
            f'<w:type w:val="nextPage"/>{size}<w:pgMar {given}/><w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
        )
