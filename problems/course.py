"""Everything small that belongs to one problem, in one query.

A problem's page shows who answers for it, what is to be done, what was reported, agreed, asked, decided and instructed. Each kind is a
short list, and fetching them one by one would use up the page's budget of queries, joining them to the problem the database's time for
planning; so they come as one UNION of equal columns, whose SQL is written once (common.compiled), and are told apart here.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, CharField, DateField, DateTimeField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from common.compiled import Compiled
from problems.models import (
    CloseCriterion,
    CloseRequest,
    Evidence,
    Extension,
    Instruction,
    KeyProject,
    Measure,
    Milestone,
    Problem,
    ProgressEntry,
)
from problems.sections import shown_models
from problems.terms import DeadlineKind, Degree, FactKind
from problems.transitions import Circumstances, Duty, Need
from rounds.models import LinkedCampaign
from villages.chain import LADDER
from villages.models import Assignment, Cadre, Township, Unit

PROGRESS, MILESTONE, INSTRUCTION, EXTENSION, CLOSE = "progress", "milestone", "instruction", "extension", "close"
MEASURE, EVIDENCE, POST, UNIT, CRITERION = "measure", "evidence", "post", "unit", "criterion"
# Single names around the problem.
PERSON, RESPONSIBLE, PROJECT, CAMPAIGN = "person", "responsible", "project", "campaign"
TOWNSHIP, AUTHOR = "township", "author"
# Labels of the models that other apps' sections show and that have rows here.
PRESENT = "present"

# Of the village's chain of responsibility those a problem names, from the top down; with the word for how they answer for it.
CHAIN = {
    role: f"{role.label}（{answers_for}）" if answers_for.endswith("责任人") else role.label
    for role, answers_for, _ in LADDER
    if role not in (Role.PARTY_SECRETARY, Role.WORK_TEAM, Role.VILLAGE_CLERK)
}


class Part(NamedTuple):
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
    def who_with_title(self) -> str:
        return f"{self.who}（{self.post}）" if self.post else str(self.who or "")

    @property
    def with_title(self) -> str:
        """A person, as Cadre.with_title writes it."""
        return f"{self.text}（{self.post}）" if self.post else self.text

    @property
    def kind_words(self) -> str:
        """How a measure's deadline is set."""
        return str(DeadlineKind(self.degree).label)

    @property
    def name(self) -> str:
        """A file's name."""
        return self.text

    @property
    def is_photo(self) -> bool:
        return bool(self.post and self.post.startswith("image/"))

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


