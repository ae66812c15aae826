"""Rectification notices: issued, signed for, answered, checked, closed or issued again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common.models import Versioned
from inspections.models.inspection import Inspection
from problems.models.evidence import StoredFile
from villages.models import Township, Village
from villages.models.figures import VillageRecordQuerySet

if TYPE_CHECKING:
    from villages.access import Access


class NoticeQuerySet(VillageRecordQuerySet):
    """Words about a day look at the round that ran on it: the present one stands in the notice, those before in NoticeRound."""

    def as_of(self, day: date) -> NoticeQuerySet:
        """Issued by the end of a day."""
        return self.filter(issued_on__lte=day)

    def answered(self, day: date) -> NoticeQuerySet:
        """The round that ran on a day had its reply."""
        earlier = NoticeRound.objects.on(day).filter(replied_on__lte=day)
        return self.filter(_present(day) & Q(replied_on__lte=day) | Q(pk__in=earlier.values("notice_id")))

    def in_time(self, day: date) -> NoticeQuerySet:
        """Those of `answered` whose reply kept its date."""
        kept = Q(replied_on__lte=day) & Q(replied_on__lte=F("reply_due_on"))
        earlier = NoticeRound.objects.on(day).filter(kept)
        return self.filter(_present(day) & kept | Q(pk__in=earlier.values("notice_id")))

    def unanswered(self, day: date) -> NoticeQuerySet:
        """No reply by the end of a day in the round that ran on it, late or not."""
        earlier = NoticeRound.objects.on(day).filter(replied_on__gt=day)
        waiting = Q(replied_on=None) | Q(replied_on__gt=day)
        return self.filter(_present(day) & waiting | Q(pk__in=earlier.values("notice_id")))

    def late(self, day: date) -> NoticeQuerySet:
        """Those of `unanswered` whose reply was due before the day."""
        earlier = NoticeRound.objects.on(day).filter(replied_on__gt=day, reply_due_on__lt=day)
        waiting = (Q(replied_on=None) | Q(replied_on__gt=day)) & Q(reply_due_on__lt=day)
        return self.filter(_present(day) & waiting | Q(pk__in=earlier.values("notice_id")))

    def unchecked(self, day: date) -> NoticeQuerySet:
        """Answered, and nobody has looked yet whether it is true."""
        open_ = Q(closed_on=None) | Q(closed_on__gt=day)
        earlier = NoticeRound.objects.on(day).filter(replied_on__lte=day)
        return self.filter(_present(day) & Q(replied_on__lte=day) & open_ | Q(pk__in=earlier.values("notice_id")))

    def closed(self, day: date) -> NoticeQuerySet:
        """Checked and found good by the end of a day."""
        return self.filter(closed_on__lte=day)

    def issued_again(self, day: date) -> NoticeQuerySet:
        """Found not good at least once by the end of a day."""
        return self.filter(pk__in=NoticeRound.objects.filter(until__lte=day).values("notice_id"))


def _present(day: date) -> Q:
    """The round in the notice's own row ran on the day, or the notice was issued only once."""
    return Q(reissued_on=None) | Q(reissued_on__lte=day)


