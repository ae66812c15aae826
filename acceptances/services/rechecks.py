"""The look back (回头看): three questions, the survey beside them, and a result that has to fit the answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from acceptances.models import Acceptance, Recheck
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Survey
from rounds.services.rules import happened, in_order

Answer, Result = Recheck.Answer, Recheck.Result
FIELDS = [
    "held_on", "people", "measures_kept", "problems_gone", "people_satisfied", "findings", "survey", "result",
]  # fmt: skip


def recheck_survey(acceptance: Acceptance, day: date) -> Survey | None:
    """The newest survey of the look back up to a day, after the verdict. It may belong to this round only."""
    designation = acceptance.designation
    held = Survey.objects.filter(round=designation.round_id, village=designation.village_id)
    return held.held_by(day, kind=Survey.Kind.RECHECK).filter(held_on__gte=acceptance.confirmed_on or day).first()


def _check(
    acceptance: Acceptance, *, held_on: date, answers: tuple[str, str, str], result: str, survey: Survey | None,
    at: datetime, besides: int = 0,
) -> None:  # fmt: skip
    if acceptance.verdict not in Acceptance.PASSED:
        raise Refused("通过验收以后才能回头看。")
    happened(held_on, at=at, field="held_on")
    in_order(acceptance.confirmed_on, held_on, field="held_on", sentence="回头看日期不能早于验收结论的日期。")
    if acceptance.rechecks.filter(held_on=held_on).exclude(pk=besides).exists():
        raise Refused("这个村当天的回头看已登记，请直接修改。", field="held_on")
    if result == Result.HELD and Answer.NO in answers:
        raise Refused("三问中有答“否”的，不能认定成效巩固。", field="result")
    if result == Result.RELAPSED and set(answers) == {Answer.YES}:
        raise Refused("三问都答“是”，不能认定反弹，请核对。", field="result")
    limit = acceptance.designation.round.dissatisfied_limit
    if survey and answers[2] == Answer.YES and survey.dissatisfied * 100 > limit * survey.valid:
        raise Refused(
            f"{survey.held_on}回头看测评中不满意票{survey.dissatisfied}张，超过有效票{survey.valid}张的{limit}%，"
            "“群众满意吗？”不能答“是”。",
            field="people_satisfied",
        )


@transaction.atomic
def add_recheck(
    acceptance: Acceptance, *, held_on: date, measures_kept: str, problems_gone: str, people_satisfied: str,
    findings: str, result: str, by: Any, at: datetime, people: str = "",
) -> Recheck:  # fmt: skip
    """Record a look back. A relapse keeps the verdict on record; the village may be proposed in a later round, linked to this listing."""
    survey = recheck_survey(acceptance, held_on)
    answers = (measures_kept, problems_gone, people_satisfied)
    _check(acceptance, held_on=held_on, answers=answers, result=result, survey=survey, at=at)
    recheck = Recheck.objects.create(
        acceptance=acceptance, held_on=held_on, people=people, measures_kept=measures_kept, problems_gone=problems_gone,
        people_satisfied=people_satisfied, findings=findings, survey=survey, result=result,
    )  # fmt: skip
    audit.record(recheck, "登记回头看", by=by, at=at)
    return recheck


@transaction.atomic
def change_recheck(
    recheck: Recheck, *, held_on: date, measures_kept: str, problems_gone: str, people_satisfied: str, findings: str,
    result: str, base_version: int, by: Any, at: datetime, people: str = "",
) -> Recheck:  # fmt: skip
    acceptance = recheck.acceptance
    survey = recheck_survey(acceptance, held_on)
    answers = (measures_kept, problems_gone, people_satisfied)
    _check(acceptance, held_on=held_on, answers=answers, result=result, survey=survey, at=at, besides=recheck.pk)
    before = audit.snapshot(recheck, FIELDS)
    recheck.held_on, recheck.people, recheck.findings = held_on, people, findings
    recheck.measures_kept, recheck.problems_gone, recheck.people_satisfied = answers
    recheck.survey, recheck.result = survey, result
    save_if_unchanged(recheck, expected_version=base_version, fields=FIELDS)
    audit.record(recheck, "修改回头看", by=by, at=at, changes=audit.changes_since(before, recheck))
    return recheck
