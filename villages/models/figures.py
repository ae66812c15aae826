"""Yearly figures of a village: counts only, never a person (product.md §2 point 12)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from villages.models.places import Village

if TYPE_CHECKING:
    from villages.access import Access


class VillageRecordQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Records that belong to one village through `village`."""

    def visible_to(self, access: Access) -> VillageRecordQuerySet:
        return self.filter(access.within(township="village__township_id", village="village_id"))


class VillageYear(Versioned):
    """One year's sheet of a village. Empty means not known, which is not zero. Money in 万元.

    The village fills it in and reports it, somebody else of the office confirms it; a confirmed one changes with a reason and is confirmed anew.
    """

    class State(models.TextChoices):
        FILLING = "filling", "填报中"
        REPORTED = "reported", "已报送"
        CONFIRMED = "confirmed", "已确认"
        RETURNED = "returned", "退回修改"

    village = models.ForeignKey(Village, models.PROTECT, related_name="years", verbose_name="村")
    year = models.PositiveSmallIntegerField("年度")
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    population = models.PositiveIntegerField("人口", null=True, blank=True)
    members = models.PositiveIntegerField("党员数", null=True, blank=True)
    members_60 = models.PositiveIntegerField("60岁及以上党员", null=True, blank=True)
    members_under_35 = models.PositiveIntegerField("35岁以下党员", null=True, blank=True)
    members_away = models.PositiveIntegerField("外出务工党员", null=True, blank=True)
    members_college = models.PositiveIntegerField("大专及以上党员", null=True, blank=True)
    members_high_school = models.PositiveIntegerField("高中、中专党员", null=True, blank=True)
    members_lower = models.PositiveIntegerField("初中及以下党员", null=True, blank=True)
    applicants = models.PositiveIntegerField("入党申请人和积极分子", null=True, blank=True)
    activists = models.PositiveIntegerField("其中入党积极分子", null=True, blank=True)
    candidates = models.PositiveIntegerField("发展对象", null=True, blank=True)
    enterprise_leaders = models.PositiveIntegerField("培养致富带头人", null=True, blank=True)
    income = models.DecimalField("村集体经济收入（万元）", max_digits=10, decimal_places=2, null=True, blank=True)
    operating_income = models.DecimalField(
        "其中经营性收入（万元）", max_digits=10, decimal_places=2, null=True, blank=True
    )
    income_source = models.CharField("收入来源", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FILLING)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="报送人", editable=False
    )
    reported_on = models.DateField("报送日期", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人", editable=False
    )
    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    remark = models.CharField("退回原因", max_length=200, blank=True)

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "村年度数据"
        ordering = ["village_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "year"],
                name="village_year",
                violation_error_message="这个村这一年度已有数据，请直接修改。",
            ),
            models.CheckConstraint(name="village_year_range", condition=Q(year__gte=1990, year__lte=2100)),
            models.CheckConstraint(
                name="village_year_members",
                condition=Q(members=None)
                | (
                    (Q(members_60=None) | Q(members_60__lte=F("members")))
                    & (Q(members_under_35=None) | Q(members_under_35__lte=F("members")))
                    & (Q(members_away=None) | Q(members_away__lte=F("members")))
                ),
                violation_error_message="各类党员数不能大于党员总数。",
            ),
            models.CheckConstraint(
                name="village_year_income",
                condition=(Q(income=None) | Q(income__gte=Decimal(0)))
                & (Q(operating_income=None) | Q(operating_income__lte=F("income"))),
                violation_error_message="收入不能为负，经营性收入不能大于总收入。",
            ),
            models.CheckConstraint(
                name="village_year_ages",
                condition=Q(members=None)
                | Q(members_60=None)
                | Q(members_under_35=None)
                | Q(members__gte=F("members_60") + F("members_under_35")),
                violation_error_message="两个年龄段的党员合计不能多于党员总数。",
            ),
            models.CheckConstraint(
                name="village_year_education",
                condition=Q(members=None)
                | Q(members_college=None)
                | Q(members_high_school=None)
                | Q(members_lower=None)
                | Q(members=F("members_college") + F("members_high_school") + F("members_lower")),
                violation_error_message="各文化程度的党员合计应等于党员总数。",
            ),
            models.CheckConstraint(
                name="village_year_confirmed",
                condition=(
                    Q(state="confirmed", confirmed_on__isnull=False) | (~Q(state="confirmed") & Q(confirmed_on=None))
                )
                & (Q(state__in=["filling", "returned"]) | Q(reported_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="village_year_two_people",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("reported_by")),
                violation_error_message="报送人不能自己确认。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village}{self.year}年"

    def get_absolute_url(self) -> str:
        return reverse("villages:year_detail", args=[self.pk])

    @property
    def township_id(self) -> int:
        return self.village.township_id

    @property
    def members_between(self) -> int | None:
        """36 to 59 years old: the rest, when the others are known."""
        if self.members is None or self.members_60 is None or self.members_under_35 is None:
            return None
        return self.members - self.members_60 - self.members_under_35

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED


class IncomeSource(models.Model):
    """Where the collective income of a year came from; the rows of a sheet add up to its income."""

    class Kind(models.TextChoices):
        RENT = "rent", "资产租赁"
        CONTRACT = "contract", "土地、山林发包"
        BUSINESS = "business", "经营服务"
        DIVIDEND = "dividend", "投资分红"
        SUBSIDY = "subsidy", "上级补助"
        OTHER = "other", "其他收入"

    sheet = models.ForeignKey(VillageYear, models.CASCADE, related_name="sources", verbose_name="年度数据")
    kind = models.CharField("来源", max_length=10, choices=Kind)
    amount = models.DecimalField("金额（万元）", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "收入来源"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "kind"], name="income_source_once"),
            models.CheckConstraint(name="income_source_amount", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{self.amount}万元"


# What a village earns by itself; subsidies and windfalls are not.
OPERATING = (
    IncomeSource.Kind.RENT,
    IncomeSource.Kind.CONTRACT,
    IncomeSource.Kind.BUSINESS,
    IncomeSource.Kind.DIVIDEND,
)


class EconomyPath(Versioned):
    """How a village raises its collective income: the path, the industry, with which village."""

    class Path(models.TextChoices):
        PARTY_LED = "party_led", "党组织领办"
        JOINT = "joint", "多村联建"
        INVESTMENT = "investment", "招商引项"
        OTHER = "other", "其他"

    village = models.ForeignKey(Village, models.PROTECT, related_name="economy_paths", verbose_name="村")
    path = models.CharField("路径", max_length=12, choices=Path)
    industry = models.CharField("产业（项目）", max_length=60)
    partners = models.ManyToManyField(Village, blank=True, related_name="+", verbose_name="联建村")
    started_on = models.DateField("开始日期")
    result = models.CharField("成效", max_length=500, blank=True)

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "集体经济路径"
        ordering = ["village_id", "started_on"]

    def __str__(self) -> str:
        return f"{self.village}{self.industry}"

    @property
    def township_id(self) -> int:
        return self.village.township_id


class CadreTraining(Versioned):
    """Village cadres sent to training or 学历教育: counts by village."""

    class Kind(models.TextChoices):
        DEGREE = "degree", "学历教育"
        COURSE = "course", "集中培训"

    village = models.ForeignKey(Village, models.PROTECT, related_name="trainings", verbose_name="村")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("名称", max_length=100)
    chosen_on = models.DateField("确定日期")
    starts_on = models.DateField("开班日期", null=True, blank=True)
    people = models.PositiveSmallIntegerField("人数")

    objects = VillageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "村干部培训"
        ordering = ["-chosen_on", "village_id"]
        constraints = [
            models.CheckConstraint(
                name="training_people", condition=Q(people__gte=1), violation_error_message="人数至少为1。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.village}{self.name}"

    @property
    def township_id(self) -> int:
        return self.village.township_id
