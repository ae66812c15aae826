"""Measures (整改措施): the tasks for one problem, which together are the task list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from common.models import save_if_unchanged
from problems.models import Measure, Problem
from problems.services.standing import hold
from problems.terms import DeadlineKind, State
from villages.models import Cadre, Unit

FIELDS = ["text", "standard", "owner", "unit", "deadline_kind", "starts_on", "due_on"]
REASON_FOR = ("owner", "unit", "deadline_kind", "due_on")


def _check(
    problem: Problem,
    *,
    text: str,
    owner: Cadre | None,
    unit: Unit | None,
    deadline_kind: str,
    starts_on: date | None,
    due_on: date | None,
) -> date | None:
    """Refuse what no measure may be; return the deadline as it is stored."""
    if not text.strip():
        raise Refused("请写明整改措施。", field="text")
    if owner and owner.township_id not in (None, problem.township_id):
        raise Refused("只能选择本乡镇或县级的干部。", field="owner")
    if unit and unit.township_id not in (None, problem.township_id):
        raise Refused("只能选择本乡镇或本县的单位。", field="unit")
    if deadline_kind == DeadlineKind.CONTINUING:
        due_on = None
    elif deadline_kind == DeadlineKind.DATE and due_on is None:
        raise Refused("限期整改的措施须填写完成时限。", field="due_on")
    if starts_on and due_on and due_on < starts_on:
        raise Refused("完成时限不能早于开始日期。", field="due_on")
    if due_on and due_on < problem.discovered_on:
        raise Refused(f"完成时限不能早于问题的发现时间（{full_date(problem.discovered_on)}）。", field="due_on")
    return due_on


def counts_from(day: date, other: date | None) -> date:
    """The day from which a measure counts: when it was entered, or an earlier one when it began or was done before that."""
    return min(day, other or day)


def _refuse_closed(problem: Problem) -> None:
    if problem.state == State.CLOSED:
        raise Refused("这个问题已销号，不能再增加或修改措施。")


@transaction.atomic
def add_measure(
    problem: Problem,
    *,
    text: str,
    standard: str = "",
    owner: Cadre | None = None,
    unit: Unit | None = None,
    deadline_kind: str = DeadlineKind.DATE,
    starts_on: date | None = None,
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> Measure:
    """Add the next measure of a problem. Raises Refused when the problem is closed, a deadline is missing or runs backwards."""
    hold(problem)  # two people adding at once get two numbers
    _refuse_closed(problem)
    due_on = _check(
        problem,
        text=text,
        owner=owner,
        unit=unit,
        deadline_kind=deadline_kind,
        starts_on=starts_on,
        due_on=due_on,
    )
    last = Measure.objects.filter(problem=problem).aggregate(last=Max("number"))["last"] or 0
    measure = Measure.objects.create(
        problem=problem,
        number=last + 1,
        text=text,
        standard=standard,
        owner=owner,
        unit=unit,
        deadline_kind=deadline_kind,
        starts_on=starts_on,
        due_on=due_on,
        added_on=counts_from(timezone.localdate(at), starts_on),
    )
    audit.record(measure, "新增整改措施", by=by, at=at)
    return measure


@transaction.atomic
def change_measure(
    measure: Measure,
    *,
    base_version: int,
    text: str,
    standard: str,
    owner: Cadre | None,
    unit: Unit | None,
    deadline_kind: str,
    starts_on: date | None,
    due_on: date | None,
    reason: str = "",
    by: Any,
    at: datetime,
) -> Measure:
    """Change a measure unchanged since `base_version` (RecordChanged otherwise). Another deadline or another person needs a reason."""
    problem = measure.problem
    hold(problem)
    _refuse_closed(problem)
    due_on = _check(
        problem,
        text=text,
        owner=owner,
        unit=unit,
        deadline_kind=deadline_kind,
        starts_on=starts_on,
        due_on=due_on,
    )
    before = audit.snapshot(measure, FIELDS)
    measure.text, measure.standard, measure.owner, measure.unit = text, standard, owner, unit
    measure.deadline_kind, measure.starts_on, measure.due_on = deadline_kind, starts_on, due_on
    save_if_unchanged(measure, expected_version=base_version, fields=FIELDS)
    changes = audit.changes_since(before, measure)
    if not reason.strip() and any(change["field"] in REASON_FOR for change in changes):
        raise Refused("修改了责任人、责任单位或时限，请写明原因。", field="reason")
    audit.record(measure, "修改整改措施", by=by, at=at, changes=changes, reason=reason)
    return measure


@transaction.atomic
def finish_measure(measure: Measure, *, done_on: date, done_note: str = "", by: Any, at: datetime) -> Measure:
    """Mark a measure done on a day. Raises Refused when it is done already or the day is in the future or before it began."""
    refuse_done(measure, done_on=done_on, at=at)
    return _set_done(measure, "完成整改措施", done_on=done_on, done_note=done_note, by=by, at=at)


def refuse_done(measure: Measure, *, done_on: date, at: datetime) -> None:
    """Refuse a day on which the measure cannot have been done."""
    if measure.done_on:
        raise Refused(f"这条措施已于{full_date(measure.done_on)}完成，不用重复填写。")
    if done_on > timezone.localdate(at):
        raise Refused("完成日期不能晚于今天。", field="done_on")
    if done_on < (start := measure.starts_on or measure.problem.discovered_on):
        raise Refused(f"完成日期不能早于{full_date(start)}（措施开始或问题发现的日期）。", field="done_on")


@transaction.atomic
def reopen_measure(measure: Measure, *, reason: str, by: Any, at: datetime) -> Measure:
    """Take back that a measure is done; needs a reason."""
    if not measure.done_on:
        raise Refused("这条措施还没有完成，不用恢复。")
    if not reason.strip():
        raise Refused("请写明为什么恢复为未完成。", field="reason")
    return _set_done(measure, "恢复为未完成", done_on=None, done_note="", by=by, at=at, reason=reason)


def _set_done(
    measure: Measure, verb: str, *, done_on: date | None, done_note: str, by: Any, at: datetime, reason: str = ""
) -> Measure:
    fields = ["done_on", "done_note"]
    before = audit.snapshot(measure, fields)
    measure.done_on, measure.done_note = done_on, done_note
    measure.added_on = counts_from(measure.added_on, done_on)
    save_if_unchanged(measure, expected_version=measure.version, fields=[*fields, "added_on"])
    audit.record(measure, verb, by=by, at=at, changes=audit.changes_since(before, measure), reason=reason)
    return measure
