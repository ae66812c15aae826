"""Satisfaction surveys: the arithmetic of the ballots is checked before anything is kept."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Survey
from meetings.services import rules
from rounds.models import Round
from villages.models import Village

BALLOTS = ["issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown"]
FIELDS = ["round", "village", "kind", "held_on", *BALLOTS]


def _check(
    *, round: Round, village: Village, kind: str, held_on: date, ballots: dict[str, int], at: datetime,
    besides: Survey | None = None,
) -> None:  # fmt: skip
    rules.refuse_foreign_village(round.township_id, village)
    rules.refuse_future(held_on, at=at, field="held_on", sentence="测评日期不能晚于今天。")
    issued, returned, valid = ballots["issued"], ballots["returned"], ballots["valid"]
    if returned > issued:
        raise Refused(f"收回票{returned}张多于发出票{issued}张，请核对。", field="returned")
    if valid > returned:
        raise Refused(f"有效票{valid}张多于收回票{returned}张，请核对。", field="valid")
    parts = [ballots[name] for name in BALLOTS[3:]]
    if sum(parts) != valid:
        added = "＋".join(str(n) for n in parts)
        raise Refused(
            f"满意、基本满意、不满意、不了解四项之和须等于有效票：{added}＝{sum(parts)}，有效票{valid}，请核对。",
            field="valid",
        )
    same = Survey.objects.filter(round=round, village=village, kind=kind, held_on=held_on)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("这个村当天的同类测评已登记，请直接修改原有记录。", field="held_on")


@transaction.atomic
def add_survey(
    *,
    round: Round,
    village: Village,
    kind: str,
    held_on: date,
    issued: int,
    returned: int,
    valid: int,
    satisfied: int,
    mostly: int,
    dissatisfied: int,
    unknown: int,
    by: Any,
    at: datetime,
) -> Survey:
    """Record the counted ballots of one survey. Refused with the numbers when they do not add up."""
    ballots = {
        "issued": issued, "returned": returned, "valid": valid, "satisfied": satisfied, "mostly": mostly,
        "dissatisfied": dissatisfied, "unknown": unknown,
    }  # fmt: skip
    _check(round=round, village=village, kind=kind, held_on=held_on, ballots=ballots, at=at)
    survey = Survey.objects.create(round=round, village=village, kind=kind, held_on=held_on, **ballots)
    audit.record(survey, "登记民主测评", by=by, at=at)
    return survey


@transaction.atomic
def change_survey(
    survey: Survey,
    *,
    round: Round,
    village: Village,
    kind: str,
    held_on: date,
    issued: int,
    returned: int,
    valid: int,
    satisfied: int,
    mostly: int,
    dissatisfied: int,
    unknown: int,
    base_version: int,
    by: Any,
    at: datetime,
) -> Survey:
    """Correct a survey."""
    if round.township_id != survey.round.township_id:
        raise Refused("所选轮次不是本乡镇的，请重新选择。", field="round")
    ballots = {
        "issued": issued, "returned": returned, "valid": valid, "satisfied": satisfied, "mostly": mostly,
        "dissatisfied": dissatisfied, "unknown": unknown,
    }  # fmt: skip
    _check(round=round, village=village, kind=kind, held_on=held_on, ballots=ballots, at=at, besides=survey)
    before = audit.snapshot(survey, FIELDS)
    survey.round, survey.village, survey.kind, survey.held_on = round, village, kind, held_on
    for name, number in ballots.items():
        setattr(survey, name, number)
    save_if_unchanged(survey, expected_version=base_version, fields=FIELDS)
    audit.record(survey, "修改民主测评", by=by, at=at, changes=audit.changes_since(before, survey))
    return survey
