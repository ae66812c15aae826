"""Characters: which ones never reach a page, and where a line may and may not break.

Sources: GB/T 15834-2011 5.1 (marks at line ends, adjoining marks), the older rule that a number or a year is not
broken, and what was measured of Pango: its line breaking (UAX 14) is right for Chinese except beside “ ” ‘ ’, where
it never breaks.
"""

from __future__ import annotations

import dataclasses
import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from .blocks import Document, Run

CLOSING = "，。、；：！？）》〉】〕］｝”’"
OPENING = "（《〈【〔［｛“‘"
NO_START = CLOSING + "…%％‰℃·～—"  # never the first character of a line
NO_END = OPENING  # never the last
UNITS = "年月日时分秒亿万千百元%％‰℃㎡㎞㎏³²"  # a number stays with these
JOINER = "\u2060"
BREAK = "\u200b"  # cheaper than <wbr>, which makes two boxes: a quarter of the time of a page
GETA = "〓"  # printers' mark for a character that is not in the case

_HALF_FIRST = re.compile(f"[{CLOSING}](?=[{CLOSING}{OPENING}])")
_HALF_SECOND = re.compile(f"(?<=[{OPENING}])[{OPENING}]")
_NUMBER_UNIT = re.compile(rf"(?<=\d)(?=[{UNITS}])|(?<=[亿万千百])(?=元)")
_QUOTE_OPEN = re.compile(rf"(?<=[^\s{OPENING}])(?=[“‘])")
_QUOTE_CLOSE = re.compile(rf"(?<=[”’])(?=[^\s{re.escape(NO_START)}“‘])")
_SPACES = re.compile(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_INVISIBLE = {0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0)}


@dataclass(frozen=True, slots=True)
class Removed:
    """A character that was taken out of the text: its code point, what it is in Chinese, and how often."""

    code: int
    kind: str
    count: int = 1


def _kind(code: int) -> str | None:
    """Why a character may not reach the page; None if it may."""
    if 0xD800 <= code <= 0xDFFF:
        return "残缺字符"
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return "控制字符"
    if code in _BIDI:
        return "文字方向控制符"
    if code in _INVISIBLE:
        return "不可见字符"
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "非字符"
    if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        return "自造字"
    return None


def _join(match: re.Match[str]) -> str:
    """A line break inside a paragraph: a blank between Latin words, nothing between Chinese characters."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return " " if before.isascii() and after.isascii() and before.strip() and after.strip() else ""


def clean(text: str, removed: dict[int, Removed] | None = None, *, lines: bool = False) -> str:
    """Take out what has no place on paper and count it in ``removed``; with ``lines`` a line break stays (table
    cells).

    A private-use character (自造字) becomes 〓, so that the gap is seen; everything else vanishes without a trace on
    the page.
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        return "\n".join(clean(line, removed) for line in re.split(r"\r\n|[\n\r\u2028\u2029]", text))
    text = _SPACES.sub(_join, text)
    if all(map(str.isprintable, text)) and "\u2060" not in text and not any(0xFE00 <= ord(c) < 0xFE10 for c in text):
        return text
    kept = []
    for character in text:
        kind = _kind(ord(character))
        if kind is None:
            kept.append(" " if unicodedata.category(character) == "Zs" and character != "\u3000" else character)
            continue
        if removed is not None:
            code = ord(character)
            removed[code] = Removed(code, kind, removed[code].count + 1 if code in removed else 1)
        if kind == "自造字":
            kept.append(GETA)
    return "".join(kept)


def clean_document(document: Document) -> tuple[Document, tuple[Removed, ...]]:
    """The document with every text cleaned, and what was removed, by code point."""
    removed: dict[int, Removed] = {}

    def walk(value: Any, lines: bool) -> Any:
        if isinstance(value, str):
            return clean(value, removed, lines=lines)
        if isinstance(value, tuple):
            return tuple(walk(item, lines) for item in value)
        if isinstance(value, Run):
            text = clean(value.text, removed, lines=lines)
            return value if text == value.text else dataclasses.replace(value, text=text)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            keep_lines = type(value).__name__ in ("Table", "Cell")
            changes = {}
            for item in dataclasses.fields(value):
                if item.name == "key":
                    continue
                content = getattr(value, item.name)
                new = walk(content, keep_lines)
                if new is not content and new != content:
                    changes[item.name] = new
            return dataclasses.replace(value, **changes) if changes else value
        if isinstance(value, dict):
            return {key: walk(item, False) for key, item in value.items()}
        return value

    cleaned = walk(document, False)
    return cleaned, tuple(sorted(removed.values(), key=lambda item: item.code))


def _insertions(text: str) -> dict[int, str]:
    """Index → character to put before the character there: where a break is forbidden (JOINER) or allowed (BREAK)."""
    marks = {match.start(): JOINER for match in _NUMBER_UNIT.finditer(text)}
    for pattern in (_QUOTE_OPEN, _QUOTE_CLOSE):
        for match in pattern.finditer(text):
            marks.setdefault(match.start(), BREAK)
    return marks


def _halves(text: str) -> set[int]:
    """Indexes of the marks that take half a width: the first of two adjoining marks, the second of two opening
    ones."""
    return {match.start() for pattern in (_HALF_FIRST, _HALF_SECOND) for match in pattern.finditer(text)}


def typeset(text: str) -> str:
    """Markup of a piece of running text."""
    return typeset_runs((Run(text),))


def typeset_runs(runs: tuple[Run, ...]) -> str:
    """Markup of a paragraph. The rules look at the whole paragraph: a pair of marks or a number may lie across two
    runs."""
    text = "".join(run.text for run in runs)
    marks, halves = _insertions(text), _halves(text)
    cuts = sorted({*marks, *halves, *(index + 1 for index in halves)})
    out: list[str] = []
    start = 0
    for run in runs:
        end = start + len(run.text)
        out.append('<span class="lead">' if run.mark == "lead" else "")
        for cut in [*cuts[bisect_right(cuts, start) : bisect_left(cuts, end)], end]:
            # The invisible character goes to the end of its piece: at the beginning it would shift the piece.
            body = html.escape(text[start:cut], quote=False) + marks.get(cut, "")
            out.append(f'<span class="h">{body}</span>' if start in halves else body)
            start = cut
        out.append("</span>" if run.mark == "lead" else "")
    return "".join(out)


def typeset_cell(text: str) -> str:
    """Markup of a table cell: numbers stay whole, line breaks stay, marks keep their width (spans make long tables
    slow)."""
    escaped = html.escape(text, quote=False)
    return _NUMBER_UNIT.sub(JOINER, escaped).replace("\n", "<br>")
