"""Inspections that took place and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
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
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="所在会议"
    )
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
        constraints = [
            models.CheckConstraint(
                name="inspection_meeting_mode",
                condition=Q(meeting=None) | Q(mode="meeting"),
                violation_error_message="只有例会督查填写所在会议。",
            ),
        ]

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

    notice = models.ForeignKey(
        "inspections.Notice", models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="整改通知书"
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
