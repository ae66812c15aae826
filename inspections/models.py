"""Inspections, notices that must be answered, bulletins, leaders' visits, satisfaction surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from meetings.models import Meeting
from problems.models import Problem
from rounds.models import Round
from villages.models import Cadre, Township, Village
from villages.models.figures import VillageRecordQuerySet

if TYPE_CHECKING:
    from villages.access import Access


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, access: Access) -> InspectionQuerySet:
        """Inspections of one's townships, and those that went to one's village."""
        scope = Q(township_id__in=access.township_ids)
        if access.village_ids:
            scope |= Q(
                pk__in=Inspection.villages.through.objects.filter(village_id__in=access.village_ids).values(
                    "inspection_id"
                )
            )
        return self.filter(scope)


class Inspection(Versioned):
    """One inspection (督查) that took place."""

    class Mode(models.TextChoices):
        MEETING = "meeting", "例会督查"
        LEADER = "leader", "领导下村督导"
        REPORT = "report", "听取汇报"
        ANNOUNCED = "announced", "明察"
        UNANNOUNCED = "unannounced", "暗访"
        FOUR_NOT = "four_not_two_direct", "四不两直"

    township = models.ForeignKey(Township, models.PROTECT, related_name="inspections", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="inspections", verbose_name="轮次")
    mode = models.CharField("督查方式", max_length=20, choices=Mode)
    held_on = models.DateField("督查时间")
    leader = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="led_inspections", verbose_name="带队领导"
    )
    people = models.CharField("督查人员", max_length=200, blank=True)
    villages = models.ManyToManyField(Village, related_name="inspections", verbose_name="督查村")
    summary = models.CharField("总体情况", max_length=1000, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "督查"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["township", "-held_on"], name="inspection_township")]

    def __str__(self) -> str:
        return f"{self.held_on.isoformat()} {self.get_mode_display()}"

    def get_absolute_url(self) -> str:
        return reverse("inspections:inspection_detail", args=[self.pk])


class Finding(Versioned):
    """What an inspection found in one village and required of it."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings", verbose_name="督查")
    village = models.ForeignKey(Village, models.PROTECT, related_name="findings", verbose_name="村")
    text = models.CharField("发现问题", max_length=500)
    requirement = models.CharField("整改要求", max_length=500, blank=True)
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="关联问题"
    )

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "督查发现"
        ordering = ["inspection_id", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def township_id(self) -> int:
        return self.inspection.township_id


class Notice(Versioned):
    """A numbered rectification notice (整改通知书) to one village: issued, signed for, answered, closed."""

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

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "整改通知书"
        ordering = ["-year", "-number"]
        constraints = [
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

    @property
    def township_id(self) -> int:
        return self.inspection.township_id


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, access: Access) -> BulletinQuerySet:
        """A bulletin is read out to the whole township: every cadre of it may see that and when."""
        return self.none() if access.is_administrator else self.filter(township_id__in=access.all_township_ids)


class Bulletin(Versioned):
    """Where and when the results of inspections were reported (督查通报): at a meeting, or in writing."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="bulletins", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="bulletins", verbose_name="轮次")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="bulletins", verbose_name="通报会议"
    )
    reported_on = models.DateField("通报日期")
    inspections = models.ManyToManyField(Inspection, blank=True, related_name="bulletins", verbose_name="涉及督查")
    content = models.CharField("通报内容", max_length=1000, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "督查通报"
        ordering = ["-reported_on", "-id"]

    def __str__(self) -> str:
        return f"{self.reported_on.isoformat()} 督查通报"


class Visit(Versioned):
    """A leader's completed visit to a village (进村入户). Planned ones are never stored."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="visits", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="visits", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="visits", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="visits", verbose_name="走访领导")
    visited_on = models.DateField("走访日期")
    households = models.PositiveSmallIntegerField("入户数", default=0)
    note = models.CharField("了解情况", max_length=1000, blank=True)

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "领导走访"
        ordering = ["-visited_on", "-id"]
        indexes = [models.Index(fields=["township", "-visited_on"], name="visit_township")]

    def __str__(self) -> str:
        return f"{self.visited_on.isoformat()} {self.cadre}"


class Survey(Versioned):
    """A satisfaction survey (民主测评) in one village; ballots as counts only."""

    class Kind(models.TextChoices):
        MIDTERM = "midterm", "中期测评"
        ACCEPTANCE = "acceptance", "验收测评"
        RECHECK = "recheck", "回头看测评"

    round = models.ForeignKey(Round, models.PROTECT, related_name="surveys", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="surveys", verbose_name="村")
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.MIDTERM)
    held_on = models.DateField("测评日期")
    issued = models.PositiveSmallIntegerField("发出票")
    returned = models.PositiveSmallIntegerField("收回票")
    valid = models.PositiveSmallIntegerField("有效票")
    satisfied = models.PositiveSmallIntegerField("满意")
    mostly = models.PositiveSmallIntegerField("基本满意")
    dissatisfied = models.PositiveSmallIntegerField("不满意")
    unknown = models.PositiveSmallIntegerField("不了解")

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "民主测评"
        ordering = ["-held_on", "village_id"]
        constraints = [
            models.CheckConstraint(
                name="survey_ballots",
                condition=Q(returned__lte=F("issued"), valid__lte=F("returned")),
                violation_error_message="收回票不能多于发出票，有效票不能多于收回票。",
            ),
            models.CheckConstraint(
                name="survey_sum",
                condition=Q(valid=F("satisfied") + F("mostly") + F("dissatisfied") + F("unknown")),
                violation_error_message="满意、基本满意、不满意、不了解四项之和须等于有效票。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village}{self.get_kind_display()}"

    @property
    def township_id(self) -> int:
        return self.round.township_id
