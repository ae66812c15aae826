"""Blocks → a fragment for the browser. Class names of its own (``doc-…``), no inline styles because of the CSP.

A figure becomes a link to the records it counts, a figure typed by hand is marked for the reviewer.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from . import charts
from .blocks import (
    Annex,
    AttachmentNote,
    Block,
    Cell,
    CellContent,
    Chart,
    Document,
    Heading,
    Paragraph,
    Picture,
    Row,
    Run,
    Signature,
    SmallPrint,
    Table,
)
from .html import date_text
from .text import clean_document

Link = Callable[[str], str | None]  # figure key or picture name → address, None where there is none


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


def _run(run: Run, link: Link) -> str:
    body = _escape(run.text).replace("\n", "<br>")
    if run.figure is not None:
        address = link(run.figure)
        if address:
            body = f'<a class="figure" href="{_escape(address)}">{body}</a>'
        else:
            body = f'<span class="figure">{body}</span>'
    if run.mark == "typed":
        return f'<mark class="doc-typed" title="手工填写的数字">{body}</mark>'
    if run.mark == "changed":
        return f'<mark class="doc-changed" title="数据已变化">{body}</mark>'
    return f'<span class="doc-lead">{body}</span>' if run.mark == "lead" else body


def _runs(runs: tuple[Run, ...], link: Link) -> str:
    return "".join(_run(run, link) for run in runs)


def _cells(row: Row, tag: str, table: Table, link: Link) -> str:
    out = []
    column = 0
    for cell in row:
        span = cell.colspan if isinstance(cell, Cell) else 1
        align = (
            f' class="doc-{table.columns[min(column, len(table.columns) - 1)].align}"'
            if tag == "td" and span == 1
            else ""
        )
        out.append(f"<{tag}{align}{_spans(cell)}>{_content(cell, link)}</{tag}>")
        column += span
    return f"<tr>{''.join(out)}</tr>"


def _spans(cell: CellContent) -> str:
    if not isinstance(cell, Cell):
        return ""
    return (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "") + (
        f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    )


def _content(cell: CellContent, link: Link) -> str:
    return _runs(cell.runs, link) if isinstance(cell, Cell) else _escape(cell).replace("\n", "<br>")


def _table(table: Table, link: Link) -> str:
    """The table in a box that scrolls sideways on a narrow screen."""
    out = [
        '<div class="doc-table" tabindex="0" role="region"',
        f' aria-label="{_escape(table.caption or "表格")}"><table>',
    ]
    if table.caption:
        out.append(f"<caption>{_escape(table.caption)}</caption>")
    head = "".join(_cells(row, "th", table, link) for row in table.head)
    body = "".join(_cells(row, "td", table, link) for row in table.rows)
    total = _cells(table.total, "td", table, link).replace("<tr>", '<tr class="doc-total">', 1) if table.total else ""
    out.append(f"<thead>{head}</thead><tbody>{body}{total}</tbody></table></div>")
    if table.unit_left or table.unit_right:
        units = (
            f'<p class="doc-unit"><span>{_escape(table.unit_left)}</span><span>{_escape(table.unit_right)}</span></p>'
        )
        out.insert(0, units)
    if table.foot:
        out.append('<p class="doc-signers">' + "".join(f"<span>{_escape(text)}</span>" for text in table.foot) + "</p>")
    return "".join(out)


def block_html(block: Block, link: Link) -> str:
    """One block; its ``key`` becomes the ``id`` so that the editor can point at it."""
    anchor = f' id="part-{_escape(block.key)}"' if block.key else ""
    match block:
        case Heading():
            tag = f"h{block.level + 1}"
            return f'<{tag} class="doc-level{block.level}"{anchor}>{_escape(block.text)}</{tag}>'
        case Paragraph():
            flush = " doc-flush" if block.flush else ""
            return f'<p class="doc-text{flush}"{anchor}>{_runs(block.runs, link)}</p>'
        case Table():
            return f'<div class="doc-block"{anchor}>{_table(block, link)}</div>'
        case Chart():
            caption = f"<figcaption>{_escape(block.title)}</figcaption>"
            return f'<figure class="doc-chart"{anchor}>{charts.svg(block, link=link)}{caption}</figure>'
        case Picture():
            address = link(block.name)
            image = (
                f'<img src="{_escape(address)}" alt="{_escape(block.alt)}" loading="lazy">'
                if address
                else _escape(block.alt)
            )
            caption = f"<figcaption>{_escape(block.caption)}</figcaption>" if block.caption else ""
            return f'<figure class="doc-picture"{anchor}>{image}{caption}</figure>'
        case AttachmentNote():
            plain = ' class="doc-plain"' if len(block.names) == 1 else ""
            items = "".join(f"<li>{_escape(name)}</li>" for name in block.names)
            return f'<div class="doc-note"{anchor}><span>附件：</span><ol{plain}>{items}</ol></div>'
        case Signature():
            return f'<div class="doc-sign"{anchor}><p>{_escape(block.unit)}</p><p>{date_text(block.date)}</p></div>'
        case Annex():
            label = "附件" + ("" if block.number is None else str(block.number))
            return (
                f'<h2 class="doc-annex"{anchor}><span class="doc-annex-mark">{label}</span>{_escape(block.title)}</h2>'
            )
        case SmallPrint():
            return (
                f'<div class="doc-small"{anchor}>'
                + "".join(f"<p>{_escape(line)}</p>" for line in block.lines)
                + "</div>"
            )


def fragment(document: Document, link: Link) -> str:
    """The whole document as ``<article class="doc">``; safe to put into a template unescaped.

    ``link`` gives the address of the list behind a figure key (or of a picture by its name), or None. It is called
    with keys of the document only; what it returns is escaped here.
    """
    document, _ = clean_document(document)
    title = "<br>".join(_escape(line) for line in document.title)
    subtitle = f'<p class="doc-subtitle">{_escape(document.subtitle)}</p>' if document.subtitle else ""
    body = "".join(block_html(block, link) for block in document.blocks)
    head = f'<h1 class="doc-title">{title}</h1>{subtitle}'
    return f'<article class="doc" lang="{_escape(document.language)}">{head}{body}</article>'