class Notice(Versioned):
    """A numbered rectification notice (整改通知书) to one village.

    The row holds the present round of it. A round that was checked and found not good is kept as `NoticeRound`, and the notice, with the same
    number, starts again: requirement, reply date, signature and reply are those of the new round. `issued_on` stays the first day.

    The number runs within the township and the year. `township` repeats that of the inspection, because a constraint cannot look across.
    """

    class State(models.TextChoices):
        """How it stood on a day: computed by `state_on`, never stored."""

        ISSUED = "issued", "待签收"
        SIGNED = "signed", "整改中"
        LATE = "late", "逾期未反馈"
        ANSWERED = "answered", "已反馈待核查"
        CLOSED = "closed", "已办结"

    township = models.ForeignKey(Township, models.PROTECT, related_name="notices", verbose_name="乡镇")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="notices", verbose_name="督查")
    village = models.ForeignKey(Village, models.PROTECT, related_name="notices", verbose_name="村")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("编号")
    requirement = models.CharField("整改要求", max_length=1000)
    issued_on = models.DateField("发出日期")
    round_number = models.PositiveSmallIntegerField("第几次发出", default=1)
    reissued_on = models.DateField("再次发出日期", null=True, blank=True)
    reply_due_on = models.DateField("反馈时限")
    signed_on = models.DateField("签收日期", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )
    replied_on = models.DateField("反馈日期", null=True, blank=True)
    reply = models.CharField("整改情况", max_length=1000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反馈人"
    )
    closed_on = models.DateField("办结日期", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人"
    )
    check_note = models.CharField("核查情况", max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "整改通知书"
        ordering = ["-year", "-number"]
        indexes = [models.Index(fields=["village", "-issued_on"], name="notice_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "year", "number"],
                name="notice_number",
                violation_error_message="本年度已有同号通知书。",
            ),
            models.CheckConstraint(
                name="notice_signed_after_issue",
                condition=Q(signed_on=None) | Q(signed_on__gte=F("issued_on")),
                violation_error_message="签收日期不能早于发出日期。",
            ),
            models.CheckConstraint(
                name="notice_closed_after_reply",
                condition=Q(closed_on=None) | Q(replied_on__isnull=False, closed_on__gte=F("replied_on")),
                violation_error_message="收到反馈后才能办结，办结日期不能早于反馈日期。",
            ),
            models.CheckConstraint(
                name="notice_due_after_issue",
                condition=Q(reply_due_on__gte=F("issued_on")),
                violation_error_message="反馈时限不能早于发出日期。",
            ),
            models.CheckConstraint(
                name="notice_reply_after_issue",
                condition=Q(replied_on=None) | (Q(replied_on__gte=F("issued_on")) & ~Q(reply="")),
                violation_error_message="反馈须写明整改情况，日期不能早于发出日期。",
            ),
            models.CheckConstraint(
                name="notice_again_in_order",
                condition=Q(round_number=1, reissued_on=None)
                | (
                    Q(round_number__gt=1, reissued_on__gte=F("issued_on"), reply_due_on__gte=F("reissued_on"))
                    & (Q(signed_on=None) | Q(signed_on__gte=F("reissued_on")))
                    & (Q(replied_on=None) | Q(replied_on__gte=F("reissued_on")))
                ),
                violation_error_message="再次发出后的签收、反馈和时限都不能早于再次发出的日期。",
            ),
            models.CheckConstraint(
                name="notice_checked_by_another",
                condition=Q(checked_by=None) | Q(replied_by=None) | ~Q(checked_by=F("replied_by")),
                violation_error_message="反馈的人不能核查自己的反馈。",
            ),
        ]

    def __str__(self) -> str:
        return f"整改通知书{self.number_text}"

    @property
    def number_text(self) -> str:
        """The number as a paper bears it: 〔2026〕6号."""
        return f"〔{self.year}〕{self.number}号"

    def get_absolute_url(self) -> str:
        return reverse("inspections:notice_detail", args=[self.pk])

    @property
    def sent_on(self) -> date:
        """The day the present round began: of issuing, or of issuing again."""
        return self.reissued_on or self.issued_on

    def round_on(self, day: date) -> Notice | NoticeRound:
        """The round that ran on a day. No query for a day of the present one; an earlier day reads `rounds`, which lists prefetch."""
        if self.reissued_on and day < self.reissued_on:
            return next((r for r in self.rounds.all() if r.issued_on <= day < r.until), self)
        return self

    def state_on(self, day: date) -> State:
        """How it stood at the end of a day (`round_on`)."""
        if self.closed_on and self.closed_on <= day:
            return self.State.CLOSED
        round = self.round_on(day)
        if round.replied_on and round.replied_on <= day:
            return self.State.ANSWERED
        if round.reply_due_on < day:
            return self.State.LATE
        return self.State.SIGNED if round.signed_on and round.signed_on <= day else self.State.ISSUED


class NoticeRoundQuerySet(models.QuerySet["NoticeRound"]):
    def on(self, day: date) -> NoticeRoundQuerySet:
        """Rounds that ran on a day and have since been found not good."""
        return self.filter(issued_on__lte=day, until__gt=day)


class NoticeRound(models.Model):
    """An earlier round of a notice: what was required, what was answered, and why that was not good. Only ever added."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="rounds", verbose_name="整改通知书")
    number = models.PositiveSmallIntegerField("第几次发出")
    requirement = models.CharField("整改要求", max_length=1000)
    issued_on = models.DateField("发出日期")
    reply_due_on = models.DateField("反馈时限")
    signed_on = models.DateField("签收日期")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签收人"
    )
    replied_on = models.DateField("反馈日期")
    reply = models.CharField("整改情况", max_length=1000)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="反馈人"
    )
    until = models.DateField("核查日期")  # found not good and issued again on this day
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核查人"
    )
    check_note = models.CharField("核查情况", max_length=500)

    objects = NoticeRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "整改通知书的一次发出"
        ordering = ["notice_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_round_number"),
            models.CheckConstraint(
                name="notice_round_in_order",
                condition=Q(issued_on__lte=F("signed_on"), signed_on__lte=F("replied_on"), replied_on__lte=F("until")),
                violation_error_message="发出、签收、反馈、核查的日期须依次不早于前一项。",
            ),
            models.CheckConstraint(
                name="notice_round_checked_by_another",
                condition=Q(checked_by=None) | Q(replied_by=None) | ~Q(checked_by=F("replied_by")),
                violation_error_message="反馈的人不能核查自己的反馈。",
            ),
            models.CheckConstraint(
                name="notice_round_note",
                condition=~Q(check_note=""),
                violation_error_message="核查不合格的，请写明哪里没有整改到位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice}第{self.number}次"

    # Named as the present round names its own, for who asks Notice.round_on.
    @property
    def round_number(self) -> int:
        return self.number

    @property
    def sent_on(self) -> date:
        return self.issued_on


class NoticeFileQuerySet(models.QuerySet["NoticeFile"]):
    def visible_to(self, access: Access) -> NoticeFileQuerySet:
        """Seen by whoever sees the notice."""
        return self.filter(access.within(township="notice__township_id", village="notice__village_id"))


class NoticeFile(StoredFile):
    """A photo or file that came with a reply."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="files", verbose_name="整改通知书")
    round_number = models.PositiveSmallIntegerField("第几次发出")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    objects = NoticeFileQuerySet.as_manager()

    class Meta:
        verbose_name = "反馈材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
