"""How a round is led: leading group, papers, work calendar, work it is joined with, practices worth keeping."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from rounds.models.round import Round, RoundRecordQuerySet
from villages.models import Cadre

if TYPE_CHECKING:
    from villages.access import Access


class SeatQuerySet(RoundRecordQuerySet):
    def on(self, day: date) -> SeatQuerySet:
        """Seats held on a day (both ends included)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class LeadingGroupSeat(Versioned):
    """A seat of the round's leading group (领导小组), dated, so that an adjustment is a day on which seats began or ended."""

    class Position(models.TextChoices):
        HEAD = "head", "组长"
        DEPUTY = "deputy", "副组长"
        MEMBER = "member", "成员"
        OFFICE_HEAD = "office_head", "办公室主任"

    round = models.ForeignKey(Round, models.PROTECT, related_name="leading_group", verbose_name="轮次")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="seats", verbose_name="姓名")
    position = models.CharField("组内职务", max_length=12, choices=Position)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "领导小组成员"
        ordering = ["round_id", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "cadre", "position"],
                condition=Q(ends_on=None),
                name="seat_once",
                violation_error_message="这名干部已担任这一组内职务。",
            ),
            models.CheckConstraint(
                name="seat_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre}{self.get_position_display()}"

    @property
    def township_id(self) -> int:
        return self.round.township_id


class RoundDocument(Versioned):
    """A paper of the round: plan, work calendar, guidance from above."""

    class Kind(models.TextChoices):
        PLAN = "plan", "实施方案"
        CALENDAR = "calendar", "行事历"
        GUIDANCE = "guidance", "上级指导意见"
        OTHER = "other", "其他文件"

    class Topic(models.TextChoices):
        GENERAL = "general", "整治工作"
        ECONOMY = "economy", "村集体经济"

    round = models.ForeignKey(Round, models.PROTECT, related_name="documents", verbose_name="轮次")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    topic = models.CharField("内容", max_length=12, choices=Topic, default=Topic.GENERAL)
    title = models.CharField("标题", max_length=120)
    issuer = models.CharField("发文单位", max_length=60, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期")

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "轮次文件"
        ordering = ["issued_on", "id"]

    def __str__(self) -> str:
        return f"《{self.title}》"

    def get_absolute_url(self) -> str:
        return reverse("rounds:document_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.round.township_id


class DocumentItem(models.Model):
    """A numbered measure of a document, so that “8 measures” is a count, not a typed number."""

    document = models.ForeignKey(RoundDocument, models.PROTECT, related_name="items", verbose_name="文件")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("内容", max_length=300)

    class Meta:
        verbose_name = "文件条目"
        ordering = ["document_id", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_item_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @property
    def township_id(self) -> int:
        return self.document.round.township_id


class DocumentFileQuerySet(models.QuerySet["DocumentFile"]):
    def visible_to(self, access: Access) -> DocumentFileQuerySet:
        """Seen by whoever sees the document."""
        return self.filter(document__in=RoundDocument.objects.visible_to(access).values("pk"))


class DocumentFile(models.Model):
    """The paper itself (正文, 附件): checked by its content, kept under a name of ours; the name it came with is data."""

    document = models.ForeignKey(RoundDocument, models.PROTECT, related_name="files", verbose_name="文件")
    file = models.FileField("文件", upload_to="documents/%Y/%m/", max_length=200)
    name = models.CharField("原文件名", max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    objects = DocumentFileQuerySet.as_manager()

    class Meta:
        verbose_name = "文件正文或附件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "sha256"],
                name="document_file_once",
                violation_error_message="这份文件已经上传过。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("rounds:document_file", args=[self.pk])

    @property
    def is_photo(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def township_id(self) -> int:
        return self.document.round.township_id


class CalendarQuerySet(RoundRecordQuerySet):
    def done_by(self, day: date) -> CalendarQuerySet:
        return self.filter(done_on__lte=day)

    def open_on(self, day: date) -> CalendarQuerySet:
        """Not done at the end of a day, whether or not the limit has passed."""
        return self.filter(Q(done_on=None) | Q(done_on__gt=day))

    def in_state(self, state: str, day: date) -> CalendarQuerySet:
        if state == CalendarItem.State.DONE:
            return self.done_by(day)
        return self.open_on(day) if state == CalendarItem.State.OPEN else self.overdue_on(day)

    def overdue_on(self, day: date) -> CalendarQuerySet:
        return self.open_on(day).filter(due_on__lt=day)


class CalendarItem(Versioned):
    """A line of the work calendar (行事历): what, until when, who, done when."""

    class State(models.TextChoices):
        """As lists ask for it; what is overdue is open as well."""

        DONE = "done", "已完成"
        OPEN = "open", "未完成"
        OVERDUE = "overdue", "逾期未完成"

    round = models.ForeignKey(Round, models.PROTECT, related_name="calendar", verbose_name="轮次")
    title = models.CharField("事项", max_length=120)
    due_on = models.DateField("完成时限")
    owner = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="calendar_items", verbose_name="责任人"
    )
    done_on = models.DateField("完成日期", null=True, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = "行事历事项"
        ordering = ["round_id", "due_on", "id"]

    def __str__(self) -> str:
        return self.title

    def state_on(self, day: date) -> CalendarItem.State:
        """How it stood at the end of a day; no query."""
        if self.done_on and self.done_on <= day:
            return self.State.DONE
        return self.State.OVERDUE if self.due_on < day else self.State.OPEN

    def days_late(self, day: date) -> int:
        """Days past the limit when it was done, or on `day` while it is not; 0 in time."""
        end = self.done_on if self.done_on and self.done_on <= day else day
        return max(0, (end - self.due_on).days)

    @property
    def township_id(self) -> int:
        return self.round.township_id


class LinkedCampaign(Versioned):
    """Other work a round is joined with (村级组织换届, 我为群众办实事, …)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="linked_campaigns", verbose_name="轮次")
    name = models.CharField("名称", max_length=60)
    note = models.CharField("主要内容", max_length=100, blank=True)

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "结合工作"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"], name="linked_campaign_name", violation_error_message="已有同名工作。"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.round.township_id


class GoodPractice(Versioned):
    """A practice found worth keeping as a long-term mechanism (书记议事日, …)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="practices", verbose_name="轮次")
    name = models.CharField("做法名称", max_length=60)
    recorded_on = models.DateField("总结日期")
    description = models.CharField("主要内容", max_length=500, blank=True)
    result = models.CharField("成效", max_length=500, blank=True)

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "经验做法"
        ordering = ["recorded_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"], name="practice_name", violation_error_message="已有同名做法。"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.round.township_id
