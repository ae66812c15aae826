"""Rectification notices that are not settled yet when a post is handed over (villages.handing). They follow the post by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.roles import Level
from inspections.models import Notice
from villages.handing import Duty, Group, Line, following
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    if duty.level != Level.VILLAGE:  # a notice is answered by its village
        return []
    rows = (
        Notice.objects.as_of(duty.day)
        .filter(Q(closed_on=None) | Q(closed_on__gt=duty.day))
        .filter(duty.reach(village="village_id", township="township_id"))
        .select_related("village")
        .prefetch_related("rounds")  # a day before the notice went out again is told by its earlier rounds
        .order_by("reply_due_on", "pk")
    )
    lines = [
        Line(
            notice.pk,
            f"{notice}：{notice.round_on(duty.day).requirement}（{notice.state_on(duty.day).label}）",
            notice.village.name,
            notice.round_on(duty.day).reply_due_on.isoformat(),
            reverse("inspections:notice_detail", args=[notice.pk]),
        )
        for notice in rows
    ]
    return [following("notice.open", "未办结的整改通知书", lines)]


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    """Nothing: whoever holds the post answers them."""
