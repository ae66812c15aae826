"""The verdict, computed in one place from the score, the survey and the round's rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from acceptances.models import Acceptance
from common.chinese import amount
from inspections.models import Survey
from inspections.satisfaction import satisfaction_rate
from rounds.models import Round

Verdict = Acceptance.Verdict
ORDER = (Verdict.FAIL, Verdict.CONDITIONAL, Verdict.PASS)


@dataclass(frozen=True)
class Judgement:
    """The verdict and the sentences it rests on."""

    verdict: Acceptance.Verdict
    score: Decimal
    dissatisfied: Decimal  # percent of the valid ballots
    rate: Decimal | None
    grounds: tuple[str, ...]


def judge(round: Round, *, score: Decimal, survey: Survey) -> Judgement:
    """不满意票 above the limit fails outright; else the score decides."""
    dissatisfied = (
        (Decimal(survey.dissatisfied) * 100 / Decimal(survey.valid)).quantize(Decimal("0.1"))
        if survey.valid
        else Decimal(0)
    )
    grounds = []
    # Compared as whole ballots: a rounded share must not decide.
    outright = survey.dissatisfied * 100 > round.dissatisfied_limit * survey.valid
    if not survey.valid:
        verdict = Verdict.FAIL
        grounds.append("验收测评没有有效票")
    elif outright:
        verdict = Verdict.FAIL
        grounds.append(f"不满意票占有效票{amount(dissatisfied)}%，超过{round.dissatisfied_limit}%，直接认定不合格")
    else:
        grounds.append(f"不满意票占有效票{amount(dissatisfied)}%，没有超过{round.dissatisfied_limit}%")
        if score >= round.pass_score:
            verdict = Verdict.PASS
            grounds.append(f"得分{amount(score)}分，达到合格线{round.pass_score}分")
        elif score >= round.conditional_score:
            verdict = Verdict.CONDITIONAL
            grounds.append(
                f"得分{amount(score)}分，达到基本合格线{round.conditional_score}分，未达到合格线{round.pass_score}分"
            )
        else:
            verdict = Verdict.FAIL
            grounds.append(f"得分{amount(score)}分，低于基本合格线{round.conditional_score}分")
    rate = satisfaction_rate(survey, round.satisfaction_formula)
    return Judgement(verdict, score, dissatisfied, rate, tuple(grounds))


def may_be(computed: str, chosen: str) -> bool:
    """A verdict may be confirmed as computed or lower, never higher."""
    return ORDER.index(Verdict(chosen)) <= ORDER.index(Verdict(computed))
