"""What moves when a post is handed over: each app offers its own part, `handovers` asks, and neither imports the other.

An app registers in its `ready()`:  handing.register("problems.handing")
The module has two functions:
    find(duty) -> list[Group]            what the giver holds in that post on his last day; at most two queries
    move(duty, found, *, to, by, at, reason)   pass on what is personal: `found` is key of a group → keys of its records
What simply lies in the reach of the post (open problems of the village, notices to answer) needs no move: rights follow the post. It is listed
all the same, because the paper that both sign says everything the receiver will answer for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from accounts.roles import ROLE_LEVEL, Level
from audit import services as audit
from common.models import save_all_if_unchanged
from villages.models import Assignment, Cadre

MOST = 300  # lines of one group that are listed; a township's office may have thousands in reach


@dataclass(frozen=True)
class Line:
    """One record that goes over: as the paper lists it."""

    pk: int
    text: str
    village: str = ""
    due: str = ""
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Records of one kind. `moves` names what is rewritten to the receiver (责任人); "" when they follow the post by themselves."""

    key: str
    title: str
    lines: Sequence[Line]
    moves: str = ""


def following(key: str, title: str, lines: Sequence[Line]) -> Group:
    """Records that follow the post by themselves: of very many the first, and the title says how many there are."""
    more = f"，共{len(lines)}项，列出前{MOST}项" if len(lines) > MOST else ""
    return Group(key, title + more, lines[:MOST])


@dataclass(frozen=True)
class Duty:
    """A post that is given up, and the day as of which is listed what goes over with it.

    `others` are the posts the giver keeps (not read unless asked for), `kept` the villages of these, known for posts over more than a village.
    """

    assignment: Assignment
    day: date
    others: QuerySet[Assignment]
    kept: frozenset[int] = field(default_factory=frozenset)

    @property
    def giver(self) -> Cadre:
        return self.assignment.cadre

    @property
    def level(self) -> str:
        return ROLE_LEVEL[self.assignment.role]

    @property
    def township_id(self) -> int | None:
        """The township of the post; None for the county's."""
        a = self.assignment
        place = a.village or a.unit
        return a.township_id or (place.township_id if place else None)

    def personal(self, *, village: str, township: str) -> Q:
        """Where the giver's own items are looked for, by the lookups that lead to a village and a township.

        With a post of a village go his items of that village; with any other post his items of the township, less those of villages he still
        answers for.
        """
        if self.level == Level.VILLAGE:
            return Q(**{village: self.assignment.village_id})
        if self.township_id is None:
            return Q(pk__in=[])
        condition = Q(**{township: self.township_id})
        return condition & ~Q(**{f"{village}__in": sorted(self.kept)}) if self.kept else condition

    def reach(self, *, village: str, township: str, unit: str = "") -> Q:
        """Everything the post itself reaches over."""
        if self.level == Level.VILLAGE:
            return Q(**{village: self.assignment.village_id})
        if self.level == Level.UNIT:
            return Q(**{unit: self.assignment.unit_id}) if unit else Q(pk__in=[])
        return Q(**{township: self.township_id}) if self.township_id else Q(pk__in=[])


def duty_of(assignment: Assignment, *, last_day: date, day: date) -> Duty:
    """The post, with what its giver keeps after his last day in it; one query, for a post of a village none."""
    others = Assignment.objects.filter(cadre=assignment.cadre_id).exclude(pk=assignment.pk)
    others = others.exclude(ends_on__lte=last_day).order_by()
    if ROLE_LEVEL[assignment.role] == Level.VILLAGE:
        return Duty(assignment, day, others)
    kept = others.filter(village__isnull=False).values_list("village_id", flat=True)
    return Duty(assignment, day, others, frozenset(v for v in kept if v))


_offers: list[str] = []


def register(module: str) -> None:
    """Name the module of an app that offers what moves; registering twice is harmless."""
    if module not in _offers:
        _offers.append(module)


def groups_of(duty: Duty) -> list[Group]:
    """Everything that goes over with a post, in the order of registration; groups without a line are left out."""
    found: list[Group] = []
    for module in _offers:
        found += [group for group in import_string(f"{module}.find")(duty) if group.lines]
    return found


def move_all(duty: Duty, groups: Sequence[Group], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    """Pass on what is personal. Call inside the transaction that writes the hand-over."""
    found = {group.key: [line.pk for line in group.lines] for group in groups if group.moves}
    for module in _offers:
        import_string(f"{module}.move")(duty, found, to=to, by=by, at=at, reason=reason)


def pass_on(rows: Iterable[Any], field: str, to: Any, *, verb: str, by: Any, at: datetime, reason: str) -> None:
    """For an app's `move`: make `to` the one named in `field` of each record (locked by the caller), with one entry each."""
    before = [(row, audit.snapshot(row, [field])) for row in rows]
    save_all_if_unchanged((row for row, _ in before), field=field, value=to)
    audit.record_many(
        audit.entry(row, verb, by=by, at=at, changes=audit.changes_since(was, row), reason=reason)
        for row, was in before
    )


# What `handovers` adds to the pages of villages, again so that imports go downward.
Action = Callable[[Assignment], "tuple[str, str]"]
Papers = Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]
_action: str = ""
_papers: str = ""


def offer_pages(*, action: str, papers: str) -> None:
    """Dotted paths: the link that starts a hand-over, and duty → (label, address) of the paper by which it was taken over."""
    global _action, _papers
    _action, _papers = action, papers


def action_of(assignment: Assignment) -> list[tuple[str, str]]:
    """(label, address) of the page where a duty is handed over."""
    return [import_string(_action)(assignment)] if _action else []


def papers_of(duties: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """The papers by which duties were taken over; one query."""
    papers: Mapping[int, tuple[str, str]] = import_string(_papers)(duties) if _papers and duties else {}
    return papers
