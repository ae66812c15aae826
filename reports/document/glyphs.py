"""Which characters of a document no face has: told to the author before sign-off, never discovered on paper."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from . import fonts
from .blocks import Annex, Block, Cell, Chart, Document, Heading, Paragraph, Picture, Table
from .errors import MissingGlyph
from .text import GETA, clean_document

_INVISIBLE = frozenset(map(ord, "\n\t \u3000"))


def _near(text: str) -> str:
    return f"“{text[:12]}…”" if len(text) > 13 else f"“{text}”"


def _texts(document: Document) -> Iterator[tuple[str, str, str]]:
    """Every text of the document as (chain, text, place)."""
    for line in document.title:
        yield "title", line, "标题"
    yield "kai", document.subtitle, "副标题"
    for block in document.blocks:
        yield from _block_texts(block)


def _block_texts(block: Block) -> Iterator[tuple[str, str, str]]:
    if isinstance(block, Heading):
        yield {1: "hei", 2: "kai"}.get(block.level, "body"), block.text, f"标题{_near(block.text)}"
    elif isinstance(block, Paragraph):
        place = f"段落{_near(block.text)}"
        for run in block.runs:
            yield ("kai" if run.mark == "lead" else "body"), run.text, place
    elif isinstance(block, Table):
        place = f"表格{_near(block.caption)}" if block.caption else "表格"
        yield "hei", block.caption, place
        for row in block.head:
            for cell in row:
                yield "hei", _cell_text(cell), place + "表头"
        for number, row in enumerate((*block.rows, *((block.total,) if block.total else ())), 1):
            for cell in row:
                yield "body", _cell_text(cell), f"{place}第{number}行"
        for text in (block.unit_left, block.unit_right, *block.foot):
            yield "body", text, place
    elif isinstance(block, Chart):
        yield "hei", block.title, f"图{_near(block.title)}"
        for text in (*block.categories, *(series.name for series in block.series), block.unit):
            yield "song", text, f"图{_near(block.title)}"
    elif isinstance(block, Annex):
        yield "title", block.title, f"附件{_near(block.title)}"
    elif isinstance(block, Picture):
        yield "hei", block.caption, "照片说明"
    else:
        for item in dataclasses.fields(block):
            value: Any = getattr(block, item.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and item.name != "key":
                    yield "body", text, "落款、附件说明"


def _cell_text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def missing_glyphs(document: Document) -> list[MissingGlyph]:
    """Characters that no face of their chain has, each once per chain, in reading order. Raises FontsMissing without
    faces."""
    document, _ = clean_document(document)
    folder = fonts.directory()
    found: dict[tuple[str, str], MissingGlyph] = {}
    for chain, text, place in _texts(document):
        known = fonts.chain_coverage(folder, chain)
        for character in text:
            if ord(character) not in known and ord(character) not in _INVISIBLE:
                found.setdefault((chain, character), MissingGlyph(character, chain, place))
    return list(found.values())


def with_geta(document: Document) -> tuple[Document, list[MissingGlyph]]:
    """The document with 〓 in the place of every missing character, and the list of them.

    PDF/A forbids a glyph that does not exist; 〓 is what a printer sets where the case lacks a character, and it is seen.
    """
    missing = missing_glyphs(document)
    if not missing:
        return document, missing
    table = {ord(glyph.character): GETA for glyph in missing}

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return value.translate(table)
        if isinstance(value, tuple):
            return tuple(walk(item) for item in value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [
                item.name
                for item in dataclasses.fields(value)
                if item.name not in ("key", "figure", "metadata", "alt", "name")
            ]
            return dataclasses.replace(value, **{name: walk(getattr(value, name)) for name in names})
        return value

    return walk(document), missing
