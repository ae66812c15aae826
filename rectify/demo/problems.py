"""The eighteen problems and the course of each, and the plans of the villages."""

from __future__ import annotations

from datetime import date as D
from datetime import datetime, timedelta
from typing import Any

from problems.models import Problem
from problems.services import closing, deadlines, instructions, ledger, measures, moves, plans, progress
from rectify.demo.base import LEADER, RESIDENT, SECRETARY, Demo, at
from rectify.demo.handing import measure_owner
from rectify.demo.ledger import CASES, PLANS, PROJECT, Case
from rectify.demo.place import TOWNSHIP


def load(demo: Demo) -> None:
    demo.project = ledger.add_key_project(
        township=demo.township[TOWNSHIP], name=PROJECT, by=demo.user["shen"], at=at(D(2026, 3, 6))
    )
    for number, case in CASES.items():
        problem = log(demo, case)
        if problem.number != number:
            raise RuntimeError(f"demo problem {number} became {problem.number}")
        demo.problem[number] = problem
        follow(demo, problem, case)


def log(demo: Demo, case: Case) -> Problem:
    logged = max(case.discovered_on + timedelta(days=1), D(2026, 3, 6))
    resident = demo.resident_of(case.village, logged)
    problem = ledger.log_problem(
        round=demo.round, village=demo.village[case.village], category=case.category, title=case.title, description=case.description,
        details=case.details, source=case.source, source_event=case.source_event, discovered_on=case.discovered_on, place=case.place,
        households=case.households, severity=case.severity, key_project=demo.project if case.key_project else None,
        linked_campaign=demo.campaign[case.campaign] if case.campaign else None, target=case.target,
        lead_official=demo.cadre[LEADER[case.village]], responsible_unit=demo.unit[case.unit] if case.unit else None,
        owner=demo.cadre[SECRETARY[case.village]], assisting_units=[demo.unit[name] for name in case.assisting],
        deadline_kind=case.deadline_kind, due_on=case.due_on, by=resident, at=at(logged, 14), submit=True,
    )  # fmt: skip
    moves.accept(problem, by=demo.user["wu"], at=at(case.accepted_on, 10))
    for text, standard, due, _done, _note in case.measures:
        measures.add_measure(
            problem, text=text, standard=standard, owner=demo.cadre[measure_owner(text, SECRETARY[case.village])],
            unit=demo.unit[case.unit] if case.unit else None, deadline_kind="date" if due else "continuing", starts_on=case.accepted_on,
            due_on=due, by=resident, at=at(case.accepted_on, 15),
        )  # fmt: skip
    return problem


def follow(demo: Demo, problem: Problem, case: Case) -> None:
    """What happened to the problem, in the order of time: a step may not begin before the one it follows."""
    secretary, resident = demo.user[SECRETARY[case.village]], demo.user[RESIDENT[case.village]]
    wu = demo.user["wu"]
    events: list[tuple[datetime, Any]] = []

    def on(day: D, hour: int, do: Any) -> None:
        events.append((at(day, hour), do))

    for day, key, text in case.progress:
        on(
            day,
            16,
            lambda w, day=day, key=key, text=text: progress.post_progress(
                problem, text=text, happened_on=day, by=demo.user[key], at=w
            ),
        )
    for kind, day, fact in case.milestones:
        on(
            day,
            17,
            lambda w, k=kind, d=day, f=fact: progress.add_milestone(
                problem, kind=k, happened_on=d, fact=f, by=secretary, at=w
            ),
        )
    rows = list(problem.measures.order_by("number"))
    for row, (_text, _standard, _due, done, note) in zip(rows, case.measures, strict=True):
        if done:
            on(
                done,
                18,
                lambda w, r=row, d=done, n=note: measures.finish_measure(r, done_on=d, done_note=n, by=secretary, at=w),
            )
    if case.extension:
        asked, new_due, reason = case.extension
        on(
            asked,
            10,
            lambda w: deadlines.ask_extension(problem, new_due_on=new_due, reason=reason, by=secretary, at=w),
        )
        on(
            asked + timedelta(days=2),
            11,
            lambda w: deadlines.decide_extension(problem, granted=True, remark="同意，抓紧落实资金", by=wu, at=w),
        )
    if case.degree:
        day, degree, why = case.degree
        on(day, 17, lambda w: moves.record_degree(problem, degree=degree, reason=why, by=wu, at=w))
    if case.instruction:
        day, key, text = case.instruction
        on(day, 12, lambda w: instructions.leave_instruction(problem, text=text, by=demo.user[key], at=w))
    if case.closed:
        day, degree, outcome = case.closed
        on(day - timedelta(days=2), 19, lambda w: closing.ask_close_out(problem, note=outcome, by=secretary, at=w))
        on(
            day - timedelta(days=1),
            10,
            lambda w: closing.check_close_out(problem, note="已到现场核实，情况属实。", by=resident, at=w),
        )
        on(day, 20, lambda w: closing.close_out(problem, degree=degree, outcome=outcome, by=wu, at=w))
    if case.relapse:
        day, due, why = case.relapse
        on(day, 9, lambda w: closing.relapse(problem, reason=why, due_on=due, by=wu, at=w))
    for when, do in sorted(events, key=lambda e: e[0]):
        problem.refresh_from_db()
        do(when)


def load_plans(demo: Demo) -> None:
    for village, (causes, goals, submitted, returned, again, approved) in PLANS.items():
        secretary, wu = demo.user[SECRETARY[village]], demo.user["wu"]
        plan = plans.start_plan(
            round=demo.round,
            village=demo.village[village],
            causes=causes,
            goals=goals,
            by=secretary,
            at=at(submitted, 9),
        )
        plans.submit_plan(plan, on=submitted, by=secretary, at=at(submitted, 10))
        if returned and again:
            day, remark = returned
            plans.return_plan(plan, on=day, remark=remark, by=wu, at=at(day, 15))
            plans.submit_plan(plan, on=again, by=secretary, at=at(again, 10))
        plans.approve_plan(plan, on=approved, by=wu, at=at(approved, 16))
