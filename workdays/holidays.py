"""What makes a year's holidays complete: every statutory holiday, and for every working day taken beyond it a day worked instead.

The State Council moves weekends: of the working days a holiday covers only as many are free of charge as the law gives it (also those that fell
on a weekend); for each of the others a Saturday or Sunday is worked. Checked against every announcement since 2014 in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from common.chinese import enumerate_all, month_day
from workdays.models import ExceptionalDay, ordinary

NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON_BOAT, MID_AUTUMN, NATIONAL = (
    "元旦",
    "春节",
    "清明节",
    "劳动节",
    "端午节",
    "中秋节",
    "国庆节",
)
BOTH = "国庆节、中秋节"  # one break when they fall together
STATUTORY = {NEW_YEAR: 1, SPRING: 4, QINGMING: 1, LABOUR: 2, DRAGON_BOAT: 1, MID_AUTUMN: 1, NATIONAL: 3, BOTH: 4}
BEFORE_2025 = {SPRING: 3, LABOUR: 1}  # 《全国年节及纪念日放假办法》 of 2024 added one day to each
OWN = "其他"


def statutory_days(name: str, year: int) -> int | None:
    """How many days the law gives a holiday; None for a break of one's own."""
    return (STATUTORY | BEFORE_2025 if year < 2025 else STATUTORY).get(name)


@dataclass
class Holiday:
    """One holiday of a year as it holds in one place."""

    name: str
    year: int
    free: list[date] = field(default_factory=list)
    worked: list[date] = field(default_factory=list)
    is_own: bool = False  # the township has days of its own in it

    @cached_property
    def taken(self) -> int:
        """Days from Monday to Friday that are free."""
        return sum(1 for day in self.free if ordinary(day))

    @property
    def wanted(self) -> int | None:
        """How many make-up days it takes; None for a break of one's own."""
        given = statutory_days(self.name, self.year)
        return None if given is None else self.taken - given

    @property
    def fault(self) -> str:
        """What does not fit, as a sentence; empty when it does."""
        wanted, given = self.wanted, statutory_days(self.name, self.year)
        if wanted is None or wanted == len(self.worked):
            return ""
        if wanted < 0:
            return f"{self.name}法定假日{given}天，登记的放假日只占用{self.taken}个工作日，放假日不全。"
        now = f"现有{len(self.worked)}个" if self.worked else "现在没有"
        head = f"{self.name}放假占用{self.taken}个工作日，法定假日{given}天，应有{wanted}个调休上班日，{now}"
        return head + ("，请补上缺少的上班日。" if len(self.worked) < wanted else "，请核对。")

    @property
    def free_words(self) -> str:
        """10月1日至7日, or the days one by one where they do not follow each other."""
        days = sorted(self.free)
        if not days:
            return "不放假"
        if (days[-1] - days[0]).days == len(days) - 1:
            first, last = days[0], days[-1]
            if first == last:
                return month_day(first)
            return (
                f"{month_day(first)}至{last.day}日"
                if first.month == last.month
                else f"{month_day(first)}至{month_day(last)}"
            )
        return "、".join(map(month_day, days))

    @property
    def worked_words(self) -> str:
        return (
            "、".join(f"{month_day(day)}（星期{'一二三四五六日'[day.weekday()]}）" for day in sorted(self.worked))
            or "—"
        )


def holidays_in(rows: Iterable[ExceptionalDay], year: int) -> list[Holiday]:
    """Holidays of a year from its rows (ExceptionalDay.objects.of(…)), the township's own row before the common one, in order of days."""
    held: dict[date, ExceptionalDay] = {row.day: row for row in rows if row.year == year}
    found: dict[str, Holiday] = {}
    for row in held.values():
        holiday = found.setdefault(row.holiday, Holiday(row.holiday, year))
        holiday.is_own |= row.township_id is not None
        # A row of the township may only take a common one back: then the day is what its weekday says.
        if row.is_working and not ordinary(row.day):
            holiday.worked.append(row.day)
        elif not row.is_working and not (row.township_id and not ordinary(row.day) and not _inside(row, held)):
            holiday.free.append(row.day)
    return sorted(found.values(), key=lambda h: min(h.free or h.worked, default=date(year, 12, 31)))


def _inside(row: ExceptionalDay, held: dict[date, ExceptionalDay]) -> bool:
    """Does a free weekend day of a township touch another free day of the same holiday?"""
    near = (held.get(date.fromordinal(row.day.toordinal() + step)) for step in (-1, 1))
    return any(other and not other.is_working and other.holiday == row.holiday for other in near)


def faults_of(holidays: Iterable[Holiday], year: int) -> list[str]:
    """What a year lacks, as sentences: holidays nobody entered, make-up days that do not fit. Empty for a year that is complete."""
    known = {h.name: h for h in holidays}
    # A 中秋节 that falls on or beside 国庆节 may be announced as one break: its day off and its make-up day are then found there.
    apart = [known[name] for name in (MID_AUTUMN, NATIONAL) if name in known]
    if NATIONAL in known and (len(apart) < 2 or any(h.fault for h in apart)):
        together = Holiday(BOTH, year, [d for h in apart for d in h.free], [d for h in apart for d in h.worked])
        if not together.fault:
            known = {name: h for name, h in known.items() if h not in apart} | {BOTH: together}
    covered = set(known) | ({MID_AUTUMN, NATIONAL} if BOTH in known else set())
    missing = [name for name in STATUTORY if name not in covered and name != BOTH]
    said = [f"还没有登记{enumerate_all(missing)}。"] if missing else []
    return said + [h.fault for h in known.values() if h.fault]
