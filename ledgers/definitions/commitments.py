"""H 会议议定事项督办台账: one row for each promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.permissions import Permission
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from meetings.models import Commitment

COLUMNS = (
    column("meeting", "会议名称", width=24),
    column("held_on", "召开时间", width=12.6, kind=Kind.DAY),
    column("text", "跟踪督办事项", width=36),
    column("lead", "牵头领导", width=15),
    column("unit", "责任单位", width=14),
    column("due_on", "完成时限", width=12.6, kind=Kind.DAY),
    column("note", "落实情况", width=34),
    column("state", "状态", width=9, align="center"),
    column("remark", "备注", width=12),
)
KEPT = (Commitment.State.KEPT, Commitment.State.KEPT_LATE)


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Commitment.objects.filter(meeting__round__in=ask.round_ids).as_of(ask.as_of))
    order = ("meeting__township_id", "meeting__held_on", "meeting_id", "due_on", "pk")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = Commitment.objects.select_related("meeting__village", "problem__village", "unit", "lead_official").in_bulk(
        keys
    )
    for pk in keys:
        if not (c := found.get(pk)):
            continue
        state = c.state_on(ask.as_of)
        kept = state in KEPT
        village = c.problem.village if c.problem else c.meeting.village
        yield Line(
            (
                c.meeting.name,
                c.meeting.held_on,
                c.text,
                c.lead_official.with_title if c.lead_official else "",
                c.unit.name if c.unit else "",
                c.due_on,
                words.said_on(c.kept_on, c.note) if kept else "",
                state.label,
                ask.village(village.name, c.meeting.township_id) if village else "",
            ),
            pk,
            c.version,
            c.meeting.township_id,
            kept,
        )


def summary(totals: Totals) -> dict[str, Value]:
    return {"text": f"共{totals.count}项，已落实{totals.done}项"}


LEDGER = Ledger(
    code="H",
    name="会议议定事项督办台账",
    noun="项",
    permission=Permission.PROBLEM_VIEW,  # as the list: a station sees what it promised without seeing the meetings
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    summary=summary,
    importable=True,
    about="会议议定的每件事一行：责任单位、时限和落实情况",
)
