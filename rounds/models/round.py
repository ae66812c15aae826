"""The round itself: one campaign cycle of a township."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.chinese import numeral
from common.models import Versioned
from rounds.national import usual_questions
from villages.models import Township

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

    class Formula(models.TextChoices):
        """How the county counts satisfaction: which ballots are content, and whether 不了解 stays among the voters."""

        VALID = "valid", "（满意＋基本满意）÷有效票"
        INFORMED = "informed", "（满意＋基本满意）÷（有效票－不了解）"
        SATISFIED_ONLY = "satisfied_only", "满意÷有效票"
        SATISFIED_INFORMED = "satisfied_informed", "满意÷（有效票－不了解）"

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
    # The version before this one: whose criteria and rules it began with.
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name="沿用轮次"
    )
    # How the organisation is accepted (验收) and watched afterwards.
    satisfaction_formula = models.CharField("满意率算法", max_length=20, choices=Formula, default=Formula.VALID)
    pass_score = models.PositiveSmallIntegerField("合格分数线", default=85)
    conditional_score = models.PositiveSmallIntegerField("基本合格分数线", default=70)
    dissatisfied_limit = models.PositiveSmallIntegerField("不满意票上限（%）", default=50)
    follow_up_months = models.PositiveSmallIntegerField("跟踪巩固（月）", default=12)
    follow_up_every = models.PositiveSmallIntegerField("每几个月跟踪一次", default=3)
    # Texts that a new survey starts from; what a survey asked is its own.
    usual_questions = models.JSONField("常用测评题目", default=usual_questions, blank=True)

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
            models.CheckConstraint(
                name="round_bottom_percent",
                condition=Q(selection="no_quota", bottom_percent=None)
                | Q(
                    selection="bottom_ranking",
                    bottom_percent__isnull=False,
                    bottom_percent__gte=1,
                    bottom_percent__lte=100,
                ),
                violation_error_message="倒排须填写1至100的比例，应整尽整不填比例。",
            ),
            models.CheckConstraint(
                name="round_income_threshold",
                condition=Q(income_threshold__gte=0),
                violation_error_message="收入目标不能为负数。",
            ),
            models.CheckConstraint(
                name="round_scores",
                condition=Q(conditional_score__gte=1, pass_score__gte=F("conditional_score"), pass_score__lte=100),
                violation_error_message="分数线应在1至100之间，合格线不低于基本合格线。",
            ),
            models.CheckConstraint(
                name="round_dissatisfied_limit",
                condition=Q(dissatisfied_limit__gte=1, dissatisfied_limit__lte=100),
                violation_error_message="不满意票上限应在1至100之间。",
            ),
            models.CheckConstraint(
                name="round_follow_up",
                condition=Q(
                    follow_up_every__gte=1, follow_up_months__gte=F("follow_up_every"), follow_up_months__lte=36
                ),
                violation_error_message="跟踪期为1至36个月，间隔不能长于跟踪期。",
            ),
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

    def of_round(self, key: str) -> RoundRecordQuerySet:
        """Records of the round with this year and number (“2026-2”), in whichever townships the query already holds."""
        year, _, number = key.partition("-")
        return self.filter(round__year=int(year), round__number=int(number))
