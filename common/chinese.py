"""Chinese as it is written in official papers: dates, amounts, enumerations.

Dates follow GB/T 9704-2012 7.3.5.4 (Arabic, full year, no leading zero), enumerations the custom of 、 between and 和 before the last.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

DIGITS = "零一二三四五六七八九"


def numeral(n: int) -> str:
    """A whole number from 0 to 99 in Chinese numerals, as used for ordinals and headings: 12 → 十二."""
    if not 0 <= n <= 99:
        raise ValueError(f"no Chinese numeral for {n}")
    tens, ones = divmod(n, 10)
    if tens == 0:
        return DIGITS[n]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def full_date(day: date | None, none: str = "") -> str:
    """2026-06-05 → 2026年6月5日."""
    return none if day is None else f"{day.year}年{day.month}月{day.day}日"


def month_day(day: date) -> str:
    """2026-06-05 → 6月5日, for a text whose year is clear."""
    return f"{day.month}月{day.day}日"


def day_text(day: date | None, none: str = "—") -> str:
    """2026-06-05 as it stands in lists on screen."""
    return none if day is None else day.isoformat()


def moment(at: datetime | None, none: str = "—") -> str:
    """A moment in local time to the minute: 2026-06-05 09:30."""
    return none if at is None else timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def period(start: date, end: date) -> str:
    """A period; year and month stand twice only when they change: 2026年9月7日至13日."""
    if start == end:
        return full_date(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{full_date(start)}至{end.day}日"
    if start.year == end.year:
        return f"{full_date(start)}至{month_day(end)}"
    return f"{full_date(start)}至{full_date(end)}"


def enumerate_all(items: Sequence[str], last: str = "和") -> str:
    """["甲", "乙", "丙"] → 甲、乙和丙."""
    if len(items) <= 1:
        return "".join(items)
    return "、".join(items[:-1]) + last + items[-1]


def amount(value: Decimal | int | float | None, none: str = "—") -> str:
    """A number without needless zeros: Decimal("18.00") → 18, Decimal("15.30") → 15.3."""
    if value is None:
        return none
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: int, whole: int, none: str = "—") -> str:
    """A share with one decimal: 12 of 18 → 66.7%."""
    if not whole:
        return none
    return amount((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"))) + "%"
