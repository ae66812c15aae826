"""What was promised at meetings and goes over with a post (villages.handing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.roles import Level
from meetings.models import Commitment
from villages.handing import Duty, Group, Line, following, pass_on
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    if duty.level == Level.VILLAGE:
        village = duty.assignment.village_id
        scope = Q(problem__village_id=village) | Q(meeting__village_id=village)
    else:
        # Of an office, only what its holder leads; of a station, what the station promised as well.
        scope = Q(lead_official=duty.giver) & duty.personal(
            village="problem__village_id", township="meeting__township_id"
        )
        if duty.level == Level.UNIT:
            scope |= Q(unit_id=duty.assignment.unit_id)
    rows = (
        Commitment.objects.as_of(duty.day)
        .open(duty.day)
        .filter(scope)
        .order_by("due_on", "pk")
        .values_list("pk", "text", "lead_official_id", "due_on", "problem__village__name", "meeting__village__name")
    )
    led: list[Line] = []
    others: list[Line] = []
    for pk, text, lead, due_on, of_problem, of_meeting in rows:
        line = Line(
            pk,
            text,
            of_problem or of_meeting or "",
            due_on.isoformat(),
            reverse("meetings:commitment_detail", args=[pk]),
        )
        (led if lead == duty.giver.pk else others).append(line)
    return [
        Group("commitment.led", "牵头的会议议定事项", led, moves="牵头领导"),
        following("commitment.open", "未落实的会议议定事项", others),
    ]


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    rows = Commitment.objects.select_related("meeting", "lead_official").select_for_update(of=("self",))
    chosen = rows.filter(pk__in=found.get("commitment.led", ()))
    pass_on(chosen, "lead_official", to, verb="随岗位交接变更牵头领导", by=by, at=at, reason=reason)
