"""Visits to villages and households, recorded after they happened."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Visit
from meetings.services import rules
from rounds.models import Round
from villages.models import Cadre, Township, Village

FIELDS = ["round", "village", "cadre", "visited_on", "households", "note"]
MAX_HOUSEHOLDS = 500


def _check(
    *, township: Township, round: Round, village: Village, cadre: Cadre, visited_on: date, households: int, at: datetime
) -> None:
    rules.refuse_foreign_round(township, round)
    rules.refuse_foreign_village(township.pk, village)
    rules.refuse_foreign_cadre(township, cadre, field="cadre")
    rules.refuse_future(
        visited_on,
        at=at,
        field="visited_on",
        sentence="走访日期不能晚于今天：走访后再登记，尚未成行的行程不在本系统保存。",
    )
    if households > MAX_HOUSEHOLDS:
        raise Refused(f"一次走访{households}户，数字过大，请核对（最多{MAX_HOUSEHOLDS}户）。", field="households")


@transaction.atomic
def record_visit(
    *,
    township: Township,
    round: Round,
    village: Village,
    cadre: Cadre,
    visited_on: date,
    households: int = 0,
    note: str = "",
    by: Any,
    at: datetime,
) -> Visit:
    """Record a visit that took place. Refused: a day to come, another township's village or cadre."""
    _check(
        township=township, round=round, village=village, cadre=cadre, visited_on=visited_on, households=households,
        at=at,
    )  # fmt: skip
    visit = Visit.objects.create(
        township=township, round=round, village=village, cadre=cadre, visited_on=visited_on, households=households,
        note=note,
    )  # fmt: skip
    audit.record(visit, "登记走访", by=by, at=at)
    return visit


@transaction.atomic
def change_visit(
    visit: Visit,
    *,
    round: Round,
    village: Village,
    cadre: Cadre,
    visited_on: date,
    households: int,
    note: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> Visit:
    """Correct a visit."""
    _check(
        township=visit.township, round=round, village=village, cadre=cadre, visited_on=visited_on,
        households=households, at=at,
    )  # fmt: skip
    before = audit.snapshot(visit, FIELDS)
    visit.round, visit.village, visit.cadre, visit.visited_on = round, village, cadre, visited_on
    visit.households, visit.note = households, note
    save_if_unchanged(visit, expected_version=base_version, fields=FIELDS)
    audit.record(visit, "修改走访", by=by, at=at, changes=audit.changes_since(before, visit))
    return visit
