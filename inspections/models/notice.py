"""Rectification notices."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from inspections.models.inspection import Inspection
from villages.models import Township, Village
from villages.models.figures import VillageRecordQuerySet


class NoticeQuerySet(VillageRecordQuerySet):
    def as_of(self, day: date) -> NoticeQuerySet:
        """Issued by the end of a day."""
        return self.filter(issued_on__lte=day)

    def answered(self, day: date) -> NoticeQuerySet:
        return self.filter(replied_on__lte=day)

    def unanswered(self, day: date) -> NoticeQuerySet:
        """No reply by the end of a day, late or not."""
        return self.filter(Q(replied_on=None) | Q(replied_on__gt=day))

    def late(self, day: date) -> NoticeQuerySet:
        """Those of `unanswered` whose reply was due before the day."""
        return self.unanswered(day).filter(reply_due_on__lt=day)


class Notice(Versioned):
    """A numbered rectification notice (整改通知书) to one village: issued, signed for, answered, closed.

    The number runs within the township and the year. `township` repeats that of the inspection, because a constraint cannot look across.
    """

    class State(models.TextChoices):
        """How it stood on a day: computed by `state_on`, never stored."""

        ISSUED = "issued", "待签收"
        SIGNED = "signed", "整改中"
        LATE = "late", "逾期未反馈"
        ANSWERED = "answered", "已反馈"
        CLOSED = "closed", "已办结"

    township = models.ForeignKey(Township, models.PROTECT, related_name="notices", verbose_name="乡镇")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="notices", verbose_name="督查")
    village = models.ForeignKey(Village, models.PROTECT, related_name="notices", verbose_name="村")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("编号")
    requirement = models.CharField("整改要求", max_length=1000)
    issued_on = models.DateField("发出日期")
    reply_due_on = models.DateField("反馈时限")
    signed_on = models.DateField("签收日期", null=True, blank=True)
    replied_on = models.DateField("反馈日期", null=True, blank=True)
    reply = models.CharField("整改情况", max_length=1000, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "整改通知书"
        ordering = ["-year", "-number"]
        indexes = [models.Index(fields=["village", "-issued_on"], name="notice_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "year", "number"],
                name="notice_number",
                violation_error_message="本年度已有同号通知书。",
            ),
            models.CheckConstraint(
                name="notice_signed_after_issue",
                condition=Q(signed_on=None) | Q(signed_on__gte=F("issued_on")),
                violation_error_message="签收日期不能早于发出日期。",
            ),
            models.CheckConstraint(
                name="notice_closed_after_reply",
                condition=Q(closed_on=None) | Q(replied_on__isnull=False, closed_on__gte=F("replied_on")),
                violation_error_message="收到反馈后才能办结，办结日期不能早于反馈日期。",
            ),
            models.CheckConstraint(
                name="notice_due_after_issue",
                condition=Q(reply_due_on__gte=F("issued_on")),
                violation_error_message="反馈时限不能早于发出日期。",
            ),
            models.CheckConstraint(
                name="notice_reply_after_issue",
                condition=Q(replied_on=None) | (Q(replied_on__gte=F("issued_on")) & ~Q(reply="")),
                violation_error_message="反馈须写明整改情况，日期不能早于发出日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"整改通知书〔{self.year}〕{self.number}号"

    def get_absolute_url(self) -> str:
        return reverse("inspections:notice_detail", args=[self.pk])

    def state_on(self, day: date) -> State:
        """How it stood at the end of a day; no query."""
        if self.closed_on and self.closed_on <= day:
            return self.State.CLOSED
        if self.replied_on and self.replied_on <= day:
            return self.State.ANSWERED
        if self.reply_due_on < day:
            return self.State.LATE
        return self.State.SIGNED if self.signed_on and self.signed_on <= day else self.State.ISSUED
