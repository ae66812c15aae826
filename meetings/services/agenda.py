"""What was on the agenda and what became of it there."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from common.models import save_if_unchanged
from meetings.models import AgendaItem, Commitment, Meeting
from meetings.services import rules
from meetings.services.commitments import add_commitment
from problems.models import Problem
from villages.models import Cadre, Unit

FIELDS = ["problem", "matter", "outcome", "decision"]
TEXT_LENGTH = Commitment._meta.get_field("text").max_length or 300
MATTER_LENGTH = AgendaItem._meta.get_field("matter").max_length or 200


def _check_problem(meeting: Meeting, problem: Problem) -> None:
    """A problem this meeting can have discussed; no query."""
    rules.refuse_foreign_problem(meeting.township_id, problem, meeting.village_id)
    if problem.discovered_on > meeting.held_on:
        raise Refused(f"{problem}是{problem.discovered_on}才发现的，不会在此前的会议上研究，请核对。", field="problem")


def _check(
    meeting: Meeting, *, problem: Problem | None, matter: str, outcome: str, decision: str, besides: AgendaItem | None
) -> str:
    """The wording of the matter: as typed, else the name of its problem."""
    if problem is not None:
        _check_problem(meeting, problem)
        same = meeting.agenda.filter(problem=problem, commitment=None)
        if besides:
            same = same.exclude(pk=besides.pk)
        if same.exists() and not (besides and besides.commitment_id):
            raise Refused("这个问题已在本次会议的议题中，请直接修改原有议题。", field="problem")
    if outcome == AgendaItem.Outcome.UNRECORDED and decision:
        raise Refused("写了议定意见的，请选择结果。", field="outcome")
    if outcome == AgendaItem.Outcome.SETTLED and not decision:
        raise Refused("当场议定解决的，请写明议定意见。", field="decision")
    if besides and besides.commitment and problem != besides.commitment.problem:
        raise Refused("这项议题听取的是议定事项的落实情况，对应问题与议定事项一致，不能改。", field="problem")
    if not matter and problem is None:
        raise Refused("请写明议题，或选择对应的问题。", field="matter")
    return matter or problem.title  # type: ignore[union-attr]


@transaction.atomic
def add_agenda_item(
    meeting: Meeting,
    *,
    problem: Problem | None = None,
    matter: str = "",
    outcome: str = AgendaItem.Outcome.UNRECORDED,
    decision: str = "",
    unit: Unit | None = None,
    lead_official: Cadre | None = None,
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> AgendaItem:
    """Add a matter at the end of the agenda. Without a wording of its own it takes the problem's name.

    With `due_on` the decision becomes a commitment of `unit` or `lead_official` at once.
    """
    # Two people adding at once must not get the same number.
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    matter = _check(meeting, problem=problem, matter=matter, outcome=outcome, decision=decision, besides=None)
    last = meeting.agenda.order_by("-number").values_list("number", flat=True).first() or 0
    item = AgendaItem.objects.create(
        meeting=meeting, number=last + 1, problem=problem, matter=matter, outcome=outcome, decision=decision
    )
    audit.record(item, _entered(item), by=by, at=at)
    _promise(item, unit=unit, lead_official=lead_official, due_on=due_on, by=by, at=at)
    return item


def _promise(
    item: AgendaItem, *, unit: Unit | None, lead_official: Cadre | None, due_on: date | None, by: Any, at: datetime
) -> Commitment | None:
    """The decision of a matter as a commitment, when the form names until when."""
    if due_on is None:
        if unit or lead_official:
            raise Refused("写了责任单位或牵头领导的，请写明完成时限，保存后列入督办。", field="due_on")
        return None
    if item.outcome != AgendaItem.Outcome.COMMITTED:
        raise Refused("写了完成时限的，结果请选“议定任务限期办理”。", field="outcome")
    if not item.decision:
        raise Refused("列入督办的，请写明议定意见：做什么、做到什么程度。", field="decision")
    if len(item.decision) > TEXT_LENGTH:
        raise Refused(f"列入督办的议定意见请控制在{TEXT_LENGTH}字以内。", field="decision")
    return add_commitment(
        item.meeting, item=item, problem=item.problem, text=item.decision, unit=unit, lead_official=lead_official,
        due_on=due_on, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def add_problems(meeting: Meeting, *, problems: Iterable[Problem], by: Any, at: datetime) -> list[AgendaItem]:
    """Put several problems on the agenda at once, in the order given; what becomes of each is entered at its own matter."""
    chosen = list(problems)
    if not chosen:
        raise Refused("请勾选要列入议题的问题。", field="problems")
    # Two people adding at once must not get the same number.
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    there = set(meeting.agenda.filter(commitment=None).values_list("problem_id", flat=True))
    for problem in chosen:
        try:
            _check_problem(meeting, problem)
        except Refused as refusal:
            raise Refused(f"{problem}：{refusal}", field="problems") from None
        if problem.pk in there:
            raise Refused(f"{problem}已在本次会议的议题中，请去掉后再列入。", field="problems")
        there.add(problem.pk)
    last = meeting.agenda.aggregate(last=Max("number"))["last"] or 0
    items = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, number=number, problem=problem, matter=problem.title)
        for number, problem in enumerate(chosen, start=last + 1)
    )
    audit.record_many(audit.entry(item, _entered(item), by=by, at=at) for item in items)
    return items


def _entered(item: AgendaItem) -> str:
    if item.outcome == AgendaItem.Outcome.UNRECORDED:
        return f"列入议题“{rules.short(item.matter)}”"
    return f"登记议题“{rules.short(item.matter)}”：{item.get_outcome_display()}"


@transaction.atomic
def open_with_unkept(meeting: Meeting, *, by: Any, at: datetime) -> list[AgendaItem]:
    """The first part of the agenda: what earlier meetings of the same kind promised and was not kept by this one's day.

    Called again it adds only what is not there yet. Matters there are already move down.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    there = meeting.agenda.exclude(commitment=None).values("commitment_id")
    rows = Commitment.objects.to_review_at(meeting).exclude(pk__in=there)
    unkept = list(rows.select_related("unit", "lead_official", "meeting", "problem"))
    if not unkept:
        raise Refused("此前同类会议没有尚未落实的议定事项，或已全部列入议题。")
    first = meeting.agenda.exclude(commitment=None).count() + 1
    # From the last one down, so that no number is held twice on the way.
    for item in meeting.agenda.filter(number__gte=first).order_by("-number"):
        AgendaItem.objects.filter(pk=item.pk).update(number=item.number + len(unkept))
    made = []
    for number, commitment in enumerate(unkept, first):
        item = AgendaItem.objects.create(
            meeting=meeting, number=number, problem=commitment.problem, commitment=commitment,
            matter=_review(commitment),
        )  # fmt: skip
        audit.record(item, f"列入上次会议未落实的议定事项“{rules.short(commitment.text)}”", by=by, at=at)
        made.append(item)
    return made


