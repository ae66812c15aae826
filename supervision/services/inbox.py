"""Each person's inbox: one line for each item that waits for him. Computed from how things stand; only the read mark is his own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from inspections.models import Notice
from problems.terms import RUNNING_STATES, State
from supervision.models import InboxItem, Slip
from supervision.services import people as posts
from supervision.terms import SLIP_REASONS, Kind, Level, Reason

if TYPE_CHECKING:
    from supervision.services.cuts import RulesOfDay
    from supervision.services.items import Item
    from supervision.services.people import People

KEPT = ("reason", "colour", "text", "note", "url", "since", "read_at")


def waiting_for(item: Item, slip: Slip | None, people: People, rules: RulesOfDay) -> dict[int, tuple[Reason, str, str]]:
    """Person → (reason, note, address) for one item. The first reason that applies to a person is the one he is told.

    Those in the field get everything that presses in their villages, the desk what waits for a decision, leaders the exceptions: a red slip,
    and on the first working day what has just fallen overdue.
    """
    found: dict[int, tuple[Reason, str, str]] = {}
    day, cuts = rules.day, rules.of(item.round_id)

    def tell(roles: Iterable[str], reason: Reason, note: str = "", url: str = "") -> None:
        users = people.of(roles, township_id=item.township_id, village_id=item.village_id, unit_id=item.unit_id)
        for user in users:
            found.setdefault(user, (reason, note, url or item.url))

    if item.kind == Kind.PROBLEM:
        if item.state == State.SUBMITTED:
            tell(posts.DESK, Reason.REVIEW)
        if item.state == State.RETURNED:
            tell(posts.LOGGERS, Reason.RETURNED)
        if "extension" in item.asks:
            tell(posts.DESK, Reason.EXTENSION)
        if "close_decide" in item.asks:
            tell(posts.DESK, Reason.CLOSE_DECIDE)
        if "close_check" in item.asks:
            tell(posts.CHECKERS, Reason.CLOSE_CHECK)
        if item.state not in RUNNING_STATES:
            return found
    if item.urged:
        tell(posts.WITH_UNIT, Reason.URGED, "；".join(item.urged[-3:])[:200])
    if slip:
        told = cuts.rules.told(slip.level)
        note = f"{slip}，时限{slip.due_on.isoformat()}"
        if slip.requirement:
            note = f"{note}，{slip.requirement}"[:200]
        tell(told, SLIP_REASONS[Level(slip.level)], note, slip.get_absolute_url())
        if item.lead_id:
            found.setdefault(item.lead_id, (SLIP_REASONS[Level(slip.level)], note, slip.get_absolute_url()))
    if item.due_on is None or not item.rises:  # no deadline, or in the hands of those who decide
        return found
    note = f"时限{item.due_on.isoformat()}"
    if item.due_on < day:
        tell(posts.WITH_UNIT, Reason.OVERDUE, note)
        if item.due_on >= cuts.last_day:
            tell(posts.LEADERS, Reason.NEWLY_OVERDUE, note)
    elif item.due_on <= cuts.blue_until:
        tell(posts.WITH_UNIT, Reason.SOON, note)
    elif item.kind == Kind.NOTICE and item.state == Notice.State.ISSUED:
        tell(posts.FIELD, Reason.TO_SIGN, f"反馈{note}")
    elif item.yellow_on and item.yellow_on <= day and item.kind == Kind.PROBLEM:
        soon = (item.due_on - day).days <= cuts.rules.round.yellow_days
        tell(posts.FIELD, Reason.SOON if soon else Reason.STALE, note)
    return found


@transaction.atomic
def bring_up_to_date(
    items: list[Item],
    slips: dict[int, Slip],
    people: People,
    rules: RulesOfDay,
    *,
    kind: str,
    among: Q,
) -> dict[str, int]:
    """Make the inboxes say what is true of the items of `among` (a word about `object_id`): lines come, change, go.

    Items not given have no lines any more. A second call changes nothing.

    A changed reason makes a line unread again; a changed wording does not.
    """
    held = {(row.user_id, row.object_id): row for row in InboxItem.objects.filter(among, kind=kind)}
    new, changed = [], []
    for item in items:
        for user, (reason, note, url) in waiting_for(item, slips.get(item.pk), people, rules).items():
            row = held.pop((user, item.pk), None)
            values = {"reason": reason, "colour": reason.colour, "text": item.text[:300], "note": note, "url": url}
            if row is None:
                new.append(InboxItem(user_id=user, kind=kind, object_id=item.pk, since=rules.day, **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                if row.reason != reason or (reason is Reason.URGED and row.note != note):
                    row.since, row.read_at = rules.day, None
                for name, value in values.items():
                    setattr(row, name, value)
                changed.append(row)
    # A line that somebody else's change has written meanwhile is written over: it must not end a night.
    InboxItem.objects.bulk_create(
        new, batch_size=1000, update_conflicts=True, unique_fields=["user", "kind", "object_id"], update_fields=KEPT
    )
    InboxItem.objects.bulk_update(changed, KEPT, batch_size=100)
    gone = [row.pk for row in held.values()]
    for start in range(0, len(gone), 500):
        InboxItem.objects.filter(pk__in=gone[start : start + 500]).delete()
    forget({row.user_id for row in [*new, *changed, *held.values()]})
    return {"new": len(new), "changed": len(changed), "gone": len(gone)}


@transaction.atomic
def put(
    *, user: Any, kind: str, object_id: int, reason: Reason, text: str, url: str, on: date, note: str = ""
) -> InboxItem:
    """Put one line into somebody's inbox that no rule computes; the same item has one line. It stays until it was read and a night passed."""
    row, _ = InboxItem.objects.update_or_create(
        user=user, kind=kind, object_id=object_id,
        defaults={"reason": reason, "colour": reason.colour, "text": text[:300], "note": note[:200], "url": url,
                  "since": on, "read_at": None},
    )  # fmt: skip
    forget({user.pk})
    return row


@transaction.atomic
def mark_read(*, user: Any, keys: Iterable[int] | None = None, at: datetime) -> int:
    """Mark lines of one's own as read: those named, or all."""
    rows = InboxItem.objects.filter(user=user, read_at=None)
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    count = rows.update(read_at=at)
    forget({user.pk})
    return count


# The number beside “待办” in the frame of every page: counted once in a while, not for every page.
KEEP = 60  # seconds


def unread(user_id: int) -> int:
    count = cache.get(f"inbox:{user_id}")
    if count is None:
        count = InboxItem.objects.filter(user_id=user_id, read_at=None).count()
        cache.set(f"inbox:{user_id}", count, KEEP)
    return int(count)


def forget(user_ids: Iterable[int]) -> None:
    """Let the numbers be counted anew, once the change is there for others to see."""
    keys = [f"inbox:{pk}" for pk in user_ids]
    if keys:
        transaction.on_commit(lambda: cache.delete_many(keys))


def address() -> str:
    return reverse("supervision:inbox")
