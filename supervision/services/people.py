"""Who is told: the holders of posts on a day, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from accounts.roles import ROLE_LEVEL, Level, Role
from villages.models import Absence, Assignment


class People:
    """Accounts by role and place on one day. With places given, only theirs are read."""

    def __init__(self, day: date, *, townships: Iterable[int] | None = None) -> None:
        rows = Assignment.objects.on(day).filter(cadre__user__is_active=True).exclude(county__isnull=False)
        if townships is not None:
            ids = list(townships)
            rows = rows.filter(
                Q(village__township__in=ids)
                | Q(township__in=ids)
                | Q(unit__township__in=ids)
                | Q(unit__isnull=False, unit__township=None)
            )
        self._holders: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._township: dict[int, int] = {}
        acting = self._substitutes(day)
        for pk, role, village, of_village, township, unit, of_unit, user in rows.order_by("pk").values_list(
            "pk",
            "role",
            "village_id",
            "village__township_id",
            "township_id",
            "unit_id",
            "unit__township_id",
            "cadre__user_id",
        ):
            self._holders[role, village or township or unit] += [user, *acting.get(pk, ())]
            if home := of_village or township or of_unit:
                self._township.setdefault(user, home)

    @staticmethod
    def _substitutes(day: date) -> dict[int, list[int]]:
        """Post → who stands in for its holder, and is told what he is told."""
        acting: dict[int, list[int]] = defaultdict(list)
        pairs = Absence.objects.on(day).filter(substitute__user__is_active=True, lent__isnull=False)
        for post, substitute in pairs.values_list("lent", "substitute__user_id"):
            acting[post].append(substitute)
        return acting

    def of(
        self, roles: Iterable[str], *, township_id: int, village_id: int | None = None, unit_id: int | None = None
    ) -> set[int]:
        """Accounts holding one of the roles for this village, its township, this unit."""
        place = {Level.VILLAGE: village_id, Level.TOWNSHIP: township_id, Level.UNIT: unit_id}
        found: set[int] = set()
        for role in roles:
            at = place.get(Level(ROLE_LEVEL[role]))
            if at is not None:
                found.update(self._holders.get((str(role), at), ()))
        return found

    def township_of(self, user_id: int) -> int | None:
        """Whose calendar a person's mornings follow: that of his first post's township; None when he has none below the county."""
        return self._township.get(user_id)


FIELD = (Role.VILLAGE_SECRETARY, Role.RESIDENT_CADRE, Role.FIRST_SECRETARY)
WITH_UNIT = (*FIELD, Role.STATION)
DESK = (Role.COMMISSIONER, Role.OFFICE_CLERK)
CHECKERS = (Role.RESIDENT_CADRE, Role.FIRST_SECRETARY)
LOGGERS = (Role.RESIDENT_CADRE, Role.FIRST_SECRETARY, Role.WORK_TEAM)
LEADERS = (Role.LINKED_LEADER,)
