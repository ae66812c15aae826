"""Reads a finished PDF back and measures it against GB/T 9704-2012. All lengths in points, y from the top of the
page."""

from __future__ import annotations

import collections
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import pdfplumber

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM
GRID = 225 * MM / 22
CHARACTER = 156 * MM / 28
BODY, TITLE = 16, 22
FIRST_BASELINE = TOP + (GRID - BODY) / 2 + 0.88 * BODY  # of a 16 pt line: half the leading, then the ascent of .88 em
NO_START = "，。、；：！？）》〉】〕”’…％%·"
NO_END = "（《〈【〔“‘"
CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef“”‘’—…]")


@dataclass(frozen=True)
class Line:
    """One printed line: page number, baseline, characters from left to right."""

    page: int
    baseline: float
    characters: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        return "".join(character["text"] for character in self.characters)

    @property
    def size(self) -> float:
        return round(max(character["size"] for character in self.characters), 1)

    @property
    def left(self) -> float:
        return self.characters[0]["x0"]

    @property
    def right(self) -> float:
        """Right end; a mark set in half its width still claims the whole in the file, so its empty half is taken off."""
        last = self.characters[-1]
        half = last["text"] in NO_START and last["x1"] > RIGHT + 4
        return last["x1"] - (last["size"] / 2 if half else 0)

    @property
    def faces(self) -> collections.Counter[str]:
        return collections.Counter(character["fontname"].split("+")[-1] for character in self.characters)

    @property
    def chinese(self) -> bool:
        return all(CHINESE.match(character["text"]) for character in self.characters)


@dataclass
class Page:
    """A portrait page: its text lines and its foot."""

    number: int
    width: float
    height: float
    lines: list[Line]
    foot: list[Line]
    mixed: bool  # carries a table, a chart or another size of text

    def text_lines(self) -> Iterator[Line]:
        return (line for line in self.lines if line.size in (BODY, TITLE))


@dataclass
class Measured:
    """A whole file."""

    content: bytes
    pages: list[Page] = field(default_factory=list)

    @cached_property
    def portrait(self) -> list[Page]:
        return [page for page in self.pages if page.height > page.width]

    def grid_deviation(self, *, mixed: bool) -> list[float]:
        """Distance of every 16 pt baseline from the nearest grid line, of pages with or without tables and charts."""
        found = []
        for page in self.portrait:
            if page.mixed == mixed:
                for line in page.lines:
                    if line.size == BODY:
                        offset = line.baseline - FIRST_BASELINE
                        found.append(offset - round(offset / GRID) * GRID)
        return found

    def full_lines(self) -> list[Line]:
        """16 pt lines that are followed by another line of the same paragraph (so they must reach the right edge)."""
        full = []
        for page in self.portrait:
            lines = [line for line in page.lines if line.size == BODY]
            for line, after in pairwise(lines):
                # the next line belongs to the same paragraph if it begins at the left edge
                same = abs(after.left - LEFT) < 2 and after.baseline - line.baseline < 1.5 * GRID
                if same and line.right - line.left > 22 * CHARACTER and line.right > LEFT + 26 * CHARACTER:
                    full.append(line)
        return full

    def body_texts(self) -> list[str]:
        return [line.text for page in self.portrait for line in page.lines if line.size == BODY]


def _lines(page: Any, number: int) -> list[Line]:
    """Characters of a page put together by baseline (nearer than a point is one line)."""
    rows: dict[float, list[dict[str, Any]]] = collections.defaultdict(list)
    for character in page.chars:
        if character["upright"]:
            rows[round(float(page.height) - character["matrix"][5], 2)].append(character)
    merged: list[tuple[float, list[dict[str, Any]]]] = []
    for baseline in sorted(rows):
        if merged and baseline - merged[-1][0] < 1:
            merged[-1][1].extend(rows[baseline])
        else:
            merged.append((baseline, list(rows[baseline])))
    return [Line(number, baseline, tuple(sorted(row, key=lambda c: c["x0"]))) for baseline, row in merged]


def measure(content: bytes) -> Measured:
    """Read a PDF. Landscape pages are read too, but only ``portrait`` ones are measured against the grid."""
    result = Measured(content)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            lines = _lines(page, number)
            text = [line for line in lines if line.baseline <= BOTTOM + 2]
            mixed = bool(page.rects or page.lines or page.images or page.curves) or any(
                line.size not in (BODY, TITLE) for line in text
            )
            foot = [line for line in lines if line.baseline > BOTTOM + 2]
            result.pages.append(Page(number, float(page.width), float(page.height), text, foot, mixed))
    return result


def kinsoku_faults(texts: list[str]) -> list[str]:
    """Lines that begin with a mark that may not begin one, or end with one that may not end one."""
    return [text for text in texts if text and (text[0] in NO_START or text[-1] in NO_END)]


def split_numbers(texts: list[str]) -> list[tuple[str, str]]:
    """Neighbouring lines between which a number was broken, or parted from its unit."""
    pairs = pairwise(texts)
    return [(a, b) for a, b in pairs if re.search(r"\d[.,]?$", a) and re.match(r"[\d年月日亿万%％‰.,]", b)]


def extracted(content: bytes) -> str:
    """The text as another program (pdfium) reads it, page numbers taken out."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    return re.sub(r"—\s*\d+\s*—", "", text)
