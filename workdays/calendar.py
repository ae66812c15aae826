"""Counting in working days.

A `Calendar` is read once (one query) and then asked as often as needed. A year nobody has entered counts Monday to Friday as working days,
and `knows` says so: pages tell it instead of pretending.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from workdays.models import ExceptionalDay, ordinary

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Working days of one township, or the common ones."""

    days: dict[date, bool] = field(default_factory=dict)  # exceptional day → is it worked
    years: frozenset[int] = frozenset()  # years whose holidays are entered

    def knows(self, year: int) -> bool:
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        return self.days.get(day, ordinary(day))

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after a day; before it when negative. 0 gives the day itself, or the next one when it is free."""
        if count == 0:
            return day if self.is_working_day(day) else self.next_working_day(day)
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            count += self.is_working_day(day)
        return count


def calendar_of(township_id: int | None = None) -> Calendar:
    """The calendar of a township, or the common one; one query."""
    return calendars_of([township_id])[township_id]


def calendars_of(township_ids: Iterable[int | None]) -> dict[int | None, Calendar]:
    """The calendars of many townships; one query."""
    rows = list(ExceptionalDay.objects.order_by("pk").values_list("township_id", "year", "day", "is_working"))
    common = {day: works for township, _, day, works in rows if township is None}
    years = frozenset(year for township, year, _, _ in rows if township is None)
    own: dict[int, list[tuple[int, date, bool]]] = {}
    for township, year, day, works in rows:
        if township is not None:
            own.setdefault(township, []).append((year, day, works))
    usual = Calendar(common, years)
    found: dict[int | None, Calendar] = {}
    for township_id in township_ids:
        mine = own.get(township_id) if township_id is not None else None
        if mine is None:
            found[township_id] = usual  # shared: most townships have no day of their own
        else:
            found[township_id] = Calendar(
                common | {day: works for _, day, works in mine}, years | {year for year, _, _ in mine}
            )
    return found


def is_working_day(day: date, township_id: int | None = None) -> bool:
    return calendar_of(township_id).is_working_day(day)


def next_working_day(day: date, township_id: int | None = None) -> date:
    return calendar_of(township_id).next_working_day(day)


def add_working_days(day: date, count: int, township_id: int | None = None) -> date:
    return calendar_of(township_id).add_working_days(day, count)


def working_days_between(start: date, end: date, township_id: int | None = None) -> int:
    return calendar_of(township_id).working_days_between(start, end)
