"""Dated duties. `Assignment` is the one source of row scope and at once the responsibility chain; `Post` holds the two committees."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.roles import Role
from common.models import Versioned
from villages.models.people import Cadre
from villages.models.places import County, Township, Unit, Village

if TYPE_CHECKING:
    from villages.access import Access


# Posts that one person holds at a time: two at once would be two people answering for the same.
SOLE_ROLES = (
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_HEAD,
    Role.FIRST_SECRETARY,
    Role.PARTY_SECRETARY,
    Role.TOWNSHIP_HEAD,
)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def on(self, day: date) -> AssignmentQuerySet:
        """Duties held on a day (both ends included)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def visible_to(self, access: Access) -> AssignmentQuerySet:
        return self.filter(
            Q(township_id__in=access.all_township_ids)
            | Q(village__township_id__in=access.all_township_ids)
            | Q(unit__township_id__in=access.all_township_ids)
            | Q(unit__township_id=None, unit__county_id__in=access.read_county_ids)
            | Q(county_id__in=access.read_county_ids)
        )


class Assignment(Versioned):
    """Who held which duty where, from when to when. Exactly one of county, township, village, unit says what it reaches over."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="assignments", verbose_name="干部")
    role = models.CharField("岗位", max_length=24, choices=Role)
    county = models.ForeignKey(
        County, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="县（市、区）"
    )
    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="乡镇"
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="村"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="单位"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位责任"
        ordering = ["starts_on", "id"]
        indexes = [
            models.Index(fields=["cadre", "starts_on"], name="assignment_cadre"),
            models.Index(fields=["village", "role", "starts_on"], name="assignment_village"),
        ]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                name="assignment_one_place",
                condition=(
                    Q(county__isnull=False, township=None, village=None, unit=None)
                    | Q(county=None, township__isnull=False, village=None, unit=None)
                    | Q(county=None, township=None, village__isnull=False, unit=None)
                    | Q(county=None, township=None, village=None, unit__isnull=False)
                ),
                violation_error_message="一项岗位责任只对应一个地方或单位。",
            ),
            # Of these posts there is one: services.duties says the same for any day, which a constraint cannot.
            *(
                models.UniqueConstraint(
                    fields=[place, "role"],
                    condition=Q(ends_on=None, role__in=SOLE_ROLES),
                    name=f"assignment_one_holder_{place}",
                    violation_error_message="这个岗位已有现任，请办理交接。",
                )
                for place in ("village", "township")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre}·{self.get_role_display()}"

    @property
    def place(self) -> County | Township | Village | Unit:
        """The one place or unit the duty reaches over."""
        return self.village or self.township or self.unit or self.county  # type: ignore[return-value]


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, access: Access) -> PostQuerySet:
        return self.filter(access.within(township="village__township_id", village="village_id"))

    def vacant_on(self, day: date) -> PostQuerySet:
        """Posts nobody held at the end of a day."""
        return self.exclude(pk__in=PostTenure.objects.held_on(day).values("post_id"))


class Post(Versioned):
    """A post of a village's two committees, held by one person at a time or vacant."""

    class Committee(models.TextChoices):
        PARTY = "party", "村党组织"
        VILLAGERS = "villagers", "村民委员会"
        SUPERVISION = "supervision", "村务监督委员会"

    village = models.ForeignKey(Village, models.PROTECT, related_name="posts", verbose_name="村")
    committee = models.CharField("班子", max_length=12, choices=Committee, default=Committee.PARTY)
    title = models.CharField("岗位", max_length=40)
    sort = models.PositiveSmallIntegerField("排序", default=0)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "村班子岗位"
        ordering = ["village_id", "sort", "id"]
        constraints = [models.UniqueConstraint(fields=["village", "committee", "title"], name="post_title")]

    def __str__(self) -> str:
        return f"{self.village}{self.title}"

    @property
    def township_id(self) -> int:
        return self.village.township_id


class PostTenureQuerySet(models.QuerySet["PostTenure"]):
    def visible_to(self, access: Access) -> PostTenureQuerySet:
        return self.filter(access.within(township="post__village__township_id", village="post__village_id"))

    def held_on(self, day: date) -> PostTenureQuerySet:
        """Tenures at the end of a day: who leaves on a day no longer holds the post that evening, so a successor may begin then."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)


class PostTenure(models.Model):
    """Who held a post of the two committees, from when, until when, and why it ended. A post without a current tenure is vacant."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures", verbose_name="岗位")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="tenures", verbose_name="任职人")
    started_on = models.DateField("任职日期")
    ended_on = models.DateField("离任日期", null=True, blank=True)
    end_reason = models.CharField("离任原因", max_length=60, blank=True)

    objects = PostTenureQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["post_id", "started_on"]
        constraints = [
            models.CheckConstraint(
                name="tenure_ends_after_start",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(ended_on=None),
                name="tenure_one_holder",
                violation_error_message="这个岗位已有现任，请先填写离任。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}{self.cadre}"

    @property
    def township_id(self) -> int:
        return self.post.village.township_id
