"""The satisfaction rate, of a whole survey and of each of its questions, computed in one place."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TypeVar

from common.chinese import amount
from rounds.models import Round


class Ballots(Protocol):
    """A survey, or one question of it: a ballot that leaves the question blank is valid all the same and counts as not content."""

    @property
    def valid(self) -> int: ...
    @property
    def satisfied(self) -> int: ...
    @property
    def mostly(self) -> int: ...
    @property
    def unknown(self) -> int: ...


B = TypeVar("B", bound=Ballots)

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


def rate_text(ballots: Ballots, formula: str = DEFAULT) -> str:
    """The rate as a page shows it: 89.7%, — where nobody's vote counts."""
    rate = satisfaction_rate(ballots, formula)
    return "—" if rate is None else f"{amount(rate)}%"


def weakest(questions: Iterable[B], formula: str = DEFAULT) -> B | None:
    """The one question people are least content with; None when several are, or when there is nothing to compare."""
    rated = [(content_of(q, formula) / voters, q) for q in questions if (voters := voters_of(q, formula))]
    if len(rated) < 2:
        return None
    lowest = min(share for share, _ in rated)
    found = [q for share, q in rated if share == lowest]
    return found[0] if len(found) == 1 else None
