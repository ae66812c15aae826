"""Satisfaction surveys: ballots as counts only."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from common.models import Versioned
from rounds.models import Round
from villages.models import Village
from villages.models.figures import VillageRecordQuerySet


class SurveyQuerySet(VillageRecordQuerySet):
    def held_by(self, day: date, *, kind: str) -> SurveyQuerySet:
        """Those of a kind held by the end of a day, the newest first."""
        return self.filter(kind=kind, held_on__lte=day).order_by("-held_on", "-pk")

    def newest(self) -> SurveyQuerySet:
        """Of these the ones that count: the newest of each round, village and kind. A survey held anew takes the place of the one before."""
        place = Window(
            RowNumber(), partition_by=["round", "village", "kind"], order_by=[F("held_on").desc(), F("pk").desc()]
        )
        return self.filter(pk__in=self.order_by().annotate(place=place).filter(place=1).values("pk"))


class Survey(Versioned):
    """A satisfaction survey (民主测评) in one village; ballots as counts only."""

    class Kind(models.TextChoices):
        MIDTERM = "midterm", "中期测评"
        ACCEPTANCE = "acceptance", "验收测评"
        RECHECK = "recheck", "回头看测评"

    round = models.ForeignKey(Round, models.PROTECT, related_name="surveys", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="surveys", verbose_name="村")
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.MIDTERM)
    held_on = models.DateField("测评日期")
    issued = models.PositiveSmallIntegerField("发出票")
    returned = models.PositiveSmallIntegerField("收回票")
    valid = models.PositiveSmallIntegerField("有效票")
    satisfied = models.PositiveSmallIntegerField("满意")
    mostly = models.PositiveSmallIntegerField("基本满意")
    dissatisfied = models.PositiveSmallIntegerField("不满意")
    unknown = models.PositiveSmallIntegerField("不了解")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "民主测评"
        ordering = ["-held_on", "village_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "village", "kind", "held_on"],
                name="survey_once",
                violation_error_message="这个村当天的同类测评已登记，请直接修改。",
            ),
            models.CheckConstraint(
                name="survey_ballots",
                condition=Q(returned__lte=F("issued"), valid__lte=F("returned")),
                violation_error_message="收回票不能多于发出票，有效票不能多于收回票。",
            ),
            models.CheckConstraint(
                name="survey_sum",
                condition=Q(valid=F("satisfied") + F("mostly") + F("dissatisfied") + F("unknown")),
                violation_error_message="满意、基本满意、不满意、不了解四项之和须等于有效票。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("inspections:survey_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.round.township_id
