"""A post is handed over: who gives, who takes, from which day, confirmed by both, and everything that went over with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.permissions import Permission
from common.models import Versioned
from villages.models import Assignment, Cadre, Township

if TYPE_CHECKING:
    from villages.access import Access


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, access: Access) -> HandOverQuerySet:
        """One's own, and as the posts themselves those of the township: who handed what post to whom is known there, not what went over.

        Who takes a post may hold none yet, so one's own need no right.
        """
        scope = Q(giver__user_id=access.user.pk) | Q(receiver__user_id=access.user.pk)
        if access.may(Permission.CADRE_VIEW):
            scope |= Q(township_id__in=access.all_township_ids)
        return self.filter(scope)

    def with_names(self) -> HandOverQuerySet:
        return self.select_related(
            "township__county", "giver__user", "receiver__user", "created_by", "giver_confirmed_by", "receiver_confirmed_by",
            "assignment__village", "assignment__township",
            "assignment__unit", "assignment__county", "assignment__cadre",
        )  # fmt: skip

    def waiting_for(self, user: Any) -> HandOverQuerySet:
        """Those that this person has to confirm."""
        return self.filter(
            Q(giver__user_id=user.pk, giver_confirmed_at=None)
            | Q(receiver__user_id=user.pk, receiver_confirmed_at=None),
            state=HandOver.State.PROPOSED,
        )


class HandOver(Versioned):
    """One hand-over (岗位交接). The number runs within the township and the year; it stays taken when the hand-over is called off."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待双方确认"
        CONFIRMED = "confirmed", "已确认，待生效"
        DONE = "done", "已交接"
        CALLED_OFF = "called_off", "已撤回"

    class Side(models.TextChoices):
        GIVER = "giver", "移交人"
        RECEIVER = "receiver", "接收人"

    township = models.ForeignKey(Township, models.PROTECT, related_name="hand_overs", verbose_name="乡镇")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("编号")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="hand_overs", verbose_name="岗位")
    successor = models.OneToOneField(
        Assignment, models.PROTECT, null=True, related_name="taken_over_by", verbose_name="接任岗位", editable=False
    )
    giver = models.ForeignKey(Cadre, models.PROTECT, related_name="given", verbose_name="移交人")
    receiver = models.ForeignKey(Cadre, models.PROTECT, related_name="taken", verbose_name="接收人")
    takes_effect_on = models.DateField("生效日期")
    reason = models.CharField("交接原因", max_length=200)
    remark = models.CharField("需要说明的事项", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.PROPOSED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    created_at = models.DateTimeField("发起时间")
    giver_confirmed_at = models.DateTimeField("移交人确认时间", null=True)
    giver_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="移交人一方确认"
    )
    giver_note = models.CharField("代为确认原因", max_length=200, blank=True)
    receiver_confirmed_at = models.DateTimeField("接收人确认时间", null=True)
    receiver_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="接收人一方确认"
    )
    receiver_note = models.CharField("代为确认原因", max_length=200, blank=True)
    settled_at = models.DateTimeField("事项移交时间", null=True)
    trouble = models.CharField("未能生效的原因", max_length=300, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位交接"
        ordering = ["-year", "-number"]
        indexes = [models.Index(fields=["state", "takes_effect_on"], name="hand_over_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "year", "number"],
                name="hand_over_number",
                violation_error_message="本年度已有同号交接单。",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state__in=["proposed", "confirmed"]),
                name="hand_over_one_open",
                violation_error_message="这个岗位正在交接。",
            ),
            models.CheckConstraint(
                name="hand_over_two_people",
                condition=~Q(giver=F("receiver")),
                violation_error_message="接收人不能是移交人自己。",
            ),
            models.CheckConstraint(
                name="hand_over_confirmed_by_both",
                condition=Q(state__in=["proposed", "called_off"])
                | Q(
                    giver_confirmed_at__isnull=False,
                    receiver_confirmed_at__isnull=False,
                    successor__isnull=False,
                ),
                violation_error_message="交接须双方确认后才能生效。",
            ),
            models.CheckConstraint(
                name="hand_over_settled",
                condition=Q(state="done", settled_at__isnull=False) | (~Q(state="done") & Q(settled_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"交接单〔{self.year}〕{self.number}号"

    def get_absolute_url(self) -> str:
        return reverse("handovers:handover_detail", args=[self.pk])

    @property
    def post(self) -> str:
        """东岭村驻村干部; reads the loaded place."""
        return f"{self.assignment.place}{self.assignment.get_role_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PROPOSED, self.State.CONFIRMED)

    def side_of(self, user: Any) -> str:
        """Which side this user stands on, "" for neither. Reads the loaded people."""
        if self.giver.user_id == user.pk:
            return self.Side.GIVER
        return self.Side.RECEIVER if self.receiver.user_id == user.pk else ""

    def confirmed_at(self, side: str) -> Any:
        return getattr(self, f"{side}_confirmed_at")

    def waits_for(self) -> list[str]:
        """The sides that have not confirmed yet."""
        if self.state != self.State.PROPOSED:
            return []
        return [side for side in self.Side.values if self.confirmed_at(side) is None]

    def is_due(self, day: date) -> bool:
        return self.takes_effect_on <= day


class Item(models.Model):
    """One record that went over, as the paper lists it: written when the hand-over took effect, never changed."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="items", verbose_name="交接单")
    group = models.CharField(max_length=40)
    title = models.CharField("类别", max_length=60)
    moves = models.CharField("变更", max_length=20, blank=True)
    object_id = models.BigIntegerField()
    text = models.CharField("事项", max_length=400)
    village = models.CharField("村", max_length=60, blank=True)
    due = models.CharField("时限", max_length=40, blank=True)
    url = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "交接事项"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text
