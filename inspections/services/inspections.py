"""Inspections that took place."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Inspection
from meetings.models import Meeting
from meetings.services import rules
from rounds.models import Round
from villages.models import Cadre, Township, Village

FIELDS = ["round", "mode", "meeting", "held_on", "leader", "people", "summary"]


def _check(
    *,
    township: Township,
    round: Round,
    mode: str,
    meeting: Meeting | None,
    held_on: date,
    leader: Cadre | None,
    villages: list[Village],
    at: datetime,
) -> None:
    rules.refuse_foreign_round(township, round)
    rules.refuse_foreign_cadre(township, leader, field="leader")
    for village in villages:
        rules.refuse_foreign_village(township.pk, village, field="villages")
    rules.refuse_future(held_on, at=at, field="held_on", sentence="督查时间不能晚于今天：督查结束后再登记。")
    if not villages:
        raise Refused("请选择督查了哪些村。", field="villages")
    if meeting is None:
        return
    if mode != Inspection.Mode.MEETING:
        raise Refused("只有例会督查填写所在会议；如在例会上督查，请把督查方式改为“例会督查”。", field="meeting")
    if meeting.township_id != township.pk:
        raise Refused("所选会议不是本乡镇的，请重新选择。", field="meeting")
    if meeting.held_on != held_on:
        raise Refused(f"所选会议于{meeting.held_on}召开，与督查时间不一致，请核对。", field="held_on")


@transaction.atomic
def add_inspection(
    *,
    township: Township,
    round: Round,
    mode: str,
    held_on: date,
    villages: Iterable[Village],
    meeting: Meeting | None = None,
    leader: Cadre | None = None,
    people: str = "",
    summary: str = "",
    by: Any,
    at: datetime,
) -> Inspection:
    """Record an inspection that took place. `meeting`: the regular meeting at which it was held, for mode 例会督查."""
    villages = list(villages)
    _check(
        township=township, round=round, mode=mode, meeting=meeting, held_on=held_on, leader=leader, villages=villages,
        at=at,
    )  # fmt: skip
    inspection = Inspection.objects.create(
        township=township, round=round, mode=mode, meeting=meeting, held_on=held_on, leader=leader, people=people,
        summary=summary,
    )  # fmt: skip
    inspection.villages.set(villages)
    audit.record(inspection, "登记督查", by=by, at=at)
    return inspection


@transaction.atomic
def change_inspection(
    inspection: Inspection,
    *,
    round: Round,
    mode: str,
    held_on: date,
    villages: Iterable[Village],
    meeting: Meeting | None,
    leader: Cadre | None,
    people: str,
    summary: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> Inspection:
    """Change an inspection; villages with findings or notices stay, its day stays before its notices and bulletins."""
    villages = list(villages)
    _check(
        township=inspection.township, round=round, mode=mode, meeting=meeting, held_on=held_on, leader=leader,
        villages=villages, at=at,
    )  # fmt: skip
    kept = {village.pk for village in villages}
    earlier = list(inspection.villages.all())
    for village in earlier:
        if village.pk not in kept and (
            inspection.findings.filter(village=village).exists() or inspection.notices.filter(village=village).exists()
        ):
            raise Refused(f"{village}已有督查发现或整改通知书，不能从督查村中去掉。", field="villages")
    notice = inspection.notices.filter(issued_on__lt=held_on).first()
    if notice:
        raise Refused(f"{notice}已于{notice.issued_on}发出，督查时间不能晚于这一天。", field="held_on")
    bulletin = inspection.bulletins.filter(reported_on__lt=held_on).first()
    if bulletin:
        raise Refused(f"这次督查已于{bulletin.reported_on}通报，督查时间不能晚于这一天。", field="held_on")
    before = audit.snapshot(inspection, FIELDS)
    inspection.round, inspection.mode, inspection.meeting, inspection.held_on = round, mode, meeting, held_on
    inspection.leader, inspection.people, inspection.summary = leader, people, summary
    save_if_unchanged(inspection, expected_version=base_version, fields=FIELDS)
    inspection.villages.set(villages)
    changes = audit.changes_since(before, inspection)
    changes += rules.changes_of_many("villages", "督查村", earlier, villages)
    audit.record(inspection, "修改督查", by=by, at=at, changes=changes)
    return inspection


def refuse_uninspected(inspection: Inspection, village: Village) -> None:
    """A finding or a notice is about a village that was inspected."""
    if not inspection.villages.filter(pk=village.pk).exists():
        raise Refused(f"{village}不在本次督查的村之列，请先在督查中加上这个村。", field="village")
