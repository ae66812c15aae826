"""What was promised at a meeting, and whether it was kept."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from meetings.models import AgendaItem, Commitment, Meeting
from meetings.services import rules
from problems.models import Problem
from villages.models import Cadre, Unit

FIELDS = ["problem", "text", "lead_official", "unit", "due_on", "kept_on", "note"]
# What may not change without a reason (product.md §3): deadline, state, who is responsible.
REASONED = ["lead_official", "unit", "due_on", "kept_on"]


def _check(
    meeting: Meeting, *, problem: Problem | None, lead_official: Cadre | None, unit: Unit | None, due_on: date
) -> None:
    rules.refuse_foreign_problem(meeting.township_id, problem, meeting.village_id)
    rules.refuse_foreign_cadre(meeting.township, lead_official, field="lead_official")
    rules.refuse_foreign_units(meeting.township, [unit] if unit else [], field="unit")
    if unit is None and lead_official is None:
        raise Refused("请写明责任单位或牵头领导，否则无人落实。", field="unit")
    if due_on < meeting.held_on:
        raise Refused(f"完成时限不能早于会议召开日期（{meeting.held_on}）。", field="due_on")


def _check_kept(commitment: Commitment, *, kept_on: date, note: str, at: datetime) -> None:
    if kept_on < commitment.meeting.held_on:
        raise Refused(f"落实日期不能早于会议召开日期（{commitment.meeting.held_on}）。", field="kept_on")
    rules.refuse_future(
        kept_on, at=at, field="kept_on", sentence="落实日期不能晚于今天；还在办理的请留空，只写办理情况。"
    )
    if not note:
        raise Refused("请写明落实情况：做了什么，结果怎样。", field="note")


@transaction.atomic
def add_commitment(
    meeting: Meeting,
    *,
    problem: Problem | None = None,
    text: str,
    lead_official: Cadre | None = None,
    unit: Unit | None = None,
    due_on: date,
    item: AgendaItem | None = None,
    by: Any,
    at: datetime,
) -> Commitment:
    """Record what was promised. Refused: due before the meeting, nobody answerable, anything of another township.

    `item`: the matter on the agenda it follows from.
    """
    _check(meeting, problem=problem, lead_official=lead_official, unit=unit, due_on=due_on)
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused("所选议题不是本次会议的，请重新选择。")
    commitment = Commitment.objects.create(
        meeting=meeting, item=item, problem=problem, text=text, lead_official=lead_official, unit=unit, due_on=due_on
    )
    audit.record(commitment, f"登记议定事项“{rules.short(text)}”，限{due_on}前完成", by=by, at=at)
    if item is not None and item.outcome == AgendaItem.Outcome.UNRECORDED:
        # What was promised about it is what became of it: it does not go on waiting for an outcome.
        before = audit.snapshot(item, ["outcome"])
        item.outcome = AgendaItem.Outcome.COMMITTED
        save_if_unchanged(item, expected_version=item.version, fields=["outcome"])
        changes = audit.changes_since(before, item)
        audit.record(item, f"登记议题“{rules.short(item.matter)}”的结果", by=by, at=at, changes=changes)
    return commitment


@transaction.atomic
def keep_commitment(
    commitment: Commitment, *, kept_on: date, note: str, base_version: int | None = None, by: Any, at: datetime
) -> Commitment:
    """Report a commitment as kept, with what was done. Refused when it is kept already: the office corrects by `change_commitment`."""
    if commitment.kept_on:
        raise Refused(f"这一事项已于{commitment.kept_on}报告落实；如有差错，请党建办修改。")
    _check_kept(commitment, kept_on=kept_on, note=note, at=at)
    before = audit.snapshot(commitment, ["kept_on", "note"])
    commitment.kept_on, commitment.note = kept_on, note
    save_if_unchanged(commitment, expected_version=base_version or commitment.version, fields=["kept_on", "note"])
    audit.record(
        commitment, f"报告落实“{rules.short(commitment.text)}”", by=by, at=at,
        changes=audit.changes_since(before, commitment),
    )  # fmt: skip
    return commitment


@transaction.atomic
def report_commitment(
    commitment: Commitment, *, note: str, base_version: int | None = None, by: Any, at: datetime
) -> Commitment:
    """Say how far it is while it is not kept yet."""
    if commitment.kept_on:
        raise Refused(f"这一事项已于{commitment.kept_on}报告落实；如有差错，请党建办修改。")
    if not note:
        raise Refused("请写明办理情况。", field="note")
    before = audit.snapshot(commitment, ["note"])
    commitment.note = note
    save_if_unchanged(commitment, expected_version=base_version or commitment.version, fields=["note"])
    audit.record(
        commitment, f"报告办理情况“{rules.short(commitment.text)}”", by=by, at=at,
        changes=audit.changes_since(before, commitment),
    )  # fmt: skip
    return commitment


@transaction.atomic
def change_commitment(
    commitment: Commitment,
    *,
    problem: Problem | None,
    text: str,
    lead_official: Cadre | None,
    unit: Unit | None,
    due_on: date,
    kept_on: date | None,
    note: str,
    reason: str = "",
    base_version: int,
    by: Any,
    at: datetime,
) -> Commitment:
    """Correct a commitment. A changed deadline, state or responsible person needs a reason."""
    _check(commitment.meeting, problem=problem, lead_official=lead_official, unit=unit, due_on=due_on)
    if kept_on:
        _check_kept(commitment, kept_on=kept_on, note=note, at=at)
    before = audit.snapshot(commitment, FIELDS)
    commitment.problem, commitment.text, commitment.lead_official, commitment.unit = problem, text, lead_official, unit
    commitment.due_on, commitment.kept_on, commitment.note = due_on, kept_on, note
    changes = audit.changes_since(before, commitment)
    if not reason and any(change["field"] in REASONED for change in changes):
        labels = "、".join(change["label"] for change in changes if change["field"] in REASONED)
        raise Refused(f"修改了{labels}，请写明原因。", field="reason")
    save_if_unchanged(commitment, expected_version=base_version, fields=FIELDS)
    audit.record(
        commitment, f"修改议定事项“{rules.short(text)}”", by=by, at=at, changes=changes, reason=reason
    )  # fmt: skip
    return commitment
