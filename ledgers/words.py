"""How values read in a cell: days, people, numbered texts. Nothing is an empty cell, so that reading it back gives nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from common import chinese
from problems.terms import DeadlineKind

KIND_WORDS = dict(DeadlineKind.choices)


def person(name: str | None, title: str | None) -> str:
    """姓名（职务）."""
    if not name:
        return ""
    return f"{name}（{title}）" if title else name


def numbered(texts: Sequence[str], limit: int = 0) -> str:
    """1.… 2.… in one cell, each on its line; a single one needs no number. Of more than `limit` the number is said."""
    if len(texts) < 2:
        return "".join(texts)
    shown = texts[:limit] if limit else texts
    lines = [f"{n}.{text}" for n, text in enumerate(shown, 1)]
    if len(shown) < len(texts):
        lines.append(f"等{len(texts)}项")
    return "\n".join(lines)


def deadline(kind: str, due_on: date | None) -> str | date | None:
    """A day, 立行立改 or 长期坚持."""
    return due_on if kind == DeadlineKind.DATE else KIND_WORDS[kind]


def said_on(day: date | None, text: str) -> str:
    """2026年9月28日：…"""
    if not day:
        return text
    return f"{chinese.full_date(day)}：{text}" if text else chinese.full_date(day)


def joined(parts: Iterable[str], by: str = "；") -> str:
    return by.join(part for part in parts if part)
