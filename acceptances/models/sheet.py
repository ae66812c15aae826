"""The score sheet of a round: items with weights, which the office sets before the first village is scored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from common.models import Versioned
from rounds.models import Round, RoundRecordQuerySet

FULL_MARKS = 100


class ScoreSheet(Versioned):
    """One version of the sheet (验收评分表): each round has its own, begun from the standard or from an earlier round's."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="score_sheet", verbose_name="轮次")
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name="沿用"
    )

    objects = RoundRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "验收评分表"
        ordering = ["-round__starts_on"]

    def __str__(self) -> str:
        return f"{self.round}验收评分表"

    def get_absolute_url(self) -> str:
        return reverse("acceptances:sheet_detail", args=[self.round_id])

    @property
    def township_id(self) -> int:
        return self.round.township_id


class ScoreItem(models.Model):
    """A line of the sheet. The weights of a sheet add up to 100 (services.sheets holds it: it needs all rows)."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="items", verbose_name="评分表")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("验收项目", max_length=40)
    standard = models.CharField("评分标准", max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField("分值")

    class Meta:
        verbose_name = "评分项目"
        ordering = ["sheet_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="score_item_number"),
            models.UniqueConstraint(fields=["sheet", "name"], name="score_item_name"),
            models.CheckConstraint(
                name="score_item_weight",
                condition=Q(weight__gte=1, weight__lte=FULL_MARKS),
                violation_error_message="分值应在1至100之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}（{self.weight}分）"
