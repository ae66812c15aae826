"""Counting in working days.

A `Calendar` is read once (one query) and then asked as often as needed. A year nobody has entered counts Monday to Friday as working days;
the page of the year says so.
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
    days: dict[int | None, dict[date, bool]] = {None: {}}
    for township, day, works in ExceptionalDay.objects.values_list("township_id", "day", "is_working"):
        days.setdefault(township, {})[day] = works
    common = Calendar(days[None])  # shared: most townships have no day of their own
    return {
        township_id: Calendar(common.days | days[township_id]) if days.get(township_id) else common
        for township_id in township_ids
    }
