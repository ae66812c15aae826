"""Extensions: asked by one person, decided by another, counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from problems.models import Extension, Problem
from problems.services import standing


@transaction.atomic
def ask_extension(problem: Problem, *, new_due_on: date, reason: str, by: Any, at: datetime) -> Extension:
    """Ask for a later deadline; one request at a time."""
    row = standing.begin(problem, action="ask_extension", by=by)
    if problem.due_on is None:
        raise Refused("长期坚持的问题没有整改时限，不需要延期。", field="new_due_on")
    if new_due_on <= problem.due_on:
        raise Refused(f"延期后的时限须晚于现在的时限（{problem.due_on}）。", field="new_due_on")
    if not reason.strip():
        raise Refused("请写明延期原因。", field="reason")
    extension = Extension.objects.create(
        problem=problem, old_due_on=problem.due_on, new_due_on=new_due_on, reason=reason, asked_by=by, asked_at=at
    )
    changes = [
        {"field": "due_on", "label": "申请延至", "old": audit.show(problem.due_on), "new": audit.show(new_due_on)}
    ]
    audit.record(problem, row.verb, by=by, at=at, changes=changes, reason=reason)
    return extension


@transaction.atomic
def decide_extension(
    problem: Problem, *, granted: bool, by: Any, at: datetime, remark: str = "", on: date | None = None
) -> Extension:
    """Grant or refuse the pending request. Granted, the deadline moves and the count grows; the first deadline stays."""
    row = standing.begin(problem, action="extension", by=by)
    extension = Extension.objects.get(problem=problem, decision=Extension.Decision.PENDING)
    if granted:
        if problem.due_on is None or extension.new_due_on <= problem.due_on:
            raise Refused("申请之后时限已调整，这项申请不再需要，请选择不同意。", field="granted")
        standing.move(
            problem,
            action="extension",
            by=by,
            at=at,
            on=on,
            reason=extension.reason,
            due_on=extension.new_due_on,
            extensions_granted=problem.extensions_granted + 1,
        )
    else:
        if not remark.strip():
            raise Refused("请写明不同意的原因。", field="remark")
        audit.record(problem, f"{row.verb}：不同意", by=by, at=at, reason=remark)
    extension.decision = Extension.Decision.GRANTED if granted else Extension.Decision.REFUSED
    extension.decided_by, extension.decided_at, extension.remark = by, at, remark
    extension.save()
    return extension


def drop_pending_extension(problem: Problem, *, at: datetime) -> None:
    """A request still waiting when the problem is closed has lost its object; it is not anybody's decision."""
    Extension.objects.filter(problem=problem, decision=Extension.Decision.PENDING).update(
        decision=Extension.Decision.REFUSED, decided_at=at, remark="问题已销号，申请终止"
    )
