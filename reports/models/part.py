"""The parts of a summary: what the records say, and what the author wrote instead."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from common.models import Versioned

from .summary import Summary


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
