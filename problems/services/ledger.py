"""Logging and editing a problem: its facts, not its course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from problems import transitions
from problems.categories import clean_details, detail_changes
from problems.models import KeyProject, Problem
from problems.services import assisting, moves, standing
from problems.terms import LEDGER_STATES, Category, DeadlineKind, Severity, Source, State
from rounds.models import LinkedCampaign, Round
from villages.models import Cadre, Township, Unit, Village

# What an edit may name, besides details and assisting_units.
FIELDS = (
    "village",
    "category",
    "title",
    "description",
    "source",
    "source_event",
    "discovered_on",
    "place",
    "households",
    "severity",
    "key_project",
    "linked_campaign",
    "target",
    "lead_official",
    "responsible_unit",
    "owner",
)
_DEADLINE = ("deadline_kind", "due_on")
_PERSONS = {"lead_official": "责任领导", "owner": "责任人"}


@transaction.atomic
def add_key_project(*, township: Township, name: str, by: Any, at: datetime) -> KeyProject:
    """Enter a key construction project; the same name again gives the one there is."""
    project, made = KeyProject.objects.get_or_create(township=township, name=name)
    if made:
        audit.record(project, "新增重点工程", by=by, at=at)
    return project


@transaction.atomic
def log_problem(
    *,
    round: Round,
    village: Village,
    category: str,
    title: str,
    discovered_on: date,
    by: Any,
    at: datetime,
    description: str = "",
    details: Mapping[str, Any] | None = None,
    source: str = Source.SCREENING,
    source_event: str = "",
    place: str = "",
    households: int | None = None,
    severity: str = Severity.MEDIUM,
    key_project: KeyProject | None = None,
    linked_campaign: LinkedCampaign | None = None,
    target: str = "",
    lead_official: Cadre | None = None,
    responsible_unit: Unit | None = None,
    owner: Cadre | None = None,
    assisting_units: Iterable[Unit] = (),
    deadline_kind: str = DeadlineKind.DATE,
    due_on: date | None = None,
    on: date | None = None,
    submit: bool = False,
) -> Problem:
    """Log a problem as a draft with the next number of its round, or send it for review at once (`submit`)."""
    day = standing.day_of(at, on)
    # The round's row is locked so that two people logging at once get two numbers.
    round = Round.objects.select_for_update().get(pk=round.pk)
    last = Problem.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    problem = Problem(
        township_id=round.township_id,
        round=round,
        number=last + 1,
        village=village,
        category=category,
        title=title,
        description=description,
        details=clean_details(category, details or {}),
        source=source,
        source_event=source_event,
        discovered_on=discovered_on,
        place=place,
        households=households,
        severity=severity,
        key_project=key_project,
        linked_campaign=linked_campaign,
        target=target,
        lead_official=lead_official,
        responsible_unit=responsible_unit,
        owner=owner,
        deadline_kind=deadline_kind,
        due_on=due_on if deadline_kind == DeadlineKind.DATE else None,
        created_by=by,
        created_at=at,
        updated_at=at,
    )
    units = list(assisting_units)
    _check(problem, units)
    if discovered_on > day:
        raise Refused("发现时间不能晚于登记日期。", field="discovered_on")
    problem.search_text = search_text(problem)
    problem.save()
    problem.assisting_units.set(units)
    if units:
        assisting.follow({problem.pk: day})
    standing.stand(problem, action="log", on=day, by=by, at=at)
    audit.record(problem, "登记问题", by=by, at=at)
    if submit:
        moves.submit(problem, by=by, at=at, on=day)
    return problem


@transaction.atomic
def edit_problem(
    problem: Problem, *, base_version: int, by: Any, at: datetime, reason: str = "", **fields: Any
) -> Problem:
    """Change facts of a problem that nobody changed since `base_version` (RecordChanged otherwise).

    A reason is compulsory when a responsible person is replaced or the category changes after acceptance, and for any edit of a closed
    problem. The deadline of an accepted problem moves by extension or `moves.change_deadline` only.
    """
    if unknown := set(fields) - {*FIELDS, *_DEADLINE, "details", "assisting_units"}:
        raise TypeError(f"edit_problem() does not change {sorted(unknown)}")
    problem = Problem.objects.with_names().select_for_update(of=("self",)).get(pk=problem.pk)
    old_units = list(problem.assisting_units.all())
    units, changes, deadline_moved = revise(problem, fields, old_units=old_units, reason=reason)
    problem.updated_at = at
    save_if_unchanged(problem, expected_version=base_version, fields=[*FIELDS, "details", "search_text", "updated_at"])
    if {unit.pk for unit in units} != {unit.pk for unit in old_units}:
        problem.assisting_units.set(units)
        assisting.follow({problem.pk: standing.day_of(at)})
    if deadline_moved:
        standing.stand(
            problem,
            action="edit",
            on=standing.day_of(at),
            by=by,
            at=at,
            deadline_kind=problem.deadline_kind,
            due_on=problem.due_on,
        )
    audit.record(problem, "修改问题", by=by, at=at, changes=changes, reason=reason)
    return problem


def revise(
    problem: Problem, fields: Mapping[str, Any], *, old_units: list[Unit], reason: str
) -> tuple[list[Unit], list[dict[str, str]], bool]:
    """Set the fields on the loaded problem by the rules of an edit; nothing is written.

    Returns the assisting units, what changed for the record, and whether the deadline moved. Raises Refused.
    """
    transitions.refuse_state(problem, transitions.TABLE["edit"])
    accepted = problem.state in LEDGER_STATES
    before = audit.snapshot(problem, [*FIELDS, *_DEADLINE])
    old_category, old_details = problem.category, problem.details
    old = {name: getattr(problem, f"{name}_id", None) for name in _PERSONS}
    old_deadline = (problem.deadline_kind, problem.due_on)

    for name in FIELDS:
        if name in fields:
            setattr(problem, name, fields[name])
    if "details" in fields:
        problem.details = clean_details(problem.category, fields["details"])
    elif problem.category != old_category:
        problem.details = {}
    if accepted and any(name in fields and fields[name] != getattr(problem, name) for name in _DEADLINE):
        raise Refused("审核通过后的时限不能直接修改，请申请延期，或由组织委员调整时限。", field="due_on")
    if not accepted:
        problem.deadline_kind = fields.get("deadline_kind", problem.deadline_kind)
        due_on = fields.get("due_on", problem.due_on)
        problem.due_on = due_on if problem.deadline_kind == DeadlineKind.DATE else None
    units = list(fields.get("assisting_units", old_units))
    _check(problem, units)
    if accepted and not reason:
        for name in _PERSONS:
            if old[name] and getattr(problem, f"{name}_id") != old[name]:
                raise Refused(f"更换{audit.label(problem, name)}须写明原因。", field="reason")
        if problem.category != old_category:
            raise Refused("改变问题类别须写明原因。", field="reason")
        if problem.state == State.CLOSED:
            raise Refused("修改已销号的问题须写明原因。", field="reason")
    problem.search_text = search_text(problem)
    changes = audit.changes_since(before, problem)
    changes += detail_changes(old_category, old_details, problem.category, problem.details)
    if {u.pk for u in units} != {u.pk for u in old_units}:
        changes.append(
            {"field": "assisting_units", "label": "协助单位", "old": audit.show(old_units), "new": audit.show(units)}
        )
    return units, changes, (problem.deadline_kind, problem.due_on) != old_deadline


def search_text(problem: Problem) -> str:
    """What a search looks through, in small letters: words a person remembers a problem by."""
    names = (problem.village, problem.owner, problem.lead_official, problem.responsible_unit, problem.key_project)
    parts = [
        f"{problem.number}号",
        problem.title,
        problem.place,
        problem.source_event,
        problem.description,
        problem.target,
        *(str(named) for named in names if named),
    ]
    return "\n".join(part for part in parts if part).lower()


def _check(problem: Problem, units: list[Unit]) -> None:
    """Every fact belongs to the problem's township and round, and the days are in order."""
    township = problem.round.township_id
    county = problem.village.township.county_id
    if problem.village.township_id != township:
        raise Refused("这个村不属于本轮整治的乡镇，请重新选择。", field="village")
    if problem.category not in Category.values:
        raise Refused("请选择问题类别。", field="category")
    if problem.key_project and problem.key_project.township_id != township:
        raise Refused("这个重点工程不属于本乡镇，请重新选择。", field="key_project")
    if problem.linked_campaign and problem.linked_campaign.round_id != problem.round_id:
        raise Refused("这项结合工作不属于本轮次，请重新选择。", field="linked_campaign")
    for name in _PERSONS:
        cadre: Cadre | None = getattr(problem, name)
        if cadre and cadre.township_id not in (None, township):
            raise Refused("只能选择本乡镇或县级的干部。", field=name)
    for name, unit in [("responsible_unit", problem.responsible_unit), *(("assisting_units", u) for u in units)]:
        if unit and (unit.township_id not in (None, township) or unit.county_id != county):
            raise Refused("只能选择本乡镇或本县的单位。", field=name)
    if problem.responsible_unit and problem.responsible_unit in units:
        raise Refused("责任单位不必再列为协助单位。", field="assisting_units")
    if problem.due_on and problem.due_on < problem.discovered_on:
        raise Refused("整改时限不能早于发现时间。", field="due_on")
