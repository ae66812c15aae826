"""Even right edge for Chinese text: ``text-align: justify`` of WeasyPrint 70 stretches only at blanks, and Chinese
has none.

Inside ``spreading()`` a line's missing width is given to its Chinese characters as letter-spacing; digits and Latin
words keep together. This replaces one private function of WeasyPrint and wraps another, so requirements.in pins the
version; with any other version nothing is replaced, the page stays right but for its ragged right edge, and the log
says so.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)

KNOWN_VERSION = "70.0"
MAX_EM = 5  # the longest number with its unit; a line short of more stands before something unbreakable and stays short
CHINESE = re.compile(
    "[\u2014\u2018\u2019\u201c\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff ]+"
)


def available() -> bool:
    """Whether the installed WeasyPrint is the one whose private functions are known."""
    import weasyprint

    return weasyprint.__version__ == KNOWN_VERSION


def _text_boxes(box: Any) -> Iterator[Any]:
    """The text boxes of a line in reading order."""
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _text_boxes(child)


def _stretchable(text: str) -> int:
    return sum(len(piece) for piece in CHINESE.findall(text))


def _base_spacing(style: Any) -> float:
    """The style's own letter-spacing in CSS pixels."""
    return 0.0 if style["letter_spacing"] == "normal" else style["letter_spacing"]


def _justify_line(_context: Any, line: Any, extra: float) -> None:
    """Give ``extra`` CSS pixels to the gaps of the line.

    Pango puts half of a character's spacing on each side of it; at either end of the line that half lies outside.
    """
    text = "".join(box.text for box in _text_boxes(line)).rstrip()
    outside = sum(0.5 for character in (text[:1], text[-1:]) if CHINESE.match(character))
    gaps = _stretchable(text) - outside
    # The spacing behind the last character is counted in the width of the line and lies outside as well.
    extra += _base_spacing(line.style)
    if gaps < 1 or extra > MAX_EM * line.style["font_size"]:
        return
    _spread(line, extra / gaps, 0.0)


def _spread(box: Any, share: float, shift: float) -> float:
    """Move ``box`` by ``shift`` and widen it by ``share`` per character; returns the shift for what follows it."""
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        wider = _stretchable(box.text) * share
        box.pango_layout.chinese_extra = share
        box.width += wider
        return shift + wider
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        after = shift
        for child in box.children:
            if child.is_in_normal_flow():
                after = _spread(child, share, after)
        box.width += after - shift
        return after
    box.translate(shift, 0)
    return shift


def _as_drawn(wanted: float) -> float:
    """The spacing to ask for so that ``wanted`` is what gets drawn, both in thousandths of an em.

    WeasyPrint 70 writes a spacing s as a shift of .512 s before the glyph (exact) and a kerning of .488 s after it, cut to a
    whole number; over a line the cut-off parts add up to half a point.
    """
    sign, size = (1 if wanted >= 0 else -1), abs(wanted)
    whole = int(0.488 * size)
    candidates = [(size - number) / 0.512 for number in (whole, whole + 1)]
    candidates += [number / 0.488 + side for number in (whole, whole + 1) for side in (-0.15, 0.15)]  # beside a jump
    return sign * min(candidates, key=lambda asked: abs(0.512 * asked + int(0.488 * asked) - size))


def _widen(layout: Any) -> None:
    """Put the extra letter-spacing on the Chinese stretches of a Pango layout that is about to be drawn."""
    from weasyprint.text.ffi import TO_UNITS, ffi, pango

    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    size = layout.style["font_size"]
    wanted = _base_spacing(layout.style) + layout.chinese_extra
    spacing = int(_as_drawn(wanted / size * 1000) * size / 1000 * TO_UNITS)
    start = end = 0
    for match in CHINESE.finditer(layout.text):
        start += len(layout.text[end : match.start()].encode())
        length = len(match.group().encode())
        attribute = pango.pango_attr_letter_spacing_new(spacing)
        attribute.start_index, attribute.end_index = start, start + length
        pango.pango_attr_list_change(attributes, attribute)
        start, end = start + length, match.end()
    pango.pango_layout_set_attributes(layout.layout, attributes)


@contextlib.contextmanager
def spreading() -> Iterator[bool]:
    """While this is open, justified lines reach the right edge. Yields False where the WeasyPrint version is not the
    known one."""
    if not available():
        log.warning("WeasyPrint is not version %s: the right edge of the text stays ragged", KNOWN_VERSION)
        yield False
        return
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    set_text, justify_line = line_break.Layout.set_text, inline.justify_line

    def widened(self: Any, text: str, justify: bool = False) -> None:
        set_text(self, text, justify)
        extra: float = getattr(self, "chinese_extra", 0.0)
        if justify and extra:
            _widen(self)

    line_break.Layout.set_text, inline.justify_line = widened, _justify_line
    try:
        yield True
    finally:
        line_break.Layout.set_text, inline.justify_line = set_text, justify_line
