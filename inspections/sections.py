"""What the pages of a problem and of a village show of inspections, notices, visits and surveys."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, F, IntegerField, Value

from accounts.permissions import Permission
from common.chinese import amount
from inspections.models import Finding, Notice, Survey, Visit
from inspections.satisfaction import satisfaction_rate
from inspections.views.common import NOTICE_LIGHTS
from meetings.unions import equal_columns
from problems.models import Problem
from villages.access import Access
from villages.models import Village

SHOWN_DAYS = 365  # a village's page shows about a year; the lists hold the rest
SHOWN_VISITS = 5


def of_problem(problem: Problem, access: Access) -> tuple[str, dict[str, Any]] | None:
    """督查发现: what inspections found about the problem, newest first; one query."""
    if Permission.INSPECTION_VIEW not in access.permissions:
        return None
    findings = list(
        Finding.objects.visible_to(access)
        .filter(problem=problem)
        .select_related("inspection", "notice")
        .order_by("-inspection__held_on", "-pk")
    )
    return ("inspections/_problem_section.html", {"findings": findings}) if findings else None


_COLUMNS: dict[str, Any] = {
    "kind": CharField(),
    "key": BigIntegerField(),
    "day": DateField(),
    "text": CharField(),
    "title": CharField(),
    "due_on": DateField(),
    "signed_on": DateField(),
    "replied_on": DateField(),
    "closed_on": DateField(),
    "year": IntegerField(),
    "number": IntegerField(),
    "valid": IntegerField(),
    "satisfied": IntegerField(),
    "mostly": IntegerField(),
    "unknown": IntegerField(),
}


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """督查、走访和测评 of about a year, in one query. Whoever sees the village sees these."""
    if Permission.INSPECTION_VIEW not in access.permissions:
        return None
    since = access.on - timedelta(days=SHOWN_DAYS)
    notices = equal_columns(
        Notice.objects.visible_to(access).filter(village=village, issued_on__gte=since), _COLUMNS,
        kind=Value("notice"), key=F("pk"), day=F("issued_on"), due_on=F("reply_due_on"), signed_on=F("signed_on"),
        replied_on=F("replied_on"), closed_on=F("closed_on"), year=F("year"), number=F("number"),
    )  # fmt: skip
    visits = equal_columns(
        Visit.objects.visible_to(access).filter(village=village, visited_on__gte=since), _COLUMNS,
        kind=Value("visit"), key=F("pk"), day=F("visited_on"), text=F("cadre__name"), title=F("cadre__title"),
        number=F("households"),
    )  # fmt: skip
    surveys = equal_columns(
        Survey.objects.visible_to(access).filter(village=village, held_on__gte=since), _COLUMNS,
        kind=Value("survey"), key=F("pk"), day=F("held_on"), text=F("kind"), valid=F("valid"),
        satisfied=F("satisfied"), mostly=F("mostly"), unknown=F("unknown"), title=F("round__satisfaction_formula"),
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for values in notices.union(visits, surveys, all=True):
        row = dict(zip(_COLUMNS, values, strict=True))
        rows[row["kind"]].append(row)
    for found in rows.values():
        found.sort(key=lambda row: (row["day"], row["key"]), reverse=True)
    return "inspections/_village_section.html", {
        "village": village,
        "notices": [_notice(row, access.on) for row in rows["notice"]],
        "visits": rows["visit"][:SHOWN_VISITS],
        "visit_count": len(rows["visit"]),
        "households": sum(row["number"] for row in rows["visit"]),
        "surveys": [_survey(row) for row in rows["survey"]],
        "may_visit": access.may(Permission.VISIT_POST, township_id=village.township_id, village_id=village.pk),
    }


def _notice(row: dict[str, Any], day: date) -> dict[str, Any]:
    notice = Notice(
        pk=row["key"], year=row["year"], number=row["number"], reply_due_on=row["due_on"], signed_on=row["signed_on"],
        replied_on=row["replied_on"], closed_on=row["closed_on"],
    )  # fmt: skip
    state = notice.state_on(day)
    return {"row": notice, "state": state.label, "light": NOTICE_LIGHTS[state]}


def _survey(row: dict[str, Any]) -> dict[str, Any]:
    survey = Survey(
        pk=row["key"], kind=row["text"], held_on=row["day"], valid=row["valid"], satisfied=row["satisfied"],
        mostly=row["mostly"], unknown=row["unknown"],
    )  # fmt: skip
    rate = satisfaction_rate(survey, row["title"])
    return {"row": survey, "rate": None if rate is None else amount(rate)}
