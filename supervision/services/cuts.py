"""The rules of every round on one day, turned into days that a deadline is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rounds.models import Round
from supervision.models import SlipRules
from supervision.terms import Level
from workdays.calendar import Calendar, calendars_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cuts:
    """When is a deadline due for which level on this day? Computed once for a round, then asked for every item."""

    rules: SlipRules
    works: bool  # slips are written on working days only
    blue_until: date
    yellow_until: date
    red_until: date
    reply_on: date
    last_day: date  # the working day before: what fell due since then is newly overdue

    def level(self, due_on: date) -> Level | None:
        """The level the rules ask for, or None as long as there is time."""
        if not self.rules.is_on:
            return None
        if due_on <= self.red_until:
            return Level.RED
        if due_on <= self.yellow_until:
            return Level.YELLOW
        return Level.BLUE if due_on <= self.blue_until else None


def cuts_of(rules: SlipRules, calendar: Calendar, day: date) -> Cuts:
    return Cuts(
        rules=rules,
        works=calendar.is_working_day(day),
        blue_until=calendar.add_working_days(day, rules.blue_days + 1) - ONE_DAY,
        yellow_until=_overdue(calendar, day, rules.yellow_days),
        red_until=_overdue(calendar, day, rules.red_days),
        reply_on=calendar.add_working_days(day, rules.reply_days),
        last_day=calendar.add_working_days(day, -1),
    )


def _overdue(calendar: Calendar, day: date, count: int) -> date:
    """The latest deadline that is overdue by so many working days, the day itself counted."""
    first = day if calendar.is_working_day(day) else calendar.add_working_days(day, -1)
    return (calendar.add_working_days(first, 1 - count) if count > 1 else first) - ONE_DAY


class RulesOfDay:
    """Cuts by round, read as they are asked for; the calendars of all townships once."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._cuts: dict[int, Cuts] = {}
        self._calendars: dict[int | None, Calendar] = {}

    def calendar(self, township_id: int | None) -> Calendar:
        if township_id not in self._calendars:
            self._calendars |= calendars_of([township_id])
        return self._calendars[township_id]

    def load(self, round_ids: set[int]) -> None:
        missing = round_ids - self._cuts.keys()
        if not missing:
            return
        rounds = Round.objects.filter(pk__in=missing).select_related("slip_rules")
        new = {r.township_id for r in rounds} - self._calendars.keys()
        if new:
            self._calendars |= calendars_of(new)
        for round in rounds:
            rules = getattr(round, "slip_rules", None) or SlipRules(round=round)
            self._cuts[round.pk] = cuts_of(rules, self._calendars[round.township_id], self.day)

    def of(self, round_id: int) -> Cuts:
        return self._cuts[round_id]
