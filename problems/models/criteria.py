"""When a problem counts as solved (销号标准): a few lines a problem, each of which may want a file, checked on the spot one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from problems.models.problem import Problem

if TYPE_CHECKING:
    from villages.access import Access


class CloseCriterionQuerySet(models.QuerySet["CloseCriterion"]):
    def shown_to(self, access: Access) -> CloseCriterionQuerySet:
        """Whoever is shown the problem."""
        return self.filter(problem__in=Problem.objects.shown_to(access).values("pk"))


class CloseCriterion(models.Model):
    """One thing that must be so before the problem is closed."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="criteria", verbose_name="问题")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("销号标准", max_length=100)
    wants_file = models.BooleanField("须有佐证材料", default=False)
    # Of the present close-out request; cleared when the request is made anew.
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    checked_at = models.DateTimeField("核实时间", null=True, blank=True)

    objects = CloseCriterionQuerySet.as_manager()

    class Meta:
        verbose_name = "销号标准"
        ordering = ["problem_id", "number"]
        constraints = [models.UniqueConstraint(fields=["problem", "number"], name="close_criterion_number")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("problems:problem_detail", args=[self.problem_id]) + "#criteria-title"

    @property
    def township_id(self) -> int:
        return self.problem.township_id
