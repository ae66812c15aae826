"""A summary: what was asked for and the figures it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from rounds.models import Round
from villages.models import Township

if TYPE_CHECKING:
    from villages.access import Access


class SummaryQuerySet(models.QuerySet["Summary"]):
    def visible_to(self, access: Access) -> SummaryQuerySet:
        return self.filter(township_id__in=access.township_ids)


class Summary(Versioned):
    """A periodic work summary (工作总结) of one round. `figures` is plain data (reports.figures), computed at `computed_at`, as of `as_of`."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", "周报"
        MONTHLY = "monthly", "月报"
        QUARTERLY = "quarterly", "季报"
        STAGE = "stage", "阶段性总结"
        ANNUAL = "annual", "年度总结"
        BULLETIN = "bulletin", "通报"
        ACCEPTANCE = "acceptance", "验收报告"

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        REVIEW = "review", "待签发"
        SIGNED = "signed", "已签发"
        WITHDRAWN = "withdrawn", "已撤回"

    township = models.ForeignKey(Township, models.PROTECT, related_name="summaries", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="summaries", verbose_name="轮次")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    as_of = models.DateField("数据截至")
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    figures = models.JSONField(default=dict)
    missing = models.JSONField("缺少数据的句子", default=list)
    computed_at = models.DateTimeField("数据计算时间")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    created_at = models.DateTimeField("起草时间")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True)
    # The day a draft of the schedule was due: the database holds that there is one for each.
    scheduled_for = models.DateField("自动起草日期", null=True)
    # What the reviewer asked for when he last gave it back; emptied when it is handed in again.
    returned_reason = models.CharField("退回原因", max_length=500, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="退回人"
    )
    returned_at = models.DateTimeField("退回时间", null=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replacement", verbose_name="接替的撤回稿"
    )

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = "工作总结"
        ordering = ["-as_of", "-id"]
        constraints = [
            models.CheckConstraint(
                name="summary_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.UniqueConstraint(
                fields=["round", "kind", "scheduled_for"],
                name="summary_scheduled_once",
                violation_error_message="这一期已自动起草。",
            ),
            models.CheckConstraint(
                name="summary_signed",
                condition=Q(state__in=["signed", "withdrawn"], signed_by__isnull=False, signed_at__isnull=False)
                | Q(state__in=["draft", "review"], signed_by__isnull=True, signed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:summary_detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_frozen(self) -> bool:
        """Signed once, withdrawn later or not: what it shows comes from its Issue."""
        return self.state in (self.State.SIGNED, self.State.WITHDRAWN)
