"""C 任务清单（责任清单）: one row for each measure of the ledger's problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import timezone

from accounts.permissions import Permission
from common import chinese
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from problems.models import Measure, Problem

COLUMNS = (
    column("problem", "对应问题编号", width=8, kind=Kind.WHOLE, align="center"),
    column("task", "任务", width=32),
    column("standard", "完成标准", width=22),
    column("lead", "牵头领导", width=18),
    column("unit", "责任单位", width=12),
    column("owner", "责任人", width=18),
    column("period", "起止时间", width=31, kind=Kind.DAY),
    column("state", "完成情况", width=24),
    column("remark", "备注", width=9),
)


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Measure.objects.filter(problem__round__in=ask.round_ids), "shown_to")
    ledger = Problem.objects.filter(round__in=ask.round_ids)
    past = ask.as_of < timezone.localdate()
    ledger = ledger.as_of(ask.as_of).in_ledger("stood__") if past else ledger.in_ledger()
    order = ("problem__township_id", "problem__round_id", "problem__number", "number")
    return list(rows.filter(problem__in=ledger.values("pk")).order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = Measure.objects.select_related("problem__lead_official", "problem__village", "unit", "owner").in_bulk(keys)
    for pk in keys:
        if not (m := found.get(pk)):
            continue
        problem, lead, owner = m.problem, m.problem.lead_official, m.owner
        done = bool(m.done_on and m.done_on <= ask.as_of)
        yield Line(
            (
                problem.number,
                m.text,
                m.standard,
                lead.with_title if lead else "",
                m.unit.name if m.unit else "",
                owner.with_title if owner else "",
                _period(m),
                _state(m, done, ask.as_of),
                ask.village(problem.village.name, problem.township_id),
            ),
            pk,
            m.version,
            problem.township_id,
            done,
        )


def _period(m: Measure) -> str | date | None:
    until = words.deadline(m.deadline_kind, m.due_on)
    if m.starts_on and isinstance(until, date):
        return f"{chinese.full_date(m.starts_on)}至{chinese.full_date(until)}"
    return until


def _state(m: Measure, done: bool, day: date) -> str:
    if done:
        return f"{chinese.full_date(m.done_on)}完成" + (f"：{m.done_note}" if m.done_note else "")
    return "逾期未完成" if m.is_late(day) else "未完成"


def summary(totals: Totals) -> dict[str, Value]:
    return {"task": f"共{totals.count}项任务，已完成{totals.done}项"}


LEDGER = Ledger(
    code="C",
    name="任务（责任）清单",
    noun="项任务",
    permission=Permission.PROBLEM_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    summary=summary,
    importable=True,
    about="每项整改措施一行：标准、责任、起止时间和完成情况",
)