def _review(commitment: Commitment) -> str:
    """The matter as minutes name it: what was promised by whom until when."""
    who = commitment.unit or commitment.lead_official
    tail = f"”落实情况（{who}，应于{full_date(commitment.due_on)}前完成）"
    return f"听取“{rules.short(commitment.text, MATTER_LENGTH - len(tail) - 4)}{tail}"


@transaction.atomic
def change_agenda_item(
    item: AgendaItem,
    *,
    problem: Problem | None,
    matter: str,
    outcome: str,
    decision: str,
    unit: Unit | None = None,
    lead_official: Cadre | None = None,
    due_on: date | None = None,
    base_version: int,
    by: Any,
    at: datetime,
) -> AgendaItem:
    """Change a matter or what became of it; `due_on` makes its decision a commitment, once."""
    matter = _check(item.meeting, problem=problem, matter=matter, outcome=outcome, decision=decision, besides=item)
    before = audit.snapshot(item, FIELDS)
    item.problem, item.matter, item.outcome, item.decision = problem, matter, outcome, decision
    save_if_unchanged(item, expected_version=base_version, fields=FIELDS)
    audit.record(
        item, f"修改议题“{rules.short(matter)}”", by=by, at=at, changes=audit.changes_since(before, item)
    )  # fmt: skip
    if due_on and item.commitments.exists():
        raise Refused("这项议题已有列入督办的议定事项，请在议定事项中修改，或另外登记。", field="due_on")
    _promise(item, unit=unit, lead_official=lead_official, due_on=due_on, by=by, at=at)
    return item
