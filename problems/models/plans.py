"""One village, one plan (一村一策) and its measures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from common.models import Versioned
from problems.models.problem import Problem
from problems.terms import DeadlineKind
from rounds.models import Round
from villages.models import Cadre, Unit, Village
from villages.models.figures import VillageRecordQuerySet

if TYPE_CHECKING:
    from villages.access import Access


class VillagePlan(Versioned):
    """The rectification plan of one village in one round. Its measures are those of the village's problems in that round."""

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        SUBMITTED = "submitted", "待审定"
        RETURNED = "returned", "退回修改"
        APPROVED = "approved", "已审定"
        AMENDING = "amending", "调整中"

    round = models.ForeignKey(Round, models.PROTECT, related_name="plans", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="plans", verbose_name="村")
    causes = models.TextField("原因分析", blank=True)
    goals = models.TextField("整顿目标", blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    # Of the version in force: it stands while an approved plan is being amended, until the amended one is approved.
    approved_on = models.DateField("审定日期", null=True, blank=True)

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "一村一策"
        ordering = ["round_id", "village__sort", "village_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "village"], name="plan_once", violation_error_message="这个村本轮已有整顿方案。"
            ),
            models.CheckConstraint(
                name="plan_approved_day",
                condition=(~Q(state__in=["approved", "amending"]) | Q(approved_on__isnull=False))
                & (~Q(state="draft") | Q(approved_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village}{self.round}一村一策"

    def get_absolute_url(self) -> str:
        return reverse("problems:plan_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.round.township_id


class PlanReview(models.Model):
    """A plan was submitted, returned with remarks, approved, or taken up again to be amended."""

    class Action(models.TextChoices):
        SUBMIT = "submit", "提交审定"
        RETURN = "return", "退回修改"
        APPROVE = "approve", "审定通过"
        AMEND = "amend", "启动调整"
        CALL_OFF = "call_off", "撤销调整"

    plan = models.ForeignKey(VillagePlan, models.CASCADE, related_name="reviews", verbose_name="方案")
    action = models.CharField("操作", max_length=8, choices=Action)
    on = models.DateField("日期")
    remark = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "方案审定"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.on}"


class PlanVersion(models.Model):
    """A plan as it was approved: its words and its three lists, which the plan's later changes leave alone."""

    plan = models.ForeignKey(VillagePlan, models.CASCADE, related_name="versions", verbose_name="方案")
    number = models.PositiveSmallIntegerField("版次")
    causes = models.TextField("原因分析")
    goals = models.TextField("整顿目标")
    # As printed, because people and words of the ledger go on changing: {"problems": [{column: text}], "tasks": […]}
    lists = models.JSONField("清单")
    reason = models.CharField("调整原因", max_length=500, blank=True)
    approved_on = models.DateField("审定日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审定人")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "方案版次"
        ordering = ["plan_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number")]

    def __str__(self) -> str:
        return f"第{self.number}版（{self.approved_on}审定）"


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, access: Access) -> MeasureQuerySet:
        scope = access.within(township="problem__township_id", village="problem__village_id")
        if access.unit_ids:
            scope |= Q(problem__in=Problem.objects.visible_to(access).values("pk"))
        return self.filter(scope)

    def shown_to(self, access: Access) -> MeasureQuerySet:
        """What the task list shows: measures of problems not yet accepted only to those who see such problems in the ledger."""
        return self.visible_to(access).filter(problem__in=Problem.objects.shown_to(access).values("pk"))

    def known_on(self, day: date) -> MeasureQuerySet:
        """Those that stood on a day."""
        return self.filter(added_on__lte=day)

    def done(self, day: date) -> MeasureQuerySet:
        return self.filter(done_on__lte=day)

    def undone(self, day: date) -> MeasureQuerySet:
        return self.filter(Q(done_on=None) | Q(done_on__gt=day))

    def late(self, day: date) -> MeasureQuerySet:
        """Not done, the last day past."""
        return self.undone(day).filter(due_on__lt=day)


class Measure(Versioned):
    """A task (整改措施) for one problem: what, to which standard, by whom, until when, done when."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="measures", verbose_name="问题")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("整改措施", max_length=300)
    standard = models.CharField("完成标准", max_length=200, blank=True)
    owner = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="责任人"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="责任单位"
    )
    deadline_kind = models.CharField("时限方式", max_length=12, choices=DeadlineKind, default=DeadlineKind.DATE)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    # From this day on it counts: the day it was entered, or began, or was done, whichever came first.
    added_on = models.DateField("列入日期", default=timezone.localdate, editable=False)
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_note = models.CharField("完成情况", max_length=300, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "整改措施"
        ordering = ["problem_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["problem", "number"], name="measure_number"),
            models.CheckConstraint(
                name="measure_due_by_kind",
                condition=Q(deadline_kind="date", due_on__isnull=False)
                | Q(deadline_kind="immediate")
                | Q(deadline_kind="continuing", due_on=None),
                violation_error_message="限期完成须填写时限，长期坚持不填时限。",
            ),
            models.CheckConstraint(
                name="measure_due_after_start",
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                violation_error_message="完成时限不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        return reverse("problems:measure_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.problem.township_id

    def is_late(self, day: date) -> bool:
        return bool(self.due_on and self.due_on < day and (self.done_on is None or self.done_on > day))
