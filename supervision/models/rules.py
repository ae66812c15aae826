"""When a slip is written and rises, and who is told: settings of one round."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.roles import Role
from common.models import Versioned
from rounds.models import Round
from supervision.terms import Level


def first_told() -> list[str]:
    return [Role.VILLAGE_SECRETARY, Role.RESIDENT_CADRE, Role.FIRST_SECRETARY, Role.STATION]


def then_told() -> list[str]:
    return [*first_told(), Role.LINKED_LEADER]


def last_told() -> list[str]:
    return [*then_told(), Role.COMMISSIONER, Role.PARTY_SECRETARY]


class SlipRules(Versioned):
    """The rules of a round. A round without a row has these defaults. All days are working days of the township."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="slip_rules", verbose_name="轮次")
    is_on = models.BooleanField("自动发出督办单", default=True)
    blue_days = models.PositiveSmallIntegerField("蓝色提醒：时限前（工作日）", default=5)
    yellow_days = models.PositiveSmallIntegerField("黄色督办：逾期（工作日）", default=1)
    red_days = models.PositiveSmallIntegerField("红色督办：逾期（工作日）", default=6)
    reply_days = models.PositiveSmallIntegerField("反馈时限（工作日）", default=3)
    blue_to = models.JSONField("蓝色提醒发给", default=first_told)
    yellow_to = models.JSONField("黄色督办发给", default=then_told)
    red_to = models.JSONField("红色督办发给", default=last_told)
    with_notices = models.BooleanField("整改通知书逾期未反馈的也发", default=True)
    with_commitments = models.BooleanField("会议议定事项逾期的也发", default=True)

    class Meta:
        verbose_name = "督办规则"
        constraints = [
            models.CheckConstraint(
                name="slip_rules_rise",
                condition=Q(yellow_days__gte=1, red_days__gt=F("yellow_days")),
                violation_error_message="红色督办的天数须多于黄色督办。",
            ),
            models.CheckConstraint(name="slip_rules_blue", condition=Q(blue_days__gte=1, reply_days__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.round}督办规则"

    @property
    def township_id(self) -> int:
        return self.round.township_id

    def told(self, level: str) -> list[str]:
        """Roles that are told of a slip at a level."""
        return {Level.BLUE: self.blue_to, Level.YELLOW: self.yellow_to, Level.RED: self.red_to}[Level(level)]
