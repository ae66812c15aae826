"""What happens to a problem, a notice, a commitment by day is in the inboxes at once, and ends its slips: the night only makes up for time that passes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from supervision.models import InboxItem
from supervision.services import inbox, slips
from supervision.services import items as sources
from supervision.services.cuts import RulesOfDay
from supervision.services.people import People
from supervision.terms import Kind, Reason

BATCH = 500  # an import touches thousands at once: each batch is a transaction and a fixed number of queries


def refresh(keys: Iterable[int], *, kind: str = Kind.PROBLEM, day: date, at: datetime) -> None:
    """Bring the inbox lines of these items up to date. Writes no slips: those are the night's; what is settled ends its slip."""
    keys = sorted(keys)
    for start in range(0, len(keys), BATCH):
        _refresh(keys[start : start + BATCH], kind=kind, day=day, at=at)


@transaction.atomic
def _refresh(keys: list[int], *, kind: str, day: date, at: datetime) -> None:
    if kind != Kind.PROBLEM:  # those of problems ended in the transaction of the step
        slips.close_settled(kind, keys, day=day, at=at)
    found = sources.of_keys(kind, keys)
    if kind == Kind.PROBLEM:
        sources.with_requests(found, day)
    rules = RulesOfDay(day)
    rules.load({item.round_id for item in found})
    people = People(day, townships={item.township_id for item in found})
    inbox.bring_up_to_date(found, slips.open_slips(found), people, rules, kind=kind, among=Q(object_id__in=keys))


class Changed:
    """Items touched in the transaction that is open, looked at once when it is committed."""

    def __init__(self) -> None:
        self.keys: dict[str, set[int]] = {}

    def add(self, kind: str, key: int) -> None:
        self.keys.setdefault(kind, set()).add(key)

    def __call__(self) -> None:
        now = timezone.now()
        for kind, keys in self.keys.items():
            refresh(keys, kind=kind, day=timezone.localdate(now), at=now)


def later(key: int, kind: str = Kind.PROBLEM) -> None:
    """Look at an item again after the commit, however often it is touched before."""
    connection = transaction.get_connection()
    for _sids, callback, *_ in connection.run_on_commit:
        if isinstance(callback, Changed):
            callback.add(kind, key)
            return
    changed = Changed()
    changed.add(kind, key)
    # Robust: the record is kept even if somebody's inbox could not be written; the night makes up for it.
    transaction.on_commit(changed, robust=True)


# Receivers (connected in apps.py): the apps below know nothing of slips and inboxes.


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


def notice_saved(*, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """A notice was issued, or moved on: whom it concerns finds it in his inbox at once."""
    if not raw:
        later(instance.pk, Kind.NOTICE)


def commitment_saved(*, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        later(instance.pk, Kind.COMMITMENT)


ENDING = frozenset({"close", "suspend", "extension", "deadline", "edit", "relapse"})
