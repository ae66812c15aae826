"""What happens to a problem by day is in the inboxes at once, and ends its slips: the night only makes up for time that passes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from problems.models import Problem
from supervision.models import InboxItem
from supervision.services import inbox, slips
from supervision.services.cuts import RulesOfDay
from supervision.services.items import problem_items, with_requests
from supervision.services.people import People
from supervision.terms import Kind, Reason


@transaction.atomic
def refresh(keys: Iterable[int], *, day: date, at: datetime) -> None:
    """Bring the inbox lines of these problems up to date. Writes no slips: those are the night's."""
    found = problem_items(Problem.objects.filter(pk__in=list(keys)).order_by("pk"))
    if not found:
        return
    rules = RulesOfDay(day)
    rules.load({item.round_id for item in found})
    people = People(day, townships={item.township_id for item in found})
    for item in found:
        with_requests([item], day)
        inbox.bring_up_to_date(
            [item], slips.open_slips([item]), people, rules, kind=Kind.PROBLEM, after=item.pk - 1, until=item.pk
        )


class Changed:
    """Problems touched in the transaction that is open, looked at once when it is committed."""

    keys: set[int]

    def __init__(self) -> None:
        self.keys = set()

    def __call__(self) -> None:
        now = timezone.now()
        refresh(sorted(self.keys), day=timezone.localdate(now), at=now)


def later(problem_id: int) -> None:
    """Look at a problem again after the commit, however often it is touched before."""
    connection = transaction.get_connection()
    for _sids, callback, *_ in connection.run_on_commit:
        if isinstance(callback, Changed):
            callback.keys.add(problem_id)
            return
    changed = Changed()
    changed.keys.add(problem_id)
    # Robust: the record is kept even if somebody's inbox could not be written; the night makes up for it.
    transaction.on_commit(changed, robust=True)


# Receivers (connected in apps.py): problems, below, know nothing of slips and inboxes.


def step_taken(*, instance: Any, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """A problem's standing changed: slips that came to their end are closed in the same transaction."""
    if raw or not created:
        return
    if instance.action in ENDING:
        slips.follow_problem(instance.problem, on=instance.since, by=instance.by, at=instance.at)
    if instance.action == "progress" and not told_stale(instance.problem_id):
        return  # the act of every day: it can only end what was told for want of it
    later(instance.problem_id)


def told_stale(problem_id: int) -> bool:
    """Is anybody being told that nothing has happened on this problem?"""
    return InboxItem.objects.filter(kind=Kind.PROBLEM, object_id=problem_id, reason=Reason.STALE).exists()


def request_changed(*, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        later(instance.problem_id)


ENDING = frozenset({"close", "suspend", "extension", "deadline", "edit", "relapse"})
