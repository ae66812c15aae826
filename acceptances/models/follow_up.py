"""After the verdict: the months of watching (跟踪巩固) and the look back (回头看)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from acceptances.models.acceptance import Acceptance
from common.models import Versioned
from inspections.models import Survey

if TYPE_CHECKING:
    from villages.access import Access


class AfterwardsQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, access: Access) -> Self:
        return self.filter(
            access.within(
                township="acceptance__designation__round__township_id", village="acceptance__designation__village_id"
            )
        )


class FollowUpQuerySet(AfterwardsQuerySet):
    def in_state(self, state: str, day: date) -> FollowUpQuerySet:
        """Mirrors FollowUp.state_on; what is overdue is open as well."""
        if state == FollowUp.State.DONE:
            return self.filter(done_on__lte=day)
        waiting = self.filter(Q(done_on=None) | Q(done_on__gt=day))
        return waiting.filter(due_on__lt=day) if state == FollowUp.State.OVERDUE else waiting


class FollowUp(Versioned):
    """One due look at a village that left the list: by when, done when, what was found."""

    class State(models.TextChoices):
        DONE = "done", "已跟踪"
        OPEN = "open", "未跟踪"
        OVERDUE = "overdue", "逾期未跟踪"

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="follow_ups", verbose_name="验收")
    number = models.PositiveSmallIntegerField("第几次")
    due_on = models.DateField("跟踪时限")
    done_on = models.DateField("跟踪日期", null=True, blank=True)
    people = models.CharField("跟踪人员", max_length=100, blank=True)
    findings = models.CharField("跟踪情况", max_length=1000, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "跟踪巩固"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "number"], name="follow_up_number"),
            models.CheckConstraint(
                name="follow_up_done_whole",
                condition=Q(done_on=None, findings="") | (Q(done_on__isnull=False) & ~Q(findings="")),
                violation_error_message="登记跟踪须填写日期和情况。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acceptance.designation.village}第{self.number}次跟踪"

    def get_absolute_url(self) -> str:
        return self.acceptance.get_absolute_url()

    @property
    def township_id(self) -> int:
        return self.acceptance.township_id

    def state_on(self, day: date) -> State:
        if self.done_on and self.done_on <= day:
            return self.State.DONE
        return self.State.OVERDUE if self.due_on < day else self.State.OPEN


class Recheck(Versioned):
    """A look back (回头看): three questions, and whether the result held."""

    class Answer(models.TextChoices):
        YES = "yes", "是"
        PARTLY = "partly", "部分"
        NO = "no", "否"

    class Result(models.TextChoices):
        HELD = "held", "成效巩固"
        WEAK = "weak", "需继续巩固"
        RELAPSED = "relapsed", "反弹"

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="rechecks", verbose_name="验收")
    held_on = models.DateField("回头看日期")
    people = models.CharField("回头看人员", max_length=200, blank=True)
    measures_kept = models.CharField("措施落实了吗？", max_length=6, choices=Answer)
    problems_gone = models.CharField("问题解决了吗？", max_length=6, choices=Answer)
    people_satisfied = models.CharField("群众满意吗？", max_length=6, choices=Answer)
    findings = models.CharField("具体情况", max_length=1000)
    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="rechecks", verbose_name="回头看测评"
    )
    result = models.CharField("结论", max_length=8, choices=Result)

    objects = AfterwardsQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["acceptance", "held_on"],
                name="recheck_once_a_day",
                violation_error_message="这个村当天的回头看已登记，请直接修改。",
            ),
            models.CheckConstraint(
                name="recheck_held_without_no",
                condition=~Q(result="held")
                | (~Q(measures_kept="no") & ~Q(problems_gone="no") & ~Q(people_satisfied="no")),
                violation_error_message="有一问答“否”的，不能认定成效巩固。",
            ),
            models.CheckConstraint(
                name="recheck_relapsed_has_ground",
                condition=~Q(result="relapsed")
                | ~Q(measures_kept="yes")
                | ~Q(problems_gone="yes")
                | ~Q(people_satisfied="yes"),
                violation_error_message="三问都答“是”的，不能认定反弹。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acceptance.designation.village}{self.held_on}回头看"

    def get_absolute_url(self) -> str:
        return self.acceptance.get_absolute_url()

    @property
    def township_id(self) -> int:
        return self.acceptance.township_id
