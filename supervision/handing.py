"""Supervision slips that are open when a post is handed over (villages.handing). They follow the post by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.roles import Level as Reach
from supervision.models import Slip
from villages.handing import Duty, Group, Line, following
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    if duty.level not in (Reach.VILLAGE, Reach.UNIT):
        return []
    rows = (
        Slip.objects.as_of(duty.day)
        .open(duty.day)
        .filter(duty.reach(village="village_id", township="township_id", unit="unit_id"))
        .select_related("village")
        .order_by("due_on", "pk")
    )
    lines = [
        Line(
            slip.pk,
            f"{slip}：{slip.subject}",
            slip.village.name if slip.village else "",
            slip.due_on.isoformat(),
            slip.get_absolute_url(),
        )
        for slip in rows
    ]
    return [following("slip.open", "未办结的督办单", lines)]


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    """Nothing: whoever holds the post answers them."""
