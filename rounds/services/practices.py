"""Practices worth keeping as a long-term mechanism (经验做法)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import GoodPractice, Round
from rounds.services.rules import happened

FIELDS = ["name", "recorded_on", "description", "result"]


def _check(round: Round, name: str, recorded_on: date, at: datetime, besides: GoodPractice | None = None) -> None:
    happened(recorded_on, at=at, field="recorded_on")
    same = GoodPractice.objects.filter(round=round, name=name)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("本轮已登记同名做法。", field="name")


@transaction.atomic
def add_practice(
    *, round: Round, name: str, recorded_on: date, by: Any, at: datetime, description: str = "", result: str = ""
) -> GoodPractice:
    """Record a practice; `result` is what it brought."""
    _check(round, name, recorded_on, at)
    practice = GoodPractice.objects.create(
        round=round, name=name, recorded_on=recorded_on, description=description, result=result
    )
    audit.record(practice, "登记经验做法", by=by, at=at)
    return practice


@transaction.atomic
def change_practice(
    practice: GoodPractice,
    *,
    name: str,
    recorded_on: date,
    description: str,
    result: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> GoodPractice:
    _check(practice.round, name, recorded_on, at, besides=practice)
    before = audit.snapshot(practice, FIELDS)
    practice.name, practice.recorded_on = name, recorded_on
    practice.description, practice.result = description, result
    save_if_unchanged(practice, expected_version=base_version, fields=FIELDS)
    audit.record(practice, "修改经验做法", by=by, at=at, changes=audit.changes_since(before, practice))
    return practice
