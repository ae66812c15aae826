"""The working-day calendar of a year: twelve months to look at, the holidays they are made of, and one form for each holiday."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common import text as texts
from common.lists import list_address
from villages.models import Township
from villages.pages import ActionPage, FormPage, Page, PermissionRequired
from workdays import services
from workdays.calendar import Calendar
from workdays.forms import HolidayForm
from workdays.holidays import OWN, STATUTORY, Holiday, faults_of, holidays_in
from workdays.models import CalendarYear, ExceptionalDay, ordinary

YEARS = range(2020, 2101)


class OneYear(PermissionRequired):
    """Reads year and township from the address. An administrator looks after the common calendar, an office after its township's."""

    year: int
    township: Township | None

    def load(self, **kwargs: Any) -> None:
        year = self.said("year")
        self.year = int(year) if year.isdecimal() and len(year) == 4 else self.access.on.year
        if self.year not in YEARS:
            raise Http404
        self.townships = self.offered()
        chosen = self.said("township")
        if chosen:
            self.township = next((t for t in self.townships if str(t.pk) == chosen), None)
            if self.township is None:
                raise Http404
        else:
            self.township = self.townships[0] if self.townships else None

    def said(self, name: str) -> str:
        """A form is sent to its own address; a button says where it belongs in its body."""
        return self.request.GET.get(name) or self.request.POST.get(name) or ""

    def offered(self) -> list[Township]:
        """Townships whose calendar the visitor may see; none for an administrator, who has the common one."""
        if self.access.is_administrator:
            return []
        return list(Township.objects.filter(pk__in=self.access.all_township_ids).order_by("pk"))

    def to(self, route: str = "workdays:year", /, **more: Any) -> str:
        query = {"year": self.year} | ({"township": self.township.pk} if self.township else {}) | more
        return list_address(route, **query)

    def rows(self) -> list[ExceptionalDay]:
        return list(ExceptionalDay.objects.of(self.township.pk if self.township else None))

    def may_edit(self) -> bool:
        if self.township is None:
            return self.access.is_administrator
        return self.access.may(Permission.WORKDAY_EDIT, township_id=self.township.pk)


class YearPage(OneYear, Page):
    permission = Permission.WORKDAY_VIEW
    template_name = "workdays/year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        every = self.rows()
        holidays = holidays_in(every, self.year)
        known = {row.day: row for row in every}
        edits = self.may_edit()
        place = self.township.name if self.township else "全县统一"
        row = CalendarYear.objects.filter(township=self.township, year=self.year).first()
        return super().get_context_data(**kwargs) | {
            "title": f"{self.year}年工作日历",
            "place": place,
            "own": any(h.is_own for h in holidays) and self.township is not None,
            "township": self.township.pk if self.township else "",
            "year": self.year,
            "before": self.to(year=self.year - 1) if self.year - 1 in YEARS else "",
            "after": self.to(year=self.year + 1) if self.year + 1 in YEARS else "",
            "townships": [
                (t.name, self.to(township=t.pk), t == self.township) for t in self.townships
            ] if len(self.townships) > 1 else [],
            "holidays": [self.shown(h, edits) for h in holidays],
            "faults": faults_of(holidays, self.year) if holidays else [],
            "months": [self.month(n, known) for n in range(1, 13)],
            "create": self.to("workdays:holiday_set") if edits else "",
            "working_days": Calendar({row.day: row.is_working for row in every}).working_days_between(
                date(self.year - 1, 12, 31), date(self.year, 12, 31)
            ),
            "history": history(row) if row else [],
        }  # fmt: skip

    def shown(self, holiday: Holiday, edits: bool) -> dict[str, Any]:
        return {
            "row": holiday,
            "edit": self.to("workdays:holiday_set", name=holiday.name) if edits else "",
            "reset": edits and self.township is not None and holiday.is_own,
        }

    def month(self, number: int, known: dict[date, ExceptionalDay]) -> dict[str, Any]:
        weeks = []
        for week in months.Calendar().monthdatescalendar(self.year, number):
            weeks.append([self.cell(day, known.get(day)) if day.month == number else None for day in week])
        return {"number": number, "weeks": weeks}

    def cell(self, day: date, row: ExceptionalDay | None) -> dict[str, Any]:
        works = row.is_working if row else ordinary(day)
        mark = ""
        if row and (row.is_working != ordinary(day) or not row.township_id):
            mark = "班" if row.is_working else "休"
        return {
            "day": day.day,
            "css": ("work" if works else "free") + (" today" if day == self.access.on else ""),
            "mark": mark,
            "words": f"{row.holiday}{'上班' if row.is_working else '放假'}" if row and mark else "",
        }


class EditedYear(OneYear):
    """The year of those who enter holidays: an office chooses among the townships it works for."""

    permission = Permission.WORKDAY_EDIT

    def offered(self) -> list[Township]:
        mine = self.access.townships_with(Permission.WORKDAY_EDIT)
        return [township for township in super().offered() if township.pk in mine]


class HolidaySet(EditedYear, FormPage):
    form_class = HolidayForm
    title = "登记放假安排"
    success_text = "已保存，工作日随之重算。"

    def load(self, **kwargs: Any) -> None:
        super().load(**kwargs)
        self.title = f"登记{self.year}年放假安排"
        place = f"只在{self.township}生效，其余仍按统一安排" if self.township else "各乡镇统一执行"
        self.intro = f"照国务院办公厅通知逐个节日填写，{place}。法定节日的调休上班日对不上时不能保存。"

    def current(self) -> CalendarYear:
        found = CalendarYear.objects.filter(township=self.township, year=self.year).first()
        return found or CalendarYear(township=self.township, year=self.year)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"year": self.year}

    def get_initial(self) -> dict[str, Any]:
        name = self.request.GET.get("name", "")
        for holiday in holidays_in(self.rows(), self.year) if name else []:
            if holiday.name == name and holiday.free:
                known = name in STATUTORY
                return {
                    "name": name if known else OWN,
                    "own_name": "" if known else name,
                    "starts_on": min(holiday.free),
                    "ends_on": max(holiday.free),
                    "worked": "、".join(f"{d.month}月{d.day}日" for d in sorted(holiday.worked)),
                }
        return {}

    def get_success_url(self) -> str:
        return self.to()

    def address(self, done: Any) -> str:
        return self.to()

    def perform(self, form: HolidayForm) -> CalendarYear:
        values = form.cleaned_data
        return services.set_holiday(
            township=self.township, year=self.year, name=values["own_name"] if values["name"] == OWN else values["name"],
            starts_on=values["starts_on"], ends_on=values["ends_on"], worked=values["worked"],
            base_version=self.base_version, by=self.request.user, at=timezone.now(),
        )  # fmt: skip


class HolidayReset(EditedYear, ActionPage):
    success_text = "已恢复统一安排。"

    def get_success_url(self) -> str:
        return self.to()

    def perform(self) -> CalendarYear:
        if self.township is None:
            raise services.Refused("统一安排不能恢复，请直接修改。")
        return services.reset_holiday(
            township=self.township, year=self.year, name=texts.clean(self.request.POST.get("name", "")), by=self.request.user,
            at=timezone.now(),
        )  # fmt: skip
