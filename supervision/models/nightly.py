"""How far the nightly run of a day has come."""

from __future__ import annotations

from django.db import models


class NightlyRun(models.Model):
    """One row for each day. A batch and the step of `cursor` past it are one transaction: whoever takes over begins exactly there."""

    class Phase(models.TextChoices):
        CLOSE = "close", "核对已办结的督办单"
        PROBLEMS = "problems", "核对问题"
        NOTICES = "notices", "核对整改通知书"
        COMMITMENTS = "commitments", "核对议定事项"
        DIGESTS = "digests", "汇总每日提醒"
        TIDY = "tidy", "清理过期提醒"
        DONE = "done", "完成"

    day = models.DateField("日期", unique=True)
    phase = models.CharField("步骤", max_length=12, choices=Phase, default=Phase.CLOSE)
    cursor = models.BigIntegerField("已处理到", default=0)
    counts = models.JSONField("结果", default=dict)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "夜间计算"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.get_phase_display()}"
