"""The work calendar as a month: a grid on a desk, a list of days on a phone; the same markup."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.permissions import Permission
from rounds.forms.filters import RoundFilter
from rounds.models import CalendarItem
from villages.pages import Page
from workdays.calendar import calendar_of

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Entry:
    item: CalendarItem
    css: str
    word: str
    may_finish: bool


@dataclass(frozen=True)
class Day:
    day: date
    inside: bool  # of the month shown
    today: bool
    working: bool
    entries: list[Entry]

    @property
    def weekday(self) -> str:
        return f"周{WEEKDAYS[self.day.weekday()]}"


class MonthFilter(RoundFilter):
    as_of = None


class CalendarMonth(Page):
    permission = Permission.ROUND_VIEW
    template_name = "rounds/calendar_month.html"
    title = "行事历月历"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        access, today = self.access, self.access.on
        filters = MonthFilter(self.request.GET, access)
        first = self.month(today)
        start = first - timedelta(days=first.weekday())
        last = date(first.year, first.month, months.monthrange(first.year, first.month)[1])
        end = last + timedelta(days=6 - last.weekday())
        rows = filters.of_round(CalendarItem.objects.visible_to(access)).select_related("owner", "round__township")
        by_day: dict[date, list[CalendarItem]] = {}
        shown = rows.filter(due_on__gte=start, due_on__lte=end).order_by("due_on", "pk")
        for item in shown:
            by_day.setdefault(item.due_on, []).append(item)
        places = {int(asked)} if (asked := filters.value("township")) else access.all_township_ids
        working = calendar_of(next(iter(places)) if len(places) == 1 else None)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        cells = [
            Day(
                day,
                day.month == first.month,
                day == today,
                working.is_working_day(day),
                [self.entry(item, today) for item in by_day.get(day, [])],
            )
            for day in days
        ]
        inside = [entry for cell in cells if cell.inside for entry in cell.entries]
        states = [entry.item.state_on(today) for entry in inside]
        return super().get_context_data(**kwargs) | {
            "filters": filters,
            "heading": f"{first.year}年{first.month}月",
            "month": first,
            "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
            "weekdays": [f"周{name}" for name in WEEKDAYS],
            "total": len(inside),
            "counts": [(state.label, states.count(state)) for state in CalendarItem.State if state in states],
            "earlier": self.address(first - timedelta(days=1)),
            "later": self.address(last + timedelta(days=1)),
            "now": self.address(today) if (first.year, first.month) != (today.year, today.month) else "",
            "list_url": self.list_address(),
            "overdue": rows.overdue_on(today).count(),
            "overdue_url": self.list_address(state=CalendarItem.State.OVERDUE),
            "many_townships": filters.many_townships,
            "here": self.request.get_full_path(),
        }

    def month(self, today: date) -> date:
        """The month asked for (2026-10), else the present one; nonsense is the present one."""
        year, _, month = self.request.GET.get("month", "").partition("-")
        known = year.isdecimal() and len(year) == 4 and month.isdecimal() and len(month) <= 2
        if known and 1950 <= int(year) <= 2100 and 1 <= int(month) <= 12:
            return date(int(year), int(month), 1)
        return today.replace(day=1)

    def kept(self) -> dict[str, str]:
        return {name: self.request.GET[name] for name in ("round", "township") if self.request.GET.get(name)}

    def address(self, day: date) -> str:
        return "?" + urlencode(self.kept() | {"month": f"{day:%Y-%m}"})

    def list_address(self, **more: str) -> str:
        query = urlencode(self.kept() | more)
        return reverse("rounds:calendar_list") + (f"?{query}" if query else "")

    def entry(self, item: CalendarItem, today: date) -> Entry:
        state, late = item.state_on(today), item.days_late(today)
        words = {
            CalendarItem.State.DONE: f"已完成（晚{late}天）" if late else "已完成",
            CalendarItem.State.OVERDUE: f"逾期{late}天",
            CalendarItem.State.OPEN: "未完成",
        }
        may = not item.done_on and self.access.may(Permission.ROUND_EDIT, township_id=item.round.township_id)
        return Entry(item, state.value, words[state], may)
