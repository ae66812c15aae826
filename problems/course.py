"""Everything small that happened to one problem, in one query.

A problem's page shows what was reported, agreed, asked, decided and instructed. Each kind is a short list, and fetching them one by one
would use up the page's budget of queries; so they come as one UNION of equal columns and are told apart here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from problems.models import CloseRequest, Extension, Instruction, Milestone, Problem, ProgressEntry
from problems.terms import Degree, FactKind

UNIT, PROGRESS, MILESTONE, INSTRUCTION, EXTENSION, CLOSE = (
    "unit",
    "progress",
    "milestone",
    "instruction",
    "extension",
    "close",
)


@dataclass(frozen=True)
class Part:
    """One row of the union. Which columns are filled depends on `kind`; see the query below."""

    kind: str
    pk: int
    text: str = ""
    who: str = ""  # who reported, asked, instructed
    post: str = ""  # as what
    day: date | None = None
    due: date | None = None
    at: datetime | None = None
    status: str = ""
    degree: str = ""
    checker: str = ""
    checked_at: datetime | None = None
    check_note: str = ""
    decider: str = ""
    decided_at: datetime | None = None
    remark: str = ""

    @property
    def status_words(self) -> str:
        """What became of a request."""
        if self.kind == EXTENSION:
            return str(Extension.Decision(self.status).label)
        words = str(CloseRequest.Outcome(self.status).label)
        return f"{words}（{Degree(self.degree).label}）" if self.degree else words

    @property
    def fact_words(self) -> str:
        return str(FactKind(self.post).label)


_COLUMNS: dict[str, Any] = {
    "kind": CharField(),
    "key": BigIntegerField(),
    "text": TextField(),
    "who": CharField(),
    "post": CharField(),
    "day": DateField(),
    "due": DateField(),
    "at": DateTimeField(),
    "status": CharField(),
    "degree": CharField(),
    "checker": CharField(),
    "checked_at": DateTimeField(),
    "check_note": TextField(),
    "decider": CharField(),
    "decided_at": DateTimeField(),
    "remark": TextField(),
}


def _part(rows: QuerySet[Any], kind: str, **given: Any) -> QuerySet[Any, Any]:
    given = {"kind": Value(kind), "key": F("pk")} | given
    columns = {}
    for name, field in _COLUMNS.items():
        dated = isinstance(field, DateField | DateTimeField)
        value = given.get(name, Value(None) if dated else Value(""))
        columns[f"part_{name}"] = Cast(
            value if dated else Coalesce(value, Value("")) if name != "key" else value, field
        )
    return rows.order_by().annotate(**columns).values_list(*columns)


def course_of(problem: Problem) -> dict[str, list[Part]]:
    """Parts by kind: progress and requests newest first, milestones by their day. One query."""
    found = _part(problem.assisting_units.all(), UNIT, text=F("name")).union(
        _part(
            ProgressEntry.objects.filter(problem=problem), PROGRESS,
            text=F("text"), who=F("by__name"), post=F("role"), day=F("happened_on"), at=F("at"),
            status=F("unit__name"),
        ),
        _part(
            Milestone.objects.filter(problem=problem), MILESTONE,
            text=F("fact"), who=F("by__name"), post=F("kind"), day=F("happened_on"), at=F("at"),
        ),
        _part(
            Instruction.objects.filter(problem=problem), INSTRUCTION,
            text=F("text"), who=Coalesce(F("cadre__name"), F("by__name")), post=F("cadre__title"), at=F("at"),
        ),
        _part(
            Extension.objects.filter(problem=problem), EXTENSION,
            text=F("reason"), who=F("asked_by__name"), day=F("old_due_on"), due=F("new_due_on"), at=F("asked_at"),
            status=F("decision"), decider=F("decided_by__name"), decided_at=F("decided_at"), remark=F("remark"),
        ),
        _part(
            CloseRequest.objects.filter(problem=problem), CLOSE,
            text=F("note"), who=F("asked_by__name"), at=F("asked_at"), status=F("outcome"), degree=F("degree"),
            checker=F("checked_by__name"), checked_at=F("checked_at"), check_note=F("check_note"),
            decider=F("decided_by__name"), decided_at=F("decided_at"), remark=F("remark"),
        ),
        all=True,
    )  # fmt: skip
    parts: dict[str, list[Part]] = defaultdict(list)
    for row in found:
        part = Part(*row)
        parts[part.kind].append(part)
    for kind in (INSTRUCTION, EXTENSION, CLOSE):
        parts[kind].sort(key=lambda p: p.pk, reverse=True)
    parts[PROGRESS].sort(key=lambda p: (p.day or date.min, p.pk), reverse=True)
    parts[MILESTONE].sort(key=lambda p: (p.day or date.min, p.pk))
    parts[UNIT].sort(key=lambda p: p.pk)
    return parts
