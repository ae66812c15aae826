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
from reports.figures import Figure, Figures
from reports.language import Brief
from reports.models import Part, Summary

Kind = Part.Kind
_LEVEL = {Kind.HEADING1: 1, Kind.HEADING2: 2}
# A number somebody may have counted: not the parts of a date, an ordinal, a document number or the number of a list.
_TYPED = re.compile(r"(?<![\d.第〔])\d+(?:\.\d+)?%?(?![\d.]*[年月日号时分〕])(?!\.\D)")
MAX_LEAD = 30


def document(summary: Summary, parts: Sequence[Part], *, marked: bool = False) -> Document:
    """The whole paper. With `marked`, figures typed by hand are marked for the reviewer (preview only)."""
    figures = Figures.from_json(summary.figures)
    body: list[Block] = [block for _, block in body_blocks(parts, figures if marked else None)]
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
    return Brief(figures).committee


def signed_on(summary: Summary) -> date:
    """成文日期: the day of signing, until then the as-of day."""
    return timezone.localdate(summary.signed_at) if summary.signed_at else summary.as_of


def body_blocks(parts: Sequence[Part], figures: Figures | None = None) -> Iterator[tuple[Part, Block]]:
    """Each printed part with its block, numbered. A heading without anything below it is left out, like an empty part.

    With `figures` (the reviewer's preview) numbers in the author's words are linked to the figure they state, or marked as typed by hand.
    """
    shown = _without_bare([p for p in parts if p.kind != Kind.TITLE and p.text])
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
            yield part, _paragraph(part, "" if _is_alone(shown, index) else f"（{chinese.numeral(second)}）", figures)
        elif part.kind == Kind.ITEM:
            item += 1
            yield part, _paragraph(part, "" if _is_alone(shown, index) else f"{chinese.numeral(item)}是", figures)
        elif part.kind == Kind.ADDRESSEE:
            yield part, Paragraph(tuple(_runs(part, figures)), flush=True, key=part.key)
        else:
            yield part, _paragraph(part, "", figures)


def _is_alone(shown: list[Part], index: int) -> bool:
    """A single item has no 一是: there is no 二是 to follow."""
    kind = shown[index].kind
    neighbours = shown[max(0, index - 1) : index] + shown[index + 1 : index + 2]
    return not any(part.kind == kind for part in neighbours)


def _without_bare(parts: Sequence[Part]) -> list[Part]:
    """Without headings that have nothing under them; from the end, so that a heading of such headings goes too."""
    kept: list[Part] = []
    for part in reversed(parts):
        level = _LEVEL.get(Kind(part.kind))
        if level is not None:
            following = kept[-1] if kept else None
            if following is None or following.kind == Kind.PARAGRAPH:
                continue  # the closing paragraph belongs to no heading
            if following.kind in _LEVEL and _LEVEL[Kind(following.kind)] <= level:
                continue
        kept.append(part)
    return kept[::-1]


def _paragraph(part: Part, number: str, figures: Figures | None) -> Paragraph:
    """Numbered paragraphs begin with a leading clause: the words up to the first full stop, when they are few."""
    runs = _runs(part, figures)
    if part.kind in (Kind.ITEM, Kind.POINT):
        runs = _with_lead(number, runs)
    return Paragraph(tuple(runs), key=part.key)


def _runs(part: Part, figures: Figures | None) -> list[Run]:
    if part.is_own:
        return [Run(part.own_text)] if figures is None else _own(part, figures)
    return [Run(r["text"] or "", r["figure"], _stale(r, figures)) for r in part.runs]


def _stale(run: dict[str, str | None], figures: Figures | None) -> str | None:
    """A locked number that the data no longer bears."""
    figure = figures.figures.get(run["figure"] or "") if figures else None
    return "changed" if figure and figure.text != run["text"] else None


def _own(part: Part, figures: Figures) -> list[Run]:
    """The author's words: a number that states a figure links to its list, any other is marked as typed by hand; dates are neither."""
    runs, last, text = [], 0, part.own_text
    for match in _TYPED.finditer(text):
        if match.start() > last:
            runs.append(Run(text[last : match.start()]))
        key = _states(match, text, part, figures)
        runs.append(Run(match.group(), figure=key) if key else Run(match.group(), mark="typed"))
        last = match.end()
    return [*runs, Run(text[last:])] if last < len(text) else runs


def _states(match: re.Match[str], text: str, part: Part, figures: Figures) -> str | None:
    """The figure a typed number states: one of its own paragraph, else the only one of the summary with this value and unit."""
    number, after = match.group().removesuffix("%"), text[match.end() :]

    def fits(figure: Figure) -> bool:
        unit = "%" if match.group().endswith("%") else figure.unit
        return figure.text == number and (unit == figure.unit == "%" or (unit != "%" and after.startswith(unit)))

    here = [figures.figures[r["figure"]] for r in part.generated if r["figure"] in figures.figures]
    for figure in here:
        if fits(figure):
            return figure.key
    found = {figure.ids: figure.key for figure in figures.figures.values() if figure.unit and fits(figure)}
    return next(iter(found.values())) if len(found) == 1 else None


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
