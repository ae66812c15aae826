"""Submitting, reviewing, pausing; the degree and the deadline as the commissioner records them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from common.errors import Refused
from problems.models import Problem, Step
from problems.services import standing
from problems.terms import DeadlineKind, Degree


@transaction.atomic
def submit(problem: Problem, *, by: Any, at: datetime, on: date | None = None) -> Step:
    """Send a draft or a returned problem for review."""
    if problem.deadline_kind == DeadlineKind.DATE and problem.due_on is None:
        raise Refused("限期整改的问题须填写整改时限后才能提交审核。", field="due_on")
    return standing.move(problem, action="submit", by=by, at=at, on=on)


@transaction.atomic
def accept(problem: Problem, *, by: Any, at: datetime, on: date | None = None) -> Step:
    """Take a submitted problem into the ledger: rectification begins, and 立行立改 gets its day."""
    standing.begin(problem, action="accept", by=by)
    day = standing.day_of(at, on)
    due_on = problem.due_on
    if problem.deadline_kind == DeadlineKind.IMMEDIATE:
        due_on = day + timedelta(days=problem.round.immediate_days)
    return standing.move(
        problem, action="accept", by=by, at=at, on=day, due_on=due_on, first_due_on=due_on, started_on=day
    )


@transaction.atomic
def return_to_author(problem: Problem, *, reason: str, by: Any, at: datetime, on: date | None = None) -> Step:
    return standing.move(problem, action="return", by=by, at=at, on=on, reason=reason)


@transaction.atomic
def suspend(problem: Problem, *, reason: str, by: Any, at: datetime, on: date | None = None) -> Step:
    """Approve a pause: grey until resumed, neither overdue nor stale."""
    return standing.move(problem, action="suspend", by=by, at=at, on=on, reason=reason)


@transaction.atomic
def resume(problem: Problem, *, by: Any, at: datetime, on: date | None = None, reason: str = "") -> Step:
    """End a pause. The deadline is the old one; the commissioner moves it where it has passed meanwhile."""
    day = standing.day_of(at, on)
    return standing.move(problem, action="resume", by=by, at=at, on=day, reason=reason, resumed_on=day)


@transaction.atomic
def record_degree(problem: Problem, *, degree: str, reason: str, by: Any, at: datetime, on: date | None = None) -> Step:
    """Record how far an open problem is settled. 已化解 is recorded by close-out only."""
    standing.begin(problem, action="degree", by=by)
    if degree not in (Degree.UNRESOLVED, Degree.PRELIMINARY, Degree.BASIC):
        raise Refused("未销号的问题可认定为未化解、初步化解或基本化解；已化解的请办理销号。", field="degree")
    if degree == problem.degree:
        raise Refused(f"现在认定的就是“{problem.get_degree_display()}”，没有变化。", field="degree")
    return standing.move(problem, action="degree", by=by, at=at, on=on, reason=reason, degree=degree)


@transaction.atomic
def change_deadline(
    problem: Problem,
    *,
    deadline_kind: str,
    due_on: date | None,
    reason: str,
    by: Any,
    at: datetime,
    on: date | None = None,
) -> Step:
    """Set another deadline without a request, with the reason on record. The first deadline keeps showing."""
    standing.begin(problem, action="deadline", by=by)
    if deadline_kind == DeadlineKind.CONTINUING:
        due_on = None
    elif due_on is None:
        raise Refused("请填写新的整改时限。", field="due_on")
    elif due_on < problem.discovered_on:
        raise Refused("整改时限不能早于发现时间。", field="due_on")
    if (deadline_kind, due_on) == (problem.deadline_kind, problem.due_on):
        raise Refused("时限没有变化。", field="due_on")
    return standing.move(
        problem,
        action="deadline",
        by=by,
        at=at,
        on=on,
        reason=reason,
        deadline_kind=deadline_kind,
        due_on=due_on,
        first_due_on=problem.first_due_on or due_on,
    )
