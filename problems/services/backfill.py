"""补录: problems of an old ledger, with the course they took before the portal knew them.

The portal saw none of it, so it is written only with two people behind it: one who brings the ledger, one who confirms it and answers for
degree and close-out. Every step stands on the day the ledger states and says where it comes from; the moment of recording is the real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from problems import transitions
from problems.models import CloseRequest, Measure, Problem, ProgressEntry, Step
from problems.services import assisting, bulk, standing
from problems.terms import CLOSING_DEGREES, DeadlineKind, Degree, State
from rounds.models import Round

BATCH = 500
OUTCOME = 300


@dataclass
class Past:
    """One row of an old ledger. `progress` is in the order of its days; `source` says where it comes from."""

    new: bulk.NewProblem
    progress: list[tuple[date, str]] = field(default_factory=list)
    degree: str = Degree.UNRESOLVED
    closed_on: date | None = None
    outcome: str = ""
    approver: str = ""  # who closed it, by the ledger
    source: str = ""


def check(past: Past, *, round: Round, by: Any, at: datetime) -> Problem:
    """The problem before its course, when the days and words of the row can be true together. Raises Refused; no query."""
    today = standing.day_of(at)
    problem = bulk.build(past.new, round=round, by=by, at=at, day=today)
    bulk._refuse_without_deadline(problem)
    last = problem.discovered_on
    for day, text in past.progress:
        if day > today:
            raise Refused("进展的日期不能晚于今天。", field="progress")
        if day < problem.discovered_on:
            raise Refused(f"进展的日期不能早于发现时间（{full_date(problem.discovered_on)}）。", field="progress")
        if day < last:
            raise Refused("进展请按日期先后填写。", field="progress")
        if not text.strip():
            raise Refused("进展只有日期，没有内容。", field="progress")
        last = day
    if past.closed_on is None:
        if past.degree == Degree.FULL:
            raise Refused("已化解的须填写销号时间；没有销号的，填未化解、初步化解或基本化解。", field="closed_on")
        return problem
    if past.closed_on > today:
        raise Refused("销号时间不能晚于今天。", field="closed_on")
    if past.closed_on < problem.discovered_on:
        raise Refused(f"销号时间不能早于发现时间（{full_date(problem.discovered_on)}）。", field="closed_on")
    if past.closed_on < last:
        raise Refused(f"销号时间不能早于最后一次进展（{full_date(last)}）。", field="closed_on")
    if past.degree not in CLOSING_DEGREES:
        raise Refused("填了销号时间的，化解程度须为基本化解或已化解。", field="degree")
    if not past.outcome.strip():
        raise Refused("已销号的须在进展情况中写明整改结果。", field="progress")
    return problem


def steps_of(past: Past, problem: Problem) -> list[tuple[str, date, bool, dict[str, Any]]]:
    """(action, day, by who confirms, what it changes), in the order the table of transitions allows."""
    start = problem.discovered_on
    due_on = problem.due_on
    if problem.deadline_kind == DeadlineKind.IMMEDIATE:
        due_on = start + timedelta(days=problem.round.immediate_days)
    rows: list[tuple[str, date, bool, dict[str, Any]]] = [
        ("log", start, False, {}),
        ("submit", start, False, {}),
        ("accept", start, True, {"due_on": due_on, "first_due_on": due_on, "started_on": start}),
    ]
    rows += [("progress", day, False, {"last_progress_on": day}) for day, _ in past.progress]
    if past.closed_on is None:
        if past.degree != Degree.UNRESOLVED:
            day = past.progress[-1][0] if past.progress else start
            rows.append(("degree", day, True, {"degree": past.degree}))
        return rows
    closing = {"degree": past.degree, "outcome": short_outcome(past.outcome), "closed_on": past.closed_on}
    return [*rows, ("ask_close", past.closed_on, False, {}), ("close", past.closed_on, True, closing)]


def short_outcome(text: str) -> str:
    """As much of a long result as the problem's row holds, in whole sentences where possible."""
    text = " ".join(text.split())
    if len(text) <= OUTCOME:
        return text
    end = max(text.rfind(mark, 0, OUTCOME) for mark in "。；")
    return text[: end + 1] if end > 20 else text[: OUTCOME - 1] + "…"


