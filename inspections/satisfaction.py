"""The satisfaction rate, computed in one place."""

from decimal import Decimal
from typing import Protocol

from rounds.models import Round


class Ballots(Protocol):
    valid: int
    satisfied: int
    mostly: int
    unknown: int


Formula = Round.Formula
DEFAULT = Formula.VALID
WITHOUT_UNKNOWN = {Formula.INFORMED, Formula.SATISFIED_INFORMED}
SATISFIED_ALONE = {Formula.SATISFIED_ONLY, Formula.SATISFIED_INFORMED}


def content_of(survey: Ballots, formula: str = DEFAULT) -> int:
    """The ballots that count as content."""
    return survey.satisfied if formula in SATISFIED_ALONE else survey.satisfied + survey.mostly


def voters_of(survey: Ballots, formula: str = DEFAULT) -> int:
    """The ballots the content ones are divided by."""
    return survey.valid - survey.unknown if formula in WITHOUT_UNKNOWN else survey.valid


def satisfaction_rate(survey: Ballots, formula: str = DEFAULT) -> Decimal | None:
    """Percent with one decimal, or None when nobody's vote counts.

    The default divides by all valid ballots: the lower of the usual figures, so that nobody is told more than was voted.
    """
    content, voters = content_of(survey, formula), voters_of(survey, formula)
    if not voters:
        return None
    return (Decimal(content) * 100 / Decimal(voters)).quantize(Decimal("0.1"))
