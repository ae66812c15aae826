"""Visits to villages and households, after they happened."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.roles import Role
from common.models import Versioned
from rounds.models import Round
from villages.models import Assignment, Cadre, Township, Village
from villages.models.figures import VillageRecordQuerySet

# Whose visits count as those of leaders (领导走访); the others are visits of cadres who work in the village anyway.
LEADER_ROLES = (
    Role.LINKED_LEADER,
    Role.COUNTY_LINKED_LEADER,
    Role.COMMISSIONER,
    Role.PARTY_SECRETARY,
    Role.DEPUTY_SECRETARY,
    Role.TOWNSHIP_HEAD,
)


class VisitQuerySet(VillageRecordQuerySet):
    def by_leaders(self) -> VisitQuerySet:
        """Visits of those who held a leader's post on the day of the visit."""
        post = Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=OuterRef("visited_on")),
            cadre=OuterRef("cadre"),
            role__in=LEADER_ROLES,
            starts_on__lte=OuterRef("visited_on"),
        )
        return self.filter(Exists(post))


class Visit(Versioned):
    """A completed visit of a leader or cadre to a village (进村入户). Planned ones are never stored."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="visits", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="visits", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="visits", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="visits", verbose_name="走访人")
    visited_on = models.DateField("走访日期")
    households = models.PositiveSmallIntegerField("入户数", default=0)
    note = models.CharField("了解情况", max_length=1000, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        ordering = ["-visited_on", "-id"]
        indexes = [models.Index(fields=["township", "-visited_on"], name="visit_township")]

    def __str__(self) -> str:
        return f"{self.visited_on.isoformat()} {self.cadre}走访{self.village}"

    def get_absolute_url(self) -> str:
        return reverse("inspections:visit_detail", args=[self.pk])
