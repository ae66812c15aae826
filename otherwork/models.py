"""Work beside the problems that summaries count (product.md §2 point 16): its kinds are data of the office, not code.

A kind says what is counted, in which unit, who enters it and with which sentence it stands in which part of a summary; an entry is one time
it was done. A new kind therefore needs nothing but the two forms of this app.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from common.models import Versioned
from villages.models import Township, Village

if TYPE_CHECKING:
    from villages.access import Access


class KindQuerySet(models.QuerySet["WorkKind"]):
    def visible_to(self, access: Access) -> KindQuerySet:
        """The kinds of one's townships: whoever enters must know what there is to enter."""
        return self.filter(township_id__in=access.all_township_ids)

    def in_use(self, day: date) -> KindQuerySet:
        """Kinds that take entries of a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class WorkKind(Versioned):
    """A kind of other work. `wording` is its sentence with {数量} and the like (otherwork.wording)."""

    class Place(models.TextChoices):
        """Where its sentence stands: a part of the outline, moved about there like any other."""

        ORGANISATION = "organisation", "主要做法：组织领导"
        RECTIFYING = "rectifying", "主要做法：整改推进"
        RESULTS = "results", "主要做法：整治成效"
        SHORTFALLS = "shortfalls", "存在问题与困难"
        NEXT = "next", "下步工作打算"

    class Counting(models.TextChoices):
        PERIOD = "period", "本期发生数（期间内的登记相加）"
        TOTAL = "total", "累计数（本轮开始以来的登记相加）"
        LATEST = "latest", "现有数（取截至日各村最近一次登记）"

    township = models.ForeignKey(Township, models.PROTECT, related_name="work_kinds", verbose_name="乡镇")
    name = models.CharField("名称", max_length=30)
    unit = models.CharField("计量单位", max_length=6)
    wording = models.CharField("总结中的句子", max_length=200)
    place = models.CharField("在总结中的位置", max_length=12, choices=Place, default=Place.RESULTS)
    counting = models.CharField("统计口径", max_length=8, choices=Counting, default=Counting.PERIOD)
    per_village = models.BooleanField("按村登记", default=True)
    whole = models.BooleanField("只填整数", default=True)
    takes_note = models.BooleanField("填写内容", default=True)
    has_money = models.BooleanField("登记资金", default=False)
    sources = models.JSONField("资金来源", default=list, blank=True)  # names, in the order of the form
    hint = models.CharField("填报说明", max_length=100, blank=True)
    starts_on = models.DateField("启用日期")
    ends_on = models.DateField("停用日期", null=True, blank=True)
    sort = models.PositiveSmallIntegerField("排序", default=0)

    objects = KindQuerySet.as_manager()

    class Meta:
        verbose_name = "其他工作类别"
        ordering = ["township_id", "sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "name"], name="work_kind_name", violation_error_message="已有同名类别。"
            ),
            models.CheckConstraint(
                name="work_kind_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="停用日期不能早于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("otherwork:kind_detail", args=[self.pk])

    def takes(self, day: date) -> bool:
        """Is the kind in use on a day?"""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class EntryQuerySet(models.QuerySet["WorkEntry"]):
    def visible_to(self, access: Access) -> EntryQuerySet:
        """A township's own entries (no village) are seen by those who see the township."""
        return self.filter(access.within(township="kind__township_id", village="village_id"))

    def counted(self) -> EntryQuerySet:
        return self.filter(is_void=False)

    def latest_on(self, day: date) -> EntryQuerySet:
        """Of each village (or of the township itself) the newest entry of each kind by a day: what a stock stands at."""
        newest = (
            WorkEntry.objects.counted()
            .filter(kind=OuterRef("kind"), happened_on__lte=day)
            .filter(Q(village=OuterRef("village")) | Q(village=None, kind__per_village=False))
            .order_by("-happened_on", "-pk")
        )
        return self.counted().filter(pk=Subquery(newest.values("pk")[:1]))

    def with_names(self) -> EntryQuerySet:
        return self.select_related("kind__township", "village", "created_by").prefetch_related("funds")


class WorkEntry(Versioned):
    """One time it was done: when, where, how much. Counts only; a mistaken entry is struck out with a reason, never erased."""

    kind = models.ForeignKey(WorkKind, models.PROTECT, related_name="entries", verbose_name="类别")
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="work_entries", verbose_name="村"
    )
    happened_on = models.DateField("日期")
    quantity = models.DecimalField("数量", max_digits=10, decimal_places=2)
    note = models.CharField("内容", max_length=300, blank=True)
    is_void = models.BooleanField("已作废", default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "其他工作登记"
        ordering = ["-happened_on", "-id"]
        indexes = [
            models.Index(fields=["kind", "happened_on", "id"], name="work_entry_kind"),
            models.Index(fields=["village", "happened_on", "id"], name="work_entry_village"),
            models.Index(fields=["happened_on", "id"], name="work_entry_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="work_entry_quantity",
                condition=Q(quantity__gte=0),
                violation_error_message="数量不能为负数。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.happened_on}{self.village or ''}{self.kind}"

    def get_absolute_url(self) -> str:
        return reverse("otherwork:entry_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.kind.township_id

    @property
    def money(self) -> Decimal:
        """万元 of all sources; asks no question when the funds were prefetched."""
        return sum((fund.amount for fund in self.funds.all()), Decimal(0))


class WorkFund(models.Model):
    """Money of one source in one entry, 万元."""

    entry = models.ForeignKey(WorkEntry, models.CASCADE, related_name="funds", verbose_name="登记")
    source = models.CharField("资金来源", max_length=20)
    amount = models.DecimalField("金额（万元）", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "资金"
        ordering = ["entry_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "source"], name="work_fund_source"),
            models.CheckConstraint(
                name="work_fund_amount", condition=Q(amount__gt=0), violation_error_message="金额须大于0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"
