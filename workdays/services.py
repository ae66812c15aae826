"""Entering a year's holidays. The office copies the announcement holiday by holiday; what does not fit is refused with what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.chinese import month_day
from common.errors import Refused
from common.models import save_if_unchanged
from villages.models import Township
from workdays import seed
from workdays.holidays import Holiday, holidays_in, statutory_days
from workdays.models import CalendarYear, ExceptionalDay, ordinary

LONGEST = 16  # days of one holiday
NEAR = 31  # days between a holiday and a day worked for it


@transaction.atomic
def set_holiday(
    *,
    township: Township | None,
    year: int,
    name: str,
    starts_on: date,
    ends_on: date,
    worked: Sequence[date] = (),
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> CalendarYear:
    """Enter or change one holiday of a year: its free days and the days worked instead.

    Without a township it is the common calendar; with one only what differs from the common calendar is kept.
    """
    free = _days(starts_on, ends_on, year)
    worked = sorted(worked)
    _check_worked(free, worked)
    _check_fit(name, year, free, worked)
    calendar = hold(township, year, base_version)
    before = _shown(township, year, name)
    _check_others(township, name, free, worked, year)
    _own(township).filter(year=year, holiday=name).delete()
    asked = dict.fromkeys(free, False) | dict.fromkeys(worked, True)
    common = {}
    if township:
        common = dict(
            ExceptionalDay.objects.filter(township=None, year=year, holiday=name).values_list("day", "is_working")
        )
    rows = {day: works for day, works in asked.items() if common.get(day) is not works}
    rows |= {day: ordinary(day) for day in common if day not in asked}  # a common day that does not hold here
    ExceptionalDay.objects.bulk_create(
        ExceptionalDay(township=township, year=year, day=day, is_working=works, holiday=name)
        for day, works in sorted(rows.items())
    )
    _record(calendar, f"登记{name}放假安排", before, _shown(township, year, name), name, by=by, at=at)
    return calendar


@transaction.atomic
def reset_holiday(*, township: Township, year: int, name: str, by: Any, at: datetime) -> CalendarYear:
    """Take back what a township changed: the common calendar holds again."""
    calendar = hold(township, year, None)
    before = _shown(township, year, name)
    if not _own(township).filter(year=year, holiday=name).delete()[0]:
        raise Refused(f"{year}年{name}没有本镇单独的安排，不需要恢复。")
    _record(calendar, f"{name}恢复统一安排", before, _shown(township, year, name), name, by=by, at=at)
    return calendar


def hold(township: Township | None, year: int, base_version: int | None) -> CalendarYear:
    """The year's row, made when it is first needed, a version on: two people who change one year are told of each other."""
    calendar, _ = CalendarYear.objects.get_or_create(township=township, year=year)
    save_if_unchanged(calendar, expected_version=base_version or calendar.version, fields=[])
    return calendar


def _own(township: Township | None) -> Any:
    return ExceptionalDay.objects.filter(Q(township=township) if township else Q(township=None))


def _days(starts_on: date, ends_on: date, year: int) -> list[date]:
    if ends_on < starts_on:
        raise Refused("放假的最后一天不能早于第一天。", field="ends_on")
    if (ends_on - starts_on).days >= LONGEST:
        raise Refused(f"一次放假不超过{LONGEST}天，请核对日期。", field="ends_on")
    if year not in (starts_on.year, ends_on.year):
        raise Refused(f"日期不在{year}年，请核对。", field="starts_on")
    return [starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]


def _check_worked(free: list[date], worked: list[date]) -> None:
    for day in worked:
        if ordinary(day):
            raise Refused(f"{month_day(day)}本来就是工作日，调休上班日应是星期六或星期日。", field="worked")
        if day in free:
            raise Refused(f"{month_day(day)}在放假期间，不能又是上班日。", field="worked")
        if min(abs((day - free[0]).days), abs((day - free[-1]).days)) > NEAR:
            raise Refused(f"{month_day(day)}离这次放假超过一个月，请核对。", field="worked")
    if len(set(worked)) < len(worked):
        raise Refused("同一个上班日填了两次。", field="worked")


def _check_fit(name: str, year: int, free: list[date], worked: list[date]) -> None:
    """A statutory holiday whose make-up days do not add up is refused; the announced ones are named where they are known."""
    fault = Holiday(name, year, free, worked).fault
    if not fault:
        return
    announced = seed.worked_in(name, year) if statutory_days(name, year) else []
    absent = [day for day in announced if day not in worked and day not in free]
    hint = f"国务院办公厅通知安排的上班日还有{'、'.join(map(month_day, absent))}。" if absent else ""
    raise Refused(fault + hint, field="worked")


def _check_others(township: Township | None, name: str, free: list[date], worked: list[date], year: int) -> None:
    """A day belongs to one holiday."""
    held = {row.day: row for row in ExceptionalDay.objects.of(township.pk if township else None)}
    for day in [*free, *worked]:
        other = held.get(day)
        if other and (other.holiday, other.year) != (name, year):
            raise Refused(f"{month_day(day)}已登记为{other.holiday}的{'上班日' if other.is_working else '放假日'}。")


def _shown(township: Township | None, year: int, name: str) -> str:
    rows = ExceptionalDay.objects.of(township.pk if township else None).in_year(year)
    for holiday in holidays_in(rows, year):
        if holiday.name == name:
            return f"{holiday.free_words}放假，上班日：{holiday.worked_words}"
    return "（空）"


def _record(calendar: CalendarYear, verb: str, old: str, new: str, name: str, *, by: Any, at: datetime) -> None:
    changes = [{"field": "holiday", "label": name, "old": old, "new": new}] if old != new else []
    audit.record(calendar, verb, by=by, at=at, changes=changes)
