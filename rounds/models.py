"""A round of rectification: what was deployed, who leads it, which villages are in it and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.chinese import numeral
from common.models import Versioned
from villages.models import Cadre, Township, Village

if TYPE_CHECKING:
    from villages.access import Access


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, access: Access) -> RoundQuerySet:
        return self.filter(township_id__in=access.all_township_ids) if not access.is_administrator else self.none()

    def current(self, day: date) -> RoundQuerySet:
        """The newest first; a round that runs on the day before those that are over."""
        return self.order_by(
            models.Case(models.When(starts_on__lte=day, ends_on__gte=day, then=0), default=1), "-starts_on"
        )


class Round(Versioned):
    """One campaign cycle of a township: campaign name, year and number, dates, thresholds of the colours, wording of its label."""

    class Label(models.TextChoices):
        BACKWARD_VILLAGE = "backward_village", "后进村"
        WEAK_LAX = "weak_lax_org", "软弱涣散基层党组织"

    class Selection(models.TextChoices):
        NO_QUOTA = "no_quota", "应整尽整"
        BOTTOM = "bottom_ranking", "倒排"

    township = models.ForeignKey(Township, models.PROTECT, related_name="rounds", verbose_name="乡镇")
    campaign = models.CharField("活动名称", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("轮次")
    label = models.CharField("整顿对象称谓", max_length=20, choices=Label, default=Label.BACKWARD_VILLAGE)
    deployed_by = models.CharField("部署单位", max_length=60, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    selection = models.CharField("确定办法", max_length=16, choices=Selection, default=Selection.NO_QUOTA)
    bottom_percent = models.PositiveSmallIntegerField("倒排比例（%）", null=True, blank=True)
    yellow_days = models.PositiveSmallIntegerField("黄灯：距时限天数", default=15)
    stale_days = models.PositiveSmallIntegerField("黄灯：无进展天数", default=30)
    immediate_days = models.PositiveSmallIntegerField("立行立改：限办天数", default=15)
    income_threshold = models.DecimalField("集体经济收入目标（万元）", max_digits=8, decimal_places=2, default=10)
    aim = models.CharField("整治目的", max_length=500, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "整顿轮次"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "year", "number"],
                name="round_number",
                violation_error_message="本年度已有同一轮次。",
            ),
            models.CheckConstraint(
                name="round_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(name="round_number_range", condition=Q(number__gte=1, number__lte=99)),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{numeral(self.number)}轮"

    def get_absolute_url(self) -> str:
        return reverse("rounds:round_detail", args=[self.pk])

    @property
    def key(self) -> str:
        """Year and number as lists take them in the address: 2026-2."""
        return f"{self.year}-{self.number}"


class RoundRecordQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Records of a round that every cadre of the township may see."""

    def visible_to(self, access: Access) -> RoundRecordQuerySet:
        if access.is_administrator:
            return self.none()
        return self.filter(round__township_id__in=access.all_township_ids)


class Criterion(Versioned):
    """A condition for listing a village, versioned by belonging to one round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="criteria", verbose_name="轮次")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("认定情形", max_length=200)
    is_national = models.BooleanField("全国统一情形", default=True)

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "认定情形"
        ordering = ["round_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"], name="criterion_number", violation_error_message="序号重复。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @property
    def township_id(self) -> int:
        return self.round.township_id


class LinkedCampaign(models.Model):
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


class ScreeningVisit(Versioned):
    """One visit of the screening (排查摸底): which village, when, how many households, what was found."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="screening_visits", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="screening_visits", verbose_name="村")
    visited_on = models.DateField("走访日期")
    households = models.PositiveSmallIntegerField("走访户数")
    method = models.CharField("方式", max_length=60, blank=True)
    findings = models.CharField("发现情况", max_length=1000, blank=True)

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "排查走访"
        ordering = ["visited_on", "id"]

    def __str__(self) -> str:
        return f"{self.village}{self.visited_on}"

    @property
    def township_id(self) -> int:
        return self.round.township_id


class Designation(Versioned):
    """A village listed in a round: proposed by the township, approved above it, removed or turned round later."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="designations", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="designations", verbose_name="村")
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="designations", verbose_name="认定情形")
    facts = models.CharField("具体表现", max_length=1000, blank=True)
    proposed_on = models.DateField("提名日期")
    approved_on = models.DateField("审定日期", null=True, blank=True)
    approved_by_body = models.CharField("审定单位", max_length=60, blank=True)
    removed_on = models.DateField("调出日期", null=True, blank=True)
    removal_reason = models.CharField("调出原因", max_length=500, blank=True)
    turned_round_on = models.DateField("转化（摘帽）日期", null=True, blank=True)
    earlier = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name="曾列入"
    )

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "整顿对象"
        ordering = ["round_id", "village__sort", "village_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "village"], name="designation_once", violation_error_message="这个村已列入本轮。"
            ),
            models.CheckConstraint(
                name="designation_order",
                condition=Q(approved_on=None) | Q(approved_on__gte=F("proposed_on")),
                violation_error_message="审定日期不能早于提名日期。",
            ),
            models.CheckConstraint(
                name="designation_removal",
                condition=Q(removed_on=None) | (Q(removed_on__gte=F("proposed_on")) & ~Q(removal_reason="")),
                violation_error_message="调出须写明原因，日期不能早于提名。",
            ),
            models.CheckConstraint(
                name="designation_turned",
                condition=Q(turned_round_on=None) | Q(approved_on__isnull=False, turned_round_on__gte=F("approved_on")),
                violation_error_message="转化日期不能早于审定日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}{self.village}"

    @property
    def township_id(self) -> int:
        return self.round.township_id


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

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "领导小组成员"
        ordering = ["round_id", "starts_on", "id"]
        constraints = [
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


class CalendarItem(Versioned):
    """A line of the work calendar (行事历): what, until when, who, done when."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="calendar", verbose_name="轮次")
    title = models.CharField("事项", max_length=120)
    due_on = models.DateField("完成时限")
    owner = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="calendar_items", verbose_name="责任人"
    )
    done_on = models.DateField("完成日期", null=True, blank=True)

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "行事历事项"
        ordering = ["round_id", "due_on", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def township_id(self) -> int:
        return self.round.township_id


class GoodPractice(Versioned):
    """A practice found worth keeping as a long-term mechanism (书记议事日, …)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="practices", verbose_name="轮次")
    name = models.CharField("做法名称", max_length=60)
    recorded_on = models.DateField("总结日期")
    description = models.CharField("主要内容", max_length=500, blank=True)

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
