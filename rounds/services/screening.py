"""Screening visits (排查走访): recorded after they were made."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.models import save_if_unchanged
from rounds.models import Round, ScreeningVisit
from rounds.services.rules import happened, of_township
from villages.models import Village

FIELDS = ["village", "visited_on", "households", "method", "people", "findings"]


@transaction.atomic
def add_screening_visit(
    *,
    round: Round,
    village: Village,
    visited_on: date,
    households: int,
    by: Any,
    at: datetime,
    method: str = "",
    people: str = "",
    findings: str = "",
) -> ScreeningVisit:
    """Record one visit of the screening. It may lie before the round's first day: screening comes first."""
    of_township(round, village)
    happened(visited_on, at=at, field="visited_on")
    visit = ScreeningVisit.objects.create(
        round=round,
        village=village,
        visited_on=visited_on,
        households=households,
        method=method,
        people=people,
        findings=findings,
    )
    audit.record(visit, "登记排查走访", by=by, at=at)
    return visit


@transaction.atomic
def change_screening_visit(
    visit: ScreeningVisit,
    *,
    village: Village,
    visited_on: date,
    households: int,
    method: str,
    findings: str,
    people: str = "",
    base_version: int,
    by: Any,
    at: datetime,
) -> ScreeningVisit:
    of_township(visit.round, village)
    happened(visited_on, at=at, field="visited_on")
    before = audit.snapshot(visit, FIELDS)
    visit.village, visit.visited_on, visit.households = village, visited_on, households
    visit.method, visit.people, visit.findings = method, people, findings
    save_if_unchanged(visit, expected_version=base_version, fields=FIELDS)
    audit.record(visit, "修改排查走访", by=by, at=at, changes=audit.changes_since(before, visit))
    return visit
