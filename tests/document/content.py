"""The text of a content model as the page prints it, for comparing with what a program reads out of the file."""

from __future__ import annotations

import collections

from reports.document.blocks import (
    Annex,
    AttachmentNote,
    Block,
    Cell,
    Chart,
    Document,
    Heading,
    Paragraph,
    Picture,
    Row,
    Signature,
    SmallPrint,
    Table,
)


def _row(row: Row) -> str:
    return "".join(cell.text if isinstance(cell, Cell) else cell for cell in row)


def block_text(block: Block) -> str:
    """Everything a block prints, in reading order. Of a chart only the title: its labels are drawn, not written."""
    match block:
        case Heading():
            return block.text
        case Paragraph():
            return block.text
        case Table():
            rows = [*block.head, *block.rows, *([block.total] if block.total else [])]
            body = "".join(map(_row, rows))
            return f"{block.caption}{block.unit_left}{block.unit_right}{body}{''.join(block.foot)}"
        case Chart():
            return block.title
        case Picture():
            return block.caption
        case AttachmentNote():
            numbers = len(block.names) > 1
            return "附件：" + "".join(f"{n}.{name}" if numbers else name for n, name in enumerate(block.names, 1))
        case Signature():
            return f"{block.unit}{block.date.year}年{block.date.month}月{block.date.day}日"
        case Annex():
            return f"附件{'' if block.number is None else block.number}{block.title}"
        case SmallPrint():
            return "".join(block.lines)


def squeezed(text: str) -> str:
    """Without blanks: programs differ in the blanks they invent between lines."""
    return "".join(text.split())


def document_text(document: Document) -> str:
    return squeezed("".join(document.title) + document.subtitle + "".join(map(block_text, document.blocks)))


def counted(text: str) -> collections.Counter[str]:
    return collections.Counter(squeezed(text))
