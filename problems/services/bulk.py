"""Many problems in one transaction with few statements: what an import does.

The rules are those of the single services: `ledger._check` and `ledger.revise` decide, `standing.derive` and `standing.next_step` say how
a problem stands, every problem gets its steps and its entries in the record of what was done. Only the writing is done in bulk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from problems import transitions
from problems.models import Measure, Problem, Step
from problems.services import assisting, ledger, standing
from problems.services import measures as measure_rules
from problems.terms import DeadlineKind, Severity, Source, State
from rounds.models import Round
from villages.models import Unit

BATCH = 1000
PROBLEM_FIELDS = (*ledger.FIELDS, "deadline_kind", "due_on")


@dataclass
class NewProblem:
    """A problem to be logged: values by name of PROBLEM_FIELDS, the units that help, the texts of its measures."""

    values: dict[str, Any]
    assisting_units: list[Unit] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    problem: Problem | None = None  # once written
    made: list[Measure] = field(default_factory=list)


@dataclass
class EditedProblem:
    """A change of a logged problem, based on `base_version`; `measures` are texts to add, `reworded` key of a measure → its new text."""

    pk: int
    base_version: int
    values: dict[str, Any]
    assisting_units: list[Unit] | None = None
    measures: list[str] = field(default_factory=list)
    reworded: dict[int, str] = field(default_factory=dict)
    problem: Problem | None = None
    was: dict[str, Any] = field(default_factory=dict)  # before the change, for undoing
    made: list[Measure] = field(default_factory=list)
    touched: list[tuple[Measure, dict[str, Any]]] = field(default_factory=list)


@dataclass
class NewMeasure:
    """A measure of a problem that is in the ledger."""

    problem_id: int
    values: dict[str, Any]  # text, standard, owner, unit, deadline_kind, starts_on, due_on
    measure: Measure | None = None


def build(new: NewProblem, *, round: Round, by: Any, at: datetime, day: date) -> Problem:
    """The problem as `ledger.log_problem` would make it, checked by the same rules, not yet written and without a number."""
    defaults: dict[str, Any] = {
        "description": "", "source": Source.SCREENING, "source_event": "", "place": "", "households": None,
        "severity": Severity.MEDIUM, "key_project": None, "linked_campaign": None, "target": "", "lead_official": None,
        "responsible_unit": None, "owner": None, "deadline_kind": DeadlineKind.DATE, "due_on": None,
    }  # fmt: skip
    values = defaults | new.values
    if values["deadline_kind"] != DeadlineKind.DATE:
        values["due_on"] = None
    problem = Problem(township_id=round.township_id, round=round, created_by=by, created_at=at, updated_at=at, **values)
    ledger._check(problem, new.assisting_units)
    if problem.discovered_on > day:
        raise Refused("发现时间不能晚于登记日期。", field="discovered_on")
    for text in new.measures:
        if not text.strip():
            raise Refused("请写明整改措施。", field="measures")
    return problem


def _refuse_without_deadline(problem: Problem) -> None:
    if problem.deadline_kind == DeadlineKind.DATE and problem.due_on is None:
        raise Refused("限期整改的问题须填写整改时限后才能提交审核。", field="due_on")


def check_new(new: NewProblem, *, round: Round, by: Any, at: datetime, submit: bool) -> None:
    """Raise Refused when `log_problems` would; writes nothing and asks the database nothing."""
    problem = build(new, round=round, by=by, at=at, day=standing.day_of(at))
    if submit:
        _refuse_without_deadline(problem)


@transaction.atomic
def log_problems(
    rows: Sequence[NewProblem], *, round: Round, by: Any, at: datetime, submit: bool, reason: str = ""
) -> list[Problem]:
    """Log many problems of one round with the next numbers, and send them for review (`submit`). All or none."""
    if not rows:
        return []
    day = standing.day_of(at)
    # The round's row is locked so that two people logging at once get two numbers.
    round = Round.objects.select_for_update().select_related("township__county").get(pk=round.pk)
    last = Problem.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    problems: list[Problem] = []
    for number, row in enumerate(rows, last + 1):
        problem = build(row, round=round, by=by, at=at, day=day)
        if submit:
            _refuse_without_deadline(problem)
        problem.number = number
        problem.search_text = ledger.search_text(problem)
        row.problem = problem
        problems.append(problem)
    # The first step is written for a draft, the second for what was submitted; both on the same day, as the single services do.
    actions = ("log", "submit") if submit else ("log",)
    for problem in problems:
        problem.version = 1 + len(actions)
        problem.state = str(transitions.TABLE[actions[-1]].to)
        problem.queue_on, problem.yellow_on = standing.derive(
            problem, yellow_days=round.yellow_days, stale_days=round.stale_days
        )
    Problem.objects.bulk_create(problems, batch_size=BATCH)
    through = Problem.assisting_units.through
    through.objects.bulk_create(
        [through(problem=row.problem, unit=unit) for row in rows for unit in row.assisting_units], batch_size=BATCH
    )
    assisting.follow({row.problem.pk: day for row in rows if row.problem and row.assisting_units})
    steps: list[Step] = []
    entries = []
    for problem in problems:
        final = problem.state
        before = ""
        for place, action in enumerate(actions):
            row_of_table = transitions.TABLE[action]
            problem.state = str(row_of_table.to)
            step = standing.next_step(
                problem, action=action, from_state=before, since=day, by=by, at=at, reason=reason if place == 0 else ""
            )
            step.until = day if place < len(actions) - 1 else None
            steps.append(step)
            changes = (
                [{"field": "state", "label": "状态", "old": State(before).label, "new": State(problem.state).label}]
                if before
                else []
            )
            entries.append(
                audit.entry(
                    problem, row_of_table.verb, by=by, at=at, changes=changes, reason=reason if place == 0 else ""
                )
            )
            before = problem.state
        problem.state = final
    Step.objects.bulk_create(steps, batch_size=BATCH)
    audit.record_many(entries)
    added = _by_problem(_add_texts([(row.problem, row.measures) for row in rows], by=by, at=at))
    for row in rows:
        row.made = added[row.problem.pk] if row.problem else []
    return problems


def _by_problem(measures: Sequence[Measure]) -> dict[int, list[Measure]]:
    found: dict[int, list[Measure]] = defaultdict(list)
    for measure in measures:
        found[measure.problem_id].append(measure)
    return found


def _add_texts(rows: Sequence[tuple[Any, Sequence[str]]], *, by: Any, at: datetime) -> list[Measure]:
    """Measures of which only the text is known: deadline, unit and owner are those of their problem."""
    new = [
        NewMeasure(
            problem.pk,
            {
                "text": text, "standard": "", "owner": problem.owner, "unit": problem.responsible_unit,
                "deadline_kind": problem.deadline_kind, "starts_on": None, "due_on": problem.due_on,
            },
        )
        for problem, texts in rows
        for text in texts
    ]  # fmt: skip
    return add_measures(new, problems={problem.pk: problem for problem, _ in rows}, by=by, at=at)


@transaction.atomic
def add_measures(
    rows: Sequence[NewMeasure], *, problems: Mapping[int, Problem], by: Any, at: datetime
) -> list[Measure]:
    """Add many measures, numbered on from each problem's last. `problems` holds them by key, with their rounds' names loaded."""
    if not rows:
        return []
    keys = {row.problem_id for row in rows}
    # Locked, so that two people adding at once get two numbers.
    locked = set(Problem.objects.select_for_update().filter(pk__in=keys).values_list("pk", flat=True))
    if locked != keys:
        raise Refused("有问题已不在台账中，请重新检查。")
    last = dict(
        Measure.objects.filter(problem__in=keys).order_by().values("problem").annotate(last=Max("number")).values_list("problem", "last")
    )  # fmt: skip
    counts: dict[int, int] = defaultdict(int, last)
    made, today = [], standing.day_of(at)
    for row in rows:
        problem = problems[row.problem_id]
        check_measure(problem, row.values)
        counts[row.problem_id] += 1
        values = dict(row.values)
        if values["deadline_kind"] == DeadlineKind.CONTINUING:
            values["due_on"] = None
        added_on = measure_rules.counts_from(today, values["starts_on"])
        row.measure = Measure(problem=problem, number=counts[row.problem_id], added_on=added_on, **values)
        made.append(row.measure)
    Measure.objects.bulk_create(made, batch_size=BATCH)
    audit.record_many([audit.entry(measure, "新增整改措施", by=by, at=at) for measure in made])
    return made


def check_measure(problem: Problem, values: Mapping[str, Any]) -> None:
    """The rules of `measures.add_measure`, without a query."""
    measure_rules._refuse_closed(problem)
    measure_rules._check(
        problem,
        **{name: values[name] for name in ("text", "owner", "unit", "deadline_kind", "starts_on", "due_on")},
    )


# What an undo needs to put a problem back: the columns an edit may write.
_WRITTEN = (*ledger.FIELDS, "details", "deadline_kind", "due_on", "queue_on", "yellow_on", "search_text")


def load(keys: Sequence[int], *, lock: bool = False) -> dict[int, Problem]:
    """Problems with everything an edit looks at; three queries."""
    rows = Problem.objects.select_related(
        "village__township", "round", "owner", "lead_official", "responsible_unit", "key_project", "linked_campaign"
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {problem.pk: problem for problem in rows.filter(pk__in=keys).prefetch_related("assisting_units", "measures")}


def revise(edit: EditedProblem, problem: Problem, *, reason: str) -> tuple[list[Unit], list[dict[str, str]], bool]:
    """Set one edit on its loaded problem by the rules of a single edit; nothing is written. Raises Refused."""
    old_units = list(problem.assisting_units.all())
    fields = dict(edit.values)
    if edit.assisting_units is not None:
        fields["assisting_units"] = edit.assisting_units
    result = ledger.revise(problem, fields, old_units=old_units, reason=reason)
    if edit.measures or edit.reworded:
        measure_rules._refuse_closed(problem)
    return result


@transaction.atomic
def edit_problems(
    edits: Sequence[EditedProblem], *, by: Any, at: datetime, reason: str, progress: Callable[[], None] = lambda: None
) -> list[Problem]:
    """Change many problems, each unchanged since its `base_version` (RecordChanged otherwise). All or none."""
    if not edits:
        return []
    loaded = load([edit.pk for edit in edits], lock=True)
    day = standing.day_of(at)
    entries, moved, changed = [], [], []
    links: dict[int, list[Unit]] = {}
    for edit in edits:
        problem = loaded.get(edit.pk)
        if problem is None:
            raise Refused("有问题已不在台账中，请重新检查。")
        if problem.version != edit.base_version:
            raise RecordChanged(problem)
        edit.problem = problem
        edit.was = {name: problem.serializable_value(name) for name in _WRITTEN}
        edit.was["assisting_units"] = [unit.pk for unit in problem.assisting_units.all()]
        units, changes, deadline_moved = revise(edit, problem, reason=reason)
        if edit.assisting_units is not None:
            links[problem.pk] = units
        if deadline_moved:
            problem.queue_on, problem.yellow_on = standing.derive(
                problem, yellow_days=problem.round.yellow_days, stale_days=problem.round.stale_days
            )
            moved.append(problem)
        if edit.values or edit.assisting_units is not None:
            # As many versions as the single services would count: one for the edit, one for the step.
            problem.version += 1 + deadline_moved
            problem.updated_at = at
            changed.append(problem)
            entries.append(audit.entry(problem, "修改问题", by=by, at=at, changes=changes, reason=reason))
    written = {name for edit in edits for name in edit.values}
    if changed:
        columns = sorted({*written, "details", "search_text", "updated_at", "version", "queue_on", "yellow_on"})
        Problem.objects.bulk_update(changed, columns, batch_size=BATCH)
    if links:
        through = Problem.assisting_units.through
        through.objects.filter(problem__in=links).delete()
        through.objects.bulk_create(
            [through(problem_id=pk, unit=unit) for pk, units in links.items() for unit in units], batch_size=BATCH
        )
        assisting.follow(dict.fromkeys(links, day))
    if moved:
        _stand(moved, action="edit", day=day, by=by, at=at)
    audit.record_many(entries)
    added = _by_problem(_add_texts([(e.problem, e.measures) for e in edits if e.measures], by=by, at=at))
    for edit in edits:
        edit.made = added[edit.pk]
    _reword(edits, by=by, at=at, reason=reason)
    return list(loaded.values())


def _stand(problems: Sequence[Problem], *, action: str, day: date, by: Any, at: datetime) -> None:
    """End the present step of each and write the next, as `standing.stand` does for one."""
    present = {s.problem_id: s for s in Step.objects.filter(problem__in=problems, until=None)}
    steps = []
    for problem in problems:
        step = present[problem.pk]
        step.until = max(day, step.since)
        steps.append(standing.next_step(problem, action=action, since=step.until, by=by, at=at))
    Step.objects.bulk_update(present.values(), ["until"], batch_size=BATCH)
    Step.objects.bulk_create(steps, batch_size=BATCH)


def _reword(edits: Sequence[EditedProblem], *, by: Any, at: datetime, reason: str) -> None:
    changes: list[tuple[Measure, Mapping[str, Any]]] = []
    for edit in edits:
        if not edit.reworded or edit.problem is None:
            continue
        for measure in edit.problem.measures.all():
            if measure.pk in edit.reworded:
                edit.touched.append((measure, {"text": measure.text}))
                changes.append((measure, {"text": edit.reworded[measure.pk]}))
    change_measures(changes, by=by, at=at, reason=reason)


@transaction.atomic
def change_measures(rows: Sequence[tuple[Measure, Mapping[str, Any]]], *, by: Any, at: datetime, reason: str) -> None:
    """Write new values on measures loaded in this transaction, with the rules and the record of `measures.change_measure`."""
    if not rows:
        return
    entries, columns = [], {"version"}
    for measure, values in rows:
        revise_measure(measure, values, reason=reason)
        measure.version += 1
        columns.update(values)
        entries.append(
            audit.entry(measure, "修改整改措施", by=by, at=at, changes=getattr(measure, "revised", []), reason=reason)
        )
    Measure.objects.bulk_update([measure for measure, _ in rows], sorted(columns), batch_size=BATCH)
    audit.record_many(entries)


def revise_measure(measure: Measure, values: Mapping[str, Any], *, reason: str) -> list[dict[str, str]]:
    """Set values on a loaded measure by the rules of a single change; nothing is written. Raises Refused."""
    before = audit.snapshot(measure, measure_rules.FIELDS)
    for name, value in values.items():
        setattr(measure, name, value)
    check_measure(measure.problem, {name: getattr(measure, name) for name in measure_rules.FIELDS})
    if measure.deadline_kind == DeadlineKind.CONTINUING:
        measure.due_on = None
    changes = audit.changes_since(before, measure)
    if not reason.strip() and any(change["field"] in measure_rules.REASON_FOR for change in changes):
        raise Refused("修改了责任人、责任单位或时限，请写明原因。", field="reason")
    measure.revised = changes  # type: ignore[attr-defined]
    return changes


def check_done(measure: Measure, *, done_on: date, at: datetime) -> None:
    """The rules of `measures.finish_measure`, without a query."""
    measure_rules.refuse_done(measure, done_on=done_on, at=at)


@transaction.atomic
def finish_measures(rows: Sequence[tuple[Measure, date, str]], *, by: Any, at: datetime) -> None:
    """Mark measures of this transaction done (measure, day, what was done)."""
    if not rows:
        return
    entries = []
    for measure, done_on, done_note in rows:
        check_done(measure, done_on=done_on, at=at)
        before = audit.snapshot(measure, ["done_on", "done_note"])
        measure.done_on, measure.done_note, measure.version = done_on, done_note, measure.version + 1
        measure.added_on = measure_rules.counts_from(measure.added_on, done_on)
        changes = audit.changes_since(before, measure)
        entries.append(audit.entry(measure, "完成整改措施", by=by, at=at, changes=changes))
    Measure.objects.bulk_update(
        [m for m, _, _ in rows], ["done_on", "done_note", "added_on", "version"], batch_size=BATCH
    )
    audit.record_many(entries)


__all__ = [
    "EditedProblem",
    "NewMeasure",
    "NewProblem",
    "add_measures",
    "change_measures",
    "check_done",
    "check_measure",
    "check_new",
    "edit_problems",
    "finish_measures",
    "load",
    "log_problems",
    "revise",
    "revise_measure",
]
