"""Who helps which village, and what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from rounds.models import Round
from villages.models import Cadre, Unit, Village
from villages.models.figures import VillageRecordQuerySet

if TYPE_CHECKING:
    from villages.access import Access


class PairingQuerySet(VillageRecordQuerySet):
    def on(self, day: date) -> PairingQuerySet:
        """Pairings that ran on a day (both ends included)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def with_names(self) -> PairingQuerySet:
        """What a row shows, in one query."""
        return self.select_related(
            "round__township", "village", "helper_village", "helper_cadre", "helper_unit", "helped_cadre"
        )


class Pairing(Versioned):
    """A helper (a village, a cadre or a unit, exactly one) and the village it helps, for a term. 多对一 is a village with several helpers."""

    class Kind(models.TextChoices):
        SECRETARY = "secretary_mentoring", "书记带书记"
        VILLAGE = "strong_village_pairing", "强村带弱村"
        UNIT = "unit_pairing", "机关单位结对"
        CADRE = "cadre_pairing", "干部结对"

    round = models.ForeignKey(Round, models.PROTECT, related_name="pairings", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="pairings", verbose_name="被帮扶村")
    kind = models.CharField("结对方式", max_length=24, choices=Kind)
    helper_village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶村"
    )
    helper_cadre = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶人"
    )
    helper_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶单位"
    )
    helped_cadre = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="helped", verbose_name="被帮带人"
    )
    matters = models.CharField("帮扶事项", max_length=500, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对帮扶"
        ordering = ["round_id", "village__sort", "village_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="pairing_one_helper",
                condition=(
                    Q(helper_village__isnull=False, helper_cadre=None, helper_unit=None)
                    | Q(helper_village=None, helper_cadre__isnull=False, helper_unit=None)
                    | Q(helper_village=None, helper_cadre=None, helper_unit__isnull=False)
                ),
                violation_error_message="帮扶方须填写一个村、一名干部或一个单位，只填一项。",
            ),
            models.CheckConstraint(
                name="pairing_not_itself",
                condition=Q(helper_village=None) | ~Q(helper_village=F("village")),
                violation_error_message="帮扶村不能是被帮扶村自己。",
            ),
            models.CheckConstraint(
                name="pairing_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper}→{self.village}"

    def get_absolute_url(self) -> str:
        return reverse("pairings:pairing_detail", args=[self.pk])

    @property
    def helper(self) -> Village | Cadre | Unit:
        return self.helper_village or self.helper_cadre or self.helper_unit  # type: ignore[return-value]

    @property
    def helper_with_title(self) -> str:
        """The helper as pages name it: a cadre with title."""
        return self.helper_cadre.with_title if self.helper_cadre else str(self.helper)

    @property
    def township_id(self) -> int:
        return self.village.township_id


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, access: Access) -> ActivityQuerySet:
        return self.filter(access.within(township="pairing__village__township_id", village="pairing__village_id"))


class Activity(Versioned):
    """One thing a helper did (帮扶活动). Funds in 万元."""

    class Kind(models.TextChoices):
        LECTURE = "lecture", "理论讲学"
        GUIDANCE = "guidance", "现场指导"
        PROJECT = "project", "项目帮扶"
        VISIT = "visit", "走访慰问"
        OTHER = "other", "其他"

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="activities", verbose_name="结对")
    kind = models.CharField("活动方式", max_length=12, choices=Kind)
    held_on = models.DateField("日期")
    people = models.CharField("参加人员", max_length=200, blank=True)
    content = models.CharField("内容", max_length=500)
    result = models.CharField("成效", max_length=500, blank=True)
    funds = models.DecimalField("协调资金（万元）", max_digits=10, decimal_places=2, default=Decimal(0))

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶活动"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="activity_funds", condition=Q(funds__gte=0), violation_error_message="资金不能为负数。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"

    @property
    def township_id(self) -> int:
        return self.pairing.village.township_id
