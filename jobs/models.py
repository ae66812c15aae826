"""Long work as rows. The row is the truth; the broker's message only says “look at row n”."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from jobs import registry

HEARTBEAT_LIMIT = timedelta(seconds=60)
MAX_ATTEMPTS = 3
MAX_SECOND_TRIES = 2  # of a failed job of the day, by the sweep
SECOND_TRY_AFTER = timedelta(minutes=30)  # what failed (a database that was away) shall have passed


class JobQuerySet(models.QuerySet["Job"]):
    def own(self, access: Any) -> JobQuerySet:
        return self.filter(_own(access))

    def visible_to(self, access: Any) -> JobQuerySet:
        """One's own jobs, and those of kinds that are shared with a permission one holds over the job's township.

        `access` is villages.access.Access; this app lies below and asks it only three things.
        """
        scope = _own(access)
        for kind, permission in registry.shared_kinds().items():
            townships = access.townships_with(permission)
            if townships:
                scope |= Q(kind=kind, township_id__in=townships)
        return self.filter(scope)


def _own(access: Any) -> Q:
    """What one has asked for. What the calendar asks for every day is the administrator's to look after."""
    return Q(by=access.user) | Q(by=None) if access.is_administrator else Q(by=access.user)


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
    second_tries = models.PositiveSmallIntegerField("自动重试次数", default=0)  # by the sweep; only of a job of the day
    cancel_asked = models.BooleanField(default=False)
    township_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人")
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    heartbeat_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_sweep"),
            models.Index(fields=["by", "-created_at"], name="job_mine"),
        ]
        constraints = [
            models.CheckConstraint(name="job_percent", condition=Q(percent__lte=100)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def may_retry(self) -> bool:
        return self.state in (self.State.FAILED, self.State.CANCELLED)

    @property
    def second_try_at(self) -> datetime | None:
        """From when on the sweep tries this failed job of the day again; None when it does not (any more)."""
        if self.day is None or self.state != self.State.FAILED or self.second_tries >= MAX_SECOND_TRIES:
            return None
        again = timezone.localtime(self.finished_at) + SECOND_TRY_AFTER
        return again if again.date() == self.day else None  # tomorrow has a job of its own, which makes up for it

    @property
    def day(self) -> date | None:
        """The day of a job of every day."""
        asked = self.arguments.get("day") if self.by_id is None else None
        return date.fromisoformat(asked) if asked else None

    @property
    def links(self) -> list[dict[str, str]]:
        """Where the result stands: pages of the portal only."""
        found = [self.result, *self.result.get("links", [])]
        return [
            {"url": link["url"], "label": link.get("label") or "查看结果"}
            for link in found
            if str(link.get("url", "")).startswith("/")
        ]
