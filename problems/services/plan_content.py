"""What a plan says: its words and its three lists as printed, and what differs between two readings of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from problems.models import Measure, Problem, VillagePlan
from problems.shown import deadline_text

TEXTS = {"causes": "原因分析", "goals": "整顿目标"}
# List → what one row of it is called, what names a row, and its columns in words.
LISTS: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "problems": (
        "问题",
        ("number",),
        {
            "title": "问题",
            "category": "类别",
            "target": "整改目标",
            "deadline": "时限",
            "lead": "责任领导",
            "unit": "责任单位",
            "owner": "责任人",
            "assisting": "协助单位",
        },
    ),
    "tasks": (
        "问题措施",
        ("number", "measure"),
        {"text": "整改措施", "standard": "完成标准", "owner": "责任人", "unit": "责任单位", "deadline": "完成时限"},
    ),
}


def lists_of(plan: VillagePlan) -> dict[str, list[dict[str, str]]]:
    """The three lists (问题清单, 责任清单, 任务清单) in words: two queries and one for the helping units."""
    measures = Measure.objects.select_related("owner", "unit").order_by("number")
    problems = (
        Problem.objects.in_ledger()
        .filter(round=plan.round_id, village=plan.village_id)
        .select_related("owner", "lead_official", "responsible_unit")
        .prefetch_related("assisting_units", Prefetch("measures", measures))
        .order_by("number")
    )
    lists: dict[str, list[dict[str, str]]] = {"problems": [], "tasks": []}
    for problem in problems:
        number = f"{problem.number}号"
        lists["problems"].append(
            {
                "number": number,
                "title": problem.title,
                "category": str(problem.get_category_display()),
                "target": problem.target,
                "deadline": deadline_text(problem.deadline_kind, problem.due_on),
                "lead": problem.lead_official.with_title if problem.lead_official else "",
                "unit": problem.responsible_unit.name if problem.responsible_unit else "",
                "owner": problem.owner.with_title if problem.owner else "",
                "assisting": "、".join(unit.name for unit in problem.assisting_units.all()),
            }
        )
        for measure in problem.measures.all():
            lists["tasks"].append(
                {
                    "number": number,
                    "measure": str(measure.number),
                    "text": measure.text,
                    "standard": measure.standard,
                    "owner": measure.owner.with_title if measure.owner else "",
                    "unit": measure.unit.name if measure.unit else "",
                    "deadline": deadline_text(measure.deadline_kind, measure.due_on),
                }
            )
    return lists


def content_of(plan: VillagePlan) -> dict[str, Any]:
    """Everything a plan is approved for. What has been done of it is not among it: progress goes on under review."""
    return {name: getattr(plan, name) for name in TEXTS} | lists_of(plan)


def differences(seen: dict[str, Any], now: dict[str, Any]) -> list[dict[str, str]]:
    """What differs between two contents, row by row in words: label, then (当时), now (现在)."""
    rows = [
        {"label": label, "then": seen.get(name, ""), "now": now[name]}
        for name, label in TEXTS.items()
        if seen.get(name, "") != now[name]
    ]
    for name, (noun, names, columns) in LISTS.items():
        before, after = (
            {tuple(row.get(key, "") for key in names): row for row in content.get(name, [])} for content in (seen, now)
        )
        for key in [*before, *(key for key in after if key not in before)]:
            then, present = before.get(key), after.get(key)
            label = f"{key[0]}{noun}{''.join(key[1:])}"
            if then is None or present is None:
                words = [str(row[next(iter(columns))]) if row else "" for row in (then, present)]
                rows.append({"label": label, "then": words[0] or "没有这一条", "now": words[1] or "已删去"})
                continue
            rows.extend(
                {"label": f"{label}的{word}", "then": then.get(column, ""), "now": present.get(column, "")}
                for column, word in columns.items()
                if then.get(column, "") != present.get(column, "")
            )
    return rows
