"""Blocks → the HTML of the printed page. Everything a person typed is escaped; no address ever comes from it."""

from __future__ import annotations

import dataclasses
import datetime
import html
from collections.abc import Iterable
from urllib.parse import quote

from . import charts, tables
from .blocks import (
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
from .fonts import families
from .text import typeset, typeset_runs
from .titles import balance

LONG_UNIT = 24  # characters; a longer 署名 needs more than one line
CHARACTER = 156 / 25.4 * 72 / 28  # pitch of one character in points
PICTURE_SCHEME = "picture"


def date_text(date: datetime.date) -> str:
    """成文日期: Arabic, full year, no leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{date.year}年{date.month}月{date.day}日"


def text_width(text: str) -> float:
    """Width of a line in 16 pt in characters of the grid; Latin digits take half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


class _Writer:
    """Writes the blocks one after the other; knows whether it stands in a landscape annex and how deep the headings
    are."""

    def __init__(self, section: str | None = None) -> None:
        self.out: list[str] = []
        self.depth = 1  # structure level of the last heading; PDF/UA forbids skipping one
        self.section = section  # the one that is open

    def write(self, blocks: Iterable[Block]) -> str:
        for block in blocks:
            getattr(self, "_" + type(block).__name__.lower())(block)
        self._close()
        return "".join(self.out)

    def _close(self) -> None:
        if self.section is not None:
            self.out.append("</section>")
            self.section = None

    def _tag(self, level: int) -> str:
        self.depth = min(level + 1, self.depth + 1)
        return f"h{self.depth}"

    def _heading(self, block: Heading) -> None:
        tag = self._tag(block.level)
        self.out.append(f'<{tag} class="level{block.level}">{typeset(block.text)}</{tag}>')

    def _paragraph(self, block: Paragraph) -> None:
        name = ' class="flush"' if block.flush else ""
        self.out.append(f"<p{name}>{typeset_runs(block.runs)}</p>")

    def _table(self, block: Table) -> None:
        wide = block.landscape or self.section == "wide"
        if wide and not block.landscape:
            block = dataclasses.replace(block, landscape=True)
        markup = tables.markup(block)
        self.out.append(markup if not wide or self.section == "wide" else f'<section class="wide">{markup}</section>')

    def _chart(self, block: Chart) -> None:
        drawing = charts.svg(block, family=families("song"))
        self.out.append(f'<figure class="chart">{drawing}<figcaption>{typeset(block.title)}</figcaption></figure>')

    def _picture(self, block: Picture) -> None:
        height = block.lines * tables.GRID
        caption = f"<figcaption>{typeset(block.caption)}</figcaption>" if block.caption else ""
        source = f'src="{PICTURE_SCHEME}:{quote(block.name)}" alt="{_escape(block.alt)}"'
        image = f'<img {source} style="max-height: {height - 4:.2f}pt">'
        box = f'<div style="height: {height:.3f}pt">{image}</div>'
        self.out.append(f'<figure class="picture">{box}{caption}</figure>')

    def _attachmentnote(self, block: AttachmentNote) -> None:
        """左空二字 附件：1.×××; a wrapped line and the later numbers align with the first name and the first number."""
        number_width = 0.75 if len(block.names) > 1 else 0.0
        left = 2 + text_width("附件：") + number_width
        self.out.append('<div class="note">')
        for number, name in enumerate(block.names, 1):
            label = "附件：" if number == 1 else ""
            figure = f"{number}." if number_width else ""
            indent = text_width(label) + number_width
            style = f"padding-left: {left * CHARACTER:.2f}pt; text-indent: {-indent * CHARACTER:.2f}pt"
            self.out.append(f'<p style="{style}">{label}{figure}{typeset(name)}</p>')
        self.out.append("</div>")

    def _signature(self, block: Signature) -> None:
        unit, date = block.unit, date_text(block.date)
        if text_width(unit) > LONG_UNIT:
            body = f"<p>{_escape(unit)}</p><p>{date}</p>"
            self.out.append(f'<div class="sign long">{body}</div>')
            return
        if block.seal:
            box = f"<span>{_escape(unit)}</span><br><span>{date}</span>"
            self.out.append(f'<div class="sign seal"><div class="signbox">{box}</div></div>')
            return
        # 署名右空二字, the date begins two characters right of it; where the date is longer, it is the date that 右空二字.
        wide, long = text_width(unit), text_width(date)
        if long <= wide:
            right, date_right = 2.0, 2 + wide - 2 - long
        else:
            right, date_right = 2 + long + 2 - wide, 2.0
        lines = ((unit, right), (date, max(0.0, date_right)))
        body = "".join(
            f'<p style="margin-right: {space * CHARACTER:.2f}pt">{_escape(text)}</p>' for text, space in lines
        )
        self.out.append(f'<div class="sign">{body}</div>')

    def _annex(self, block: Annex) -> None:
        self._close()
        self.section = "wide" if block.landscape else "annex"
        label = "附件" + ("" if block.number is None else str(block.number))
        self.depth = 1
        tag = self._tag(1)
        title = "<br>".join(typeset(line) for line in balance((block.title,)))
        bookmark = _escape(f"{label} {block.title}")
        self.out.append(f'<section class="{self.section} new"><p class="annex-mark">{label}</p>')
        self.out.append(f'<{tag} class="annex-title" data-bookmark="{bookmark}">{title}</{tag}>')

    def _smallprint(self, block: SmallPrint) -> None:
        self.out.append('<div class="small">' + "".join(f"<p>{typeset(line)}</p>" for line in block.lines) + "</div>")


def page(document: Document, *, created: str) -> str:
    """The whole page. ``created`` is the W3C date that goes into the metadata."""
    title = "<br>".join(typeset(line) for line in balance(document.title))
    subtitle = f'<p class="subtitle">{typeset(document.subtitle)}</p>' if document.subtitle else ""
    metadata = {
        "author": document.author,
        "description": document.metadata.get("subject", ""),
        "keywords": document.metadata.get("keywords", "").replace("、", ","),
        "generator": document.metadata.get("generator", ""),
        "dcterms.created": created,
        "dcterms.modified": created,
    }
    tags = "".join(f'<meta name="{name}" content="{_escape(value)}">' for name, value in metadata.items() if value)
    section, begin = ("wide", '<section class="wide">') if document.landscape else (None, "")
    return (
        f'<!DOCTYPE html><html lang="{_escape(document.language)}"><head><meta charset="utf-8">'
        f"<title>{html.escape(document.flat_title)}</title>{tags}</head><body>"
        f'{begin}<header><h1 class="title">{title}</h1>{subtitle}</header>'
        f"{_Writer(section).write(document.blocks)}</body></html>"
    )
