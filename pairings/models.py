"""Who helps which village, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.roles import ROLE_LEVEL, Level, Role
from common.models import Versioned
from rounds.models import Round
from villages.models import Cadre, Unit, Village
from villages.models.figures import VillageRecordQuerySet

if TYPE_CHECKING:
    from villages.access import Access


IDLE_DAYS = 60  # where a round says nothing else


class PairingQuerySet(VillageRecordQuerySet):
    def on(self, day: date) -> PairingQuerySet:
        """Pairings that ran on a day (both ends included)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def idle(self, day: date) -> PairingQuerySet:
        """Running on a day in a round that is not over, and without activity for as many days as the round allows; one small query."""
        running = self.on(day).filter(round__ends_on__gte=day)

        def silent(days: int) -> Q:
            since = day - timedelta(days=days)
            done = Activity.objects.filter(pairing=OuterRef("pk"), held_on__gt=since, held_on__lte=day)
            return Q(~Exists(done), starts_on__lte=since)

        # Each number of days that any round uses is one comparison with a day: no arithmetic in the database.
        late = Q(round__pairing_rule=None) & silent(IDLE_DAYS)
        for days in PairingRule.objects.order_by().values_list("idle_days", flat=True).distinct():
            late |= Q(round__pairing_rule__idle_days=days) & silent(days)
        return running.filter(late)

    def with_names(self) -> PairingQuerySet:
        """What a row shows, in one query."""
        return self.select_related(
            "round__township", "village", "helper_village", "helper_cadre", "helper_unit", "helped_cadre", "slot"
        )


class Pairing(Versioned):
    """A helper (a village, a cadre or a unit, exactly one) and the village it helps, for a term. 多对一 is a village with several helpers."""

    class Kind(models.TextChoices):
        SECRETARY = "secretary_mentoring", "书记带书记"
        VILLAGE = "strong_village_pairing", "强村带弱村"
        UNIT = "unit_pairing", "机关单位结对"
        CADRE = "cadre_pairing", "干部结对"

    round = models.ForeignKey(Round, models.PROTECT, related_name="pairings", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="pairings", verbose_name="被帮扶村")
    kind = models.CharField("结对方式", max_length=24, choices=Kind)
    helper_village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶村"
    )
    helper_cadre = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶人"
    )
    helper_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="helping", verbose_name="帮扶单位"
    )
    helped_cadre = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="helped", verbose_name="被帮带人"
    )
    slot = models.ForeignKey(
        "PairingSlot", models.PROTECT, null=True, blank=True, related_name="pairings", verbose_name="落实的要求"
    )  # a place of the round's own naming that this helper fills
    matters = models.CharField("帮扶事项", max_length=500, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对帮扶"
        ordering = ["round_id", "village__sort", "village_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="pairing_one_helper",
                condition=(
                    Q(helper_village__isnull=False, helper_cadre=None, helper_unit=None)
                    | Q(helper_village=None, helper_cadre__isnull=False, helper_unit=None)
                    | Q(helper_village=None, helper_cadre=None, helper_unit__isnull=False)
                ),
                violation_error_message="帮扶方须填写一个村、一名干部或一个单位，只填一项。",
            ),
            models.CheckConstraint(
                name="pairing_not_itself",
                condition=Q(helper_village=None) | ~Q(helper_village=F("village")),
                violation_error_message="帮扶村不能是被帮扶村自己。",
            ),
            models.CheckConstraint(
                name="pairing_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper}→{self.village}"

    def get_absolute_url(self) -> str:
        return reverse("pairings:pairing_detail", args=[self.pk])

    @property
    def helper(self) -> Village | Cadre | Unit:
        return self.helper_village or self.helper_cadre or self.helper_unit  # type: ignore[return-value]

    @property
    def helper_with_title(self) -> str:
        """The helper as pages name it: a cadre with title."""
        return self.helper_cadre.with_title if self.helper_cadre else str(self.helper)

    @property
    def way(self) -> str:
        """干部结对, or with the round's own place it fills: 干部结对（科技特派员）."""
        kind = self.Kind(self.kind).label
        return f"{kind}（{self.slot.name}）" if self.slot else kind

    @property
    def township_id(self) -> int:
        return self.village.township_id


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, access: Access) -> ActivityQuerySet:
        return self.filter(access.within(township="pairing__village__township_id", village="pairing__village_id"))


class Activity(Versioned):
    """One thing a helper did (帮扶活动). Funds in 万元."""

    class Kind(models.TextChoices):
        LECTURE = "lecture", "理论讲学"
        GUIDANCE = "guidance", "现场指导"
        PROJECT = "project", "项目帮扶"
        VISIT = "visit", "走访慰问"
        OTHER = "other", "其他"

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="activities", verbose_name="结对")
    kind = models.CharField("活动方式", max_length=12, choices=Kind)
    held_on = models.DateField("日期")
    people = models.CharField("参加人员", max_length=200, blank=True)
    content = models.CharField("内容", max_length=500)
    result = models.CharField("成效", max_length=500, blank=True)
    funds = models.DecimalField("协调资金（万元）", max_digits=10, decimal_places=2, default=Decimal(0))

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶活动"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="activity_funds", condition=Q(funds__gte=0), violation_error_message="资金不能为负数。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"

    @property
    def township_id(self) -> int:
        return self.pairing.village.township_id


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    def visible_to(self, access: Access) -> PlanItemQuerySet:
        return self.filter(access.within(township="pairing__village__township_id", village="pairing__village_id"))


