"""Close-out of a problem (销号): the village asks, the resident cadre checks, the commissioner closes or returns; relapse reopens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from problems.models import CloseRequest, Problem, Step
from problems.services import criteria as close_criteria
from problems.services import standing
from problems.services.deadlines import drop_pending_extension
from problems.terms import CLOSING_DEGREES, DeadlineKind, Degree


@transaction.atomic
def ask_close_out(problem: Problem, *, note: str, by: Any, at: datetime, on: date | None = None) -> CloseRequest:
    """Ask for close-out; `note` says what was done. Raises Refused while a criterion still wants its file."""
    if not note.strip():
        raise Refused("请写明整改完成情况。", field="note")
    close_criteria.refuse_lacking(problem)
    standing.move(problem, action="ask_close", by=by, at=at, on=on, note=note)
    close_criteria.start_checking(problem)
    return CloseRequest.objects.create(problem=problem, note=note, asked_by=by, asked_at=at)


@transaction.atomic
def check_close_out(
    problem: Problem, *, note: str, criteria: Iterable[int] = (), by: Any, at: datetime
) -> CloseRequest:
    """Confirm on the spot that what the village reports is so, each criterion by its key. Not by the one who asked."""
    row = standing.begin(problem, action="check_close", by=by)
    if not note.strip():
        raise Refused("请写明核实情况。", field="note")
    close_criteria.check_all(problem, criteria, by=by, at=at)
    request = _pending(problem)
    request.checked_by, request.checked_at, request.check_note = by, at, note
    request.save(update_fields=["checked_by", "checked_at", "check_note"])
    audit.record(problem, row.verb, by=by, at=at)
    return request


@transaction.atomic
def close_out(
    problem: Problem,
    *,
    degree: str,
    outcome: str,
    by: Any,
    at: datetime,
    remark: str = "",
    on: date | None = None,
) -> Step:
    """Close a checked problem with its degree; `outcome` is the concrete fact a summary quotes.

    Not by who posted progress on it, asked for the close-out or checked it.
    """
    standing.begin(problem, action="close", by=by)
    if degree not in CLOSING_DEGREES:
        raise Refused("销号须认定为基本化解或已化解；达不到的请退回销号申请。", field="degree")
    day = standing.day_of(at, on)
    step = standing.move(
        problem, action="close", by=by, at=at, on=day, note=remark, degree=degree, outcome=outcome, closed_on=day
    )
    request = _pending(problem)
    request.outcome, request.degree = CloseRequest.Outcome.CLOSED, degree
    request.decided_by, request.decided_at, request.remark = by, at, remark
    request.save()
    drop_pending_extension(problem, at=at)
    return step


@transaction.atomic
def return_close_out(problem: Problem, *, reason: str, by: Any, at: datetime, on: date | None = None) -> Step:
    """Send the request back: rectification goes on where it stood."""
    step = standing.move(problem, action="return_close", by=by, at=at, on=on, reason=reason)
    request = _pending(problem)
    request.outcome = CloseRequest.Outcome.RETURNED
    request.decided_by, request.decided_at, request.remark = by, at, reason
    request.save()
    return step


@transaction.atomic
def relapse(
    problem: Problem, *, reason: str, by: Any, at: datetime, on: date | None = None, due_on: date | None = None
) -> Step:
    """Reopen a closed problem that came back. `due_on` is its new deadline, compulsory when the old one has passed."""
    standing.begin(problem, action="relapse", by=by)
    day = standing.day_of(at, on)
    changes: dict[str, Any] = {}
    if due_on is not None:
        if due_on < day:
            raise Refused("新的整改时限不能早于反弹日期。", field="due_on")
        changes = {"deadline_kind": DeadlineKind.DATE, "due_on": due_on}
        changes["first_due_on"] = problem.first_due_on or due_on
    elif problem.due_on is not None and problem.due_on < day:
        raise Refused("原整改时限已过，请填写新的整改时限。", field="due_on")
    return standing.move(
        problem,
        action="relapse",
        by=by,
        at=at,
        on=day,
        reason=reason,
        degree=Degree.UNRESOLVED,
        closed_on=None,
        outcome="",
        relapses=problem.relapses + 1,
        resumed_on=day,
        **changes,
    )


def _pending(problem: Problem) -> CloseRequest:
    return CloseRequest.objects.get(problem=problem, outcome=CloseRequest.Outcome.PENDING)
