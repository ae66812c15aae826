"""One night: in batches, each a transaction that also moves the cursor. Killed anywhere, it goes on from the last batch that was committed.

Lights need no run: they compare stored days with today (docs/decisions/0001). What the night brings is what has to be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from supervision.models import Digest, InboxItem, NightlyRun
from supervision.services import digests, inbox, slips
from supervision.services import items as sources
from supervision.services.cuts import RulesOfDay
from supervision.services.people import People
from supervision.terms import Kind

BATCH = 500
KEEP_DIGESTS = timedelta(days=60)
Phase = NightlyRun.Phase
ORDER = list(Phase)
KIND_OF = {Phase.PROBLEMS: Kind.PROBLEM, Phase.NOTICES: Kind.NOTICE, Phase.COMMITMENTS: Kind.COMMITMENT}
PERCENT = {
    Phase.CLOSE: 5, Phase.PROBLEMS: 10, Phase.NOTICES: 70, Phase.COMMITMENTS: 75, Phase.DIGESTS: 80, Phase.TIDY: 95, Phase.DONE: 99,
}  # fmt: skip


class Night:
    """What a run keeps in mind between batches: posts and rules of the day, read once."""

    def __init__(self, day: date, *, batch: int = BATCH, now: Callable[[], datetime] = timezone.now) -> None:
        self.day, self.batch, self.now = day, batch, now
        self.rules = RulesOfDay(day)
        self.people = People(day)

    def begin(self) -> NightlyRun:
        run, _ = NightlyRun.objects.get_or_create(day=self.day, defaults={"started_at": self.now()})
        return run

    def step(self) -> NightlyRun:
        """Do the next batch, and move the cursor past it, in one transaction. Two workers take turns: the row is held meanwhile."""
        with transaction.atomic():
            run = NightlyRun.objects.select_for_update().get(day=self.day)
            if run.phase == Phase.DONE:
                return run
            end, counts = self.do(Phase(run.phase), run.cursor)
            run.counts = dict(Counter(run.counts) + Counter(counts))
            self.move(run, end)
            run.save()
        return run

    def move(self, run: NightlyRun, end: int | None) -> None:
        """To the end of the batch, or to the next phase when it was the last one."""
        if end is not None:
            run.cursor = end
            return
        run.phase, run.cursor = ORDER[ORDER.index(Phase(run.phase)) + 1], 0
        if run.phase == Phase.DONE:
            run.finished_at = self.now()

    def do(self, phase: Phase, cursor: int) -> tuple[int | None, dict[str, int]]:
        """One batch after `cursor`: (where it ended, or None when nothing is left; what was done)."""
        at = self.now()
        if phase == Phase.CLOSE:
            return self.close(cursor, at)
        if phase == Phase.DIGESTS:
            return self.collect(cursor)
        if phase == Phase.TIDY:
            return self.tidy()
        return self.look_at(KIND_OF[phase], cursor, at)

    def close(self, cursor: int, at: datetime) -> tuple[int | None, dict[str, int]]:
        found = list(slips.with_items().filter(pk__gt=cursor, closed_on=None).order_by("pk")[: self.batch])
        if not found:
            return None, {}
        return found[-1].pk, {"closed": slips.close_ended(found, day=self.day, at=at)}

    def look_at(self, kind: str, cursor: int, at: datetime) -> tuple[int | None, dict[str, int]]:
        found = sources.after(kind, cursor, self.batch)
        end = found[-1].pk if len(found) == self.batch else None
        return end, self.settle(kind, found, cursor, end, at)

    def settle(
        self, kind: str, found: list[sources.Item], after: int, until: int | None, at: datetime
    ) -> dict[str, int]:
        """Slips and inboxes of these items; `after` and `until` bound the keys of those that concern nobody any more."""
        if kind == Kind.PROBLEM:
            sources.with_requests(found, self.day)
        self.rules.load({item.round_id for item in found})
        held = slips.open_slips(found)
        counts = slips.write_slips(found, self.rules, held, at=at)
        among = Q(object_id__gt=after) if until is None else Q(object_id__gt=after, object_id__lte=until)
        lines = inbox.bring_up_to_date(found, held, self.people, self.rules, kind=kind, among=among)
        return counts | {f"lines_{name}": count for name, count in lines.items()}

    def collect(self, cursor: int) -> tuple[int | None, dict[str, int]]:
        waiting = (
            InboxItem.objects.filter(user__gt=cursor, user__is_active=True)
            .order_by("user")
            .values_list("user", flat=True)
        )
        users = list(waiting.distinct()[: self.batch])
        if not users:
            return None, {}
        return users[-1], {"digests": digests.collect(users, self.people, self.rules)}

    def tidy(self) -> tuple[int | None, dict[str, int]]:
        """Old digests, and lines no rule computes that have been read, a batch at a time."""
        old = Digest.objects.filter(day__lt=self.day - KEEP_DIGESTS).values_list("pk", flat=True)[: self.batch]
        gone, _ = Digest.objects.filter(pk__in=list(old)).delete()
        InboxItem.objects.exclude(kind__in=KIND_OF.values()).filter(read_at__date__lt=self.day).delete()
        return (0 if gone == self.batch else None), {}


def nightly(progress: Callable[[int, str], None], *, day: str, batch: int = BATCH) -> dict[str, Any]:
    """The job of every day (jobs.registry.daily). Asked for after midnight, or in the morning when the machine was off in the night.

    Whatever was not done on an earlier day is done today: levels and reasons follow from how things stand, not from yesterday's run.
    A night that failed is tried again the same day (jobs.sweep) and goes on from its last batch.
    """
    night = Night(date.fromisoformat(day), batch=batch)
    run = night.begin()
    while run.phase != Phase.DONE:
        if NightlyRun.objects.filter(day__gt=night.day).exists():
            return {"superseded": True}
        progress(PERCENT[Phase(run.phase)], Phase(run.phase).label)
        run = night.step()
    return {"counts": run.counts, "url": inbox.address(), "label": "打开待办"}


def send_mails(progress: Callable[[int, str], None], *, day: str) -> dict[str, Any]:
    """The jobs of every morning: the e-mails of the digests of that day that wait."""
    total = 0
    while sent := digests.send_waiting(day=date.fromisoformat(day), at=timezone.now()):
        total += sent
        progress(50, f"已发出{total}封")
    return {"sent": total}
