"""Meetings, what was on their agenda, and what was promised there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse

from common.models import Versioned
from problems.models import Problem
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village

if TYPE_CHECKING:
    from villages.access import Access


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, access: Access) -> MeetingQuerySet:
        """Meetings of one's townships; those at village level in one's village; those whose agenda holds a problem of one's village."""
        scope = access.within(township="township_id", village="village_id")
        if access.village_ids:
            scope |= Q(
                pk__in=AgendaItem.objects.filter(problem__village_id__in=access.village_ids).values("meeting_id")
            )
        return self.filter(scope)


class Meeting(Versioned):
    """One meeting that was held."""

    class Kind(models.TextChoices):
        ENLARGED = "enlarged_committee_meeting", "镇委扩大会议"
        CADRES = "cadre_meeting", "机关干部例会"
        PRE_WEEK = "pre_week_meeting", "周前工作例会"
        COORDINATION = "coordination_meeting", "协调会"
        VILLAGE = "village_mobilisation", "村级部署会"
        OTHER = "other", "其他会议"

    class Level(models.TextChoices):
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "乡镇级"
        VILLAGE = "village", "村级"

    township = models.ForeignKey(Township, models.PROTECT, related_name="meetings", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="meetings", verbose_name="轮次")
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="村"
    )
    kind = models.CharField("会议类型", max_length=32, choices=Kind)
    level = models.CharField("层级", max_length=12, choices=Level, default=Level.TOWNSHIP)
    name = models.CharField("会议名称", max_length=100)
    held_on = models.DateField("召开日期")
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="chaired", verbose_name="主持人"
    )
    departments = models.ManyToManyField(Unit, blank=True, related_name="meetings", verbose_name="参加部门")
    attendees = models.CharField("其他参加人员", max_length=300, blank=True)
    subject = models.CharField("主要内容", max_length=500, blank=True)
    deployment = models.BooleanField("专题部署整治工作", default=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["township", "-held_on"], name="meeting_township"),
            models.Index(fields=["round", "kind"], name="meeting_round"),
        ]
        constraints = [
            models.CheckConstraint(
                name="meeting_village_level",
                condition=~Q(kind="village_mobilisation") | Q(village__isnull=False),
                violation_error_message="村级部署会须写明是哪个村。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on.isoformat()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting_detail", args=[self.pk])


class AgendaItem(Versioned):
    """A matter on the agenda, mostly a problem, and what became of it there."""

    class Outcome(models.TextChoices):
        SETTLED = "settled", "当场议定解决"
        COMMITTED = "committed", "议定任务限期办理"
        PENDING = "pending", "继续协调"
        NOTED = "noted", "通报知悉"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", verbose_name="会议")
    number = models.PositiveSmallIntegerField("序号")
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name="问题"
    )
    matter = models.CharField("议题", max_length=200)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, default=Outcome.PENDING)
    decision = models.CharField("议定意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "议题"
        ordering = ["meeting_id", "number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number")]

    def __str__(self) -> str:
        return self.matter

    @property
    def township_id(self) -> int:
        return self.meeting.township_id


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, access: Access) -> CommitmentQuerySet:
        scope = access.within(township="meeting__township_id", village="problem__village_id", unit="unit_id")
        return self.filter(scope)


class Commitment(Versioned):
    """What a unit promised at a meeting (议定事项), until when, kept when."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="commitments", verbose_name="会议")
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="问题"
    )
    text = models.CharField("督办事项", max_length=300)
    lead_official = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="牵头领导"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="责任单位"
    )
    due_on = models.DateField("完成时限")
    kept_on = models.DateField("落实日期", null=True, blank=True)
    note = models.CharField("落实情况", max_length=500, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = "议定事项"
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def township_id(self) -> int:
        return self.meeting.township_id
