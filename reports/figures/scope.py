"""What a computation is asked about: the rounds, a period, and the day as of which everything stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q

from rounds.models import Round
from villages.models import Village


@dataclass(frozen=True)
class Scope:
    """Standing (states, duties, calendars) is asked as of `as_of`; events (meetings, visits, …) are those of the period up to that day."""

    rounds: tuple[Round, ...]  # one township's round, or those of a county that share year and number
    kind: str
    starts_on: date
    ends_on: date
    as_of: date
    villages: dict[int, Village] = field(default_factory=dict)  # listed in the round, in the township's order
    compared_with: date | None = None  # the day “与上期相比” looks back to

    @property
    def round(self) -> Round:
        """The round a summary is about; of a county's rounds the first, for what they share."""
        return self.rounds[0]

    @cached_property
    def is_one(self) -> bool:
        """One township's round: facts are told one by one. Over a county everything is counted, nothing is told."""
        return len(self.rounds) == 1

    def mine(self, prefix: str = "round") -> Q:
        """The filter for records of the rounds; `prefix` leads from the record to its round."""
        return Q(**{prefix: self.round.pk}) if self.is_one else Q(**{f"{prefix}__in": [r.pk for r in self.rounds]})

    def starts_of(self, township_id: int) -> date:
        """The day the round began in a township."""
        return self._starts[township_id]

    @cached_property
    def _starts(self) -> dict[int, date]:
        return {r.township_id: r.starts_on for r in self.rounds}

    @cached_property
    def township_ids(self) -> list[int]:
        return [r.township_id for r in self.rounds]

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

    @property
    def following(self) -> tuple[date, date]:
        """The period after this one: next week, month or quarter; a month for papers that look back."""
        first = self.ends_on + timedelta(days=1)
        if self.kind == "weekly":
            return first, first + timedelta(days=6)
        months = 3 if self.kind == "quarterly" else 1
        month = first.month - 1 + months
        last = date(first.year + month // 12, month % 12 + 1, 1)
        if first.day > 1:  # the period did not end with a month: its days count from the day after it
            last = last + timedelta(days=first.day - 1)
        return first, last - timedelta(days=1)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {pk: place for place, pk in enumerate(self.villages)}

    def order(self, village_id: int) -> tuple[int, int]:
        """Sort key: listed villages first, in the township's order."""
        return self._places.get(village_id, len(self.villages)), village_id


def iso(day: date | None) -> str:
    """A day as facts keep it; empty when there is none."""
    return day.isoformat() if day else ""
