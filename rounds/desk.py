"""Everything the round desk shows, in few queries: ten at most, whatever the number of records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, IntegerField, Max, Min, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from rounds.models import (
    CalendarItem,
    Criterion,
    Designation,
    GoodPractice,
    LeadingGroupSeat,
    LinkedCampaign,
    Round,
    RoundDocument,
    RoundQuerySet,
    ScreeningVisit,
)

if TYPE_CHECKING:
    from villages.access import Access


@dataclass(frozen=True)
class Listed:
    """A designation with its criteria and how it stands today."""

    record: Designation
    state: Designation.State
    criteria: list[Criterion]


@dataclass(frozen=True)
class Due:
    """A calendar item with how it stands today."""

    record: CalendarItem
    state: CalendarItem.State
    days_late: int


@dataclass(frozen=True)
class Named:
    """A linked campaign or a practice: a name, a note and where to change it."""

    pk: int
    name: str
    note: str


@dataclass(frozen=True)
class Desk:
    round: Round
    day: date
    listed: list[Listed]
    criteria: list[tuple[Criterion, int]]  # with the number of villages listed for it
    seats: list[LeadingGroupSeat]
    former_seats: list[LeadingGroupSeat]
    documents: list[RoundDocument]
    calendar: list[Due]
    campaigns: list[Named]
    practices: list[Named]

    @property
    def open_items(self) -> list[Due]:
        return [i for i in self.calendar if i.state != CalendarItem.State.DONE]

    @property
    def done_items(self) -> list[Due]:
        return [i for i in self.calendar if i.state == CalendarItem.State.DONE]

    @property
    def overdue(self) -> int:
        return sum(1 for i in self.calendar if i.state == CalendarItem.State.OVERDUE)

    @property
    def standing(self) -> list[tuple[str, int]]:
        """How many villages stand how, for the head of the list; only what occurs."""
        states = [row.state for row in self.listed]
        return [(state.label, states.count(state)) for state in Designation.State if state in states]


def with_screening(rounds: RoundQuerySet, access: Access) -> RoundQuerySet:
    """Rounds with the totals of the screening visits in scope, in the same query."""
    visits = ScreeningVisit.objects.visible_to(access).filter(round=OuterRef("pk")).order_by().values("round")

    def total(expression: Any, field: Any = None) -> Any:
        subquery = Subquery(visits.annotate(total=expression).values("total"), output_field=field)
        return subquery if field is None else Coalesce(subquery, 0)

    return rounds.annotate(
        screened_visits=total(Count("pk"), IntegerField()),
        screened_households=total(Sum("households"), IntegerField()),
        screened_villages=total(Count("village", distinct=True), IntegerField()),
        screened_from=total(Min("visited_on")),
        screened_to=total(Max("visited_on")),
    )


def desk(round: Round, access: Access, day: date) -> Desk:
    """The desk of a round as this visitor may see it: a village post sees its own village's designation only."""
    designations = list(
        Designation.objects.visible_to(access).filter(round=round).select_related("village", "earlier__round")
    )
    criteria, met = _criteria(round, {d.pk for d in designations})
    seats = list(round.leading_group.select_related("cadre"))
    order = list(LeadingGroupSeat.Position)
    seats.sort(key=lambda s: (order.index(LeadingGroupSeat.Position(s.position)), s.starts_on, s.pk))
    held = [s for s in seats if s.starts_on <= day and (s.ends_on is None or s.ends_on >= day)]
    campaigns, practices = _named(round)
    return Desk(
        round=round,
        day=day,
        listed=[Listed(d, d.state_on(day), met.get(d.pk, [])) for d in designations],
        criteria=[(c, sum(c in found for found in met.values())) for c in criteria],
        seats=held,
        former_seats=[s for s in seats if s not in held],
        documents=list(round.documents.annotate(item_count=Count("items"))),
        calendar=[Due(i, i.state_on(day), i.days_late(day)) for i in round.calendar.select_related("owner")],
        campaigns=campaigns,
        practices=practices,
    )


def _criteria(round: Round, designations: Iterable[int]) -> tuple[list[Criterion], dict[int, list[Criterion]]]:
    """The criteria in order, and those met by each designation, from one joined query."""
    seen: dict[int, Criterion] = {}
    met: dict[int, list[Criterion]] = {pk: [] for pk in designations}
    for criterion in round.criteria.annotate(designation=F("designations__pk")).order_by("number"):
        first = seen.setdefault(criterion.pk, criterion)
        if criterion.designation in met:
            met[criterion.designation].append(first)
    return list(seen.values()), met


def _named(round: Round) -> tuple[list[Named], list[Named]]:
    """Linked campaigns and practices have the same shape here and come in one query."""

    def rows(records: Any, kind: str, note: str) -> Any:
        return (
            records.filter(round=round)
            .order_by()
            .annotate(kind=Value(kind, CharField()))
            .values_list("kind", "pk", "name", note)
        )

    found = rows(LinkedCampaign.objects, "campaign", "note").union(
        rows(GoodPractice.objects, "practice", "description"), all=True
    )
    ordered = sorted(found)
    return (
        [Named(pk, name, note) for kind, pk, name, note in ordered if kind == "campaign"],
        [Named(pk, name, note) for kind, pk, name, note in ordered if kind == "practice"],
    )
