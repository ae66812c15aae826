"""Lines of the work calendar that go over with a post (villages.handing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, Q
from django.urls import reverse

from accounts.roles import Level
from rounds.models import CalendarItem
from villages.handing import Duty, Group, Line, pass_on
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    # A line of the calendar belongs to no village: it leaves with the last post, or with one over the township.
    if duty.township_id is None:
        return []
    leaving = ~Exists(duty.others) if duty.level == Level.VILLAGE else Q()
    rows = (
        CalendarItem.objects.open_on(duty.day)
        .filter(leaving, owner=duty.giver, round__township_id=duty.township_id)
        .order_by("due_on", "pk")
        .values_list("pk", "title", "due_on", "round_id")
    )
    lines = [
        Line(pk, title, "", due_on.isoformat(), reverse("rounds:round_detail", args=[round_id]))
        for pk, title, due_on, round_id in rows
    ]
    return [Group("calendar.owned", "行事历事项", lines, moves="责任人")]


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    rows = CalendarItem.objects.select_related("round", "owner").select_for_update(of=("self",))
    chosen = rows.filter(pk__in=found.get("calendar.owned", ()))
    pass_on(chosen, "owner", to, verb="随岗位交接变更责任人", by=by, at=at, reason=reason)
