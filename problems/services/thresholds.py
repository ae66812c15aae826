"""Changing when a round's problems turn yellow, and bringing every open problem to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from problems.models import Problem, Step
from problems.services import standing
from problems.terms import RUNNING_STATES, Colour, colour_of
from rounds.models import Round

PREVIEWED = 50  # problems a preview names one by one; the counts are of all
FIELDS = ("yellow_days", "stale_days", "immediate_days")
BATCH = 500


@dataclass(frozen=True)
class Turn:
    """A problem whose colour a change of the thresholds would turn."""

    problem: Problem
    before: Colour
    after: Colour


@dataclass(frozen=True)
class Preview:
    """What a change would do today, before anything is written."""

    turns: list[Turn]  # the first of them
    turned: dict[tuple[Colour, Colour], int]  # (before, after) → how many
    before: dict[Colour, int]
    after: dict[Colour, int]

    @property
    def total(self) -> int:
        return sum(self.turned.values())


def preview_thresholds(round: Round, *, yellow_days: int, stale_days: int, day: date) -> Preview:
    """Which running problems another pair of thresholds would show in another colour on a day; one query."""
    fields = ("number", "title", "village", "round", "state", "deadline_kind", "due_on", "queue_on", "yellow_on")
    days = ("last_progress_on", "started_on", "resumed_on")
    running = Problem.objects.filter(round=round, state__in=RUNNING_STATES).select_related("village", "round")
    before: Counter[Colour] = Counter()
    after: Counter[Colour] = Counter()
    turned: Counter[tuple[Colour, Colour]] = Counter()
    turns: list[Turn] = []
    rows = running.only(*fields, *days, "village__name", "round__year").order_by(
        "village__sort", "village_id", "number"
    )
    for problem in rows.iterator(chunk_size=2000):
        queue_on, yellow_on = standing.derive(problem, yellow_days=yellow_days, stale_days=stale_days)
        now = problem.colour_on(day)
        then = colour_of(problem.state, queue_on, yellow_on, day)
        before[now] += 1
        after[then] += 1
        if now != then:
            turned[now, then] += 1
            if len(turns) < PREVIEWED:
                turns.append(Turn(problem, now, then))
    return Preview(turns, dict(turned), dict(before), dict(after))


def check_thresholds(*, yellow_days: int, stale_days: int, immediate_days: int) -> None:
    for name, value in (("yellow_days", yellow_days), ("stale_days", stale_days), ("immediate_days", immediate_days)):
        if not 1 <= value <= 365:
            raise Refused("天数应在1至365之间。", field=name)


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
    check_thresholds(yellow_days=yellow_days, stale_days=stale_days, immediate_days=immediate_days)
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
