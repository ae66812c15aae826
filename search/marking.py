"""What was typed, as words; and where they stand in a text, marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common import text as texts

MAX_TYPED = 60
MAX_WORDS = 5
BEFORE = 16  # characters shown before the first match
SHOWN = 90


def words_of(typed: str) -> list[str]:
    """The words of a question: cleaned, at most a few, each once."""
    words = texts.clean(typed[:MAX_TYPED]).split()
    return list(dict.fromkeys(words))[:MAX_WORDS]


def long_enough(words: Sequence[str]) -> bool:
    """One character alone is in half of all records."""
    return any(len(word) >= 2 for word in words)


def marked(text: str, words: Sequence[str], limit: int = SHOWN) -> SafeString:
    """The text (cut to the part around the first match) with every word marked; all of it escaped."""
    text = " ".join(text.split())
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    first = pattern.search(text)
    start = max(0, first.start() - BEFORE) if first and len(text) > limit else 0
    cut = text[start : start + limit]
    parts, last = [], 0
    for match in pattern.finditer(cut):
        parts += [escape(cut[last : match.start()]), "<mark>", escape(match.group()), "</mark>"]
        last = match.end()
    parts.append(escape(cut[last:]))
    tail = "…" if start + limit < len(text) else ""
    return mark_safe(("…" if start else "") + "".join(map(str, parts)) + tail)  # noqa: S308 - every part was escaped above


def found_in(text: str, words: Sequence[str]) -> bool:
    lower = text.lower()
    return any(word.lower() in lower for word in words)
