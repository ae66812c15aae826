"""Urging (催办): one person, one problem, once a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from problems.models import Problem


class Urge(models.Model):
    """Somebody asked those who have to act to get on with it."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="urges", verbose_name="问题")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="urges", verbose_name="催办人")
    day = models.DateField("催办日期")
    text = models.CharField("催办意见", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "催办"
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["problem", "by", "day"], name="urge_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.by}催办"
