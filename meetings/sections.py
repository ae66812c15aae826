"""What a problem's page shows of meetings: where it was dealt with, what was settled or promised there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, F, Value
from django.urls import reverse

from accounts.permissions import Permission
from meetings.models import AgendaItem, Commitment
from meetings.unions import equal_columns
from meetings.views.common import STATE_LIGHTS
from problems.models import Problem
from villages.access import Access

_COLUMNS: dict[str, Any] = {
    "kind": CharField(),
    "key": BigIntegerField(),
    "meeting_id": BigIntegerField(),
    "held_on": DateField(),
    "meeting": CharField(),
    "village_id": BigIntegerField(null=True),
    "text": CharField(),
    "outcome": CharField(),
    "note": CharField(),
    "who": CharField(),
    "due_on": DateField(),
    "kept_on": DateField(),
}


@dataclass(frozen=True)
class Part:
    """One row: a matter on an agenda (`outcome`) or a commitment (`who`, `due_on`, `kept_on`)."""

    kind: str
    key: int
    meeting_id: int
    held_on: date
    meeting: str
    village_id: int | None
    text: str
    outcome: str
    note: str
    who: str | None
    due_on: date | None
    kept_on: date | None

    @property
    def outcome_words(self) -> str:
        return str(AgendaItem.Outcome(self.outcome).label)

    @property
    def url(self) -> str:
        return reverse("meetings:commitment_detail", args=[self.key])


def of_problem(problem: Problem, access: Access) -> tuple[str, dict[str, Any]] | None:
    """会议协调: every meeting that dealt with the problem, newest first; one query.

    Who sees the problem sees what became of it; only the meeting's own page stays with those who may open it.
    """
    shared = {
        "key": F("pk"), "meeting_id": F("meeting_id"), "held_on": F("meeting__held_on"), "meeting": F("meeting__name"),
        "village_id": F("meeting__village_id"),
    }  # fmt: skip
    agenda = equal_columns(
        AgendaItem.objects.filter(problem=problem), _COLUMNS, kind=Value("agenda"), text=F("matter"),
        outcome=F("outcome"), note=F("decision"), **shared,
    )  # fmt: skip
    promised = equal_columns(
        Commitment.objects.filter(problem=problem), _COLUMNS, kind=Value("commitment"), text=F("text"), note=F("note"),
        who=F("unit__name"), due_on=F("due_on"), kept_on=F("kept_on"), **shared,
    )  # fmt: skip
    parts = sorted(
        (Part(*row) for row in agenda.union(promised, all=True)),
        key=lambda p: (p.held_on, p.meeting_id, p.kind == "agenda", -p.key),
        reverse=True,
    )
    if not parts:
        return None
    may_open = Permission.MEETING_VIEW in access.permissions
    meetings = []
    for key, rows in groupby(parts, key=lambda p: p.meeting_id):
        found = list(rows)
        first = found[0]
        opens = may_open and (
            problem.township_id in access.township_ids
            or problem.village_id in access.village_ids  # a meeting that dealt with a village's problem is open to it
        )
        meetings.append(
            {
                "name": first.meeting,
                "held_on": first.held_on,
                "url": reverse("meetings:meeting_detail", args=[key]) if opens else "",
                "agenda": [part for part in found if part.kind == "agenda"],
                "commitments": [_standing(part, access.on) for part in found if part.kind == "commitment"],
            }
        )
    return "meetings/_problem_section.html", {"meetings": meetings}


def _standing(part: Part, day: date) -> dict[str, Any]:
    assert part.due_on  # noqa: S101 - a commitment has one; only matters of an agenda have none
    state = Commitment(due_on=part.due_on, kept_on=part.kept_on).state_on(day)
    return {"part": part, "state": state.label, "light": STATE_LIGHTS[state]}
