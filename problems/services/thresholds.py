"""Changing when a round's problems turn yellow, and bringing every open problem to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from problems.models import Problem, Step
from problems.services import standing
from problems.terms import RUNNING_STATES
from rounds.models import Round

FIELDS = ("yellow_days", "stale_days", "immediate_days")
BATCH = 500


@transaction.atomic
def change_thresholds(
    round: Round,
    *,
    yellow_days: int,
    stale_days: int,
    immediate_days: int,
    base_version: int,
    by: Any,
    at: datetime,
    on: date | None = None,
) -> Round:
    """Set the round's thresholds and recompute its running problems. Colours of earlier days stay as they were then.

    `immediate_days` holds for problems accepted from now on; deadlines already given do not move.
    """
    for name, value in (("yellow_days", yellow_days), ("stale_days", stale_days), ("immediate_days", immediate_days)):
        if not 1 <= value <= 365:
            raise Refused("天数应在1至365之间。", field=name)
    day = standing.day_of(at, on)
    before = audit.snapshot(round, FIELDS)
    round.yellow_days, round.stale_days, round.immediate_days = yellow_days, stale_days, immediate_days
    save_if_unchanged(round, expected_version=base_version, fields=list(FIELDS))
    changes = audit.changes_since(before, round)
    moved = _recompute(round, by=by, at=at, day=day)
    if moved:
        changes.append(
            {"field": "problems", "label": "重算转黄日的问题", "old": audit.show(0), "new": audit.show(moved)}
        )
    audit.record(round, "调整预警设置", by=by, at=at, changes=changes)
    return round


def _recompute(round: Round, *, by: Any, at: datetime, day: date) -> int:
    """New days and a new step for every running problem whose days differ; batches keep the statements small."""
    running = Problem.objects.select_for_update().filter(round=round, state__in=RUNNING_STATES).order_by("pk")
    moved, last = 0, 0
    while batch := list(running.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        changed = []
        for problem in batch:
            days = standing.derive(problem, yellow_days=round.yellow_days, stale_days=round.stale_days)
            if days != (problem.queue_on, problem.yellow_on):
                problem.queue_on, problem.yellow_on = days
                problem.updated_at = at
                changed.append(problem)
        if not changed:
            continue
        Problem.objects.bulk_update(changed, ["queue_on", "yellow_on", "updated_at"])
        Problem.objects.filter(pk__in=[p.pk for p in changed]).update(version=F("version") + 1)
        present = {s.problem_id: s for s in Step.objects.filter(problem__in=changed, until=None)}
        steps = []
        for problem in changed:
            step = present[problem.pk]
            step.until = max(day, step.since)
            steps.append(standing.next_step(problem, action="thresholds", since=step.until, by=by, at=at))
        Step.objects.bulk_update(present.values(), ["until"])
        Step.objects.bulk_create(steps)
        moved += len(changed)
    return moved
