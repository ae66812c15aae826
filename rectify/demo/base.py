"""What the tables are entered into: the records made so far, the hours, and who speaks for each village."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import User
from inspections.models import Inspection
from meetings.models import Meeting
from pairings.models import Pairing
from problems.models import KeyProject, Problem
from rectify.demo.place import V1, V2, V3
from rounds.models import LinkedCampaign, Round
from villages.models import Assignment, Cadre, County, Township, Unit, Village

TZ = ZoneInfo("Asia/Shanghai")
SECRETARY = {V1: "xugensheng", V2: "hexiuying", V3: "panyongfu"}
RESIDENT = {V1: "wangwei", V2: "lina", V3: "zhao"}
LEADER = {V1: "chen", V2: "lin", V3: "zhou"}
RESIDENT_CHANGED = date(2026, 6, 1)  # 东岭村's: from sun to zhao
# numbers of a survey, in the order of the tables
BALLOTS = ("issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown")


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=TZ)


class Demo:
    """Holds what was made so far, by the keys of the tables."""

    admin: User
    county: County
    handed: Assignment  # the resident cadre's duty that was handed over
    first: Round
    round: Round
    campaign: dict[str, LinkedCampaign]
    project: KeyProject

    def __init__(self) -> None:
        self.township: dict[str, Township] = {}
        self.village: dict[str, Village] = {}
        self.unit: dict[str, Unit] = {}
        self.cadre: dict[str, Cadre] = {}
        self.user: dict[str, User] = {}
        self.problem: dict[int, Problem] = {}
        self.meeting: dict[str, Meeting] = {}
        self.inspection: dict[str, Inspection] = {}
        self.pairing: dict[str, Pairing] = {}

    def resident_of(self, village: str, day: date) -> User:
        """The resident cadre of a village on a day."""
        if village == V3 and day < RESIDENT_CHANGED:
            return self.user["sun"]
        return self.user[RESIDENT[village]]
