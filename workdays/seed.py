"""Holidays as the State Council announced them, from the package chinesecalendar, once for each year.

Runs after every migration: a newer package brings the next year with it. A year that has common days already, whoever entered them, is left alone.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.apps import apps as every

from workdays.holidays import DRAGON_BOAT, LABOUR, MID_AUTUMN, NATIONAL, NEW_YEAR, QINGMING, SPRING

FIRST_YEAR = 2024  # nothing in the portal counts working days before
NAMES = {
    "New Year's Day": NEW_YEAR,
    "Spring Festival": SPRING,
    "Tomb-sweeping Day": QINGMING,
    "Labour Day": LABOUR,
    "Dragon Boat Festival": DRAGON_BOAT,
    "Mid-autumn Festival": MID_AUTUMN,
    "National Day": NATIONAL,
}


@cache
def announced(first: int = FIRST_YEAR) -> dict[int, list[tuple[date, bool, str]]]:
    """Year → (day, is it worked, holiday). A break around New Year's Day belongs to the year that begins."""
    found: dict[int, list[tuple[date, bool, str]]] = {}
    for source, is_working in ((holidays, False), (workdays, True)):
        for day, name in source.items():
            year = day.year + 1 if name == "New Year's Day" and day.month == 12 else day.year
            if year >= first:
                found.setdefault(year, []).append((day, is_working, NAMES.get(name, "其他")))
    return {year: sorted(rows) for year, rows in sorted(found.items())}


def worked_in(name: str, year: int) -> list[date]:
    """The make-up days announced for a holiday."""
    return [day for day, works, holiday in announced().get(year, []) if works and holiday in name]


def plant(model: Any) -> int:
    """Write the announced years that have no common days; returns how many days."""
    known = set(model.objects.filter(township=None).values_list("year", flat=True))
    rows = [
        model(year=year, day=day, is_working=works, holiday=name)
        for year, days in announced().items()
        if year not in known
        for day, works, name in days
    ]
    model.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def after_migrate(*, apps: Any = every, **_kwargs: Any) -> None:
    try:
        model = apps.get_model("workdays", "ExceptionalDay")
    except LookupError:  # another app was migrated alone, before this one's first migration
        return
    plant(model)
