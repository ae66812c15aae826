"""Who stands in for whom, from when to when. For these days the substitute has the rights of the posts that are lent (villages.access)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from villages.models.duties import Assignment
from villages.models.people import Cadre

if TYPE_CHECKING:
    from villages.access import Access


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> AbsenceQuerySet:
        """In force on a day (both ends included), not called off."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, called_off_at=None)

    def overlapping(self, starts_on: date, ends_on: date) -> AbsenceQuerySet:
        return self.filter(starts_on__lte=ends_on, ends_on__gte=starts_on, called_off_at=None)

    def visible_to(self, access: Access) -> AbsenceQuerySet:
        """As the people directory: who stands in for whom is no secret inside a township."""
        return self.filter(
            Q(absent__township_id__in=access.all_township_ids)
            | Q(absent__township_id=None, absent__county_id__in=access.read_county_ids)
        )


class Absence(Versioned):
    """Days on which a person is away and another acts for him. Only that he is away and what kind of absence it is: never where he goes."""

    class Kind(models.TextChoices):
        LEAVE = "leave", "休假"
        STUDY = "study", "学习培训"
        DUTY = "duty", "公务外出"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        """How it stands on a day: computed by `state_on`, never stored."""

        COMING = "coming", "未开始"
        NOW = "now", "代行中"
        OVER = "over", "已结束"
        CALLED_OFF = "called_off", "已取消"

    absent = models.ForeignKey(Cadre, models.PROTECT, related_name="absences", verbose_name="外出人")
    substitute = models.ForeignKey(Cadre, models.PROTECT, related_name="standing_in", verbose_name="代行人")
    kind = models.CharField("外出类别", max_length=8, choices=Kind, default=Kind.LEAVE)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    # Named one by one: a post the absent person is given meanwhile, perhaps a higher one, is not lent by the way.
    lent = models.ManyToManyField(Assignment, related_name="absences", verbose_name="代行的岗位")
    called_off_at = models.DateTimeField("取消时间", null=True, blank=True, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "外出代行"
        ordering = ["-starts_on", "-id"]
        indexes = [
            models.Index(fields=["substitute", "ends_on"], name="absence_substitute"),
            models.Index(fields=["absent", "ends_on"], name="absence_absent"),
        ]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                name="absence_two_people",
                condition=~Q(absent=F("substitute")),
                violation_error_message="代行人不能是外出人自己。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absent}外出，{self.substitute}代行"

    def get_absolute_url(self) -> str:
        return reverse("villages:absence_detail", args=[self.pk])

    @property
    def township_id(self) -> int | None:
        return self.absent.township_id

    def state_on(self, day: date) -> State:
        """How it stands on a day; no query."""
        if self.called_off_at:
            return self.State.CALLED_OFF
        if day < self.starts_on:
            return self.State.COMING
        return self.State.NOW if day <= self.ends_on else self.State.OVER
