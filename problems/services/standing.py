"""The one place that moves a problem's standing.

Every other service says what happened; `stand` checks it against the table of transitions, derives the days by which lists sort and
colour, ends the present step and writes the next one, and brings `Problem` to the same standing, in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from problems import transitions
from problems.models import Problem, Step
from problems.terms import NEVER_ON, NO_DEADLINE_ON, RUNNING_STATES, DeadlineKind, State
from problems.transitions import To

# Columns of Problem that a step copies.
_COPIED = (
    "state",
    "degree",
    "deadline_kind",
    "due_on",
    "queue_on",
    "yellow_on",
    "closed_on",
    "last_progress_on",
    "extensions_granted",
)
# What `changes` may name; the state follows from the action, the derived days from the rest.
CHANGEABLE = (
    "degree",
    "deadline_kind",
    "due_on",
    "first_due_on",
    "extensions_granted",
    "relapses",
    "started_on",
    "resumed_on",
    "last_progress_on",
    "closed_on",
    "outcome",
)


def derive(problem: Problem, *, yellow_days: int, stale_days: int) -> tuple[date, date]:
    """(queue_on, yellow_on): the day by which lists sort, and the first day on which the problem is yellow.

    Red from the day after the deadline; yellow when `yellow_days` or fewer are left, or after more than `stale_days` without progress.
    Without progress the clock runs from the day rectification began, or began again after a pause or a relapse.
    """
    if problem.state == State.SUSPENDED:
        return NO_DEADLINE_ON, NEVER_ON
    if problem.state not in RUNNING_STATES:
        return NEVER_ON, NEVER_ON
    if problem.deadline_kind == DeadlineKind.CONTINUING or problem.due_on is None:
        return NO_DEADLINE_ON, NEVER_ON
    yellow_on = problem.due_on - timedelta(days=yellow_days)
    active = [day for day in (problem.last_progress_on, problem.started_on, problem.resumed_on) if day]
    if active:
        yellow_on = min(yellow_on, max(active) + timedelta(days=stale_days + 1))
    return problem.due_on, yellow_on


def day_of(at: datetime, on: date | None = None) -> date:
    """The business day of a change: `on` when given, else the local day of `at`. Refuses a day after `at`."""
    today = timezone.localdate(at)
    if on is not None and on > today:
        raise Refused("日期不能晚于今天。", field="on")
    return on or today


def hold(problem: Problem) -> None:
    """Lock the problem's row until the transaction ends and bring the instance up to date, so that a service checks what is true now."""
    problem.refresh_from_db(from_queryset=Problem.objects.select_related("round").select_for_update(of=("self",)))


def state_before(problem: Problem) -> str:
    """The state before the present one: where a suspension or a refused close-out leads back to."""
    step = (
        Step.objects.filter(problem=problem, state=problem.state)
        .exclude(from_state=problem.state)
        .order_by("-id")
        .first()
    )
    return step.from_state if step and step.from_state in RUNNING_STATES else State.RECTIFYING


@transaction.atomic
def stand(problem: Problem, *, action: str, on: date, by: Any, at: datetime, reason: str = "", **changes: Any) -> Step:
    """Move `problem` (as last read; RecordChanged when somebody moved it since) and return its new step.

    `action` is a row of problems.transitions.TABLE, which decides from and to which state; `on` is the day from which the change holds;
    `changes` name columns of CHANGEABLE. Refuses a state the table does not allow, a missing reason, a day before the present step began.
    Writes no audit entry: the calling service does, in its own words.
    """
    if unknown := set(changes) - set(CHANGEABLE):
        raise TypeError(f"stand() does not change {sorted(unknown)}")
    row = transitions.TABLE[action]
    first = transitions.NEW in row.from_states
    if not first:
        transitions.refuse_state(problem, row)
    if row.needs_reason and not reason.strip():
        raise Refused("请写明原因。", field="reason")
    present = Step.objects.filter(problem=problem, until=None).first()
    if present and present.since > on:
        raise Refused(f"日期不能早于上一次办理的日期（{present.since}）。", field="on")
    from_state = "" if first else problem.state
    if row.to is To.BEFORE:
        problem.state = state_before(problem)
    elif row.to is not To.SAME:
        problem.state = str(row.to)
    for name, value in changes.items():
        setattr(problem, name, value)
    problem.queue_on, problem.yellow_on = derive(
        problem, yellow_days=problem.round.yellow_days, stale_days=problem.round.stale_days
    )
    problem.updated_at = at
    save_if_unchanged(
        problem,
        expected_version=problem.version,
        fields=["state", "queue_on", "yellow_on", "updated_at", *changes],
    )
    if present:
        Step.objects.filter(pk=present.pk).update(until=on)
    step = next_step(problem, action=action, from_state=from_state, since=on, by=by, at=at, reason=reason)
    step.save()
    return step


def next_step(
    problem: Problem,
    *,
    action: str,
    since: date,
    by: Any,
    at: datetime,
    from_state: str | None = None,
    reason: str = "",
) -> Step:
    """The step, not yet saved, that says how the problem stands now."""
    return Step(
        problem=problem,
        action=action,
        from_state=problem.state if from_state is None else from_state,
        since=since,
        by=by,
        at=at,
        reason=reason,
        **{name: getattr(problem, name) for name in _COPIED},
    )


@transaction.atomic
def begin(problem: Problem, *, action: str, by: Any) -> transitions.Transition:
    """Lock and check for an action that leaves the standing as it is (a request, a check, an instruction)."""
    hold(problem)
    row = transitions.TABLE[action]
    transitions.refuse_state(problem, row)
    transitions.refuse_circumstances(problem, row, by)
    return row


# What an audit entry shows of a move.
_AUDITED = ("state", "degree", "deadline_kind", "due_on", "closed_on", "outcome")


@transaction.atomic
def move(
    problem: Problem,
    *,
    action: str,
    by: Any,
    at: datetime,
    on: date | None = None,
    reason: str = "",
    note: str = "",
    **changes: Any,
) -> Step:
    """A whole move for the services of this package: lock, state, separation of duty, standing, record of what was done.

    A `reason` stands in the record of what was done; a `note` (what was finished, what the reviewer remarked) only with the step,
    because the page shows it with the request it belongs to.
    """
    row = begin(problem, action=action, by=by)
    before = audit.snapshot(problem, _AUDITED)
    step = stand(problem, action=action, on=day_of(at, on), by=by, at=at, reason=reason or note, **changes)
    audit.record(problem, row.verb, by=by, at=at, changes=audit.changes_since(before, problem), reason=reason)
    return step
