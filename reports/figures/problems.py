"""The ledger as it stood on the as-of day, its measures and plans, and what moved in the period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from problems.models import (
    Category,
    CloseRequest,
    Colour,
    Degree,
    Measure,
    Milestone,
    PlanReview,
    Problem,
    ProgressEntry,
    State,
    Step,
    VillagePlan,
)
from problems.terms import OPEN_STATES
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from villages.models import Unit

LIST = "problems:problem_list"


def add(tally: Tally, scope: Scope) -> None:
    rows = _rows(scope)
    _counts(tally, scope, rows)
    _movement(tally, scope, rows)
    _measures(tally, scope, rows)
    _units(tally, scope, rows)
    _plans(tally, scope)
    tally.facts["problems"] = rows


def _colour(row: dict[str, Any], day: date) -> str:
    then = Step(state=row["stood__state"], queue_on=row["stood__queue_on"], yellow_on=row["stood__yellow_on"])
    return then.colour_on(day).value


def _rows(scope: Scope) -> list[dict[str, Any]]:
    """One plain row for each problem in the ledger on the as-of day, in the order of villages and numbers."""
    then = ("state", "degree", "deadline_kind", "due_on", "queue_on", "yellow_on", "closed_on", "extensions_granted")
    found = list(
        Problem.objects.filter(round=scope.round)
        .as_of(scope.as_of)
        .in_ledger("stood__")
        .order_by("village__sort", "village_id", "number")
        .values(
            "pk", "number", "village_id", "village__name", "category", "title", "key_project_id",
            "key_project__name", "linked_campaign_id", "linked_campaign__name", "source", "source_event", "discovered_on",
            "households", "severity", "target", "outcome", "first_due_on", "lead_official__name", "lead_official__title",
            "responsible_unit__name", "owner__name", "owner__title", "started_on", *(f"stood__{name}" for name in then),
        )
    )  # fmt: skip
    milestones: dict[int, list[dict[str, str]]] = defaultdict(list)
    for m in Milestone.objects.filter(problem__round=scope.round, happened_on__lte=scope.as_of).values(
        "problem_id", "kind", "happened_on", "fact"
    ):
        milestones[m["problem_id"]].append({"kind": m["kind"], "on": iso(m["happened_on"]), "fact": m["fact"]})
    progress: dict[int, dict[str, str]] = {}
    for p in (
        ProgressEntry.objects.filter(problem__round=scope.round, happened_on__lte=scope.as_of)
        .order_by("happened_on", "pk")
        .values("problem_id", "happened_on", "text")
    ):
        progress[p["problem_id"]] = {"on": iso(p["happened_on"]), "text": p["text"]}
    relapses, closings = _turns(scope)
    deciders = dict(
        CloseRequest.objects.filter(problem__round=scope.round, outcome=CloseRequest.Outcome.CLOSED)
        .order_by("pk")
        .values_list("problem_id", "decided_by__name")
    )
    found.sort(key=lambda row: (*scope.order(row["village_id"]), row["number"]))
    return [
        {
            "id": row["pk"],
            "number": row["number"],
            "village_id": row["village_id"],
            "village": row["village__name"],
            "category": row["category"],
            "title": row["title"],
            "project_id": row["key_project_id"],
            "project": row["key_project__name"] or "",
            "campaign_id": row["linked_campaign_id"],
            "campaign": row["linked_campaign__name"] or "",
            "source": row["source"],
            "source_event": row["source_event"],
            "discovered_on": iso(row["discovered_on"]),
            "started_on": iso(row["started_on"]),
            "households": row["households"],
            "severity": row["severity"],
            "target": row["target"],
            "lead": _person(row, "lead_official"),
            "owner": _person(row, "owner"),
            "unit": row["responsible_unit__name"] or "",
            "state": row["stood__state"],
            "degree": row["stood__degree"],
            "deadline_kind": row["stood__deadline_kind"],
            "due_on": iso(row["stood__due_on"]),
            "first_due_on": iso(row["first_due_on"]),
            "extensions": row["stood__extensions_granted"],
            "closed_on": iso(row["stood__closed_on"]),
            "colour": _colour(row, scope.as_of),
            "outcome": row["outcome"] if row["stood__state"] == State.CLOSED else "",
            "milestones": milestones.get(row["pk"], []),
            "progress": progress.get(row["pk"], {}),
            "relapsed_on": relapses.get(row["pk"], ("", ""))[0],
            "relapse_reason": relapses.get(row["pk"], ("", ""))[1],
            "closed_before": max((day for day in closings.get(row["pk"], ()) if day), default=""),
            "approver": deciders.get(row["pk"], "") if row["stood__state"] == State.CLOSED else "",
        }
        for row in found
    ]


def _person(row: dict[str, Any], name: str) -> str:
    who, title = row[f"{name}__name"], row[f"{name}__title"]
    return f"{who}（{title}）" if who and title else who or ""


def _turns(scope: Scope) -> tuple[dict[int, tuple[str, str]], dict[int, list[str]]]:
    """Per problem: the last relapse (day, reason) and the days it was closed, up to the as-of day."""
    relapses: dict[int, tuple[str, str]] = {}
    closings: dict[int, list[str]] = defaultdict(list)
    before: dict[int, str] = {}
    for step in (
        Step.objects.filter(
            problem__round=scope.round, state__in=[State.CLOSED, State.RELAPSED], since__lte=scope.as_of
        )
        .order_by("pk")
        .values("problem_id", "state", "since", "reason")
    ):
        problem, state = step["problem_id"], step["state"]
        if state != before.get(problem):  # later steps of the same state (progress, extension) are no new turn
            if state == State.CLOSED:
                closings[problem].append(iso(step["since"]))
            else:
                relapses[problem] = (iso(step["since"]), step["reason"])
        before[problem] = state
    return relapses, closings


def _ids(rows: Iterable[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


def _counts(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    then = scope.then
    total = tally.count("problems", "问题总数", "个", _ids(rows), LIST, state="ledger", **then)
    for category in Category:
        some = [r for r in rows if r["category"] == category]
        tally.count(
            f"problems.{category}", category.label, "个", _ids(some), LIST, state="ledger", category=category, **then
        )
    closed = [r for r in rows if r["state"] == State.CLOSED]
    open_ = [r for r in rows if r["state"] in OPEN_STATES]
    shut = tally.count("closed", "已销号", "个", _ids(closed), LIST, state=State.CLOSED, **then)
    tally.share("closed.rate", "销号率", shut, total)
    for degree in (Degree.FULL, Degree.BASIC):
        some = [r for r in closed if r["degree"] == degree]
        tally.count(
            f"closed.{degree}", f"已销号·{degree.label}", "个", _ids(some), LIST,
            state=State.CLOSED, degree=degree, **then,
        )  # fmt: skip
    tally.count("open", "未销号", "个", _ids(open_), LIST, state="open", **then)
    late = [r for r in open_ if r["colour"] == Colour.RED]
    tally.count("open.late", "逾期", "个", _ids(late), LIST, colour=Colour.RED, **then)
    for key, label, state in (("open.relapsed", "反弹", State.RELAPSED), ("open.suspended", "暂缓", State.SUSPENDED)):
        tally.count(key, label, "个", _ids(r for r in open_ if r["state"] == state), LIST, state=state, **then)
    tally.count(
        "open.preliminary", "初步化解未销号", "个", _ids(r for r in open_ if r["degree"] == Degree.PRELIMINARY), LIST,
        state="open", degree=Degree.PRELIMINARY, **then,
    )  # fmt: skip
    for village_id in dict.fromkeys(r["village_id"] for r in rows):
        here = [r for r in rows if r["village_id"] == village_id]
        name, one = here[0]["village"], {"village": village_id} | then
        tally.count(f"village.{village_id}.problems", f"{name}问题总数", "个", _ids(here), LIST, state="ledger", **one)
        tally.count(
            f"village.{village_id}.closed", f"{name}已销号", "个",
            _ids(r for r in here if r["state"] == State.CLOSED), LIST, state=State.CLOSED, **one,
        )  # fmt: skip
        tally.count(
            f"village.{village_id}.open", f"{name}未销号", "个",
            _ids(r for r in here if r["state"] in OPEN_STATES), LIST, state="open", **one,
        )  # fmt: skip
    linked = [r for r in rows if r["campaign_id"]]
    tally.count("linked", "与有关工作一并推进的问题", "个", _ids(linked), LIST, state="ledger", linked=1, **then)


def _movement(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """What came into the ledger and what left it in the period."""
    first, last = iso(scope.starts_on), iso(scope.until)
    new = [r for r in rows if r["started_on"] and first <= r["started_on"] <= last]
    closed = [r for r in rows if r["closed_on"] and first <= r["closed_on"] <= last]
    period, then = {"from": first, "to": last}, scope.then
    tally.count(
        "period.new", "本期新增", "个", _ids(new), LIST,
        state="ledger", started_from=period["from"], started_to=period["to"], **then,
    )  # fmt: skip
    tally.count(
        "period.closed", "本期销号", "个", _ids(closed), LIST,
        state=State.CLOSED, closed_from=period["from"], closed_to=period["to"], **then,
    )  # fmt: skip
    tally.facts["period"] = {
        "new": _ids(new),
        "closed": _ids(closed),
        "relapsed": _ids(r for r in rows if r["relapsed_on"] and first <= r["relapsed_on"] <= last),
        "moved": _ids(r for r in rows if any(first <= m["on"] <= last for m in r["milestones"])),
    }


def _measures(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    by_problem: dict[int, list[Any]] = defaultdict(list)
    for m in (
        Measure.objects.filter(problem__round=scope.round)
        .order_by("problem_id", "number")
        .values("pk", "problem_id", "number", "text", "due_on", "done_on")
    ):
        by_problem[m["problem_id"]].append(m)
    mine = [m for row in rows for m in by_problem.get(row["id"], ())]
    done = [m for m in mine if m["done_on"] and m["done_on"] <= scope.as_of]
    tally.count("measures", "整改措施", "项", (m["pk"] for m in mine), "problems:measure_list", **scope.then)
    tally.count(
        "measures.done",
        "已完成措施",
        "项",
        (m["pk"] for m in done),
        "problems:measure_list",
        state="done",
        **scope.then,
    )
    for row in rows:
        row["measures"] = [m["text"] for m in by_problem.get(row["id"], ())]


def _units(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """Stations named as assisting units, in the order of the register."""
    through = Problem.assisting_units.through
    helping: dict[int, list[int]] = defaultdict(list)
    known = {row["id"] for row in rows}
    for problem_id, unit_id in (
        through.objects.filter(problem__round=scope.round).order_by("pk").values_list("problem_id", "unit_id")
    ):
        if problem_id in known:
            helping[problem_id].append(unit_id)
    used = {unit for units in helping.values() for unit in units}
    units = {u.pk: u for u in Unit.objects.filter(pk__in=used).order_by("pk")}
    stations = [u for u in units.values() if u.kind == Unit.Kind.STATION]
    tally.count("stations", "协助单位", "个", (u.pk for u in stations), "villages:unit_list", only=True)
    tally.facts["stations"] = [u.name for u in stations]
    for row in rows:
        row["assisting"] = [units[pk].name for pk in helping.get(row["id"], ())]


def _plans(tally: Tally, scope: Scope) -> None:
    rows = list(
        VillagePlan.objects.filter(round=scope.round)
        .order_by("village__sort", "village_id")
        .values("pk", "village_id", "village__name", "goals", "causes", "approved_on")
    )
    returned = set(
        PlanReview.objects.filter(
            plan__round=scope.round, action=PlanReview.Action.RETURN, on__lte=scope.as_of
        ).values_list("plan_id", flat=True)
    )
    approved = [p for p in rows if p["approved_on"] and p["approved_on"] <= scope.as_of]
    tally.count(
        "plans", "审定的一村一策", "份", (p["pk"] for p in approved), "problems:plan_list",
        state="approved", only=True,
    )  # fmt: skip
    tally.facts["plans"] = [
        {
            "village_id": p["village_id"],
            "village": p["village__name"],
            "on": iso(p["approved_on"]),
            "goals": p["goals"],
            "returned": p["pk"] in returned,
        }
        for p in approved
    ]
