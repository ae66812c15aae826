"""The parts of a summary: what the records say, and what the author wrote instead."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from common.models import Versioned

from .summary import Summary

Runs = list[dict[str, str | None]]  # {"text": …, "figure": key or None}


class Part(Versioned):
    """One paragraph or heading of a summary, in order. `generated` is rewritten by each computation; `own_text` never is.

    Numbers (一、（一）一是) are not part of the text: they follow from the order. An empty part keeps its place and is not printed.
    """

    class Kind(models.TextChoices):
        TITLE = "title", "标题"
        HEADING1 = "heading1", "一级标题"
        HEADING2 = "heading2", "二级标题"
        ADDRESSEE = "addressee", "主送机关"
        PARAGRAPH = "paragraph", "段落"  # belongs to no heading: introduction, closing
        BODY = "body", "标题下的段落"
        ITEM = "item", "一是、二是"
        POINT = "point", "（一）（二）"

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="parts", verbose_name="总结")
    key = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField("顺序")
    kind = models.CharField("形式", max_length=12, choices=Kind)
    generated = models.JSONField("自动生成", default=list)  # runs: {"text": …, "figure": key or null}
    own_text = models.TextField("作者改写", blank=True)
    is_own = models.BooleanField("用作者改写", default=False)
    # Locked: the words stay as they stood, whatever is computed anew. `kept` are the generated runs of that moment.
    is_locked = models.BooleanField("已锁定", default=False)
    kept = models.JSONField("锁定时的自动文字", default=list)
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
    def runs(self) -> Runs:
        """The generated words that stand: those of the moment of locking, else the newest."""
        return self.kept if self.is_locked else self.generated

    @property
    def text(self) -> str:
        return self.own_text if self.is_own else text_of(self.runs)

    @property
    def has_changed(self) -> bool:
        """Records changed the generated words since somebody last read them."""
        return not self.is_added and self.seen != self.generated


class PartVersion(models.Model):
    """Words that stood in a paragraph before they were replaced, whole: nothing an author wrote is lost.

    Kept by key, because a paragraph the author took away is gone from the parts but not from here.
    """

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="versions", verbose_name="总结")
    key = models.CharField(max_length=60)
    kind = models.CharField("形式", max_length=12, choices=Part.Kind)
    text = models.TextField("文字", blank=True)
    is_own = models.BooleanField("作者文字")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="写的人"
    )  # None: written by the portal from records
    replaced = models.CharField("因何更换", max_length=20)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更换人")
    replaced_at = models.DateTimeField("更换时间")

    class Meta:
        verbose_name = "段落的过去版本"
        ordering = ["-id"]
        indexes = [models.Index(fields=["summary", "key", "-id"], name="part_version")]

    def __str__(self) -> str:
        return f"{self.key} {self.replaced_at:%Y-%m-%d %H:%M}"

    @property
    def township_id(self) -> int:
        return self.summary.township_id


def text_of(runs: Runs) -> str:
    return "".join(run["text"] or "" for run in runs)
