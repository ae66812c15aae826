"""Earlier problems like the one being typed: of the same village or key project, closed ones and earlier rounds too.

The database picks at most CANDIDATES by village and key project, newest first; how alike two wordings are is the share of their pairs of
neighbouring characters, which needs no dictionary and no list of words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import Left

from common.chinese import numeral
from problems.models import Problem
from problems.terms import Degree, State
from villages.access import Access

CANDIDATES = 200
LOOKED_AT = 200  # characters of a description
ALIKE = 0.34  # of a title, from here on
TOLD = 0.5  # of the new title, from here on, when the earlier one's title and description together tell it
SHOWN = 5
FEWEST = 2  # pairs of a title below which nothing is looked for
# Words and marks that any title of the ledger may hold, and that say nothing.
_EMPTY = re.compile(r"历史遗留|问题|情况|工作|[的了和与及\W\d_]+")


@dataclass(frozen=True)
class Alike:
    """One earlier problem, with how much of the new wording it shares (0 to 1)."""

    pk: int
    number: int
    title: str
    village: str
    round: str
    discovered_on: date
    state: str
    degree: str
    closed_on: date | None
    relapses: int
    share: float

    @property
    def state_words(self) -> str:
        return str(State(self.state).label)

    @property
    def degree_words(self) -> str:
        return str(Degree(self.degree).label)


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text; none across a mark, a figure or an empty word."""
    return frozenset(part[i : i + 2] for part in _EMPTY.split(text.lower()) for i in range(len(part) - 1))


def share(new: frozenset[str], old: frozenset[str]) -> float:
    """How much of the shorter wording stands in the other; two or three characters in common say little by themselves."""
    shorter = max(min(len(new), len(old)), 4)
    return len(new & old) / shorter


def similar_to(
    title: str,
    access: Access,
    *,
    village_id: int | None,
    key_project_id: int | None = None,
) -> list[Alike]:
    """Problems the visitor may see whose title or description is like `title`, likest first; one query."""
    new = pairs(title)
    place = Q()
    if village_id:
        place |= Q(village_id=village_id)
    if key_project_id:
        place |= Q(key_project_id=key_project_id)
    if not place or len(new) < FEWEST:
        return []
    rows = Problem.objects.shown_to(access).filter(place).order_by("-pk")
    found = []
    for row in rows.values(
        "pk", "number", "title", "village__name", "round__year", "round__number", "discovered_on", "state", "degree",
        "closed_on", "relapses", told=Left("description", LOOKED_AT),
    )[:CANDIDATES]:  # fmt: skip
        old = pairs(row["title"])
        likeness, told = share(new, old), len(new & (old | pairs(row["told"]))) / len(new)
        if likeness >= ALIKE or told >= TOLD:
            found.append(
                Alike(
                    row["pk"], row["number"], row["title"], row["village__name"],
                    f"{row['round__year']}年第{numeral(row['round__number'])}轮", row["discovered_on"], row["state"], row["degree"],
                    row["closed_on"], row["relapses"], max(likeness, told),
                )
            )  # fmt: skip
    return sorted(found, key=lambda a: (-a.share, -a.pk))[:SHOWN]
