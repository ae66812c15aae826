"""What was on the agenda and what became of it there."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from meetings.models import AgendaItem, Meeting
from meetings.services import rules
from problems.models import Problem

FIELDS = ["problem", "matter", "outcome", "decision"]


def _check(
    meeting: Meeting, *, problem: Problem | None, matter: str, outcome: str, decision: str, besides: AgendaItem | None
) -> str:
    """The wording of the matter: as typed, else the name of its problem."""
    rules.refuse_foreign_problem(meeting.township_id, problem, meeting.village_id)
    if problem is not None:
        if problem.discovered_on > meeting.held_on:
            raise Refused(
                f"{problem}是{problem.discovered_on}才发现的，不会在此前的会议上研究，请核对。", field="problem"
            )
        same = meeting.agenda.filter(problem=problem)
        if besides:
            same = same.exclude(pk=besides.pk)
        if same.exists():
            raise Refused("这个问题已在本次会议的议题中，请直接修改原有议题。", field="problem")
    if outcome == AgendaItem.Outcome.SETTLED and not decision:
        raise Refused("当场议定解决的，请写明议定意见。", field="decision")
    if not matter and problem is None:
        raise Refused("请写明议题，或选择对应的问题。", field="matter")
    return matter or problem.title  # type: ignore[union-attr]


@transaction.atomic
def add_agenda_item(
    meeting: Meeting,
    *,
    problem: Problem | None = None,
    matter: str = "",
    outcome: str = AgendaItem.Outcome.PENDING,
    decision: str = "",
    by: Any,
    at: datetime,
) -> AgendaItem:
    """Add a matter at the end of the agenda. Without a wording of its own it takes the problem's name."""
    # Two people adding at once must not get the same number.
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    matter = _check(meeting, problem=problem, matter=matter, outcome=outcome, decision=decision, besides=None)
    last = meeting.agenda.order_by("-number").values_list("number", flat=True).first() or 0
    item = AgendaItem.objects.create(
        meeting=meeting, number=last + 1, problem=problem, matter=matter, outcome=outcome, decision=decision
    )
    audit.record(item, f"登记议题“{rules.short(matter)}”：{item.get_outcome_display()}", by=by, at=at)
    return item


@transaction.atomic
def change_agenda_item(
    item: AgendaItem,
    *,
    problem: Problem | None,
    matter: str,
    outcome: str,
    decision: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> AgendaItem:
    """Change a matter or what became of it."""
    matter = _check(item.meeting, problem=problem, matter=matter, outcome=outcome, decision=decision, besides=item)
    before = audit.snapshot(item, FIELDS)
    item.problem, item.matter, item.outcome, item.decision = problem, matter, outcome, decision
    save_if_unchanged(item, expected_version=base_version, fields=FIELDS)
    audit.record(
        item, f"修改议题“{rules.short(matter)}”", by=by, at=at, changes=audit.changes_since(before, item)
    )  # fmt: skip
    return item
