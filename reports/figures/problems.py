"""The ledger as it stood on the as-of day, its measures and plans, and what moved in the period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from problems.models import (
    Assistance,
    Category,
    CloseRequest,
    Colour,
    Degree,
    Measure,
    Milestone,
    PlanReview,
    PlanVersion,
    Problem,
    ProgressEntry,
    State,
    Step,
    VillagePlan,
)
from problems.terms import OPEN_STATES, colour_of
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from villages.models import Unit

LIST = "problems:problem_list"


def add(tally: Tally, scope: Scope) -> None:
    rows = _rows(scope) if scope.is_one else _plain_rows(scope)
    _counts(tally, scope, rows)
    _movement(tally, scope, rows)
    _since(tally, scope, rows)
    _due_next(tally, scope, rows)
    _measures(tally, scope, rows)
    _units(tally, scope, rows)
    _plans(tally, scope)
    tally.facts["problems"] = rows if scope.is_one else []


STOOD = ("state", "degree", "deadline_kind", "due_on", "queue_on", "yellow_on", "closed_on", "extensions_granted")


def _ledger(scope: Scope, day: date) -> Any:
    """The problems in the ledger on a day, each joined with the step that held then."""
    return Problem.objects.filter(scope.mine()).as_of(day).in_ledger("stood__")


def _plain_rows(scope: Scope) -> list[dict[str, Any]]:
    """What is counted, without what is told: tens of thousands of problems of a county."""
    relapses, _ = _turns(scope)
    return [
        {
            "id": pk, "village_id": village, "township_id": township, "category": category, "campaign_id": campaign,
            "started_on": iso(started), "state": state, "degree": degree, "due_on": iso(due), "closed_on": iso(closed),
            "colour": colour_of(state, queue, yellow, scope.as_of).value, "relapsed_on": relapses.get(pk, ("", ""))[0],
        }
        for pk, village, township, category, campaign, started, state, degree, due, closed, queue, yellow in _ledger(
            scope, scope.as_of
        ).order_by().values_list(
            "pk", "village_id", "township_id", "category", "linked_campaign_id", "started_on", "stood__state", "stood__degree",
            "stood__due_on", "stood__closed_on", "stood__queue_on", "stood__yellow_on",
        )
    ]  # fmt: skip


def _rows(scope: Scope) -> list[dict[str, Any]]:
    """One plain row for each problem in the ledger on the as-of day, in the order of villages and numbers."""
    found = list(
        _ledger(scope, scope.as_of)
        .order_by("village__sort", "village_id", "number")
        .values(
            "pk", "number", "village_id", "village__name", "category", "title", "key_project_id",
            "key_project__name", "linked_campaign_id", "linked_campaign__name", "source", "source_event", "discovered_on",
            "households", "severity", "target", "outcome", "first_due_on", "lead_official__name", "lead_official__title",
            "responsible_unit__name", "owner__name", "owner__title", "started_on", *(f"stood__{name}" for name in STOOD),
        )
    )  # fmt: skip
    milestones: dict[int, list[dict[str, str]]] = defaultdict(list)
    for problem, kind, day, fact in Milestone.objects.filter(
        scope.mine("problem__round"), happened_on__lte=scope.as_of
    ).values_list("problem_id", "kind", "happened_on", "fact"):
        milestones[problem].append({"kind": kind, "on": iso(day), "fact": fact})
    progress: dict[int, tuple[date, str]] = {}
    for problem, day, text in (
        ProgressEntry.objects.filter(scope.mine("problem__round"), happened_on__lte=scope.as_of)
        .order_by("happened_on", "pk")
        .values_list("problem_id", "happened_on", "text")
    ):
        progress[problem] = (day, text)
    relapses, closings = _turns(scope)
    deciders = dict(
        CloseRequest.objects.filter(scope.mine("problem__round"), outcome=CloseRequest.Outcome.CLOSED)
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
            "colour": colour_of(
                row["stood__state"], row["stood__queue_on"], row["stood__yellow_on"], scope.as_of
            ).value,
            "outcome": row["outcome"] if row["stood__state"] == State.CLOSED else "",
            "milestones": milestones.get(row["pk"], []),
            "progress": _entry(progress.get(row["pk"])),
            "relapsed_on": relapses.get(row["pk"], ("", ""))[0],
            "relapse_reason": relapses.get(row["pk"], ("", ""))[1],
            "closed_before": max((day for day in closings.get(row["pk"], ()) if day), default=""),
            "approver": deciders.get(row["pk"], "") if row["stood__state"] == State.CLOSED else "",
        }
        for row in found
    ]


def _entry(found: tuple[date, str] | None) -> dict[str, str]:
    return {"on": iso(found[0]), "text": found[1]} if found else {}


def _person(row: dict[str, Any], name: str) -> str:
    who, title = row[f"{name}__name"], row[f"{name}__title"]
    return f"{who}（{title}）" if who and title else who or ""


def _turns(scope: Scope) -> tuple[dict[int, tuple[str, str]], dict[int, list[str]]]:
    """Per problem: the last relapse (day, reason) and the days it was closed, up to the as-of day."""
    relapses: dict[int, tuple[str, str]] = {}
    closings: dict[int, list[str]] = defaultdict(list)
    before: dict[int, str] = {}
    for problem, state, since, reason in (
        Step.objects.filter(
            scope.mine("problem__round"), state__in=[State.CLOSED, State.RELAPSED], since__lte=scope.as_of
        )
        .order_by("pk")
        .values_list("problem_id", "state", "since", "reason")
    ):
        if state != before.get(problem):  # later steps of the same state (progress, extension) are no new turn
            if state == State.CLOSED:
                closings[problem].append(iso(since))
            else:
                relapses[problem] = (iso(since), reason)
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
    _places(tally, scope, rows)
    linked = [r for r in rows if r["campaign_id"]]
    tally.count("linked", "与有关工作一并推进的问题", "个", _ids(linked), LIST, state="ledger", linked=1, **then)


def _places(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """The same by village; over a county by township."""
    key = "village" if scope.is_one else "township"
    names = {r.township_id: r.township.name for r in scope.rounds}
    by_place: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_place[row[f"{key}_id"]].append(row)
    for pk, here in by_place.items():
        name, one = here[0]["village"] if scope.is_one else names[pk], {key: pk} | scope.then
        tally.count(f"{key}.{pk}.problems", f"{name}问题总数", "个", _ids(here), LIST, state="ledger", **one)
        tally.count(
            f"{key}.{pk}.closed", f"{name}已销号", "个",
            _ids(r for r in here if r["state"] == State.CLOSED), LIST, state=State.CLOSED, **one,
        )  # fmt: skip
        tally.count(
            f"{key}.{pk}.open", f"{name}未销号", "个",
            _ids(r for r in here if r["state"] in OPEN_STATES), LIST, state="open", **one,
        )  # fmt: skip


def _movement(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """What came into the ledger and what left it in the period."""
    first, last = iso(scope.starts_on), iso(scope.until)
    new = [r for r in rows if r["started_on"] and first <= r["started_on"] <= last]
    closed = [r for r in rows if r["closed_on"] and first <= r["closed_on"] <= last]
    relapsed = [r for r in rows if r["relapsed_on"] and first <= r["relapsed_on"] <= last]
    then = scope.then
    tally.count(
        "period.new", "本期新增", "个", _ids(new), LIST, state="ledger", started_from=first, started_to=last, **then
    )
    tally.count(
        "period.closed", "本期销号", "个", _ids(closed), LIST,
        state=State.CLOSED, closed_from=first, closed_to=last, **then,
    )  # fmt: skip
    tally.count("period.relapsed", "本期反弹", "个", _ids(relapsed), LIST, state="ledger", only=True, **then)
    for village_id in dict.fromkeys(r["village_id"] for r in closed if scope.is_one):
        here = [r for r in closed if r["village_id"] == village_id]
        tally.count(
            f"period.closed.{village_id}", f"{here[0]['village']}本期销号", "个", _ids(here), LIST,
            state=State.CLOSED, closed_from=first, closed_to=last, village=village_id, **then,
        )  # fmt: skip
    if scope.is_one:
        tally.facts["period"] = {
            "new": _ids(new),
            "closed": _ids(closed),
            "relapsed": _ids(relapsed),
            "moved": _ids(r for r in rows if any(first <= m["on"] <= last for m in r["milestones"])),
        }


def _since(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """与上期相比: how the ledger stood on the day compared with, and what is otherwise since then."""
    day = scope.compared_with
    if day is None:
        return
    then = {
        pk: (state, degree, colour_of(state, queue, yellow, day))
        for pk, state, degree, queue, yellow in _ledger(scope, day)
        .order_by()
        .values_list("pk", "stood__state", "stood__degree", "stood__queue_on", "stood__yellow_on")
    }
    at = {"as_of": iso(day)}
    total = tally.count("before.problems", "上期问题总数", "个", then, LIST, state="ledger", **at)
    shut = [pk for pk, (state, _, _) in then.items() if state == State.CLOSED]
    closed = tally.count("before.closed", "上期已销号", "个", shut, LIST, state=State.CLOSED, **at)
    tally.share("before.rate", "上期销号率", closed, total)
    open_ = [pk for pk, (state, _, _) in then.items() if state in OPEN_STATES]
    tally.count("before.open", "上期未销号", "个", open_, LIST, state="open", **at)
    late = [pk for pk, (_, _, seen) in then.items() if seen == Colour.RED]
    tally.count("before.late", "上期逾期", "个", late, LIST, colour=Colour.RED, **at)
    both = [r for r in rows if r["id"] in then]
    for key, label, ids in (
        ("since.degree", "化解程度有提高", [r["id"] for r in both if _rose(then[r["id"]][1], r["degree"])]),
        ("since.red", "新转为红灯", [r["id"] for r in both if r["colour"] == Colour.RED != then[r["id"]][2]]),
    ):
        tally.count(key, label, "个", ids, LIST, state="ledger", only=True, **scope.then)
    tally.facts["compared"] = {"on": iso(day)}


_STEPS = [Degree.UNRESOLVED, Degree.PRELIMINARY, Degree.BASIC, Degree.FULL]


def _rose(before: str, now: str) -> bool:
    return _STEPS.index(Degree(now)) > _STEPS.index(Degree(before))


def _due_next(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """Open problems whose deadline falls into the period after this one."""
    first, last = (iso(day) for day in scope.following)
    due = [r for r in rows if r["state"] in OPEN_STATES and r["due_on"] and first <= r["due_on"] <= last]
    tally.count("due.next", "下期到期", "个", _ids(due), LIST, state="open", due_from=first, due_to=last, **scope.then)
    if scope.is_one:
        tally.facts["following"] = {"from": first, "to": last, "due": _ids(due)}


def _measures(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    known = {row["id"] for row in rows}
    measures = (
        Measure.objects.known_on(scope.as_of).filter(scope.mine("problem__round")).order_by("problem_id", "number")
    )
    mine, done = [], []
    texts: dict[int, list[str]] = defaultdict(list)
    told = ("text",) if scope.is_one else ()
    for pk, problem, done_on, *text in measures.values_list("pk", "problem_id", "done_on", *told):
        if problem in known:
            mine.append(pk)
            texts[problem] += text
            if done_on and done_on <= scope.as_of:
                done.append(pk)
    listed = "problems:measure_list"
    tally.count("measures", "整改措施", "项", mine, listed, **scope.then)
    tally.count("measures.done", "已完成措施", "项", done, listed, state="done", **scope.then)
    for row in rows if scope.is_one else ():
        row["measures"] = texts.get(row["id"], [])


def _units(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """Stations named as assisting units, in the order of the register."""
    helping: dict[int, list[int]] = defaultdict(list)
    known = {row["id"] for row in rows}
    helped = Assistance.objects.held_on(scope.as_of).filter(scope.mine("problem__round")).order_by("pk")
    for problem_id, unit_id in helped.values_list("problem_id", "unit_id"):
        if problem_id in known:
            helping[problem_id].append(unit_id)
    used = {unit for units in helping.values() for unit in units}
    units = {u.pk: u for u in Unit.objects.filter(pk__in=used).order_by("pk")}
    stations = [u for u in units.values() if u.kind == Unit.Kind.STATION]
    tally.count("stations", "协助单位", "个", (u.pk for u in stations), "villages:unit_list", only=True)
    tally.facts["stations"] = [u.name for u in stations]
    for row in rows if scope.is_one else ():
        row["assisting"] = [units[pk].name for pk in helping.get(row["id"], ())]


def _plans(tally: Tally, scope: Scope) -> None:
    rows = list(
        VillagePlan.objects.filter(scope.mine())
        .order_by("village__sort", "village_id")
        .values("pk", "village_id", "village__name", "goals", "causes", "approved_on")
    )
    returned = set(
        PlanReview.objects.filter(
            scope.mine("plan__round"), action=PlanReview.Action.RETURN, on__lte=scope.as_of
        ).values_list("plan_id", flat=True)
    )
    # As it stood: a plan amended since counts with the version that was in force on the day.
    versions = PlanVersion.objects.filter(scope.mine("plan__round"), approved_on__lte=scope.as_of).order_by("number")
    in_force = {plan: (on, goals) for plan, on, goals in versions.values_list("plan_id", "approved_on", "goals")}
    approved = []
    for p in rows:
        if p["pk"] in in_force:
            p["approved_on"], p["goals"] = in_force[p["pk"]]
        if p["approved_on"] and p["approved_on"] <= scope.as_of:
            approved.append(p)
    tally.count("plans", "审定的一村一策", "份", (p["pk"] for p in approved), "problems:plan_list", only=True)
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
