"""What an office sets for its summaries: the outline of each kind, and when a draft is written by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from common.models import Versioned
from villages.models import Township

from .summary import Summary

if TYPE_CHECKING:
    from villages.access import Access


class OutlineQuerySet(models.QuerySet["Outline"]):
    def visible_to(self, access: Access) -> OutlineQuerySet:
        return self.filter(township_id__in=access.township_ids)


class Outline(Versioned):
    """The outline of one kind as a township's office wants it. Empty `parts`: the one the portal brings (reports.outlines)."""

    township = models.ForeignKey(Township, models.PROTECT, related_name="outlines", verbose_name="乡镇")
    kind = models.CharField("种类", max_length=12, choices=Summary.Kind)
    parts = models.JSONField("提纲", default=list)  # reports.outlines.Plan.to_json

    objects = OutlineQuerySet.as_manager()

    class Meta:
        verbose_name = "总结提纲"
        constraints = [models.UniqueConstraint(fields=["township", "kind"], name="outline_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}提纲"

    def get_absolute_url(self) -> str:
        return reverse("reports:outline_detail", args=[self.township_id, self.kind])


class DraftSchedule(Versioned):
    """Every month's first working day a draft about the month before waits for its author."""

    township = models.OneToOneField(Township, models.PROTECT, related_name="draft_schedule", verbose_name="乡镇")
    is_on = models.BooleanField("自动起草月报", default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交给谁"
    )

    class Meta:
        verbose_name = "自动起草设置"
        constraints = [
            models.CheckConstraint(
                name="schedule_has_author",
                condition=Q(is_on=False) | Q(author__isnull=False),
                violation_error_message="请选择初稿交给谁。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.township}自动起草月报"
