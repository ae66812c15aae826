"""Who may see which rows, and do what where: computed once a request from the posts held today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.permissions import Permission
from accounts.roles import ADMINISTRATOR_PERMISSIONS, ROLE_PERMISSIONS

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Grant:
    """One post held on the day: its role and the one place it reaches over. `county_id`/`township_id` of a place are filled in for villages and units."""

    role: str
    level: str
    county_id: int | None
    township_id: int | None
    village_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Access:
    """What one user may see and do on one day. Build it with `access_of`."""

    user: User
    on: date
    grants: tuple[Grant, ...] = ()
    county_townships: frozenset[int] = frozenset()
    is_administrator: bool = False
    named_townships: frozenset[int] = (
        frozenset()
    )  # administrators: places to name in accounts and posts, never their rows
    named_counties: frozenset[int] = frozenset()

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do somewhere."""
        if self.is_administrator:
            return ADMINISTRATOR_PERMISSIONS
        return frozenset().union(*(ROLE_PERMISSIONS[g.role] for g in self.grants))

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(g.role for g in self.grants)

    @cached_property
    def township_ids(self) -> frozenset[int]:
        """Townships seen whole: one's own township posts, or every township of one's county."""
        return (
            frozenset(g.township_id for g in self.grants if g.level == "township" and g.township_id)
            | self.county_townships
        )

    @cached_property
    def village_ids(self) -> frozenset[int]:
        """Villages seen through a village post."""
        return frozenset(g.village_id for g in self.grants if g.village_id)

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(g.unit_id for g in self.grants if g.unit_id)

    @cached_property
    def all_township_ids(self) -> frozenset[int]:
        """Townships one belongs to in any way: for names, rounds and the people directory, not for a township's rows."""
        return self.township_ids | self.named_townships | frozenset(g.township_id for g in self.grants if g.township_id)

    @cached_property
    def county_ids(self) -> frozenset[int]:
        return self.named_counties | frozenset(g.county_id for g in self.grants if g.county_id)

    @cached_property
    def read_county_ids(self) -> frozenset[int]:
        """Counties seen whole (for an administrator: their names and posts)."""
        return self.named_counties | frozenset(g.county_id for g in self.grants if g.level == "county" and g.county_id)

    def within(self, *, township: str, village: str, unit: str | None = None) -> Q:
        """The filter for rows in scope; the arguments name the lookups that lead from the row to a township, a village, a unit.

        A row reached through `unit` may appear twice when the lookup crosses many rows: use a pk subquery there.
        """
        condition = Q(pk__in=[])
        if self.township_ids:
            condition |= _among(township, self.township_ids)
        if self.village_ids:
            condition |= _among(village, self.village_ids)
        if unit and self.unit_ids:
            condition |= _among(unit, self.unit_ids)
        return condition

    def may(
        self,
        permission: Permission,
        *,
        township_id: int | None = None,
        village_id: int | None = None,
        unit_ids: Iterable[int] = (),
    ) -> bool:
        """May this user do it at all (no place given), or at this place? A township post covers its villages, a county post its townships."""
        if township_id is None and village_id is None:
            return permission in self.permissions
        if self.is_administrator:
            return permission in ADMINISTRATOR_PERMISSIONS
        units = set(unit_ids)
        for grant in self.grants:
            if permission not in ROLE_PERMISSIONS[grant.role]:
                continue
            if grant.level == "county" and township_id in self.county_townships:
                return True
            if grant.level == "township" and grant.township_id == township_id:
                return True
            if grant.level == "village" and village_id is not None and grant.village_id == village_id:
                return True
            if grant.level == "unit" and grant.unit_id in units:
                return True
        return False

    def townships_with(self, permission: Permission) -> frozenset[int]:
        """Townships over the whole of which the permission holds: what a form may offer."""
        if self.is_administrator:
            return self.named_townships if permission in ADMINISTRATOR_PERMISSIONS else frozenset()
        found: set[int] = set()
        for grant in self.grants:
            if permission in ROLE_PERMISSIONS[grant.role]:
                if grant.level == "township" and grant.township_id:
                    found.add(grant.township_id)
                elif grant.level == "county":
                    found |= self.county_townships
        return frozenset(found)

    def villages_with(self, permission: Permission) -> Q:
        """Filter on Village for the villages where the permission holds: what a form may offer."""
        villages = {g.village_id for g in self.grants if g.village_id and permission in ROLE_PERMISSIONS[g.role]}
        return Q(township_id__in=self.townships_with(permission)) | Q(pk__in=villages)


def _among(lookup: str, ids: frozenset[int]) -> Q:
    # "=" for a single id lets PostgreSQL use the order of a composite index; "IN" of one value does not always.
    if len(ids) == 1:
        return Q(**{lookup: next(iter(ids))})
    return Q(**{f"{lookup}__in": sorted(ids)})


def access_of(user: Any, on: date) -> Access:
    """The access of a user on a day, in one query (an administrator: two)."""
    from villages.models import Assignment, County, Township

    if not user.is_authenticated or not user.is_active:
        return Access(user=user, on=on)
    if user.is_administrator:
        places = list(Township.objects.values_list("pk", "county_id"))
        return Access(
            user=user,
            on=on,
            is_administrator=True,
            named_townships=frozenset(pk for pk, _ in places),
            named_counties=frozenset(County.objects.values_list("pk", flat=True)),
        )
    # A county post comes back once per township of the county, which saves a second query.
    rows = (
        Assignment.objects.on(on)
        .filter(cadre__user_id=user.pk)
        .values_list(
            "role", "village_id", "village__township_id", "village__township__county_id",
            "township_id", "township__county_id", "unit_id", "unit__township_id", "unit__county_id",
            "county_id", "county__townships",
        )
    )  # fmt: skip
    grants: dict[Grant, None] = {}
    townships: set[int] = set()
    for (
        role,
        village,
        *of_village,
        township,
        of_township,
        unit,
        unit_township,
        of_unit,
        county,
        county_township,
    ) in rows:
        if village:
            grants[Grant(role, "village", of_village[1], of_village[0], village_id=village)] = None
        elif township:
            grants[Grant(role, "township", of_township, township)] = None
        elif unit:
            grants[Grant(role, "unit", of_unit, unit_township, unit_id=unit)] = None
        else:
            grants[Grant(role, "county", county, None)] = None
            if county_township:
                townships.add(county_township)
    return Access(user=user, on=on, grants=tuple(grants), county_townships=frozenset(townships))
