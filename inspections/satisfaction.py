"""The satisfaction rate, computed in one place."""

from decimal import Decimal
from typing import Protocol

from django.db.models import TextChoices


class Ballots(Protocol):
    valid: int
    satisfied: int
    mostly: int
    unknown: int


class Formula(TextChoices):
    """How a county counts satisfaction."""

    INFORMED = "informed", "（满意＋基本满意）÷（有效票－不了解）"
    VALID = "valid", "（满意＋基本满意）÷有效票"
    SATISFIED_ONLY = "satisfied_only", "满意÷有效票"


DEFAULT = Formula.VALID


def satisfaction_rate(survey: Ballots, formula: str = DEFAULT) -> Decimal | None:
    """Percent with one decimal, or None when nobody's vote counts.

    The default divides by all valid ballots: the lower of the usual figures, so that nobody is told more than was voted.
    """
    content = survey.satisfied if formula == Formula.SATISFIED_ONLY else survey.satisfied + survey.mostly
    voters = survey.valid - survey.unknown if formula == Formula.INFORMED else survey.valid
    if not voters:
        return None
    return (Decimal(content) * 100 / Decimal(voters)).quantize(Decimal("0.1"))