@transaction.atomic
def backfill(rows: Sequence[Past], *, round: Round, brought_by: Any, confirmed_by: Any, at: datetime) -> list[Problem]:
    """Write old problems with their course, all or none. Refused when one person alone stands behind them."""
    if not rows:
        return []
    if brought_by.pk == confirmed_by.pk:
        raise Refused("补录须由上传人以外的另一人确认。")
    # The round's row is locked so that two people logging at once get two numbers.
    round = Round.objects.select_for_update().select_related("township__county").get(pk=round.pk)
    last = Problem.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    problems, steps, texts = [], [], []
    for number, past in enumerate(rows, last + 1):
        problem = past.new.problem = check(past, round=round, by=brought_by, at=at)
        problem.number = number
        problem.search_text = bulk.ledger.search_text(problem)
        # Measures are planned before the end of the course, with the deadline as the ledger states it.
        texts.append((problem, past.new.measures, problem.due_on))
        steps += _walk(past, problem, brought_by=brought_by, confirmed_by=confirmed_by, at=at)
        problems.append(problem)
    Problem.objects.bulk_create(problems, batch_size=BATCH)
    through = Problem.assisting_units.through
    through.objects.bulk_create(
        [through(problem=past.new.problem, unit=unit) for past in rows for unit in past.new.assisting_units],
        batch_size=BATCH,
    )
    assisting.follow({problem.pk: problem.discovered_on for problem in problems})
    Step.objects.bulk_create(steps, batch_size=BATCH)
    ProgressEntry.objects.bulk_create(
        [
            ProgressEntry(problem=past.new.problem, happened_on=day, text=text, by=brought_by, at=at)
            for past in rows
            for day, text in past.progress
        ],
        batch_size=BATCH,
    )
    closed = [(past, past.new.problem) for past in rows if past.closed_on and past.new.problem]
    CloseRequest.objects.bulk_create(
        [
            CloseRequest(
                problem=problem, note=past.outcome[:1000], asked_by=brought_by, asked_at=at, check_note=past.source[:500],
                outcome=CloseRequest.Outcome.CLOSED, degree=past.degree, decided_by=confirmed_by, decided_at=at,
                remark=f"补录。原台账的审核人：{past.approver or '未写'}"[:500],
            )
            for past, problem in closed
        ],
        batch_size=BATCH,
    )  # fmt: skip
    _record(rows, brought_by=brought_by, confirmed_by=confirmed_by, at=at)
    _measures(rows, texts, by=brought_by, at=at)
    return problems


def _walk(past: Past, problem: Problem, *, brought_by: Any, confirmed_by: Any, at: datetime) -> list[Step]:
    """Take the problem, not yet saved, through its steps; each must be one the table allows."""
    steps: list[Step] = []
    for action, day, confirmed, changes in steps_of(past, problem):
        row = transitions.TABLE[action]
        before = problem.state if steps else ""
        if steps:
            transitions.refuse_state(problem, row)
            steps[-1].until = day
        if row.to is not transitions.To.SAME:
            problem.state = str(row.to)
        for name, value in changes.items():
            setattr(problem, name, value)
        problem.queue_on, problem.yellow_on = standing.derive(
            problem, yellow_days=problem.round.yellow_days, stale_days=problem.round.stale_days
        )
        who = confirmed_by if confirmed else brought_by
        steps.append(
            standing.next_step(problem, action=action, from_state=before, since=day, by=who, at=at, reason=past.source)
        )
    problem.version = 1 + len(steps)
    return steps


def _record(rows: Sequence[Past], *, brought_by: Any, confirmed_by: Any, at: datetime) -> None:
    entries = []
    for past in rows:
        problem = past.new.problem
        if problem is None:
            continue
        entries.append(audit.entry(problem, "补录问题", by=brought_by, at=at, reason=past.source))
        told = [("state", "状态", problem.get_state_display()), ("degree", "化解程度", problem.get_degree_display())]
        if problem.closed_on:
            told.append(("closed_on", "销号时间", audit.show(problem.closed_on)))
        changes = [{"field": name, "label": label, "old": "（空）", "new": new} for name, label, new in told]
        entries.append(audit.entry(problem, "确认补录", by=confirmed_by, at=at, changes=changes, reason=past.source))
    audit.record_many(entries)


def _measures(
    rows: Sequence[Past], texts: Sequence[tuple[Problem, Sequence[str], date | None]], *, by: Any, at: datetime
) -> None:
    """The measures of the ledger; those of a closed problem are done with it."""
    final = {}
    for problem, _, _ in texts:
        final[problem.pk] = (problem.state, problem.due_on)
        problem.state = State.RECTIFYING
    for problem, _, due_on in texts:
        problem.due_on = due_on
    made = bulk._by_problem(bulk._add_texts([(p, words) for p, words, _ in texts], by=by, at=at))
    for problem, _, _ in texts:
        problem.state, problem.due_on = final[problem.pk]
    for past in rows:
        if past.new.problem is None:
            continue
        past.new.made = made[past.new.problem.pk]
        for measure in past.new.made:
            measure.added_on = past.new.problem.discovered_on  # entered today, in force since then
        if past.closed_on:
            for measure in past.new.made:
                measure.done_on, measure.done_note = past.closed_on, "随问题销号（补录）"
                measure.version += 1
    Measure.objects.bulk_update(
        [m for found in made.values() for m in found], ["added_on", "done_on", "done_note", "version"], batch_size=BATCH
    )
