"""The responsibility chain of one village as it was on a day, from the top down, with who stood in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q

from accounts.roles import Role
from villages.models import Absence, Assignment, Village

# (role, what it answers for in the chain, whether a village without it has a gap)
LADDER: tuple[tuple[Role, str, bool], ...] = (
    (Role.PARTY_SECRETARY, "负总责", True),
    (Role.COUNTY_LINKED_LEADER, "县级联系", False),
    (Role.LINKED_LEADER, "包村联系", True),
    (Role.RESIDENT_CADRE, "第一责任人", True),
    (Role.FIRST_SECRETARY, "驻村帮扶", False),
    (Role.WORK_TEAM, "工作组", False),
    (Role.VILLAGE_SECRETARY, "具体责任人", True),
    (Role.VILLAGE_HEAD, "具体责任人", True),
    (Role.VILLAGE_CLERK, "经办", False),
)
ORDER = {role: place for place, (role, _, _) in enumerate(LADDER)}


@dataclass
class Holder:
    """One person on the chain on the day; `substitute` when somebody acted for him then."""

    assignment: Assignment
    substitute: str = ""
    until: date | None = None


@dataclass
class Rung:
    """One step of the chain: a post, what it answers for, who held it on the day."""

    role: Role
    answers_for: str
    wanted: bool
    holders: list[Holder] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.role.label

    @property
    def is_gap(self) -> bool:
        return self.wanted and not self.holders


def duties_of(village: Village) -> list[Assignment]:
    """Every duty of a village at any time, and the township's Party secretaries, who answer for all of it; one query."""
    rows = Assignment.objects.filter(
        Q(village=village) | Q(township=village.township_id, role=Role.PARTY_SECRETARY)
    ).select_related("cadre")
    return sorted(rows, key=lambda a: (ORDER.get(Role(a.role), 99), a.starts_on, a.pk))


def held_on(assignment: Assignment, day: date) -> bool:
    return assignment.starts_on <= day and (assignment.ends_on is None or assignment.ends_on >= day)


def chain_on(duties: Sequence[Assignment], day: date) -> list[Rung]:
    """The chain on a day from `duties_of`; one query more, for the substitutes of that day."""
    held = [duty for duty in duties if held_on(duty, day)]
    lending = Absence.objects.on(day).filter(lent__in=[duty.pk for duty in held])
    away = {absence.post: absence for absence in lending.annotate(post=F("lent")).select_related("substitute")}
    rungs = [Rung(role, answers_for, wanted) for role, answers_for, wanted in LADDER]
    by_role = {rung.role: rung for rung in rungs}
    for duty in held:
        if rung := by_role.get(Role(duty.role)):
            absence = away.get(duty.pk)
            rung.holders.append(Holder(duty, absence.substitute.name, absence.ends_on) if absence else Holder(duty))
    return [rung for rung in rungs if rung.wanted or rung.holders]
