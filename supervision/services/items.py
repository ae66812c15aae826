"""Items with a deadline, whatever they are: problems, notices without a reply, commitments not kept. Read in batches by key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from inspections.models import Notice
from meetings.models import Commitment
from problems.models import CloseRequest, Extension, Problem
from problems.terms import BEFORE_STATES, NO_DEADLINE_ON, RUNNING_STATES, State
from supervision.models import Urge
from supervision.terms import Kind

# An urging is told until it is this old.
URGED_FOR = timedelta(days=3)
RISING_STATES = (State.RECTIFYING, State.RELAPSED)  # one that waits for its close-out is in the hands of those who urge


@dataclass
class Item:
    """One thing somebody has to act on."""

    kind: str
    pk: int
    township_id: int
    round_id: int
    village_id: int | None
    unit_id: int | None
    due_on: date | None
    text: str
    subject: str
    url: str
    rises: bool = True  # may a slip be written for it
    state: str = ""
    yellow_on: date | None = None
    lead_id: int | None = None  # account of the leader who promised it
    urged: list[str] = field(default_factory=list)
    asks: set[str] = field(default_factory=set)  # requests that wait for an answer


def problems_waiting() -> QuerySet[Problem]:
    """Problems that may concern anybody: in rectification, or on their way into the ledger."""
    states = [*RUNNING_STATES, State.SUSPENDED, *(s for s in BEFORE_STATES if s != State.DRAFT)]
    return Problem.objects.filter(state__in=states)


def notices_waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(replied_on=None, closed_on=None)


def commitments_waiting() -> QuerySet[Commitment]:
    return Commitment.objects.filter(kept_on=None, meeting__round__isnull=False)


def problem_items(rows: QuerySet[Problem]) -> list[Item]:
    return [
        Item(
            kind=Kind.PROBLEM, pk=pk, township_id=township, round_id=round, village_id=village, unit_id=unit,
            due_on=due if state in RUNNING_STATES and queue != NO_DEADLINE_ON else None,
            text=f"{village_name}{number}号 {title}", subject=title, url=reverse("problems:problem_detail", args=[pk]),
            rises=state in RISING_STATES, state=state, yellow_on=yellow,
        )
        for pk, township, round, village, village_name, unit, number, title, state, due, queue, yellow in rows.values_list(
            "pk", "township_id", "round_id", "village_id", "village__name", "responsible_unit_id", "number", "title",
            "state", "due_on", "queue_on", "yellow_on",
        )
    ]  # fmt: skip


def with_requests(items: list[Item], day: date) -> None:
    """What was asked about the problems and waits, and who urged lately; three queries."""
    by_pk = {item.pk: item for item in items}
    if not by_pk:
        return
    span = Q(problem__in=list(by_pk))
    waiting: list[tuple[int, str]] = [
        (pk, "extension")
        for pk in Extension.objects.filter(span, decision=Extension.Decision.PENDING).values_list("problem", flat=True)
    ]
    for pk, checker in CloseRequest.objects.filter(span, outcome=CloseRequest.Outcome.PENDING).values_list(
        "problem", "checked_by"
    ):
        waiting.append((pk, "close_decide" if checker else "close_check"))
    for pk, what in waiting:
        by_pk[pk].asks.add(what)
    urges = Urge.objects.filter(span, day__gt=day - URGED_FOR, day__lte=day).order_by("pk")
    for pk, name, text in urges.values_list("problem", "by__name", "text"):
        by_pk[pk].urged.append(f"{name}：{text}" if text else f"{name}催办")


def notice_items(rows: QuerySet[Notice]) -> list[Item]:
    return [
        Item(
            kind=Kind.NOTICE, pk=pk, township_id=township, round_id=round, village_id=village, unit_id=None, due_on=due,
            text=f"{village_name} 整改通知书〔{year}〕{number}号", subject=text,
            url=reverse("inspections:notice_detail", args=[pk]),
            state=Notice.State.SIGNED if signed else Notice.State.ISSUED,
        )
        for pk, township, round, village, village_name, due, year, number, text, signed in rows.values_list(
            "pk", "township_id", "inspection__round_id", "village_id", "village__name", "reply_due_on", "year", "number",
            "requirement", "signed_on",
        )
    ]  # fmt: skip


def commitment_items(rows: QuerySet[Commitment]) -> list[Item]:
    return [
        Item(
            kind=Kind.COMMITMENT, pk=pk, township_id=township, round_id=round, village_id=of_problem or of_meeting,
            unit_id=unit, due_on=due, text=f"议定事项：{text[:60]}", subject=text,
            url=reverse("meetings:commitment_detail", args=[pk]), lead_id=lead,
        )
        for pk, township, round, of_problem, of_meeting, unit, due, text, lead in rows.values_list(
            "pk", "meeting__township_id", "meeting__round_id", "problem__village_id", "meeting__village_id", "unit_id",
            "due_on", "text", "lead_official__user_id",
        )
    ]  # fmt: skip


SOURCES: dict[str, tuple[Any, Any]] = {
    Kind.PROBLEM: (problems_waiting, problem_items),
    Kind.NOTICE: (notices_waiting, notice_items),
    Kind.COMMITMENT: (commitments_waiting, commitment_items),
}


def after(kind: str, cursor: int, size: int) -> list[Item]:
    """The next items of a kind that may concern anybody."""
    waiting, items = SOURCES[kind]
    found: list[Item] = items(waiting().filter(pk__gt=cursor).order_by("pk")[:size])
    return found


def of_keys(kind: str, keys: Iterable[int]) -> list[Item]:
    """Those of the items with these keys that may concern anybody."""
    waiting, items = SOURCES[kind]
    found: list[Item] = items(waiting().filter(pk__in=list(keys)).order_by("pk"))
    return found
