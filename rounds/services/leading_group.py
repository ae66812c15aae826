"""Seats of the leading group (领导小组). An adjustment is a day on which seats end and begin; earlier seats stay on record."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import LeadingGroupSeat, Round
from rounds.services.rules import in_order, known_to
from villages.models import Cadre

FIELDS = ["position", "starts_on", "ends_on"]
ENDS_TOO_EARLY = "结束日期不能早于开始日期。"


def _check_overlap(
    round: Round, cadre: Cadre, position: str, starts_on: date, ends_on: date | None, besides: int = 0
) -> None:
    # The same person may hold two positions at once (副组长 and 办公室主任), but not one position twice.
    same = LeadingGroupSeat.objects.filter(round=round, cadre=cadre, position=position).filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on)
    )
    if ends_on:
        same = same.filter(starts_on__lte=ends_on)
    if same.exclude(pk=besides).exists():
        raise Refused("这名干部在这段时间已担任同一组内职务。", field="position")


@transaction.atomic
def add_seat(
    *, round: Round, cadre: Cadre, position: str, starts_on: date, by: Any, at: datetime, ends_on: date | None = None
) -> LeadingGroupSeat:
    known_to(round, cadre, field="cadre")
    in_order(starts_on, ends_on, field="ends_on", sentence=ENDS_TOO_EARLY)
    _check_overlap(round, cadre, position, starts_on, ends_on)
    seat = LeadingGroupSeat.objects.create(
        round=round, cadre=cadre, position=position, starts_on=starts_on, ends_on=ends_on
    )
    audit.record(seat, "列入领导小组", by=by, at=at)
    return seat


@transaction.atomic
def change_seat(
    seat: LeadingGroupSeat,
    *,
    position: str,
    starts_on: date,
    ends_on: date | None,
    base_version: int,
    by: Any,
    at: datetime,
) -> LeadingGroupSeat:
    """Correct a seat that was entered wrongly. Another person is another seat; an end comes by `end_seat`, with its reason."""
    if ends_on and not seat.ends_on:
        raise Refused("结束任职请用“调出”办理，并写明原因。", field="ends_on")
    in_order(starts_on, ends_on, field="ends_on", sentence=ENDS_TOO_EARLY)
    _check_overlap(seat.round, seat.cadre, position, starts_on, ends_on, besides=seat.pk)
    before = audit.snapshot(seat, FIELDS)
    seat.position, seat.starts_on, seat.ends_on = position, starts_on, ends_on
    save_if_unchanged(seat, expected_version=base_version, fields=FIELDS)
    audit.record(seat, "修改领导小组成员", by=by, at=at, changes=audit.changes_since(before, seat))
    return seat


@transaction.atomic
def end_seat(
    seat: LeadingGroupSeat, *, ends_on: date, reason: str, by: Any, at: datetime, base_version: int | None = None
) -> LeadingGroupSeat:
    """End a seat, with the reason (职务调整 …); the person stays in the record of those days."""
    if seat.ends_on:
        raise Refused("这名成员已经调出领导小组，不需重复办理。")
    if not reason:
        raise Refused("请写明调整原因。", field="reason")
    in_order(seat.starts_on, ends_on, field="ends_on", sentence=ENDS_TOO_EARLY)
    before = audit.snapshot(seat, ["ends_on"])
    seat.ends_on = ends_on
    save_if_unchanged(seat, expected_version=seat.version if base_version is None else base_version, fields=["ends_on"])
    audit.record(seat, "调出领导小组", by=by, at=at, reason=reason, changes=audit.changes_since(before, seat))
    return seat