@Compiled
def _parts(
    problem: int, owner: int, lead: int, unit: int, project: int, campaign: int, township: int, author: int,
    village: int, day: date,
) -> QuerySet[Any, Any]:  # fmt: skip
    # The first of the union has every moment, and its empty days are cast: PostgreSQL takes the types of the columns from there.
    return _part(
        CloseRequest.objects.filter(problem=problem),
        CLOSE,
        text="note",
        who="asked_by__name",
        day=Cast(_NO_DAY, DateField()),
        due=Cast(_NO_DAY, DateField()),
        at="asked_at",
        status="outcome",
        degree="degree",
        checker="checked_by__name",
        checked_at="checked_at",
        check_note="check_note",
        decider="decided_by__name",
        decided_at="decided_at",
        remark="remark",
        who_id="asked_by_id",
        checker_id="checked_by_id",
    ).union(
        _part(
            Extension.objects.filter(problem=problem),
            EXTENSION,
            text="reason",
            who="asked_by__name",
            day="old_due_on",
            due="new_due_on",
            at="asked_at",
            status="decision",
            decider="decided_by__name",
            decided_at="decided_at",
            remark="remark",
            who_id="asked_by_id",
        ),
        _part(
            ProgressEntry.objects.filter(problem=problem),
            PROGRESS,
            text="text",
            who="by__name",
            post="role",
            day="happened_on",
            at="at",
            status="unit__name",
            who_id="by_id",
        ),
        _part(
            Milestone.objects.filter(problem=problem),
            MILESTONE,
            text="fact",
            who="by__name",
            post="kind",
            day="happened_on",
            at="at",
        ),
        _part(
            Instruction.objects.filter(problem=problem),
            INSTRUCTION,
            text="text",
            who=Coalesce("cadre__name", "by__name"),
            post="cadre__title",
            at="at",
        ),
        _part(
            Measure.objects.filter(problem=problem),
            MEASURE,
            text="text",
            who="owner__name",
            post="owner__title",
            status="unit__name",
            day="done_on",
            due="due_on",
            degree="deadline_kind",
            remark="done_note",
            who_id="number",
        ),
        _part(
            Evidence.objects.filter(problem=problem),
            EVIDENCE,
            text="name",
            post="media_type",
            who_id="progress_id",
            checker_id="milestone_id",
            status=Cast("criterion_id", CharField()),
        ),
        _part(
            CloseCriterion.objects.filter(problem=problem),
            CRITERION,
            text="text",
            who="checked_by__name",
            at="checked_at",
            who_id="number",
            status=Case(When(wants_file=True, then=Value("file")), default=Value(""), output_field=CharField()),
        ),
        _part(
            Assignment.objects.on(day).filter(village_id=village, role__in=list(CHAIN)),
            POST,
            text="role",
            who="cadre__name",
            post="cadre__title",
            day="starts_on",
        ),
        _part(Unit.objects.filter(assisted_problems=problem), UNIT, text="name"),
        _part(Cadre.objects.filter(pk__in=[owner, lead]), PERSON, text="name", post="title"),
        _part(Unit.objects.filter(pk=unit), RESPONSIBLE, text="name"),
        _part(KeyProject.objects.filter(pk=project), PROJECT, text="name"),
        _part(LinkedCampaign.objects.filter(pk=campaign), CAMPAIGN, text="name"),
        _part(Township.objects.filter(pk=township), TOWNSHIP, text="name"),
        _part(User.objects.filter(pk=author), AUTHOR, text="name"),
        *(
            _part(
                model._default_manager.filter(problem=problem),
                PRESENT,
                text=Value(model._meta.label, output_field=CharField()),
            )
            for model in shown_models()
        ),
        all=True,
    )


def course_of(problem: Problem, day: date | None = None) -> dict[str, list[Part]]:
    """Parts by kind: progress and requests newest first, milestones by their day, posts of the village as held on `day`. One query."""
    found = _parts(
        problem=problem.pk,
        owner=problem.owner_id,
        lead=problem.lead_official_id,
        unit=problem.responsible_unit_id,
        project=problem.key_project_id,
        campaign=problem.linked_campaign_id,
        township=problem.township_id,
        author=problem.created_by_id,
        village=problem.village_id,
        day=day or timezone.localdate(),
    )
    parts: dict[str, list[Part]] = defaultdict(list)
    for row in found:
        parts[row[0]].append(Part(*row))
    for kind in (INSTRUCTION, EXTENSION, CLOSE):
        parts[kind].sort(key=lambda p: p.pk, reverse=True)
    parts[PROGRESS].sort(key=lambda p: (p.day or date.min, p.pk), reverse=True)
    for kind in (MILESTONE, POST):
        parts[kind].sort(key=lambda p: (p.day or date.min, p.pk))
    for kind in (MEASURE, CRITERION):
        parts[kind].sort(key=lambda p: p.who_id or 0)  # their number
    for kind in (UNIT, EVIDENCE):
        parts[kind].sort(key=lambda p: p.pk)
    return parts


def chain_of(parts: dict[str, list[Part]]) -> list[tuple[str, str]]:
    """(duty, names) of those who answered for the village on the day of the course, from the top down."""
    names: dict[str, list[str]] = defaultdict(list)
    for part in parts[POST]:
        names[part.text].append(part.who_with_title)
    return [(words, "、".join(names[role])) for role, words in CHAIN.items() if role in names]


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
