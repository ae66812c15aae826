"""Whom a form offers first: the people of the village it is about, then those sent to it, then the township and the county."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.roles import Role
from villages.models import Assignment, Cadre

OWN = (Role.VILLAGE_SECRETARY, Role.VILLAGE_HEAD, Role.VILLAGE_CLERK)
SENT = (
    Role.RESIDENT_CADRE, Role.FIRST_SECRETARY, Role.WORK_TEAM, Role.LINKED_LEADER, Role.COUNTY_LINKED_LEADER,
)  # fmt: skip
ROLES = (*OWN, *SENT)
LEADING = (
    Role.PARTY_SECRETARY, Role.TOWNSHIP_HEAD, Role.DEPUTY_SECRETARY, Role.COMMISSIONER, Role.LINKED_LEADER,
    Role.COUNTY_LINKED_LEADER,
)  # fmt: skip
RANK = Case(*(When(role=role, then=rank) for rank, role in enumerate(ROLES)), default=len(ROLES))
LEADING_RANK = Case(*(When(role=role, then=rank) for rank, role in enumerate(LEADING)))
SENT_HERE, TOWNSHIP, COUNTY = "包村驻村", "乡镇", "县级"
LEADERS, OTHERS = "乡镇领导", "乡镇其他干部"


class People:
    """The people a form may name, as the options of a select; `villages` are those the form is about, none when that is open."""

    def __init__(self, people: QuerySet[Cadre], villages: Collection[int], day: date) -> None:
        self.people, self.villages, self.day = people, villages, day

    @cached_property
    def _rows(self) -> list[tuple[Any, ...]]:
        """(key, name, title, township, village, its name, nearest post held in the villages, its village) of everyone, nearest first; one query."""
        held = Assignment.objects.on(self.day).filter(cadre=OuterRef("pk"), village__in=self.villages)
        nearest = held.annotate(rank=RANK).order_by("rank", "starts_on", "pk")
        rows = self.people.annotate(
            post=Subquery(nearest.values("role")[:1]), post_at=Subquery(nearest.values("village__name")[:1])
        ).order_by("village__sort", "village_id", "pk")
        found = rows.values_list("pk", "name", "title", "township_id", "village_id", "village__name", "post", "post_at")
        return sorted(found, key=lambda row: ROLES.index(row[6]) if row[6] in ROLES else len(ROLES))

    @property
    def secretary(self) -> int | None:
        """The secretary of the one village the form is about, when there is just one and he may be named."""
        found = [row[0] for row in self._rows if row[6] == Role.VILLAGE_SECRETARY]
        return found[0] if len(self.villages) == 1 and len(found) == 1 else None

    def groups(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """本村 (a village's name where there are several), 包村驻村, 乡镇, 县级, then the other villages by name."""
        own: dict[str, list[tuple[int, str]]] = {}
        sent: list[tuple[int, str]] = []
        rest: dict[str, list[tuple[int, str]]] = {TOWNSHIP: [], COUNTY: []}
        for pk, name, title, township, village_id, village, post, post_at in self._rows:
            person = (pk, f"{name}（{title}）" if title else name)
            if post in OWN or village_id in self.villages:
                own.setdefault("本村" if len(self.villages) == 1 else post_at or village, []).append(person)
            elif post in SENT:
                sent.append(person)
            else:
                rest.setdefault(village or (TOWNSHIP if township else COUNTY), []).append(person)
        if self.villages:
            return [*own.items(), (SENT_HERE, sent), *rest.items()]
        county = rest.pop(COUNTY)
        return [*rest.items(), (COUNTY, county)]

    def pairs(self, empty: str) -> list[Any]:
        """The options as a select takes them, `empty` first."""
        return [("", empty), *grouped(self.groups())]


def leaders_first(people: QuerySet[Cadre], day: date, empty: str) -> list[Any]:
    """The options where somebody leads: leaders of the township by their post, the county, then everybody else, villages last; one query.

    Nobody is left out: a record of the past names who led then.
    """
    held = Assignment.objects.on(day).filter(cadre=OuterRef("pk"))
    leads = held.filter(role__in=LEADING).annotate(rank=LEADING_RANK).order_by("rank").values("rank")[:1]
    serves = held.filter(role__in=OWN).order_by("pk").values("village__name")[:1]
    rows = people.annotate(rank=Subquery(leads), at=Coalesce("village__name", Subquery(serves)))
    rows = rows.order_by(F("rank").asc(nulls_last=True), "village__sort", "village_id", "pk")
    groups: dict[str, list[tuple[int, str]]] = {LEADERS: [], COUNTY: [], OTHERS: []}
    for pk, name, title, township, village, rank in rows.values_list(
        "pk", "name", "title", "township_id", "at", "rank"
    ):
        group = village or (COUNTY if not township else OTHERS if rank is None else LEADERS)
        groups.setdefault(group, []).append((pk, f"{name}（{title}）" if title else name))
    return [("", empty), *grouped(groups.items())]


def grouped(groups: Iterable[tuple[str, list[tuple[int, str]]]]) -> list[Any]:
    """Groups for a select without the empty ones; a single one needs no heading."""
    filled = [(title, rows) for title, rows in groups if rows]
    return filled[0][1] if len(filled) == 1 else filled
