"""What was done about a problem: dated entries and concrete facts. Both are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from problems.models import Milestone, Problem, ProgressEntry, Step
from problems.services.standing import hold, stand
from problems.services.uploads import attach_uploads
from problems.terms import FactKind, State
from villages.models import Unit


def _refuse_closed(problem: Problem) -> None:
    if problem.is_open:
        return
    if problem.state == State.CLOSED:
        raise Refused("这个问题已销号，不能再填报进展。如问题反弹，请联系党建办登记反弹后再填。")
    raise Refused(f"这个问题现在是“{problem.get_state_display()}”，审核通过后才能填报进展。")


def _refuse_day(problem: Problem, day: date, at: datetime) -> None:
    if day > timezone.localdate(at):
        raise Refused("日期不能晚于今天，请填写已经做了的事。", field="happened_on")
    if day < problem.discovered_on:
        raise Refused(
            f"日期不能早于这个问题的发现时间（{full_date(problem.discovered_on)}）。",
            field="happened_on",
        )


def _advance(problem: Problem, *, happened_on: date, on: date | None, by: Any, at: datetime) -> None:
    """The problem has moved on that day: its last progress, and with it the day it turns yellow.

    An entry may tell of a day before the present step began (the village writes on Friday what it did on Monday); the standing then
    changes from the present step's first day, because an earlier standing is history.
    """
    present = Step.objects.filter(problem=problem, until=None).values_list("since", flat=True).first()
    day = on or happened_on
    stand(
        problem,
        action="progress",
        on=max(day, present) if present else day,
        by=by,
        at=at,
        last_progress_on=max(problem.last_progress_on or happened_on, happened_on),
    )


@transaction.atomic
def post_progress(
    problem: Problem,
    *,
    text: str,
    happened_on: date,
    upload_tokens: Sequence[str] = (),
    by: Any,
    at: datetime,
    on: date | None = None,
    role: str = "",
    unit: Unit | None = None,
) -> ProgressEntry:
    """Add a dated entry with its photos. Raises Refused for a problem that is not open and for a day in the future or before discovery."""
    hold(problem)
    _refuse_closed(problem)
    _refuse_day(problem, happened_on, at)
    if not text.strip():
        raise Refused("请写明做了什么、结果怎样。", field="text")
    entry = ProgressEntry.objects.create(
        problem=problem, happened_on=happened_on, text=text, by=by, role=role, unit=unit, at=at
    )
    if upload_tokens:
        attach_uploads(upload_tokens, problem=problem, progress=entry, by=by, at=at)
    _advance(problem, happened_on=happened_on, on=on, by=by, at=at)
    audit.record(problem, "填报进展", by=by, at=at)
    return entry


@transaction.atomic
def add_milestone(
    problem: Problem,
    *,
    kind: str,
    happened_on: date,
    fact: str,
    upload_tokens: Sequence[str] = (),
    by: Any,
    at: datetime,
    on: date | None = None,
) -> Milestone:
    """Add a concrete fact with its day, worded so that a summary can quote it; it counts as progress. Refusals as for an entry."""
    hold(problem)
    _refuse_closed(problem)
    _refuse_day(problem, happened_on, at)
    if not fact.strip():
        raise Refused("请写明事实，例如：征地协议已签订。", field="fact")
    milestone = Milestone.objects.create(problem=problem, kind=kind, happened_on=happened_on, fact=fact, by=by, at=at)
    if upload_tokens:
        attach_uploads(upload_tokens, problem=problem, milestone=milestone, by=by, at=at)
    _advance(problem, happened_on=happened_on, on=on, by=by, at=at)
    audit.record(
        problem,
        "登记节点事实",
        by=by,
        at=at,
        changes=[{"field": "milestone", "label": FactKind(kind).label, "old": "（空）", "new": fact}],
    )
    return milestone
