"""Words about many problems: who may see them, how they stood on a day, which are red."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, FilteredRelation, Q, Value, When

from accounts.permissions import Permission
from problems.terms import LEDGER_STATES, NO_DEADLINE_ON, OPEN_STATES, RUNNING_STATES, Colour, State

if TYPE_CHECKING:
    from villages.access import Access


def held_on(day: date, prefix: str = "") -> Q:
    """The step that held at the end of a day."""
    return (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": day})) & Q(**{f"{prefix}since__lte": day})


def colour_is(colour: str, day: date, prefix: str = "") -> Q:
    """The filter for one colour on a day; mirrors Standing.colour_on."""

    def q(**conditions: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

    running = q(state__in=RUNNING_STATES)
    if colour == Colour.RED:
        return running & q(queue_on__lt=day)
    if colour == Colour.YELLOW:
        return running & q(queue_on__gte=day, queue_on__lt=NO_DEADLINE_ON, yellow_on__lte=day)
    if colour == Colour.GREEN:
        return running & q(queue_on__gte=day, queue_on__lt=NO_DEADLINE_ON, yellow_on__gt=day)
    if colour == Colour.GREY:
        return q(state=State.SUSPENDED) | (running & q(queue_on=NO_DEADLINE_ON))
    return ~q(state__in=OPEN_STATES)


def colour_case(day: date, prefix: str = "") -> Case:
    """The colour on a day as one expression, for counting all colours at once; says what Standing.colour_on and colour_is say."""

    def when(colour: str, **condition: Any) -> When:
        [(name, value)] = condition.items()
        return When(**{f"{prefix}{name}": value}, then=Value(colour))

    return Case(
        when(Colour.GREY, state=State.SUSPENDED),
        When(~Q(**{f"{prefix}state__in": RUNNING_STATES}), then=Value(Colour.NONE)),
        when(Colour.RED, queue_on__lt=day),
        when(Colour.GREY, queue_on=NO_DEADLINE_ON),
        when(Colour.YELLOW, yellow_on__lte=day),
        default=Value(Colour.GREEN),
        output_field=CharField(),
    )


class ProblemQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, access: Access) -> ProblemQuerySet:
        """Problems of one's townships and villages, and those one's unit answers for or helps with.

        Drafts of others stay with those who may edit the ledger: the pages filter by state, not by author, because a draft belongs to the post.
        """
        scope = access.within(township="township_id", village="village_id")
        if access.unit_ids:
            mine = self.model._default_manager.filter(
                Q(responsible_unit_id__in=access.unit_ids) | Q(assisting_units__in=access.unit_ids)
            ).values("pk")
            scope |= Q(pk__in=mine) & Q(state__in=LEDGER_STATES)
        return self.filter(scope)

    def shown_to(self, access: Access) -> ProblemQuerySet:
        """What the ledger's pages show: one's scope; before acceptance only to posts that work on the ledger itself."""
        rows = self.visible_to(access)
        desk = (Permission.PROBLEM_LOG, Permission.PROBLEM_EDIT, Permission.PROBLEM_REVIEW)
        return rows if access.permissions.intersection(desk) else rows.in_ledger()

    def as_of(self, day: date) -> ProblemQuerySet:
        """Problems that existed on a day, each joined with the step that held then as `stood` (filter by stood__state and so on)."""
        # Not called "then": Django does not quote the alias of a join, and THEN is a word of SQL.
        rows = self.annotate(stood=FilteredRelation("steps", condition=held_on(day, "steps__")))
        # Sticky: the filter that follows directly (stood__state, …) uses this join; else Django would join the steps a second time.
        return rows._next_is_sticky().filter(stood__isnull=False)  # type: ignore[attr-defined]

    def in_ledger(self, prefix: str = "") -> ProblemQuerySet:
        """Taken into the ledger: not drafts, not waiting for review."""
        return self.filter(**{f"{prefix}state__in": LEDGER_STATES})

    def open(self, prefix: str = "") -> ProblemQuerySet:
        return self.filter(**{f"{prefix}state__in": OPEN_STATES})

    def coloured(self, colour: str, day: date, prefix: str = "") -> ProblemQuerySet:
        return self.filter(colour_is(colour, day, prefix))

    def with_names(self) -> ProblemQuerySet:
        """What a list row shows, in one query."""
        return self.select_related("village", "township", "round", "owner", "lead_official", "responsible_unit")


class StepQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def held_on(self, day: date) -> StepQuerySet:
        return self.filter(held_on(day))