class PlanItem(Versioned):
    """One matter of a pairing's plan, until when; done by an activity, whose day is the day it was done."""

    class State(models.TextChoices):
        """How it stood on a day: computed by `state_on`, never stored."""

        OPEN = "open", "未到期"
        LATE = "late", "逾期未办"
        DONE = "done", "已办"
        DONE_LATE = "done_late", "逾期办理"

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="plan", verbose_name="结对")
    text = models.CharField("计划事项", max_length=200)
    due_on = models.DateField("时限")
    activity = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, related_name="plan_items", verbose_name="帮扶活动"
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶计划事项"
        ordering = ["pairing_id", "due_on", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def township_id(self) -> int:
        return self.pairing.village.township_id

    def state_on(self, day: date) -> State:
        """Reads the loaded activity; no query."""
        if self.activity and self.activity.held_on <= day:
            return self.State.DONE_LATE if self.activity.held_on > self.due_on else self.State.DONE
        return self.State.LATE if self.due_on < day else self.State.OPEN


class PairingRule(Versioned):
    """What a round asks for: which places every listed village has filled (`slots`), and how long a helper may stay away."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="pairing_rule", verbose_name="轮次")
    idle_days = models.PositiveSmallIntegerField("久无活动的天数", default=IDLE_DAYS)

    class Meta:
        verbose_name = "结对要求"
        constraints = [
            models.CheckConstraint(
                name="pairing_rule_idle_days",
                condition=Q(idle_days__gte=7, idle_days__lte=365),
                violation_error_message="久无活动的天数应在7天至365天之间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round}结对要求"

    @property
    def township_id(self) -> int:
        return self.round.township_id


class PairingSlot(models.Model):
    """One place every listed village of the round must have filled: by somebody's duty there, or by a pairing of a kind.

    The usual nine have no name. A place the office names itself (科技特派员) is filled by a duty as well, or by pairings that say they fill it:
    another pairing of the same kind does not, and such a pairing fills no usual place.
    """

    class Filler(models.TextChoices):
        COUNTY_LEADER = Role.COUNTY_LINKED_LEADER.value, "一名联村县级领导"
        TOWNSHIP_LEADER = Role.LINKED_LEADER.value, "一名包村乡镇领导"
        FIRST_SECRETARY = Role.FIRST_SECRETARY.value, "一名第一书记"
        UNIT = Pairing.Kind.UNIT.value, "一个结对单位"
        RESIDENT_CADRE = Role.RESIDENT_CADRE.value, "一名驻村干部"
        WORK_TEAM = Role.WORK_TEAM.value, "一个驻村工作组"
        SECRETARY = Pairing.Kind.SECRETARY.value, "一名带村书记（书记带书记）"
        VILLAGE = Pairing.Kind.VILLAGE.value, "一个结对强村（强村带弱村）"
        CADRE = Pairing.Kind.CADRE.value, "一名结对干部"

    MAX_NAME = 20

    rule = models.ForeignKey(PairingRule, models.CASCADE, related_name="slots", verbose_name="结对要求")
    filled_by = models.CharField("由谁落实", max_length=24)  # a kind of pairing or a post in the village
    name = models.CharField("名称", max_length=MAX_NAME, blank=True)

    class Meta:
        verbose_name = "结对要求的一项"
        ordering = ["rule_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "filled_by"], condition=Q(name=""), name="pairing_slot_once"),
            models.UniqueConstraint(fields=["rule", "name"], condition=~Q(name=""), name="pairing_slot_name"),
        ]

    def __str__(self) -> str:
        return slot_label(self.filled_by, self.name)

    @property
    def full(self) -> str:
        """With how it is filled, as the record of changes tells it."""
        return f"{self.name}（{WAYS[self.filled_by]}）" if self.name else str(self)


def slot_label(filled_by: str, name: str) -> str:
    """What a page calls a place: its own name, or the usual one."""
    return name or PairingSlot.Filler(filled_by).label


# How a place of the office's own may be filled: by a pairing of a kind, or by a post in the village.
DUTIES = {role.value: role.label for role in Role if ROLE_LEVEL[role] == Level.VILLAGE}
WAYS: dict[str, str] = {kind.value: kind.label for kind in Pairing.Kind} | DUTIES
MAX_OWN_SLOTS = 10

# “四个一”: the usual four.
FOUR_ONES = (
    PairingSlot.Filler.COUNTY_LEADER,
    PairingSlot.Filler.TOWNSHIP_LEADER,
    PairingSlot.Filler.FIRST_SECRETARY,
    PairingSlot.Filler.UNIT,
)
