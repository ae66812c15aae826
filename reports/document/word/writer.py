"""Blocks → the body of the Word file, block by block, section by section."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Mapping

from docx.document import Document as WordDocument
from docx.shared import Emu, Pt

from ..blocks import (
    Annex,
    AttachmentNote,
    Block,
    Chart,
    Document,
    Heading,
    Paragraph,
    Picture,
    Signature,
    SmallPrint,
    Table,
)
from ..html import LONG_UNIT, date_text, text_width
from ..tables import GRID
from ..titles import balance
from . import sections, tables
from .xml import BREAK, KEEP, indent, paragraph, run

CHARACTER = 156 / 25.4 * 72 / 28 * 20  # pitch of one character in twips
EMU_PER_TWIP = 635
LINE_BEFORE = f'<w:spacing w:before="{sections.LINE}"/>'
LINE_AFTER = f'<w:spacing w:after="{sections.LINE}"/>'
# Carries the end of a section where the last thing on the page is a table: as low as a line can be.
STUB = '<w:spacing w:line="20" w:lineRule="exact"/>'


class Writer:
    """Writes the blocks one after the other; knows in which kind of section it stands."""

    def __init__(self, word: WordDocument, pictures: Mapping[str, bytes]) -> None:
        self.word, self.pictures = word, pictures
        self.sections = sections.Sections(word)
        self.out: list[str] = []
        self.wide = False

    def write(self, document: Document) -> str:
        """The whole body; the properties of the last section stand at its end."""
        lines = balance(document.title)
        title = run("\n".join(lines))
        after = {} if document.subtitle else {"spacing": LINE_AFTER}
        self.out.append(paragraph("Title", title, keepNext=KEEP, **after))
        if document.subtitle:
            self.out.append(paragraph("Subtitle", run(document.subtitle), spacing=LINE_AFTER))
        self.blocks(document.blocks)
        return "".join(self.out) + self.sections.properties(wide=self.wide)

    def blocks(self, blocks: Iterable[Block]) -> None:
        shown = list(blocks)
        for number, block in enumerate(shown):
            following = shown[number + 1] if number + 1 < len(shown) else None
            self.keep = isinstance(following, Signature | AttachmentNote)  # never alone on a page
            getattr(self, "_" + type(block).__name__.lower())(block)

    def turn(self, wide: bool) -> bool:
        """End the section where the next one lies the other way; tells whether it did."""
        if wide == self.wide:
            return False
        properties = self.sections.properties(wide=self.wide)
        last = self.out[-1]
        if last.startswith("<w:p>") and "<w:pageBreakBefore/>" not in last:
            # sectPr is the last child of pPr but for one we never write.
            self.out[-1] = last.replace("</w:pPr>", properties + "</w:pPr>", 1)
        else:
            self.out.append(paragraph("Normal", "", spacing=STUB, sectPr=properties))
        self.wide = wide
        return True

    def _heading(self, block: Heading) -> None:
        self.out.append(paragraph(f"Heading{block.level}", run(block.text)))

    def _paragraph(self, block: Paragraph) -> None:
        text = "".join(run(piece.text, "FaceKai" if piece.mark == "lead" else "") for piece in block.runs)
        style = "GongwenFlush" if block.flush else "GongwenBody"
        self.out.append(paragraph(style, text, **({"keepNext": KEEP} if self.keep else {})))

    def _table(self, block: Table) -> None:
        turned = block.landscape and self.turn(True)
        self.out += tables.markup(dataclasses.replace(block, landscape=self.wide))
        if turned:
            self.turn(False)

    def _chart(self, block: Chart) -> None:
        self._table(tables.of_chart(block))

    def _picture(self, block: Picture) -> None:
        area = (sections.LANDSCAPE if self.wide else sections.PORTRAIT) * EMU_PER_TWIP
        shape = self.word.part.new_pic_inline(io.BytesIO(self.pictures[block.name]), height=Pt(block.lines * GRID - 4))
        if shape.extent.cx > area:
            shape.extent.cy = Emu(int(shape.extent.cy * area / shape.extent.cx))
            shape.extent.cx = Emu(area)
            size = shape.graphic.graphicData.pic.spPr
            size.cx, size.cy = shape.extent.cx, shape.extent.cy
        shape.docPr.set("descr", block.alt)
        drawing = f"<w:r><w:drawing>{xml_of(shape)}</w:drawing></w:r>"
        self.out.append(paragraph("GongwenPicture", drawing))
        if block.caption:
            self.out.append(paragraph("GongwenCaption", run(block.caption)))

    def _attachmentnote(self, block: AttachmentNote) -> None:
        """左空二字 附件：1.×××; a wrapped line and the later numbers align with the first name and the first number."""
        number_width = 0.75 if len(block.names) > 1 else 0.0
        left = 2 + text_width("附件：") + number_width
        for number, name in enumerate(block.names, 1):
            label = "附件：" if number == 1 else ""
            figure = f"{number}." if number_width else ""
            hang = text_width(label) + number_width
            place = indent(left=left * CHARACTER, first=-hang * CHARACTER)
            before = {"spacing": LINE_BEFORE} if number == 1 else {}
            keep = {"keepNext": KEEP} if number < len(block.names) or self.keep else {}
            self.out.append(
                paragraph(
                    "GongwenNote", run(label + figure + name), ind=place, jc='<w:jc w:val="left"/>', **before, **keep
                )
            )

    def _signature(self, block: Signature) -> None:
        """署名右空二字, the date begins two characters right of it; where the date is longer, it is the date that 右空二字.
        With a seal the date 右空四字 and the unit is centred above it (GB/T 9704-2012, 7.3.5)."""
        unit, date = block.unit, date_text(block.date)
        wide, long = text_width(unit), text_width(date)
        if wide > LONG_UNIT:
            right = date_right = 2.0
        elif block.seal:
            right, date_right = 4 + max(0.0, (long - wide) / 2), 4 + max(0.0, (wide - long) / 2)
        elif long <= wide:
            right, date_right = 2.0, wide - long
        else:
            right, date_right = 4 + long - wide, 2.0
        for text, space, further in (
            (unit, right, {"keepNext": KEEP, "spacing": LINE_BEFORE}),
            (date, max(0.0, date_right), {}),
        ):
            left = 2.0 if text is unit and wide > LONG_UNIT else 0.0
            place = indent(left=left * CHARACTER, right=space * CHARACTER)
            self.out.append(paragraph("GongwenSign", run(text), ind=place, **further))

    def _annex(self, block: Annex) -> None:
        turned = self.turn(block.landscape)
        label = "附件" + ("" if block.number is None else str(block.number))
        page = {} if turned else {"pageBreakBefore": BREAK}
        self.out.append(paragraph("GongwenAnnexMark", run(label), **page))
        self.out.append(paragraph("GongwenAnnexTitle", run("\n".join(balance((block.title,))))))

    def _smallprint(self, block: SmallPrint) -> None:
        for number, line in enumerate(block.lines):
            further = {"spacing": '<w:spacing w:before="579" w:line="290" w:lineRule="exact"/>'} if not number else {}
            self.out.append(paragraph("GongwenSmall", run(line), **further))


def xml_of(element: object) -> str:
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode"))
