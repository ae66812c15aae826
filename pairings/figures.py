"""Before and after: the helped village's yearly figures around the term of a pairing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit import services as audit
from common import chinese
from pairings.models import Pairing
from villages.models import VillageYear

FIGURES = ["income", "operating_income", "members", "members_60", "members_under_35", "applicants"]


@dataclass(frozen=True)
class Row:
    label: str
    values: list[str]
    change: str


@dataclass(frozen=True)
class BeforeAfter:
    """Years from the one before the term to the last of it; a year without a sheet is left out."""

    years: list[tuple[int, bool]]  # with whether it lies in the term
    rows: list[Row]


def before_after(pairing: Pairing, sheets: Sequence[VillageYear], today: date) -> BeforeAfter:
    """Of one pairing, from sheets already loaded; figures nobody entered are left out."""
    return of_term(pairing.starts_on, pairing.ends_on or today, sheets)


def of_term(starts_on: date, ends_on: date, sheets: Sequence[VillageYear]) -> BeforeAfter:
    """Around a term: from the year before it to its last year."""
    chosen = sorted((s for s in sheets if starts_on.year - 1 <= s.year <= ends_on.year), key=lambda s: s.year)
    rows = []
    for name in FIGURES:
        values: list[Decimal | int | None] = [getattr(s, name) for s in chosen]
        known = [v for v in values if v is not None]
        if known:
            label = audit.label(VillageYear(), name)
            change = _signed(Decimal(known[-1]) - Decimal(known[0])) if len(known) > 1 else "—"
            rows.append(Row(label, [chinese.amount(v) for v in values], change))
    return BeforeAfter([(s.year, s.year >= starts_on.year) for s in chosen], rows)


def _signed(value: Decimal) -> str:
    if not value:
        return "持平"
    return f"{'增' if value > 0 else '减'}{chinese.amount(abs(value))}"
