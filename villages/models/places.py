"""Where the work happens: county, township, village, and the units that help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse

from common.models import Versioned

if TYPE_CHECKING:
    from villages.access import Access


class County(Versioned):
    """County-level division (县、县级市、区)."""

    name = models.CharField("名称", max_length=60, unique=True)
    party_committee = models.CharField("县（市、区）委全称", max_length=60, blank=True)

    class Meta:
        verbose_name = "县（市、区）"

    def __str__(self) -> str:
        return self.name


class TownshipQuerySet(models.QuerySet["Township"]):
    def visible_to(self, access: Access) -> TownshipQuerySet:
        return self.filter(pk__in=access.all_township_ids)


class Township(Versioned):
    """Township-level unit (乡、镇、街道) that runs rounds of rectification."""

    class Kind(models.TextChoices):
        TOWN = "town", "镇"
        TOWNSHIP = "township", "乡"
        SUBDISTRICT = "subdistrict", "街道"

    county = models.ForeignKey(County, models.PROTECT, related_name="townships", verbose_name="所属县（市、区）")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.TOWN)

    objects = TownshipQuerySet.as_manager()

    class Meta:
        verbose_name = "乡镇"
        ordering = ["county_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"], name="township_name", violation_error_message="本县已有同名乡镇。"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.pk

    @property
    def short(self) -> str:
        """镇, 乡 or 街道, as in “我镇”."""
        return self.get_kind_display()


class VillageQuerySet(models.QuerySet["Village"]):
    def visible_to(self, access: Access) -> VillageQuerySet:
        return self.filter(access.within(township="township_id", village="pk"))


class Village(Versioned):
    """Administrative village or community: the unit of record."""

    class Kind(models.TextChoices):
        VILLAGE = "village", "村"
        COMMUNITY = "community", "社区"

    class OrgKind(models.TextChoices):
        BRANCH = "branch", "党支部"
        GENERAL_BRANCH = "general_branch", "党总支"
        COMMITTEE = "committee", "党委"

    township = models.ForeignKey(Township, models.PROTECT, related_name="villages", verbose_name="乡镇")
    name = models.CharField("村名", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.VILLAGE)
    org_kind = models.CharField("党组织形式", max_length=16, choices=OrgKind, default=OrgKind.BRANCH)
    is_model = models.BooleanField("党建示范村", default=False)
    initials = models.CharField("拼音首字母", max_length=20, blank=True)
    sort = models.PositiveSmallIntegerField("排序", default=0)
    closed_on = models.DateField("撤并日期", null=True, blank=True)

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = "村"
        ordering = ["township_id", "sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "name"], name="village_name", violation_error_message="本乡镇已有同名的村。"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("villages:village_detail", args=[self.pk])

    @property
    def party_org(self) -> str:
        """Full name of the Party organisation, e.g. 石桥村党支部."""
        return f"{self.name}{self.get_org_kind_display()}"


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, access: Access) -> UnitQuerySet:
        """Stations of one's townships, departments above them, and one's own unit."""
        return self.filter(
            models.Q(township_id__in=access.all_township_ids)
            | models.Q(township_id=None, county_id__in=access.county_ids)
            | models.Q(pk__in=access.unit_ids)
        )


class Unit(Versioned):
    """A township station (站所) or an outside department that answers for or helps with problems."""

    class Kind(models.TextChoices):
        STATION = "station", "镇属站所"
        DEPARTMENT = "department", "县级部门"
        OTHER = "other", "其他单位"

    county = models.ForeignKey(County, models.PROTECT, related_name="units", verbose_name="县（市、区）")
    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, related_name="units", verbose_name="乡镇"
    )
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.STATION)
    handles = models.CharField("职能", max_length=200, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        ordering = ["kind", "id"]
        constraints = [
            # Two constraints, because SQLite counts two empty townships as different.
            models.UniqueConstraint(
                fields=["township", "name"],
                name="unit_name_in_township",
                violation_error_message="本乡镇已有同名单位。",
            ),
            models.UniqueConstraint(
                fields=["county", "name"],
                condition=models.Q(township=None),
                name="unit_name_in_county",
                violation_error_message="本县（市、区）已有同名单位。",
            ),
            models.CheckConstraint(
                name="unit_station_has_township",
                condition=~models.Q(kind="station") | models.Q(township__isnull=False),
                violation_error_message="镇属站所须写明乡镇。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
