"""Summaries: what was asked for, the figures it rests on, its parts, and the files made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from jobs.models import Job
from rounds.models import Round
from villages.models import Township

if TYPE_CHECKING:
    from villages.access import Access


class SummaryQuerySet(models.QuerySet["Summary"]):
    def visible_to(self, access: Access) -> SummaryQuerySet:
        return self.filter(township_id__in=access.township_ids)


class Summary(Versioned):
    """A periodic work summary (工作总结) of one round. `figures` is plain data (reports.figures), computed at `computed_at`, as of `as_of`."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", "周报"
        MONTHLY = "monthly", "月报"
        QUARTERLY = "quarterly", "季报"
        STAGE = "stage", "阶段性总结"
        ANNUAL = "annual", "年度总结"

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        REVIEW = "review", "待签发"
        SIGNED = "signed", "已签发"

    township = models.ForeignKey(Township, models.PROTECT, related_name="summaries", verbose_name="乡镇")
    round = models.ForeignKey(Round, models.PROTECT, related_name="summaries", verbose_name="轮次")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    as_of = models.DateField("数据截至")
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    figures = models.JSONField(default=dict)
    missing = models.JSONField("缺少数据的句子", default=list)
    computed_at = models.DateTimeField("数据计算时间")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    created_at = models.DateTimeField("起草时间")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = "工作总结"
        ordering = ["-as_of", "-id"]
        constraints = [
            models.CheckConstraint(
                name="summary_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:summary_detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class Part(Versioned):
    """One paragraph or heading of a summary, in order. `generated` is rewritten by each computation; `own_text` never is.

    Numbers (一、（一）一是) are not part of the text: they follow from the order. An empty part keeps its place and is not printed.
    """

    class Kind(models.TextChoices):
        TITLE = "title", "标题"
        HEADING1 = "heading1", "一级标题"
        HEADING2 = "heading2", "二级标题"
        PARAGRAPH = "paragraph", "段落"
        ITEM = "item", "一是、二是"
        POINT = "point", "（一）（二）"

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="parts", verbose_name="总结")
    key = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField("顺序")
    kind = models.CharField("形式", max_length=12, choices=Kind)
    generated = models.JSONField("自动生成", default=list)  # runs: {"text": …, "figure": key or null}
    own_text = models.TextField("作者改写", blank=True)
    is_own = models.BooleanField("用作者改写", default=False)
    # The generated runs the present text was last read against: what the author saw when he wrote, or before data changed.
    seen = models.JSONField("已核对的自动文字", default=list)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="改写人"
    )
    edited_at = models.DateTimeField("改写时间", null=True)

    class Meta:
        verbose_name = "总结段落"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["summary", "key"], name="part_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def township_id(self) -> int:
        return self.summary.township_id

    @property
    def is_added(self) -> bool:
        """The author's own paragraph: no sentence of the outline stands behind it."""
        return self.key.startswith("own.")

    @property
    def is_heading(self) -> bool:
        return self.kind in (self.Kind.TITLE, self.Kind.HEADING1, self.Kind.HEADING2)

    @property
    def generated_text(self) -> str:
        return text_of(self.generated)

    @property
    def seen_text(self) -> str:
        return text_of(self.seen)

    @property
    def text(self) -> str:
        return self.own_text if self.is_own else self.generated_text

    @property
    def has_changed(self) -> bool:
        """Records changed the generated words since somebody last read them."""
        return not self.is_added and self.seen != self.generated


def text_of(runs: list[dict[str, str | None]]) -> str:
    return "".join(run["text"] or "" for run in runs)


class SummaryFile(models.Model):
    """A PDF made from a summary by a job. The file appears whole or not at all."""

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="files", verbose_name="总结")
    job = models.OneToOneField(Job, models.PROTECT, related_name="summary_file")
    file = models.FileField("文件", upload_to="summaries/%Y/", max_length=200)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数")
    made_at = models.DateTimeField("生成时间")
    summary_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = "总结文件"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.summary.township_id
