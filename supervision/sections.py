"""What a problem's page shows of supervision: its slips, who urged, the button to urge."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, DateField, IntegerField, QuerySet, Value

from accounts.permissions import Permission
from common.compiled import Compiled
from problems.models import Problem
from problems.terms import RUNNING_STATES
from supervision.models import Slip, SlipStep, Urge
from supervision.services.items import RISING_STATES
from supervision.terms import Level
from supervision.views.common import LIGHTS
from villages.access import Access


@Compiled
def _rows(problem: int) -> QuerySet[Any, Any]:
    none = Value(None, output_field=IntegerField())
    never = Value(None, output_field=DateField())
    steps = (
        SlipStep.objects.filter(slip__problem=problem).order_by()
        .values_list(Value("slip", output_field=CharField()), "raised_on", "pk", "level", "slip_id", "slip__year", "slip__number", "answer", "slip__closed_on")
    )  # fmt: skip
    urges = (
        Urge.objects.filter(problem=problem).order_by()
        .values_list(Value("urge", output_field=CharField()), "day", "pk", "by__name", none, none, none, "text", never)
    )  # fmt: skip
    return steps.union(urges, all=True)


def of_problem(problem: Problem, access: Access) -> tuple[str, dict[str, Any]] | None:
    """督办和催办, newest first; one query."""
    if Permission.SLIP_VIEW not in access.permissions:
        return None
    rows = sorted(_rows(problem=problem.pk), key=lambda row: (row[1], row[2]), reverse=True)
    running = problem.state in RUNNING_STATES
    may_urge = running and access.may(Permission.URGE, township_id=problem.township_id, village_id=problem.village_id)
    held = any(what == "slip" and not closed_on for what, *_, closed_on in rows)
    may_issue = (
        problem.state in RISING_STATES
        and not held
        and access.may(Permission.SLIP_ISSUE, township_id=problem.township_id, village_id=problem.village_id)
    )
    if not rows and not may_urge:
        return None
    shown = [
        {
            "slip": Slip(pk=slip, year=year, number=number), "day": day, "light": LIGHTS[Level(who)],
            "word": Level(who).label, "text": text,
        } if what == "slip" else {"who": who, "day": day, "text": text}
        for what, day, _, who, slip, year, number, text, _closed_on in rows
    ]  # fmt: skip
    return "supervision/_problem_section.html", {
        "rows": shown, "may_urge": may_urge, "may_issue": may_issue, "problem": problem,
    }  # fmt: skip
