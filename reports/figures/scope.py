"""What a computation is asked about: one round, a period, and the day as of which everything stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q

from rounds.models import Round
from villages.models import Village


@dataclass(frozen=True)
class Scope:
    """Standing (states, duties, calendars) is asked as of `as_of`; events (meetings, visits, …) are those of the period up to that day."""

    round: Round
    kind: str
    starts_on: date
    ends_on: date
    as_of: date
    villages: dict[int, Village] = field(default_factory=dict)  # listed in the round, in the township's order

    @cached_property
    def until(self) -> date:
        """The last day of the period that counts."""
        return min(self.ends_on, self.as_of)

    def during(self, name: str) -> Q:
        """The filter for events of the period by their day."""
        return Q(**{f"{name}__gte": self.starts_on, f"{name}__lte": self.until})

    @property
    def period(self) -> dict[str, str]:
        """The period as lists take it in the address."""
        return {"from": self.starts_on.isoformat(), "to": self.until.isoformat()}

    @property
    def then(self) -> dict[str, str]:
        """The as-of day as lists take it in the address."""
        return {"as_of": self.as_of.isoformat()}

    def order(self, village_id: int) -> tuple[int, int]:
        """Sort key: listed villages first, in the township's order."""
        return (
            list(self.villages).index(village_id) if village_id in self.villages else len(self.villages),
            village_id,
        )


def iso(day: date | None) -> str:
    """A day as facts keep it; empty when there is none."""
    return day.isoformat() if day else ""
