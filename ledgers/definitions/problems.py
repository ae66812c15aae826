"""B 问题清单: one row for each problem, as it stood on the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from accounts.permissions import Permission
from common import chinese
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from problems.models import CloseRequest, Measure, Problem, ProgressEntry, Step
from problems.terms import Category, Colour, Degree, Severity, Source, State, colour_of

COLUMNS = (
    column("village", "村", width=7.5),
    column("category", "问题类别", width=9.5),
    column("description", "问题描述", width=22),
    column("source", "问题来源", width=8.5),
    column("discovered_on", "发现时间", width=12.6, kind=Kind.DAY),
    column("households", "涉及户数", width=5.2, kind=Kind.WHOLE, total=True),
    column("severity", "难易程度", width=5.2, align="center"),
    column("target", "整改目标", width=16),
    column("measures", "整改措施", width=25),
    column("lead", "责任领导", width=9.5),
    column("unit", "责任单位", width=8.5),
    column("owner", "责任人", width=9.5),
    column("assisting", "协助单位", width=9),
    column("deadline", "整改时限", width=12.6, kind=Kind.DAY),
    column("progress", "进展情况", width=21),
    column("degree", "化解程度", width=8, align="center"),
    column("closed_on", "销号时间", width=12.6, kind=Kind.DAY),
    column("approver", "审核人", width=7.5),
    column("remark", "备注", width=10),
)
CATEGORIES = {c.value: c.label.removesuffix("问题") for c in Category}
SOURCES = dict(Source.choices)
SEVERITIES = dict(Severity.choices)
DEGREES = dict(Degree.choices)
STATES = dict(State.choices)
STANDING = ("state", "degree", "deadline_kind", "due_on", "queue_on", "yellow_on", "closed_on", "extensions_granted")


def _past(ask: Ask) -> bool:
    """The present standing is read from the problem itself, an earlier one from its steps."""
    return ask.as_of < timezone.localdate()


def keys(ask: Ask) -> list[int]:
    """Problems taken into the ledger by the day, in the order of their numbers."""
    rows = ask.seen(Problem.objects.filter(round__in=ask.round_ids), "shown_to")
    rows = rows.as_of(ask.as_of).in_ledger("stood__") if _past(ask) else rows.in_ledger()
    return list(rows.order_by("township_id", "round_id", "number").values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    past, day = _past(ask), ask.as_of
    path = "stood__" if past else ""
    rows = Problem.objects.as_of(day) if past else Problem.objects.all()
    newest = ProgressEntry.objects.filter(problem=OuterRef("pk"), happened_on__lte=day).order_by("-happened_on", "-id")
    found: dict[int, Any] = {
        row["pk"]: row
        for row in rows.filter(pk__in=keys).values(
            "pk", "version", "township_id", "number", "village__name", "category", "title", "description", "source",
            "source_event", "discovered_on", "households", "severity", "target", "lead_official__name",
            "lead_official__title", "responsible_unit__name", "owner__name", "owner__title", "first_due_on", "outcome",
            "relapses", progress_id=Subquery(newest.values("pk")[:1]),
            **{f"now_{name}": F(f"{path}{name}") for name in STANDING},
        )
    }  # fmt: skip
    measures = _texts(Measure.objects.filter(problem__in=keys).order_by("problem_id", "number"), "text")
    helping = _texts(
        Problem.assisting_units.through.objects.filter(problem__in=keys).order_by("problem_id", "pk"), "unit__name"
    )
    last = [row["progress_id"] for row in found.values() if row["progress_id"]]
    progress = {
        problem_id: words.said_on(on, text)
        for problem_id, on, text in ProgressEntry.objects.filter(pk__in=last)
        .order_by()
        .values_list("problem_id", "happened_on", "text")
    }
    approvers = dict(
        CloseRequest.objects.filter(problem__in=keys, outcome=CloseRequest.Outcome.CLOSED)
        .order_by("pk")
        .values_list("problem_id", "decided_by__name")
    )
    relapses = dict(
        Step.objects.filter(problem__in=keys, state=State.RELAPSED, from_state=State.CLOSED, since__lte=day)
        .order_by("pk")
        .values_list("problem_id", "since")
    )
    for place, pk in enumerate(keys, first):
        row = found.get(pk)
        if row is None:  # deleted while the export ran
            continue
        closed = row["now_state"] == State.CLOSED
        now = row["outcome"] if closed and row["outcome"] else progress.get(pk, "")
        event = row["source_event"]
        yield Line(
            (
                ask.village(row["village__name"], row["township_id"]),
                CATEGORIES[row["category"]],
                words.joined((row["title"], row["description"]), "\n"),
                SOURCES[row["source"]] + (f"（{event}）" if event else ""),
                row["discovered_on"],
                row["households"],
                SEVERITIES[row["severity"]],
                row["target"],
                words.numbered(measures.get(pk, ())),
                words.person(row["lead_official__name"], row["lead_official__title"]),
                row["responsible_unit__name"] or "",
                words.person(row["owner__name"], row["owner__title"]),
                "、".join(helping.get(pk, ())),
                words.deadline(row["now_deadline_kind"], row["now_due_on"]),
                now,
                DEGREES[row["now_degree"]],
                row["now_closed_on"],
                approvers.get(pk, "") if closed else "",
                _remark(row, relapses.get(pk), place, ask),
            ),
            pk,
            row["version"],
            row["township_id"],
            closed,
        )


def _texts(rows: Any, name: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for problem_id, text in rows.values_list("problem_id", name):
        found[problem_id].append(text)
    return found


def _remark(row: dict[str, Any], relapsed_on: Any, place: int, ask: Ask) -> str:
    """What is out of the ordinary; the problem's number where it is not the number of the row, because tasks name it."""
    parts = [f"问题编号{row['number']}"] if row["number"] != place else []
    state = row["now_state"]
    if state not in (State.CLOSED, State.RECTIFYING, State.RELAPSED):
        parts.append(STATES[state])
    if colour_of(state, row["now_queue_on"], row["now_yellow_on"], ask.as_of) == Colour.RED:
        parts.append("逾期")
    if row["now_extensions_granted"]:
        first = row["first_due_on"]
        was = f"（原定{chinese.full_date(first)}）" if first and first != row["now_due_on"] else ""
        parts.append(f"延期{row['now_extensions_granted']}次{was}")
    if relapsed_on:
        parts.append(f"{chinese.full_date(relapsed_on)}反弹")
    return "；".join(parts)


def summary(totals: Totals) -> dict[str, Value]:
    return {"description": f"共{totals.count}个问题，已销号{totals.done}个"}


LEDGER = Ledger(
    code="B",
    name="问题清单",
    noun="个问题",
    permission=Permission.PROBLEM_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="户",
    summary=summary,
    importable=True,
    about="每个问题一行：来源、措施、责任、时限、进展和化解程度",
)
