"""The meetings with their agenda and what was promised there."""

from __future__ import annotations

from meetings.services import agenda, commitments, meetings
from rectify.demo import work
from rectify.demo.base import Demo, at
from rectify.demo.place import TOWNSHIP

# meetings that open with what earlier ones of their kind promised and was not kept: what was said about the first matter
OPENED = {"c2": "指挥部下月中旬前印发补偿口径", "c3": "请农业农村局按期落实改造资金"}


def load(demo: Demo) -> None:
    township, clerk = demo.township[TOWNSHIP], demo.user["shen"]
    for (
        key,
        kind,
        level,
        name,
        day,
        chair,
        where,
        village,
        departments,
        attendees,
        subject,
        deployment,
    ) in work.MEETINGS:
        demo.meeting[key] = meetings.hold_meeting(
            township=township, round=demo.round, kind=kind, level=level, name=name, held_on=day, place=where, chair=demo.cadre[chair],
            departments=[demo.unit[d] for d in departments], attendees=attendees, subject=subject, deployment=deployment,
            village=demo.village[village] if village else None, by=clerk, at=at(day, 17),
        )  # fmt: skip
    for key, number, matter, outcome, decision in work.AGENDA:
        meeting = demo.meeting[key]
        agenda.add_agenda_item(
            meeting,
            problem=demo.problem[number],
            matter=matter,
            outcome=outcome,
            decision=decision,
            by=clerk,
            at=at(meeting.held_on, 18),
        )
    for key, number, text, lead, unit, due, kept, note in work.COMMITMENTS:
        meeting = demo.meeting[key]
        commitment = commitments.add_commitment(
            meeting, problem=demo.problem[number], text=text, lead_official=demo.cadre[lead], unit=demo.unit[unit], due_on=due,
            by=clerk, at=at(meeting.held_on, 18),
        )  # fmt: skip
        if kept:
            commitments.keep_commitment(commitment, kept_on=kept, note=note, by=clerk, at=at(kept, 16))
    for key in OPENED:
        open_with_unkept(demo, key)


def open_with_unkept(demo: Demo, key: str) -> None:
    """Put what was not kept first on the agenda, with what was said about it."""
    meeting, clerk = demo.meeting[key], demo.user["shen"]
    moment = at(meeting.held_on, 18)
    first = agenda.open_with_unkept(meeting, by=clerk, at=moment)[0]
    agenda.change_agenda_item(
        first, problem=first.problem, matter=first.matter, outcome="pending", decision=OPENED[key],
        base_version=first.version, by=clerk, at=moment,
    )  # fmt: skip
