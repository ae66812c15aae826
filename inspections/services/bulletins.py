"""Bulletins: where and when the results of inspections were made known."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Bulletin, Inspection
from meetings.models import Meeting
from meetings.services import rules
from rounds.models import Round
from villages.models import Township

FIELDS = ["round", "meeting", "reported_on", "content"]


def _day(
    *,
    township: Township,
    round: Round,
    meeting: Meeting | None,
    reported_on: date | None,
    inspections: list[Inspection],
    at: datetime,
) -> date:
    """The day of the bulletin: that of its meeting, else as given. Refuses what contradicts itself."""
    rules.refuse_foreign_round(township, round)
    if meeting and meeting.township_id != township.pk:
        raise Refused("所选会议不是本乡镇的，请重新选择。", field="meeting")
    if meeting and reported_on and reported_on != meeting.held_on:
        raise Refused(f"所选会议于{meeting.held_on}召开，通报日期应与会议一致。", field="reported_on")
    day = meeting.held_on if meeting else reported_on
    if day is None:
        raise Refused("书面通报请填写通报日期；会议通报请选择会议。", field="reported_on")
    rules.refuse_future(day, at=at, field="reported_on", sentence="通报日期不能晚于今天。")
    for inspection in inspections:
        if inspection.township_id != township.pk:
            raise Refused("所选督查不是本乡镇的，请重新选择。", field="inspections")
        if inspection.held_on > day:
            raise Refused(f"{inspection}在通报日期（{day}）之后，请核对。", field="inspections")
    return day


@transaction.atomic
def add_bulletin(
    *,
    township: Township,
    round: Round,
    meeting: Meeting | None = None,
    reported_on: date | None = None,
    inspections: Iterable[Inspection] = (),
    content: str = "",
    by: Any,
    at: datetime,
) -> Bulletin:
    """Record that results were reported: at `meeting` (its day counts), or in writing on `reported_on`."""
    inspections = list(inspections)
    day = _day(
        township=township, round=round, meeting=meeting, reported_on=reported_on, inspections=inspections, at=at
    )  # fmt: skip
    bulletin = Bulletin.objects.create(
        township=township, round=round, meeting=meeting, reported_on=day, content=content
    )
    bulletin.inspections.set(inspections)
    audit.record(bulletin, "登记督查通报", by=by, at=at)
    return bulletin


@transaction.atomic
def change_bulletin(
    bulletin: Bulletin,
    *,
    round: Round,
    meeting: Meeting | None,
    reported_on: date | None,
    inspections: Iterable[Inspection],
    content: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> Bulletin:
    """Change a bulletin."""
    inspections = list(inspections)
    day = _day(
        township=bulletin.township, round=round, meeting=meeting, reported_on=reported_on, inspections=inspections,
        at=at,
    )  # fmt: skip
    before = audit.snapshot(bulletin, FIELDS)
    earlier = list(bulletin.inspections.all())
    bulletin.round, bulletin.meeting, bulletin.reported_on, bulletin.content = round, meeting, day, content
    save_if_unchanged(bulletin, expected_version=base_version, fields=FIELDS)
    bulletin.inspections.set(inspections)
    changes = audit.changes_since(before, bulletin)
    changes += rules.changes_of_many("inspections", "涉及督查", earlier, inspections)
    audit.record(bulletin, "修改督查通报", by=by, at=at, changes=changes)
    return bulletin
