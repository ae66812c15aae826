"""Bulletins: where and when the results of inspections were made known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse

from common.models import Versioned
from inspections.models.inspection import Inspection
from meetings.models import Meeting
from rounds.models import Round
from villages.models import Township

if TYPE_CHECKING:
    from villages.access import Access


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, access: Access) -> BulletinQuerySet:
        """A bulletin is read out to the whole township: every cadre of it may see that and when."""
        return self.none() if access.is_administrator else self.filter(township_id__in=access.all_township_ids)


class Bulletin(Versioned):
    """Where and when the results of inspections were reported (督查通报): at a meeting, or in writing."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="bulletins", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="bulletins", verbose_name="轮次")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="bulletins", verbose_name="通报会议"
    )
    reported_on = models.DateField("通报日期")
    inspections = models.ManyToManyField(Inspection, blank=True, related_name="bulletins", verbose_name="涉及督查")
    content = models.CharField("通报内容", max_length=1000, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "督查通报"
        ordering = ["-reported_on", "-id"]

    def __str__(self) -> str:
        return f"{self.reported_on.isoformat()} 督查通报"

    def get_absolute_url(self) -> str:
        return reverse("inspections:bulletin_detail", args=[self.pk])
