"""Pinyin of village names, for those who type “sq” and mean 石桥村. What the office wrote as initials comes before what is computed."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=20_000)
def of_name(name: str) -> tuple[str, str]:
    """(initials, whole): 石桥村 → ("sqc", "shiqiaocun"). Computed once a name and process."""
    from pypinyin import (
        Style,
        lazy_pinyin,
    )  # its dictionary takes 0.2 s to load: not for workers and commands, which never ask

    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    return initials.lower(), "".join(lazy_pinyin(name, errors="ignore")).lower()


def sounds_like(name: str, typed: str, initials: str = "") -> bool:
    """Does what was typed (letters) begin the initials or the pinyin of the name, or stand within its initials?"""
    typed = typed.lower()
    computed, whole = of_name(name)
    return typed in computed or whole.startswith(typed) or typed in initials.lower()
