"""Cadres: the people named in the records, with or without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from common.models import Versioned
from villages.models.places import County, Township, Unit, Village

if TYPE_CHECKING:
    from villages.access import Access


class CadreQuerySet(models.QuerySet["Cadre"]):
    def visible_to(self, access: Access) -> CadreQuerySet:
        """Cadres of one's townships and those of the county above them; the people directory of a township is open to its cadres."""
        return self.filter(
            models.Q(township_id__in=access.all_township_ids)
            | models.Q(township_id=None, county_id__in=access.county_ids)
        )


class Cadre(Versioned):
    """A person with name, title and unit; counted as responsible, met at meetings. Never an ID number, never a petitioner."""

    county = models.ForeignKey(County, models.PROTECT, related_name="cadres", verbose_name="县（市、区）")
    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, related_name="cadres", verbose_name="乡镇"
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="cadres", verbose_name="村"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="cadres", verbose_name="单位")
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cadre", verbose_name="登录账号"
    )
    left_on = models.DateField("离任日期", null=True, blank=True)

    objects = CadreQuerySet.as_manager()

    class Meta:
        verbose_name = "干部"
        ordering = ["township_id", "id"]
        indexes = [models.Index(fields=["township", "name"], name="cadre_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("villages:cadre_detail", args=[self.pk])

    @property
    def with_title(self) -> str:
        """姓名(职务), as ledgers write it."""
        return f"{self.name}（{self.title}）" if self.title else self.name
