"""Long work as rows. The row is the truth; the broker's message only says “look at row n”."""

from datetime import timedelta

from django.conf import settings
from django.db import models

HEARTBEAT_LIMIT = timedelta(seconds=60)
MAX_ATTEMPTS = 3


class Job(models.Model):
    """One piece of long work asked for by a person or the calendar."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("类型", max_length=60)
    title = models.CharField("名称", max_length=200)
    arguments = models.JSONField(default=dict)
    key = models.CharField("幂等键", max_length=120, unique=True, null=True)  # noqa: DJ001 - many jobs have none
    state = models.CharField("状态", max_length=12, choices=State, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField("进度", default=0)
    step = models.CharField("当前步骤", max_length=200, blank=True)
    result = models.JSONField("结果", default=dict)
    error = models.CharField("原因", max_length=2000, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    # Grows with every claim and never starts again, so that a worker of an earlier claim cannot pass for the present one after a retry.
    claims = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    township_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人")
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    heartbeat_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "后台任务"
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_sweep"),
            models.Index(fields=["by", "-created_at"], name="job_mine"),
        ]
        constraints = [
            models.CheckConstraint(name="job_percent", condition=models.Q(percent__lte=100)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)
