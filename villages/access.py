"""Who may see which rows, and do what where: computed once a request from the posts held today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Q, QuerySet, Value

from accounts.permissions import Permission
from accounts.roles import ADMINISTRATOR_PERMISSIONS, ROLE_PERMISSIONS
from common.compiled import Compiled

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
    stands_in_for: str = ""  # the absent person whose post this is; "" for one's own


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
    def stands_in_for(self) -> list[str]:
        """The absent people this user acts for today: every page says so."""
        return list(dict.fromkeys(g.stands_in_for for g in self.grants if g.stands_in_for))

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


@Compiled
def _posts(user: int, day: date) -> QuerySet[Any, Any]:
    """(since, key, role, level, place, township, county, holder, name) of every post held on a day, in one query: the first of every request.

    Posts lent for that day by those whom the user stands in for are among them. A county post comes back once per township of the county, which saves
    a second query. One part for each level: the database plans four short joins faster than one over everything.
    """
    from villages.models import Absence, Assignment

    lent = Absence.objects.on(day).filter(substitute__user_id=user, lent__isnull=False).order_by().values("lent")
    own = Assignment.objects.filter(cadre__user_id=user).order_by().values("pk")
    held = Assignment.objects.on(day).filter(pk__in=own.union(lent, all=True)).order_by()

    def at(level: str, township: str, county: str) -> QuerySet[Any, Any]:
        words = Value(level, output_field=CharField())
        rows = held.filter(**{f"{level}__isnull": False})
        return rows.values_list(
            "starts_on", "pk", "role", words, f"{level}_id", township, county, "cadre__user_id", "cadre__name"
        )

    return at("village", "village__township_id", "village__township__county_id").union(
        at("township", "township_id", "township__county_id"),
        at("unit", "unit__township_id", "unit__county_id"),
        at("county", "county__townships", "county_id"),
        all=True,
    )


def access_of(user: Any, on: date) -> Access:
    """The access of a user on a day, in one query (an administrator: two)."""
    from villages.models import County, Township

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
    grants: dict[Grant, None] = {}
    townships: set[int] = set()
    for _since, _pk, role, level, place, township, county, holder, name in sorted(
        _posts(user=user.pk, day=on), key=lambda row: row[:2]
    ):
        lent = "" if holder == user.pk else name
        if level == "county":
            grants[Grant(role, level, county, None, stands_in_for=lent)] = None
            if township:
                townships.add(township)
        else:
            village, unit = (place if level == wanted else None for wanted in ("village", "unit"))
            grants[Grant(role, level, county, township, village_id=village, unit_id=unit, stands_in_for=lent)] = None
    return Access(user=user, on=on, grants=tuple(grants), county_townships=frozenset(townships))
