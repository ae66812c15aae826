"""What was done about a problem: append-only, dated."""

from django.conf import settings
from django.db import models

from problems.models.problem import Problem
from problems.terms import FactKind
from villages.models import Cadre, Unit


class ProgressEntry(models.Model):
    """A dated note on progress (进展情况). Never edited; a mistake is mended by a further entry."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="progress", verbose_name="问题")
    happened_on = models.DateField("日期")
    text = models.TextField("进展情况")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填报人")
    role = models.CharField("填报人岗位", max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = "进展情况"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["problem", "-happened_on"], name="progress_problem")]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.text[:20]}"


class Milestone(models.Model):
    """A concrete fact with its day, worded so that a summary can quote it (征地协议已签订)."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="milestones", verbose_name="问题")
    kind = models.CharField("类别", max_length=20, choices=FactKind)
    happened_on = models.DateField("日期")
    fact = models.CharField("事实", max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填报人")
    at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = "节点事实"
        ordering = ["happened_on", "id"]

    def __str__(self) -> str:
        return self.fact


class Instruction(models.Model):
    """A leader's written instruction (批示) on a problem."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="instructions", verbose_name="问题")
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, related_name="instructions", verbose_name="批示人")
    text = models.CharField("批示", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "批示"
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text[:30]
