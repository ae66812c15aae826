"""The draft of the month that writes itself: on the first working day, for whom the office named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles import ROLE_PERMISSIONS
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from reports.models import DraftSchedule, Summary
from reports.services.drafting import draft_summary
from rounds.models import Round
from supervision.services import inbox
from supervision.terms import Kind, Reason
from villages.models import Assignment
from workdays.calendar import Calendar, calendars_of

DRAFTING_ROLES = [role for role, rights in ROLE_PERMISSIONS.items() if Permission.SUMMARY_DRAFT in rights]


def first_working_day(day: date, calendar: Calendar) -> date:
    """The first working day of the month by a township's calendar: not 1 October, but a Saturday that is worked."""
    return calendar.next_working_day(day.replace(day=1) - timedelta(days=1))


def drafters(township_id: int, day: date) -> Any:
    """Who may draft summaries of a township on a day."""
    posts = Assignment.objects.on(day).filter(township=township_id, role__in=DRAFTING_ROLES)
    return User.objects.filter(is_active=True, cadre__in=posts.values("cadre")).order_by("pk")


@transaction.atomic
def set_schedule(
    *, township_id: int, is_on: bool, author: User | None, base_version: int, by: Any, at: datetime
) -> DraftSchedule:
    """Switch the draft of the month on or off, and name who gets it."""
    schedule, _ = DraftSchedule.objects.get_or_create(township_id=township_id)
    if is_on and author is None:
        raise Refused("请选择初稿交给谁。", field="author")
    if author is not None and not drafters(township_id, timezone.localdate(at)).filter(pk=author.pk).exists():
        raise Refused("所选的人现在没有起草总结的岗位，请另选一位。", field="author")
    before = audit.snapshot(schedule, ["is_on", "author"])
    schedule.is_on, schedule.author = is_on, author
    save_if_unchanged(schedule, expected_version=base_version, fields=["is_on", "author"])
    audit.record(schedule, "设置自动起草", by=by, at=at, changes=audit.changes_since(before, schedule))
    return schedule


def draft_of_the_month(*, today: date, at: datetime) -> list[Summary]:
    """Write what is due and not written yet. Called every day, by several workers, after days of standstill: each draft appears once."""
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    made = []
    schedules = list(DraftSchedule.objects.filter(is_on=True).select_related("township", "author").order_by("pk"))
    calendars = calendars_of([schedule.township_id for schedule in schedules])
    for schedule in schedules:
        due = first_working_day(today, calendars[schedule.township_id])
        if today < due:
            continue
        round = (
            Round.objects.filter(township=schedule.township, starts_on__lte=last, ends_on__gte=first)
            .select_related("township__county")
            .order_by("-starts_on")
            .first()
        )
        if round is None or not drafters(schedule.township_id, today).filter(pk=schedule.author_id).exists():
            continue  # no round in that month; or the author has left his post, which the page of the setting says
        known = {
            "round": round,
            "kind": Summary.Kind.MONTHLY,
            "scheduled_for__range": (last + timedelta(days=1), today),
        }
        if Summary.objects.filter(**known).exists():
            continue  # also when the calendar was changed since and another day would be due
        try:
            with transaction.atomic():
                summary = draft_summary(
                    round=round, kind=Summary.Kind.MONTHLY, starts_on=max(first, round.starts_on), ends_on=last,
                    as_of=last, by=schedule.author, at=at,
                )  # fmt: skip
                summary.scheduled_for = due
                summary.save(update_fields=["scheduled_for"])
                inbox.put(
                    user=schedule.author, kind=Kind.SUMMARY, object_id=summary.pk, reason=Reason.DRAFT, on=today,
                    text=f"{last.year}年{last.month}月月报初稿", note="请核对后送签", url=summary.get_absolute_url(),
                )  # fmt: skip
        except (Refused, IntegrityError):
            continue  # nothing recorded yet, or another worker was quicker
        made.append(summary)
    return made
