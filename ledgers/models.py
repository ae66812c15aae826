"""Imports of ledgers: the file that came, what its check found, what its application did; and the names a township has taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from jobs.models import Job
from problems.models import Problem
from rounds.models import Round
from villages.models import Township

if TYPE_CHECKING:
    from villages.access import Access


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, access: Access) -> ImportQuerySet:
        """Imports of the townships one sees whole: a colleague may look at, continue and undo what an absent one began."""
        return self.filter(township_id__in=access.township_ids) if not access.is_administrator else self.none()


class Import(Versioned):
    """One workbook on its way into a ledger. The file and its cells stay under DATA_DIR/media and are served through views only."""

    class State(models.TextChoices):
        CHECKING = "checking", "正在检查"
        UNREADABLE = "unreadable", "无法读取"
        ASKING = "asking", "等待回答"
        CHECKED = "checked", "检查完毕"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"

    township = models.ForeignKey(Township, models.PROTECT, related_name="imports", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="imports", verbose_name="轮次")
    ledger = models.CharField("台账", max_length=2)
    state = models.CharField("状态", max_length=12, choices=State, default=State.CHECKING)
    history = models.BooleanField("补录", default=False)  # rows come with the course they took before the portal
    file = models.FileField("文件", upload_to="imports/%Y/%m/", max_length=200)
    cells = models.FileField(upload_to="imports/%Y/%m/", max_length=200, blank=True)
    marked = models.FileField("标注后的文件", upload_to="imports/%Y/%m/", max_length=200, blank=True)
    name = models.CharField("原文件名", max_length=200)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    answers = models.JSONField("回答", default=dict)
    report = models.JSONField("检查结果", default=dict)
    refusal = models.CharField("原因", max_length=500, blank=True)
    reason = models.CharField("修改原因", max_length=200, blank=True)
    done = models.JSONField("导入的记录", default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="导入人"
    )
    applied_at = models.DateTimeField("导入时间", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "台账导入"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["township", "-at"], name="import_township")]
        constraints = [
            models.CheckConstraint(
                name="import_applied",
                condition=~Q(state__in=["applied", "undoing", "undone"]) | Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_history_two_people",
                condition=Q(history=False) | Q(applied_by=None) | ~Q(applied_by=F("by")),
                violation_error_message="补录须由上传人以外的另一人确认。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ledgers:import_detail", args=[self.pk])

    @property
    def waits_for_another(self) -> bool:
        """A 补录 that was checked is confirmed by somebody else than its uploader."""
        return self.history and self.state == self.State.CHECKED

    @property
    def state_words(self) -> str:
        return "待另一人确认" if self.waits_for_another else self.get_state_display()

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.APPLYING, self.State.UNDOING)


class Backfill(models.Model):
    """That a problem was taken over with its history, from which row of which ledger. Written with the problem, gone only with it."""

    problem = models.OneToOneField(Problem, models.CASCADE, related_name="backfill", verbose_name="问题")
    record = models.ForeignKey(Import, models.PROTECT, related_name="backfills", verbose_name="导入")
    row = models.PositiveIntegerField("行")

    class Meta:
        verbose_name = "补录"

    def __str__(self) -> str:
        return f"{self.record}第{self.row}行"


class LearnedName(models.Model):
    """What a heading or a name in this township's workbooks means, once a clerk has said so and the import was applied."""

    township = models.ForeignKey(Township, models.CASCADE, related_name="+")
    ledger = models.CharField(max_length=2)
    kind = models.CharField(max_length=12)  # column, village, person, unit
    text = models.CharField(max_length=200)
    meaning = models.CharField(max_length=60)

    class Meta:
        verbose_name = "学到的名称"
        constraints = [
            models.UniqueConstraint(fields=["township", "ledger", "kind", "text"], name="learned_once"),
        ]
