"""Which villages are in a round and why: criteria, screening visits, designations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from rounds.models.round import Round, RoundRecordQuerySet
from villages.models import Village

if TYPE_CHECKING:
    from villages.access import Access


class VillageInRoundQuerySet(RoundRecordQuerySet):
    """Records about one village in a round: a village post sees its own village's only."""

    def visible_to(self, access: Access) -> VillageInRoundQuerySet:
        return self.filter(access.within(township="round__township_id", village="village_id"))


class DesignationQuerySet(VillageInRoundQuerySet):
    def listed_on(self, day: date) -> DesignationQuerySet:
        """Approved by that day and not taken off the list by then; villages turned round stay counted."""
        return self.filter(Q(removed_on=None) | Q(removed_on__gt=day), approved_on__lte=day)

    def in_state(self, state: str, day: date) -> DesignationQuerySet:
        """Those that stood so at the end of a day; mirrors Designation.state_on."""
        kept = Q(removed_on=None) | Q(removed_on__gt=day)
        if state == Designation.State.REMOVED:
            return self.filter(removed_on__lte=day)
        if state == Designation.State.TURNED_ROUND:
            return self.filter(kept, turned_round_on__lte=day)
        if state == Designation.State.APPROVED:
            return self.filter(kept, Q(turned_round_on=None) | Q(turned_round_on__gt=day), approved_on__lte=day)
        return self.filter(kept, Q(approved_on=None) | Q(approved_on__gt=day), proposed_on__lte=day)


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


class ScreeningVisit(Versioned):
    """One visit of the screening (排查摸底): which village, when, how many households, what was found."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="screening_visits", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="screening_visits", verbose_name="村")
    visited_on = models.DateField("走访日期")
    households = models.PositiveSmallIntegerField("走访户数")
    method = models.CharField("方式", max_length=60, blank=True)
    people = models.CharField("走访人员", max_length=100, blank=True)
    findings = models.CharField("发现情况", max_length=1000, blank=True)

    objects = VillageInRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "排查走访"
        ordering = ["visited_on", "id"]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.village}排查走访"

    @property
    def township_id(self) -> int:
        return self.round.township_id


class Designation(Versioned):
    """A village listed in a round: proposed by the township, approved above it, removed or turned round later."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "已提名"
        APPROVED = "approved", "已审定"
        TURNED_ROUND = "turned_round", "已转化"
        REMOVED = "removed", "已调出"

    round = models.ForeignKey(Round, models.PROTECT, related_name="designations", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="designations", verbose_name="村")
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="designations", verbose_name="认定情形")
    facts = models.CharField("具体表现", max_length=1000, blank=True)
    proposed_on = models.DateField("提名日期")
    # Null only in lists that are older than the portal. Kept because the proposer may not approve.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提名人"
    )
    approved_on = models.DateField("审定日期", null=True, blank=True)
    approved_by_body = models.CharField("审定单位", max_length=60, blank=True)
    # Why a village was added after the list had been approved (动态调整).
    addition_reason = models.CharField("调入原因", max_length=500, blank=True)
    removed_on = models.DateField("调出日期", null=True, blank=True)
    removal_reason = models.CharField("调出原因", max_length=500, blank=True)
    turned_round_on = models.DateField("转化（摘帽）日期", null=True, blank=True)
    earlier = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name="曾列入"
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = "整顿对象"
        ordering = ["round_id", "village__sort", "village_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "village"],
                condition=Q(removed_on=None),
                name="designation_once",
                violation_error_message="这个村已列入本轮。",
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
                name="designation_one_end",
                condition=Q(removed_on=None) | Q(turned_round_on=None),
                violation_error_message="已转化的村不能再调出，已调出的村不能再转化。",
            ),
            models.CheckConstraint(
                name="designation_turned",
                condition=Q(turned_round_on=None) | Q(approved_on__isnull=False, turned_round_on__gte=F("approved_on")),
                violation_error_message="转化日期不能早于审定日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}{self.village}"

    def get_absolute_url(self) -> str:
        return reverse("rounds:designation_detail", args=[self.pk])

    def state_on(self, day: date) -> Designation.State:
        """How it stood at the end of a day; no query."""
        if self.removed_on and self.removed_on <= day:
            return self.State.REMOVED
        if self.turned_round_on and self.turned_round_on <= day:
            return self.State.TURNED_ROUND
        if self.approved_on and self.approved_on <= day:
            return self.State.APPROVED
        return self.State.PROPOSED

    @property
    def township_id(self) -> int:
        return self.round.township_id
