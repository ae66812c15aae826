"""Meetings, what was on their agenda, and what was promised there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from problems.models import Problem
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village

if TYPE_CHECKING:
    from villages.access import Access


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, access: Access) -> MeetingQuerySet:
        """Meetings of one's townships; those at village level in one's village; those that dealt with a problem of one's village."""
        scope = access.within(township="township_id", village="village_id")
        if access.village_ids:
            mine = {"problem__village_id__in": access.village_ids}
            scope |= Q(pk__in=AgendaItem.objects.filter(**mine).values("meeting_id"))
            scope |= Q(pk__in=Commitment.objects.filter(**mine).values("meeting_id"))
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
                condition=Q(level="village", village__isnull=False) | (~Q(level="village") & Q(village=None)),
                violation_error_message="村级会议须写明是哪个村，其他会议不填村。",
            ),
            models.CheckConstraint(
                name="meeting_village_kind",
                condition=~Q(kind="village_mobilisation") | Q(level="village"),
                violation_error_message="村级部署会的层级须为村级。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on.isoformat()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting_detail", args=[self.pk])


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, access: Access) -> AgendaItemQuerySet:
        """Matters of one's townships; those about one's village."""
        scope = access.within(township="meeting__township_id", village="problem__village_id")
        if access.village_ids:
            scope |= Q(meeting__village_id__in=access.village_ids)
        return self.filter(scope)


class AgendaItem(Versioned):
    """A matter on the agenda, mostly a problem, and what became of it there."""

    class Outcome(models.TextChoices):
        UNRECORDED = "unrecorded", "待记录结果"  # listed; what became of it is not entered yet
        SETTLED = "settled", "当场议定解决"
        COMMITTED = "committed", "议定任务限期办理"
        PENDING = "pending", "继续协调"
        NOTED = "noted", "通报知悉"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", verbose_name="会议")
    number = models.PositiveSmallIntegerField("序号")
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name="问题"
    )
    # The first part of a meeting: what earlier ones promised and was not kept yet.
    commitment = models.ForeignKey(
        "meetings.Commitment", models.PROTECT, null=True, blank=True, related_name="reviews",
        verbose_name="听取落实情况的议定事项",
    )  # fmt: skip
    matter = models.CharField("议题", max_length=200)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, default=Outcome.UNRECORDED)
    decision = models.CharField("议定意见", max_length=500, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "议题"
        ordering = ["meeting_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number"),
            # A problem may stand on the agenda beside the review of what was promised about it.
            models.UniqueConstraint(
                fields=["meeting", "problem"],
                condition=Q(commitment=None),
                name="agenda_problem_once",
                violation_error_message="这个问题已在本次会议的议题中。",
            ),
            models.UniqueConstraint(
                fields=["meeting", "commitment"],
                name="agenda_commitment_once",
                violation_error_message="这一议定事项已在本次会议的议题中。",
            ),
            models.CheckConstraint(
                name="agenda_settled_decision",
                condition=~Q(outcome="settled") | ~Q(decision=""),
                violation_error_message="当场议定解决的，请写明议定意见。",
            ),
            models.CheckConstraint(
                name="agenda_decision_has_outcome",
                condition=~Q(outcome="unrecorded") | Q(decision=""),
                violation_error_message="写了议定意见的，请选择结果。",
            ),
        ]

    def __str__(self) -> str:
        return self.matter

    @property
    def township_id(self) -> int:
        return self.meeting.township_id


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, access: Access) -> CommitmentQuerySet:
        """What was promised in one's townships, about one's village, or by one's unit."""
        scope = access.within(township="meeting__township_id", village="problem__village_id", unit="unit_id")
        if access.village_ids:
            scope |= Q(meeting__village_id__in=access.village_ids)
        return self.filter(scope)

    def as_of(self, day: date) -> CommitmentQuerySet:
        """Promised by the end of a day."""
        return self.filter(meeting__held_on__lte=day)

    def open(self, day: date) -> CommitmentQuerySet:
        """Not kept by the end of a day, late or not."""
        return self.filter(Q(kept_on=None) | Q(kept_on__gt=day))

    def late(self, day: date) -> CommitmentQuerySet:
        """Those of `open` whose last day had passed."""
        return self.open(day).filter(due_on__lt=day)

    def to_review_at(self, meeting: Meeting) -> CommitmentQuerySet:
        """What a meeting opens with: promised at earlier meetings of the same kind (of the same village) in its round, open on its day."""
        same = {
            "township": meeting.township_id,
            "round": meeting.round_id,
            "kind": meeting.kind,
            "village": meeting.village_id,
        }
        earlier = Meeting.objects.filter(**same, held_on__lt=meeting.held_on)
        return self.filter(meeting__in=earlier).open(meeting.held_on)

    def kept(self, day: date) -> CommitmentQuerySet:
        """Kept by the end of a day, in time or not."""
        return self.filter(kept_on__lte=day)

    def kept_late(self, day: date) -> CommitmentQuerySet:
        """Those of `kept` that came after their last day."""
        return self.kept(day).filter(kept_on__gt=F("due_on"))


class Commitment(Versioned):
    """What a unit promised at a meeting (议定事项), until when, kept when."""

    class State(models.TextChoices):
        """How it stood on a day: computed by `state_on`, never stored."""

        OPEN = "open", "办理中"
        LATE = "late", "逾期"
        KEPT = "kept", "已落实"
        KEPT_LATE = "kept_late", "逾期落实"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="commitments", verbose_name="会议")
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="问题"
    )
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="commitments", verbose_name="议题"
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
        indexes = [models.Index(fields=["unit", "due_on"], name="commitment_unit")]
        constraints = [
            models.CheckConstraint(
                name="commitment_answerable",
                condition=Q(unit__isnull=False) | Q(lead_official__isnull=False),
                violation_error_message="请写明责任单位或牵头领导。",
            ),
            models.CheckConstraint(
                name="commitment_kept_note",
                condition=Q(kept_on=None) | ~Q(note=""),
                violation_error_message="已落实的，请写明落实情况。",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        return reverse("meetings:commitment_detail", args=[self.pk])

    def state_on(self, day: date) -> State:
        """How it stood at the end of a day; no query."""
        if self.kept_on and self.kept_on <= day:
            return self.State.KEPT_LATE if self.kept_on > self.due_on else self.State.KEPT
        return self.State.LATE if self.due_on < day else self.State.OPEN

    @property
    def village_id(self) -> int | None:
        """The village it is about: that of its problem, or of its meeting. Reads the loaded relations."""
        return self.problem.village_id if self.problem else self.meeting.village_id

    @property
    def township_id(self) -> int:
        return self.meeting.township_id
