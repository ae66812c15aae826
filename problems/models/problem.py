"""One problem of one village, and its standing over time.

`Problem` holds how it stands now, for fast lists. `Step` holds every change of its standing with the day from which it held, so that any
list or figure can be asked “as of” a day. Both are written by problems.services only, in one transaction.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from problems.queries import ProblemQuerySet, StepQuerySet
from problems.terms import (
    NEVER_ON,
    RUNNING_STATES,
    Category,
    Colour,
    DeadlineKind,
    Degree,
    Severity,
    Source,
    State,
    colour_of,
)
from rounds.models import LinkedCampaign, Round
from villages.models import Cadre, Township, Unit, Village


class KeyProject(Versioned):
    """A key construction project that may cause problems in several villages; summaries name them together."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="key_projects", verbose_name="乡镇")
    name = models.CharField("工程名称", max_length=80)

    class Meta:
        verbose_name = "重点工程"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "name"], name="key_project_name", violation_error_message="已有同名工程。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """How a problem stands: shared by the problem (now) and its steps (then)."""

    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    degree = models.CharField("化解程度", max_length=12, choices=Degree, default=Degree.UNRESOLVED)
    deadline_kind = models.CharField("时限方式", max_length=12, choices=DeadlineKind, default=DeadlineKind.DATE)
    due_on = models.DateField("整改时限", null=True, blank=True)
    # Derived by services.standing.derive from the columns above and the round's thresholds; kept so that lists sort and filter by index.
    queue_on = models.DateField("排序日", default=NEVER_ON, editable=False)
    yellow_on = models.DateField("转黄日", default=NEVER_ON, editable=False)

    class Meta:
        abstract = True

    def colour_on(self, day: date) -> Colour:
        """The colour on a day, from the standing; no query."""
        return colour_of(self.state, self.queue_on, self.yellow_on, day)


class Problem(Versioned, Standing):
    """One row of the problem ledger (问题台账). `details` holds the few extra fields its category asks for (problems/categories.py)."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="problems", verbose_name="乡镇")
    village = models.ForeignKey(Village, models.PROTECT, related_name="problems", verbose_name="村")
    round = models.ForeignKey(Round, models.PROTECT, related_name="problems", verbose_name="轮次")
    number = models.PositiveIntegerField("编号")
    category = models.CharField("问题类别", max_length=20, choices=Category)
    title = models.CharField("问题名称", max_length=100)
    description = models.TextField("问题描述", blank=True)
    details = models.JSONField("分类信息", default=dict, blank=True)
    source = models.CharField("问题来源", max_length=16, choices=Source, default=Source.SCREENING)
    source_event = models.CharField("来源说明", max_length=200, blank=True)
    discovered_on = models.DateField("发现时间")
    place = models.CharField("地点", max_length=100, blank=True)
    households = models.PositiveIntegerField("涉及户数", null=True, blank=True)
    severity = models.CharField("难易程度", max_length=8, choices=Severity, default=Severity.MEDIUM)
    key_project = models.ForeignKey(
        KeyProject, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="重点工程"
    )
    linked_campaign = models.ForeignKey(
        LinkedCampaign, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="结合工作"
    )
    target = models.CharField("整改目标", max_length=500, blank=True)
    lead_official = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="led_problems", verbose_name="责任领导"
    )
    responsible_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="own_problems", verbose_name="责任单位"
    )
    owner = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="owned_problems", verbose_name="责任人"
    )
    assisting_units = models.ManyToManyField(
        Unit, blank=True, related_name="assisted_problems", verbose_name="协助单位"
    )

    first_due_on = models.DateField("最初时限", null=True, blank=True)
    extensions_granted = models.PositiveSmallIntegerField("延期次数", default=0)
    relapses = models.PositiveSmallIntegerField("反弹次数", default=0)
    started_on = models.DateField("开始整改日期", null=True, blank=True)
    # Resumption or relapse: from here the days without progress are counted anew.
    resumed_on = models.DateField("恢复整改日期", null=True, blank=True)
    last_progress_on = models.DateField("最近进展日期", null=True, blank=True)
    closed_on = models.DateField("销号时间", null=True, blank=True)
    outcome = models.CharField("结果表述", max_length=300, blank=True)
    search_text = models.TextField(editable=False, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间")
    updated_at = models.DateTimeField("更新时间")

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        ordering = ["queue_on", "id"]
        indexes = [
            models.Index(fields=["township", "queue_on", "id"], name="problem_township_queue"),
            models.Index(fields=["township", "state", "queue_on", "id"], name="problem_state_queue"),
            models.Index(fields=["village", "queue_on", "id"], name="problem_village_queue"),
            models.Index(fields=["queue_on", "id"], name="problem_queue"),
            models.Index(fields=["category", "queue_on", "id"], name="problem_category_queue"),
            models.Index(fields=["round", "category", "state"], name="problem_round"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="problem_number"),
            models.CheckConstraint(
                name="problem_due_by_kind",
                condition=Q(deadline_kind=DeadlineKind.CONTINUING, due_on=None)
                | (
                    Q(deadline_kind__in=[DeadlineKind.DATE, DeadlineKind.IMMEDIATE])
                    & (Q(due_on__isnull=False) | Q(state__in=["draft", "returned", "submitted"]))
                ),
                violation_error_message="限期整改须填写时限，长期坚持不填时限。",
            ),
            models.CheckConstraint(
                name="problem_due_after_discovery",
                condition=Q(due_on=None) | Q(due_on__gte=F("discovered_on")),
                violation_error_message="整改时限不能早于发现时间。",
            ),
            models.CheckConstraint(
                name="problem_closed_state",
                condition=Q(state=State.CLOSED, closed_on__isnull=False, degree__in=["basic", "full"])
                | (~Q(state=State.CLOSED) & Q(closed_on=None)),
                violation_error_message="已销号的问题须有销号时间和化解程度。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}号 {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("problems:problem_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (*RUNNING_STATES, State.SUSPENDED)


class AssistanceQuerySet(models.QuerySet["Assistance"]):
    def held_on(self, day: date) -> AssistanceQuerySet:
        """Who helped at the end of a day."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class Assistance(models.Model):
    """A unit helped with a problem from `since` until `until` (the first day it no longer did; null: it still does).

    `Problem.assisting_units` says how it is now; both are brought together by problems.services.assisting.
    """

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="assistance", verbose_name="问题")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="协助单位")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)

    objects = AssistanceQuerySet.as_manager()

    class Meta:
        verbose_name = "协助经过"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["problem", "unit"], condition=Q(until=None), name="assistance_one_present"),
            models.CheckConstraint(name="assistance_until_after", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.unit_id} {self.since}"


class Step(Standing):
    """A change of a problem's standing: what was done, by whom, and how the problem stood from `since` until the next step.

    `since` is the day the change holds from (the day of the event), `until` the first day it no longer holds; null while it is the present one.
    """

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="steps", verbose_name="问题")
    action = models.CharField("操作", max_length=20)
    from_state = models.CharField("原状态", max_length=12, choices=State, blank=True)
    since = models.DateField("生效日期")
    until = models.DateField("失效日期", null=True, blank=True)
    closed_on = models.DateField("销号时间", null=True, blank=True)
    last_progress_on = models.DateField("最近进展日期", null=True, blank=True)
    extensions_granted = models.PositiveSmallIntegerField("延期次数", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("记录时间")
    reason = models.CharField("说明", max_length=2000, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        ordering = ["problem_id", "id"]
        indexes = [models.Index(fields=["problem", "since", "until"], name="step_then")]
        constraints = [
            models.UniqueConstraint(fields=["problem"], condition=Q(until=None), name="step_one_present"),
            models.CheckConstraint(name="step_until_after_since", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.action} {self.since}"
