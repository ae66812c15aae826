"""One attempt of a listed organisation to leave the list: asked by the village, checked by the township, judged by the county, confirmed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from acceptances.models.sheet import ScoreItem
from common.models import Versioned
from inspections.models import Survey
from rounds.models import Designation

if TYPE_CHECKING:
    from villages.access import Access


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def visible_to(self, access: Access) -> AcceptanceQuerySet:
        return self.filter(access.within(township="designation__round__township_id", village="designation__village_id"))

    def running(self) -> AcceptanceQuerySet:
        """Asked and neither returned nor settled."""
        return self.filter(state__in=Acceptance.RUNNING)

    def passed(self) -> AcceptanceQuerySet:
        return self.filter(verdict__in=Acceptance.PASSED)

    def settled_by(self, day: date) -> AcceptanceQuerySet:
        return self.filter(confirmed_on__lte=day)

    def with_scores(self) -> AcceptanceQuerySet:
        """`township_score` and `county_score`: what is left of the weights at each level, None where nobody has scored."""

        def left(level: str) -> Subquery:
            scores = Score.objects.filter(acceptance=OuterRef("pk"), level=level).order_by().values("acceptance")
            points = scores.annotate(points=Sum(F("weight") - F("lost"), output_field=DecimalField())).values("points")
            return Subquery(points, output_field=DecimalField(max_digits=5, decimal_places=1))

        return self.annotate(township_score=left(Score.Level.TOWNSHIP), county_score=left(Score.Level.COUNTY))


class Acceptance(Versioned):
    """验收. Each step keeps its day, its people and its words; the verdict follows from score and survey and is confirmed by another person."""

    class State(models.TextChoices):
        ASKED = "asked", "待乡镇初验"
        RETURNED = "returned", "初验退回"
        CHECKED = "checked", "待县级验收"
        JUDGED = "judged", "待确认结论"
        SETTLED = "settled", "已有结论"

    class Verdict(models.TextChoices):
        PASS = "pass", "合格"
        CONDITIONAL = "conditional", "基本合格"
        FAIL = "fail", "不合格"

    RUNNING = (State.ASKED, State.CHECKED, State.JUDGED)
    PASSED = (Verdict.PASS, Verdict.CONDITIONAL)

    designation = models.ForeignKey(Designation, models.PROTECT, related_name="acceptances", verbose_name="整顿对象")
    attempt = models.PositiveSmallIntegerField("第几次申请", default=1)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)

    # the village asks
    statement = models.CharField("自查情况", max_length=2000)
    gaps = models.JSONField("申请时尚缺事项", default=list, blank=True)  # lines, as they were on the day
    explanation = models.CharField("尚缺事项说明", max_length=1000, blank=True)
    asked_on = models.DateField("申请日期")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")

    # the township checks
    checked_on = models.DateField("初验日期", null=True, blank=True)
    checkers = models.CharField("初验人员", max_length=200, blank=True)
    check_remark = models.CharField("初验意见", max_length=1000, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="初验经办人"
    )

    # the county judges
    judged_on = models.DateField("县级验收日期", null=True, blank=True)
    judged_body = models.CharField("验收单位", max_length=60, blank=True)
    document_number = models.CharField("验收文号", max_length=60, blank=True)
    judged_remark = models.CharField("县级验收意见", max_length=1000, blank=True)
    judged_by_office = models.BooleanField("由乡镇代录", default=False)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="acceptances", verbose_name="验收测评"
    )

    # and the verdict is confirmed
    confirmed_on = models.DateField("结论日期", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    score = models.DecimalField("验收得分", max_digits=4, decimal_places=1, null=True, blank=True)
    verdict = models.CharField("验收结论", max_length=12, choices=Verdict, blank=True)
    verdict_reason = models.CharField("低于评定结论的原因", max_length=500, blank=True)
    remaining = models.CharField("遗留事项", max_length=500, blank=True)

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = "验收"
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["designation", "attempt"], name="acceptance_attempt"),
            models.UniqueConstraint(
                fields=["designation"],
                condition=Q(state__in=["asked", "checked", "judged"]),
                name="acceptance_one_running",
                violation_error_message="这个村已有正在办理的验收申请。",
            ),
            models.UniqueConstraint(
                fields=["designation"],
                condition=Q(verdict__in=["pass", "conditional"]),
                name="acceptance_passed_once",
                violation_error_message="这个村本轮已通过验收。",
            ),
            models.CheckConstraint(
                name="acceptance_days",
                condition=(Q(checked_on=None) | Q(checked_on__gte=F("asked_on")))
                & (Q(judged_on=None) | Q(checked_on__isnull=False, judged_on__gte=F("checked_on")))
                & (Q(confirmed_on=None) | Q(judged_on__isnull=False, confirmed_on__gte=F("judged_on"))),
                violation_error_message="申请、初验、县级验收、确认的日期须先后有序。",
            ),
            models.CheckConstraint(
                name="acceptance_settled_whole",
                condition=Q(state="settled", confirmed_on__isnull=False, score__isnull=False, survey__isnull=False)
                & ~Q(verdict="")
                | (~Q(state="settled") & Q(confirmed_on=None, verdict="", score=None)),
            ),
            models.CheckConstraint(
                name="acceptance_office_names_document",
                condition=Q(judged_by_office=False) | ~Q(document_number=""),
                violation_error_message="乡镇代录县级验收须填写验收文号。",
            ),
            models.CheckConstraint(
                name="acceptance_conditional_remains",
                condition=~Q(verdict="conditional") | ~Q(remaining=""),
                violation_error_message="基本合格须写明遗留事项。",
            ),
        ]

    def __str__(self) -> str:
        again = f"（第{self.attempt}次）" if self.attempt > 1 else ""
        return f"{self.designation.village}{self.designation.round}验收{again}"

    def get_absolute_url(self) -> str:
        return reverse("acceptances:acceptance_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.designation.round.township_id

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def standing(self) -> str:
        """The state in a word; once settled, the verdict."""
        return str(self.get_verdict_display() if self.verdict else self.get_state_display())


class Score(models.Model):
    """Points lost on one item at one level, and why. The weight is repeated, so that a constraint holds and later sheets change nothing."""

    class Level(models.TextChoices):
        TOWNSHIP = "township", "乡镇初验"
        COUNTY = "county", "县级验收"

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="scores", verbose_name="验收")
    level = models.CharField("层级", max_length=8, choices=Level)
    item = models.ForeignKey(ScoreItem, models.PROTECT, related_name="scores", verbose_name="项目")
    weight = models.PositiveSmallIntegerField("分值")
    lost = models.DecimalField("扣分", max_digits=4, decimal_places=1, default=Decimal(0))
    reason = models.CharField("扣分原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "评分"
        ordering = ["acceptance_id", "level", "item__number"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "level", "item"], name="score_once"),
            models.CheckConstraint(
                name="score_within_weight",
                condition=Q(lost__gte=0, lost__lte=F("weight")),
                violation_error_message="扣分不能超过分值。",
            ),
            models.CheckConstraint(
                name="score_loss_has_reason",
                condition=Q(lost=0) | ~Q(reason=""),
                violation_error_message="扣分须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}扣{self.lost}分"

    @property
    def left(self) -> Decimal:
        return self.weight - self.lost
