"""Supervision slips (督办单): one for each item and deadline, rising step by step until the item is done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from inspections.models import Notice
from meetings.models import Commitment
from problems.models import Problem
from rounds.models import Round
from supervision.terms import Kind, Level
from villages.models import Township, Unit, Village

if TYPE_CHECKING:
    from villages.access import Access


class SlipQuerySet(models.QuerySet["Slip"]):
    def visible_to(self, access: Access) -> SlipQuerySet:
        """Slips of one's townships and villages, and those one's unit has to answer."""
        return self.filter(access.within(township="township_id", village="village_id", unit="unit_id"))

    def as_of(self, day: date) -> SlipQuerySet:
        """Issued by the end of a day."""
        return self.filter(issued_on__lte=day)

    def open(self, day: date) -> SlipQuerySet:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def closed(self, day: date) -> SlipQuerySet:
        return self.filter(closed_on__lte=day)

    def unanswered(self, day: date) -> SlipQuerySet:
        """Open, and the newest step has no answer by the end of a day."""
        newest = SlipStep.objects.filter(slip=models.OuterRef("pk"), raised_on__lte=day).order_by("-raised_on", "-pk")
        waiting = Q(answered=None) | Q(answered__gt=day)
        return self.open(day).annotate(answered=models.Subquery(newest.values("answered_on")[:1])).filter(waiting)

    def by_hand(self) -> SlipQuerySet:
        """Issued by an official, not by the rules."""
        return self.filter(issued_by__isnull=False)

    def by_rule(self) -> SlipQuerySet:
        return self.filter(issued_by=None)

    def at_level(self, level: str, day: date) -> SlipQuerySet:
        """How far they had risen by the end of a day."""
        reached = SlipStep.objects.filter(raised_on__lte=day)
        higher = [other for other in Level if other.rank > Level(level).rank]
        return self.filter(pk__in=reached.filter(level=level).values("slip_id")).exclude(
            pk__in=reached.filter(level__in=higher).values("slip_id")
        )


class Slip(Versioned):
    """One numbered slip. What it is about is one of problem, notice, commitment.

    One the rules wrote is about the item's own deadline, `due_on`, and ends when that changes. One issued by hand has what is asked for and
    a deadline of its own; it ends with the item, or when an official finds it done. The number runs within the township and the year.
    `level` repeats the newest step's, for lists.
    """

    township = models.ForeignKey(Township, models.PROTECT, related_name="slips", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="slips", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, null=True, related_name="slips", verbose_name="村")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="slips", verbose_name="责任单位")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号")
    kind = models.CharField("督办对象", max_length=12, choices=Kind)
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="slips", verbose_name="问题")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="slips", verbose_name="整改通知书")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="slips", verbose_name="议定事项")
    subject = models.CharField("督办事项", max_length=300)
    requirement = models.CharField("督办要求", max_length=500, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    due_on = models.DateField("时限")
    level = models.CharField("级别", max_length=8, choices=Level)
    issued_on = models.DateField("发出日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closing = models.CharField("办结情况", max_length=200, blank=True)

    objects = SlipQuerySet.as_manager()

    class Meta:
        verbose_name = "督办单"
        ordering = ["-year", "-number"]
        indexes = [
            models.Index(fields=["township", "-issued_on", "-id"], name="slip_township"),
            models.Index(fields=["village", "-issued_on"], name="slip_village"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["township", "year", "number"], name="slip_number"),
            # However often the night is killed and started, and whoever issues one meanwhile: an item has one open slip. (One that ended may
            # be followed by another for the same deadline: the problem was suspended and is resumed.)
            models.UniqueConstraint(fields=["problem"], condition=Q(closed_on=None), name="slip_open_once_for_problem"),
            models.UniqueConstraint(fields=["notice"], condition=Q(closed_on=None), name="slip_open_once_for_notice"),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(closed_on=None), name="slip_open_once_for_commitment"
            ),
            models.CheckConstraint(
                name="slip_requirement_by_hand",
                condition=Q(issued_by=None, requirement="") | (Q(issued_by__isnull=False) & ~Q(requirement="")),
            ),
            models.CheckConstraint(
                name="slip_one_item",
                condition=Q(kind="problem", problem__isnull=False, notice=None, commitment=None)
                | Q(kind="notice", problem=None, notice__isnull=False, commitment=None)
                | Q(kind="commitment", problem=None, notice=None, commitment__isnull=False),
            ),
            models.CheckConstraint(
                name="slip_closed_after_issue",
                condition=Q(closed_on=None) | (Q(closed_on__gte=F("issued_on")) & ~Q(closing="")),
            ),
        ]

    def __str__(self) -> str:
        return f"督办单{self.number_text}"

    @property
    def number_text(self) -> str:
        """The number as a paper bears it: 〔2026〕3号."""
        return f"〔{self.year}〕{self.number}号"

    def get_absolute_url(self) -> str:
        return reverse("supervision:slip_detail", args=[self.pk])

    @property
    def is_by_hand(self) -> bool:
        return self.issued_by_id is not None

    @property
    def item(self) -> Problem | Notice | Commitment:
        """What it is about. Reads the loaded relation."""
        found = self.problem or self.notice or self.commitment
        assert found is not None  # noqa: S101 - the database holds it (slip_one_item)
        return found


class SlipStep(models.Model):
    """One level a slip reached: when it was raised, signed for, answered."""

    slip = models.ForeignKey(Slip, models.CASCADE, related_name="steps", verbose_name="督办单")
    level = models.CharField("级别", max_length=8, choices=Level)
    raised_on = models.DateField("发出日期")
    reply_due_on = models.DateField("反馈时限")
    signed_on = models.DateField("签收日期", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签收人"
    )
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="反馈人"
    )
    answer = models.CharField("办理情况", max_length=1000, blank=True)

    class Meta:
        verbose_name = "督办记录"
        ordering = ["slip_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["slip", "level"], name="slip_step_once"),
            models.CheckConstraint(
                name="slip_step_order",
                condition=(Q(signed_on=None) | Q(signed_on__gte=F("raised_on")))
                & (Q(answered_on=None) | (Q(answered_on__gte=F("signed_on"), signed_on__isnull=False) & ~Q(answer=""))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.raised_on.isoformat()}"
