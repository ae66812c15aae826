"""What is asked by one person and decided by another: more time, close-out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from problems.models.problem import Problem
from problems.terms import Degree


class Extension(models.Model):
    """A request for a later deadline (延期): who asked and why, who decided and when."""

    class Decision(models.TextChoices):
        PENDING = "pending", "待审批"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="extensions", verbose_name="问题")
    old_due_on = models.DateField("原时限")
    new_due_on = models.DateField("申请延至")
    reason = models.CharField("延期原因", max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decision = models.CharField("审批结果", max_length=8, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    remark = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "延期"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="extension_later",
                condition=Q(new_due_on__gt=F("old_due_on")),
                violation_error_message="延期后的时限须晚于原时限。",
            ),
            models.CheckConstraint(
                name="extension_other_person", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.UniqueConstraint(fields=["problem"], condition=Q(decision="pending"), name="extension_one_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.old_due_on} → {self.new_due_on}"


class CloseRequest(models.Model):
    """A request for close-out (销号申请): the village asks, the resident cadre checks, the commissioner decides."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "办理中"
        CLOSED = "closed", "同意销号"
        RETURNED = "returned", "退回"

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="close_requests", verbose_name="问题")
    note = models.CharField("完成情况", max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核实人"
    )
    checked_at = models.DateTimeField("核实时间", null=True)
    check_note = models.CharField("核实意见", max_length=500, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome, default=Outcome.PENDING)
    degree = models.CharField("化解程度", max_length=12, choices=Degree, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True)
    remark = models.CharField("审核意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "销号申请"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["problem"], condition=Q(outcome="pending"), name="close_request_one_pending"
            ),
            models.CheckConstraint(
                name="close_request_other_person",
                condition=Q(outcome="returned") | Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.get_outcome_display()}"
