"""The round's rules of acceptance. They stand from the first verdict on: villages of one round are measured alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from acceptances.models import Acceptance
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models.question import MOST_QUESTIONS, QUESTION_LENGTH
from rounds.models import Round

MEASURES = ["pass_score", "conditional_score", "dissatisfied_limit", "satisfaction_formula"]
FIELDS = [*MEASURES, "follow_up_months", "follow_up_every", "usual_questions"]


def _check_questions(texts: list[str]) -> None:
    """Whatever stands here must be a question a survey takes."""
    if len(texts) > MOST_QUESTIONS:
        raise Refused(f"常用测评题目最多{MOST_QUESTIONS}道，现在有{len(texts)}道。", field="usual_questions")
    for text in texts:
        if len(text) > QUESTION_LENGTH:
            raise Refused(f"题目“{text[:20]}…”有{len(text)}字，最多{QUESTION_LENGTH}字。", field="usual_questions")
        if texts.count(text) > 1:
            raise Refused(f"题目“{text}”出现了不止一次，请去掉重复的。", field="usual_questions")


@transaction.atomic
def change_settings(
    round: Round, *, pass_score: int, conditional_score: int, dissatisfied_limit: int, satisfaction_formula: str,
    follow_up_months: int, follow_up_every: int, usual_questions: list[str], base_version: int, by: Any, at: datetime,
) -> Round:  # fmt: skip
    values = {
        "pass_score": pass_score, "conditional_score": conditional_score, "dissatisfied_limit": dissatisfied_limit,
        "satisfaction_formula": satisfaction_formula, "follow_up_months": follow_up_months,
        "follow_up_every": follow_up_every, "usual_questions": usual_questions,
    }  # fmt: skip
    if not 1 <= conditional_score <= 100:
        raise Refused("基本合格分数线应在1至100之间。", field="conditional_score")
    if not conditional_score <= pass_score <= 100:
        raise Refused("合格分数线不能低于基本合格分数线，也不能超过100。", field="pass_score")
    if not 1 <= dissatisfied_limit <= 100:
        raise Refused("不满意票上限应在1至100之间。", field="dissatisfied_limit")
    if not 1 <= follow_up_months <= 36:
        raise Refused("跟踪期应为1至36个月。", field="follow_up_months")
    if not 1 <= follow_up_every <= follow_up_months:
        raise Refused("跟踪间隔至少1个月，不能长于跟踪期。", field="follow_up_every")
    _check_questions(usual_questions)
    changed = [name for name in MEASURES if values[name] != getattr(round, name)]
    settled = Acceptance.objects.filter(designation__round=round, state=Acceptance.State.SETTLED)
    if changed and settled.exists():
        raise Refused("本轮已有村得出验收结论，分数线和测评算法不能再改；跟踪期可以改，只影响以后的结论。")
    before = audit.snapshot(round, FIELDS)
    for name, value in values.items():
        setattr(round, name, value)
    save_if_unchanged(round, expected_version=base_version, fields=FIELDS)
    audit.record(round, "修改验收设置", by=by, at=at, changes=audit.changes_since(before, round))
    return round
