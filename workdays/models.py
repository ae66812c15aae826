"""The days that are not what their weekday says, as rows: holidays from Monday to Friday, make-up days on Saturday and Sunday."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from common.models import Versioned
from villages.models import Township


class DayQuerySet(models.QuerySet["ExceptionalDay"]):
    def of(self, township_id: int | None) -> DayQuerySet:
        """The days that hold in a township: the common ones, and its own, which come last and win. None: the common ones."""
        own = Q(township=None) if township_id is None else Q(township=None) | Q(township=township_id)
        return self.filter(own).order_by("day", models.F("township").asc(nulls_first=True))

    def in_year(self, year: int) -> DayQuerySet:
        """What belongs to the holidays of a year, also a make-up day that lies in the December before."""
        return self.filter(year=year)


class ExceptionalDay(models.Model):
    """One day of a holiday, or one day worked instead. Without a township it holds everywhere; a township's own row goes before it."""

    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, related_name="exceptional_days", verbose_name="乡镇"
    )
    year = models.PositiveSmallIntegerField("年度")
    day = models.DateField("日期")
    is_working = models.BooleanField("上班")
    holiday = models.CharField("节日", max_length=20)

    objects = DayQuerySet.as_manager()

    class Meta:
        verbose_name = "调休日"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["township", "day"], name="exceptional_day_of_township"),
            models.UniqueConstraint(fields=["day"], condition=Q(township=None), name="exceptional_day_common"),
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.holiday}{'上班' if self.is_working else '放假'}"


class CalendarYear(Versioned):
    """One year's calendar of a township (or the common one): what two people edit at once, and what its history hangs on."""

    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, related_name="calendar_years", verbose_name="乡镇"
    )
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        verbose_name = "工作日历"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["township", "year"], name="calendar_year_of_township"),
            models.UniqueConstraint(fields=["year"], condition=Q(township=None), name="calendar_year_common"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年工作日历"


def ordinary(day: date) -> bool:
    """Is it a working day as long as nobody says otherwise: Monday to Friday."""
    return day.weekday() < 5
