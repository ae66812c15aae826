"""Everything small that happened to one problem, in one query.

A problem's page shows what was reported, agreed, asked, decided and instructed. Each kind is a short list, and fetching them one by one
would use up the page's budget of queries; so they come as one UNION of equal columns and are told apart here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from problems.models import CloseRequest, Extension, Instruction, Milestone, Problem, ProgressEntry
from problems.terms import Degree, FactKind
from problems.transitions import Circumstances, Duty, Need

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
    """One row of the union. Which columns are filled depends on `kind`; see the query below. A name is None where nobody is named."""

    kind: str
    pk: int
    text: str
    who: str | None  # who reported, asked, instructed
    post: str | None  # as what
    day: date | None
    due: date | None
    at: datetime | None
    status: str | None
    degree: str
    checker: str | None
    checked_at: datetime | None
    check_note: str
    decider: str | None
    decided_at: datetime | None
    remark: str
    who_id: int | None
    checker_id: int | None

    @property
    def status_words(self) -> str:
        """What became of a request."""
        if self.kind == EXTENSION:
            return str(Extension.Decision(str(self.status)).label)
        words = str(CloseRequest.Outcome(str(self.status)).label)
        return f"{words}（{Degree(self.degree).label}）" if self.degree else words

    @property
    def fact_words(self) -> str:
        return str(FactKind(str(self.post)).label)


_NO_DAY = Value(None, output_field=DateField())
_NO_MOMENT = Value(None, output_field=DateTimeField())
_NOBODY = Value(None, output_field=BigIntegerField())
_NO_WORDS = Value("", output_field=CharField())
# The columns of the union, in the order of Part, and what stands where a kind has nothing to say.
_EMPTY: dict[str, Any] = {
    "kind": _NO_WORDS,
    "pk": "pk",
    "text": _NO_WORDS,
    "who": _NO_WORDS,
    "post": _NO_WORDS,
    "day": _NO_DAY,
    "due": _NO_DAY,
    "at": _NO_MOMENT,
    "status": _NO_WORDS,
    "degree": _NO_WORDS,
    "checker": _NO_WORDS,
    "checked_at": _NO_MOMENT,
    "check_note": _NO_WORDS,
    "decider": _NO_WORDS,
    "decided_at": _NO_MOMENT,
    "remark": _NO_WORDS,
    "who_id": _NOBODY,
    "checker_id": _NOBODY,
}


def _part(rows: QuerySet[Any], kind: str, **given: Any) -> QuerySet[Any, Any]:
    columns = _EMPTY | {"kind": Value(kind, output_field=CharField())} | given
    return rows.order_by().values_list(*columns.values())


def course_of(problem: Problem) -> dict[str, list[Part]]:
    """Parts by kind: progress and requests newest first, milestones by their day. One query."""
    # The first of the union has every moment, and its empty days are cast: PostgreSQL takes the types of the columns from there.
    found = _part(
        CloseRequest.objects.filter(problem=problem), CLOSE,
        text="note", who="asked_by__name", day=Cast(_NO_DAY, DateField()), due=Cast(_NO_DAY, DateField()),
        at="asked_at", status="outcome", degree="degree", checker="checked_by__name", checked_at="checked_at",
        check_note="check_note", decider="decided_by__name", decided_at="decided_at", remark="remark",
        who_id="asked_by_id", checker_id="checked_by_id",
    ).union(
        _part(
            Extension.objects.filter(problem=problem), EXTENSION,
            text="reason", who="asked_by__name", day="old_due_on", due="new_due_on", at="asked_at",
            status="decision", decider="decided_by__name", decided_at="decided_at", remark="remark",
            who_id="asked_by_id",
        ),
        _part(
            ProgressEntry.objects.filter(problem=problem), PROGRESS,
            text="text", who="by__name", post="role", day="happened_on", at="at", status="unit__name",
            who_id="by_id",
        ),
        _part(
            Milestone.objects.filter(problem=problem), MILESTONE,
            text="fact", who="by__name", post="kind", day="happened_on", at="at",
        ),
        _part(
            Instruction.objects.filter(problem=problem), INSTRUCTION,
            text="text", who=Coalesce("cadre__name", "by__name"), post="cadre__title", at="at",
        ),
        _part(problem.assisting_units.all(), UNIT, text="name"),
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


def circumstances_of(parts: dict[str, list[Part]], user: Any) -> Circumstances:
    """What transitions.circumstances asks the database for, from parts already here."""
    closes = [part for part in parts[CLOSE] if part.status == CloseRequest.Outcome.PENDING]
    extensions = [part for part in parts[EXTENSION] if part.status == Extension.Decision.PENDING]
    did = {
        Duty.POSTED_PROGRESS: any(part.who_id == user.pk for part in parts[PROGRESS]),
        Duty.ASKED_CLOSE: any(part.who_id == user.pk for part in closes),
        Duty.CHECKED_CLOSE: any(part.checker_id == user.pk for part in closes),
        Duty.ASKED_EXTENSION: any(part.who_id == user.pk for part in extensions),
    }
    met = {
        Need.CLOSE_UNCHECKED: any(part.checker_id is None for part in closes),
        Need.CLOSE_CHECKED: any(part.checker_id is not None for part in closes),
        Need.EXTENSION_PENDING: bool(extensions),
        Need.NO_EXTENSION_PENDING: not extensions,
    }
    return Circumstances(
        duties=frozenset(duty for duty, done in did.items() if done),
        met=frozenset(need for need, holds in met.items() if holds),
    )
