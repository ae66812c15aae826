"""Meetings that were held."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from meetings.models import Meeting
from meetings.services import rules
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village

FIELDS = [
    "round",
    "kind",
    "level",
    "village",
    "name",
    "held_on",
    "place",
    "chair",
    "attendees",
    "subject",
    "deployment",
]


def _check(
    *,
    township: Township,
    round: Round,
    kind: str,
    level: str,
    village: Village | None,
    held_on: date,
    chair: Cadre | None,
    departments: Iterable[Unit],
    at: datetime,
) -> None:
    rules.refuse_foreign_round(township, round)
    rules.refuse_foreign_village(township.pk, village)
    rules.refuse_foreign_cadre(township, chair, field="chair")
    rules.refuse_foreign_units(township, departments, field="departments")
    rules.refuse_future(
        held_on, at=at, field="held_on", sentence="召开日期不能晚于今天：会议开过再登记，尚未召开的会议不在本系统保存。"
    )
    if kind == Meeting.Kind.VILLAGE and level != Meeting.Level.VILLAGE:
        raise Refused("村级部署会的层级应选“村级”。", field="level")
    if level == Meeting.Level.VILLAGE and village is None:
        raise Refused("村级会议须写明是哪个村。", field="village")
    if level != Meeting.Level.VILLAGE and village is not None:
        raise Refused("只有村级会议填写村；其他会议涉及的村由议题中的问题体现。", field="village")


@transaction.atomic
def hold_meeting(
    *,
    township: Township,
    round: Round,
    kind: str,
    level: str,
    name: str,
    held_on: date,
    place: str = "",
    chair: Cadre | None = None,
    departments: Iterable[Unit] = (),
    attendees: str = "",
    subject: str = "",
    deployment: bool = False,
    village: Village | None = None,
    by: Any,
    at: datetime,
) -> Meeting:
    """Record a meeting that took place. Refused: a day to come, a village meeting without its village, anything of another township."""
    departments = list(departments)
    _check(
        township=township, round=round, kind=kind, level=level, village=village, held_on=held_on, chair=chair,
        departments=departments, at=at,
    )  # fmt: skip
    meeting = Meeting.objects.create(
        township=township, round=round, kind=kind, level=level, village=village, name=name, held_on=held_on,
        place=place, chair=chair, attendees=attendees, subject=subject, deployment=deployment,
    )  # fmt: skip
    meeting.departments.set(departments)
    audit.record(meeting, "登记会议", by=by, at=at)
    return meeting


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    round: Round,
    kind: str,
    level: str,
    name: str,
    held_on: date,
    place: str,
    chair: Cadre | None,
    departments: Iterable[Unit],
    attendees: str,
    subject: str,
    deployment: bool,
    village: Village | None = None,
    base_version: int,
    by: Any,
    at: datetime,
) -> Meeting:
    """Change a meeting; its day must stay before what was promised and reported there, its village that of its problems."""
    departments = list(departments)
    _check(
        township=meeting.township, round=round, kind=kind, level=level, village=village, held_on=held_on, chair=chair,
        departments=departments, at=at,
    )  # fmt: skip
    _refuse_contradiction(meeting, held_on=held_on, village=village)
    before = audit.snapshot(meeting, FIELDS)
    earlier = list(meeting.departments.all())
    meeting.round, meeting.kind, meeting.level, meeting.village = round, kind, level, village
    meeting.name, meeting.held_on, meeting.place, meeting.chair = name, held_on, place, chair
    meeting.attendees, meeting.subject, meeting.deployment = attendees, subject, deployment
    save_if_unchanged(meeting, expected_version=base_version, fields=FIELDS)
    meeting.departments.set(departments)
    changes = audit.changes_since(before, meeting)
    changes += rules.changes_of_many("departments", "参加部门", earlier, departments)
    audit.record(meeting, "修改会议", by=by, at=at, changes=changes)
    return meeting


def _refuse_contradiction(meeting: Meeting, *, held_on: date, village: Village | None) -> None:
    """What hangs on the meeting already must agree with its new day and village."""
    for commitment in meeting.commitments.select_related("problem"):
        if commitment.due_on < held_on:
            raise Refused(
                f"议定事项“{rules.short(commitment.text)}”的完成时限是{commitment.due_on}，早于改后的召开日期，请先核对。",
                field="held_on",
            )
        if commitment.kept_on and commitment.kept_on < held_on:
            raise Refused(
                f"议定事项“{rules.short(commitment.text)}”已于{commitment.kept_on}落实，早于改后的召开日期，请先核对。",
                field="held_on",
            )
        rules.refuse_foreign_problem(meeting.township_id, commitment.problem, village.pk if village else None)
    for item in meeting.agenda.select_related("problem", "commitment__meeting"):
        if item.commitment and item.commitment.meeting.held_on >= held_on:
            raise Refused("改后的召开日期不晚于所听取议定事项的会议，请先核对第一部分议题。", field="held_on")
        if item.problem and item.problem.discovered_on > held_on:
            raise Refused(f"议题中的{item.problem}在改后的召开日期之后才发现，请先核对。", field="held_on")
        if village and item.problem and item.problem.village_id != village.pk:
            raise Refused(f"议题中的{item.problem}不是{village}的问题，请先修改议题。", field="village")
