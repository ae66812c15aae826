"""A summary and its parts as the blocks of a document: numbers its parts, leaves out what is empty, adds signature and annexes.

Nothing is computed here: annexes are the facts the figures carry, so that preview, PDF and text state the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from common import chinese
from reports import annexes
from reports.document.blocks import AttachmentNote, Block, Document, Heading, Paragraph, Run, Signature
from reports.figures import Figures
from reports.models import Part, Summary

Kind = Part.Kind
_LEVEL = {Kind.HEADING1: 1, Kind.HEADING2: 2}
_TYPED = re.compile(r"\d+(?:\.\d+)?%?")
MAX_LEAD = 30


def document(summary: Summary, parts: Sequence[Part], *, marked: bool = False) -> Document:
    """The whole paper. With `marked`, figures typed by hand are marked for the reviewer (preview only)."""
    figures = Figures.from_json(summary.figures)
    body: list[Block] = [block for _, block in body_blocks(parts, marked=marked)]
    tables = annexes.tables(summary, figures)
    body.append(AttachmentNote(tuple(title for title, _ in tables)))
    body.append(Signature(signature_unit(figures), signed_on(summary)))
    for _, blocks in tables:
        body += blocks
    return Document(
        title=(summary.title,),
        author=signature_unit(figures),
        created_on=signed_on(summary),
        blocks=tuple(body),
        metadata={
            "subject": f"数据截至{chinese.full_date(summary.as_of)}",
            "keywords": f"{figures.scope['campaign']}、{figures.scope['township']}、工作总结",
        },
    )


def signature_unit(figures: Figures) -> str:
    """中共清溪镇委员会; a subdistrict has a working committee."""
    body = "工作委员会" if figures.scope["township_kind"] == "subdistrict" else "委员会"
    return f"中共{figures.scope['township']}{body}"


def signed_on(summary: Summary) -> date:
    """成文日期: the day of signing, until then the as-of day."""
    return timezone.localdate(summary.signed_at) if summary.signed_at else summary.as_of


def body_blocks(parts: Sequence[Part], *, marked: bool = False) -> Iterator[tuple[Part, Block]]:
    """Each printed part with its block, numbered. A heading without anything below it is left out, like an empty part."""
    shown = [p for p in parts if p.kind != Kind.TITLE and p.text]
    shown = [p for i, p in enumerate(shown) if not (p.kind in _LEVEL and _is_bare(shown, i))]
    first = second = item = 0
    for index, part in enumerate(shown):
        if part.kind == Kind.HEADING1:
            first, second, item = first + 1, 0, 0
            yield part, Heading(1, f"{chinese.numeral(first)}、{part.text}", key=part.key)
        elif part.kind == Kind.HEADING2:
            second, item = second + 1, 0
            yield part, Heading(2, f"（{chinese.numeral(second)}）{part.text}", key=part.key)
        elif part.kind == Kind.POINT:
            second += 1
            yield part, _paragraph(part, "" if _is_alone(shown, index) else f"（{chinese.numeral(second)}）", marked)
        elif part.kind == Kind.ITEM:
            item += 1
            yield part, _paragraph(part, "" if _is_alone(shown, index) else f"{chinese.numeral(item)}是", marked)
        else:
            yield part, _paragraph(part, "", marked)


def _is_alone(shown: list[Part], index: int) -> bool:
    """A single item has no 一是: there is no 二是 to follow."""
    kind = shown[index].kind
    neighbours = shown[max(0, index - 1) : index] + shown[index + 1 : index + 2]
    return not any(part.kind == kind for part in neighbours)


def _is_bare(shown: Sequence[Part], index: int) -> bool:
    level = _LEVEL[Kind(shown[index].kind)]
    following = shown[index + 1] if index + 1 < len(shown) else None
    if following is None or following.kind == Kind.PARAGRAPH:
        return True  # the closing paragraph belongs to no heading
    return following.kind in _LEVEL and _LEVEL[Kind(following.kind)] <= level


def _paragraph(part: Part, number: str, marked: bool) -> Paragraph:
    """Numbered paragraphs begin with a leading clause: the words up to the first full stop, when they are few."""
    runs = _own(part.own_text, marked) if part.is_own else [Run(r["text"] or "", r["figure"]) for r in part.generated]
    if part.kind in (Kind.ITEM, Kind.POINT):
        runs = _with_lead(number, runs)
    return Paragraph(tuple(runs), key=part.key)


def _own(text: str, marked: bool) -> list[Run]:
    if not marked:
        return [Run(text)]
    runs, last = [], 0
    for match in _TYPED.finditer(text):
        if match.start() > last:
            runs.append(Run(text[last : match.start()]))
        runs.append(Run(match.group(), mark="typed"))
        last = match.end()
    return [*runs, Run(text[last:])] if last < len(text) else runs


def _with_lead(number: str, runs: list[Run]) -> list[Run]:
    head = runs[0] if runs else Run("")
    lead, stop, rest = head.text.partition("。")
    alone = not rest and len(runs) == 1  # a single sentence is the matter itself, not a heading for it
    if not stop or alone or len(lead) > MAX_LEAD or head.figure or head.mark:
        return [Run(number), *runs] if number else runs
    return [Run(number + lead + stop, mark="lead"), *([Run(rest)] if rest else []), *runs[1:]]


def length(document: Document) -> int:
    """Characters of the running text, annexes not counted."""
    return sum(
        len(b.text) for b in document.blocks if isinstance(b, Heading | Paragraph)
    )  # annexes consist of tables only


def section_of(parts: Sequence[Part]) -> dict[str, str]:
    """Part key → key of the first-level heading above it."""
    found, now = {}, ""
    for part in parts:
        if part.kind == Kind.HEADING1:
            now = part.key
        found[part.key] = now
    return found


def changes(part: Part, figures: Figures) -> list[dict[str, Any]]:
    """What the data changed in a part since it was last read: figure by figure, old → new; empty when only words changed."""
    now = {r["figure"]: r["text"] for r in part.generated if r["figure"]}
    then = {r["figure"]: r["text"] for r in part.seen if r["figure"]}
    rows = []
    for key in dict.fromkeys([*then, *now]):
        if then.get(key) != now.get(key):
            figure = figures.figures.get(key)
            rows.append(
                {"label": figure.label if figure else "数据", "old": then.get(key, "无"), "new": now.get(key, "无")}
            )
    return rows
