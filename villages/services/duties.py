"""Dated duties: given, ended, handed over. They are the responsibility chain and at once the rights, so who may give which is checked here too."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.roles import ROLE_LEVEL, Level, Role
from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from villages.models import Assignment, Cadre, County, Township, Unit, Village
from villages.models.duties import SOLE_ROLES
from villages.services.editing import change

Place = County | Township | Village | Unit
LEVEL_OF: dict[type, str] = {
    County: Level.COUNTY,
    Township: Level.TOWNSHIP,
    Village: Level.VILLAGE,
    Unit: Level.UNIT,
}


def township_of(place: Place) -> int | None:
    """The township a place lies in; None for a county or its department."""
    return place.pk if isinstance(place, Township) else getattr(place, "township_id", None)


def _county_of(place: Place) -> int:
    if isinstance(place, County):
        return place.pk
    return place.township.county_id if isinstance(place, Village) else place.county_id


def only_for_administrator(role: str) -> bool:
    """Posts that reach over a whole township or county are given by the administrator, so that nobody in an office raises himself."""
    return ROLE_LEVEL[role] in (Level.TOWNSHIP, Level.COUNTY)


def _may_touch(role: str, cadre: Cadre, *, by: Any) -> None:
    if by is None:  # the portal itself: loading data
        return
    if only_for_administrator(role) and not by.is_administrator:
        raise Refused(f"{Role(role).label}由系统管理员登记，请与系统管理员联系。", field="role")
    if cadre.user_id == by.pk:
        raise Refused("不能给自己登记或修改岗位责任，请由他人办理。", field="cadre")


def _check_dates(starts_on: date, ends_on: date | None) -> None:
    if ends_on and ends_on < starts_on:
        raise Refused("结束日期不能早于开始日期。", field="ends_on")


def _check_free(
    cadre: Cadre, role: str, place: Place, starts_on: date, ends_on: date | None, besides: Assignment | None = None
) -> None:
    """The same person cannot hold the same duty at the same place twice at once, nor two people a post there is only one of."""
    same = Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), role=role, **{LEVEL_OF[type(place)]: place}
    )
    if ends_on:
        same = same.filter(starts_on__lte=ends_on)
    if besides:
        same = same.exclude(pk=besides.pk)
    if clash := same.filter(cadre=cadre).first():
        raise Refused(
            f"{cadre.name}在这一时段已担任{place}{Role(role).label}（{_span(clash)}）。",
            field="starts_on",
        )
    if role in SOLE_ROLES and (other := same.select_related("cadre").first()):
        raise Refused(
            f"{place}{Role(role).label}在这一时段由{other.cadre.name}担任（{_span(other)}），一个岗位不能同时有两个人；请办理交接，"
            "或先结束前任的责任。",
            field="starts_on",
        )


def _span(assignment: Assignment) -> str:
    return f"{full_date(assignment.starts_on)}至{full_date(assignment.ends_on) if assignment.ends_on else '今'}"


def _check_cadre(cadre: Cadre, place: Place) -> None:
    if cadre.user and cadre.user.is_administrator:
        raise Refused("系统管理员账号不能担任岗位。", field="cadre")
    if cadre.county_id != _county_of(place):
        raise Refused(f"{cadre.name}和{place}不在同一县（市、区）。", field="cadre")
    if cadre.township_id and cadre.township_id != township_of(place):
        raise Refused(f"{cadre.name}是{cadre.township}的干部，不能担任{place}的岗位。", field="cadre")


def _check(
    cadre: Cadre,
    role: str,
    place: Place,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Any,
    besides: Assignment | None = None,
) -> None:
    """Everything that may forbid a new duty."""
    if ROLE_LEVEL[role] != LEVEL_OF[type(place)]:
        raise Refused(f"{Role(role).label}要对应到{Level(ROLE_LEVEL[role]).label}，不能对应到{place}。", field="role")
    _may_touch(role, cadre, by=by)
    _check_dates(starts_on, ends_on)
    _check_cadre(cadre, place)
    if cadre.left_on and (ends_on is None or ends_on > cadre.left_on):
        raise Refused(f"{cadre.name}已于{full_date(cadre.left_on)}离任。", field="cadre")
    if isinstance(place, Village) and place.closed_on and starts_on >= place.closed_on:
        raise Refused(f"{place}已于{full_date(place.closed_on)}撤并。", field="place")
    _check_free(cadre, role, place, starts_on, ends_on, besides)


@transaction.atomic
def assign(
    *,
    cadre: Cadre,
    role: str,
    place: Place,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: Any,
    at: datetime,
) -> Assignment:
    """Give a person a duty at a place from a day on. Refused: wrong kind of place, foreign place, the same duty twice, giving it to oneself."""
    _check(cadre, role, place, starts_on, ends_on, by=by)
    assignment = Assignment.objects.create(
        cadre=cadre, role=role, starts_on=starts_on, ends_on=ends_on, note=note, **{LEVEL_OF[type(place)]: place}
    )
    audit.record(assignment, "登记岗位责任", by=by, at=at, reason=note, township_id=township_of(place))
    return assignment


@transaction.atomic
def change_assignment(
    assignment: Assignment,
    *,
    starts_on: date,
    ends_on: date | None,
    note: str,
    reason: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> Assignment:
    """Correct the days or the note of a duty; the reason is kept."""
    _may_touch(assignment.role, assignment.cadre, by=by)
    if not reason:
        raise Refused("请填写更正的原因。", field="reason")
    _check_dates(starts_on, ends_on)
    _check_free(assignment.cadre, assignment.role, assignment.place, starts_on, ends_on, besides=assignment)
    change(
        assignment,
        {"starts_on": starts_on, "ends_on": ends_on, "note": note},
        verb="更正岗位责任",
        base_version=base_version,
        by=by,
        at=at,
        reason=reason,
        township_id=township_of(assignment.place),
    )
    return assignment


@transaction.atomic
def end_assignment(
    assignment: Assignment,
    *,
    ends_on: date,
    reason: str = "",
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> Assignment:
    """End a duty; `ends_on` is its last day. Who held it keeps the right until that day is over."""
    _may_touch(assignment.role, assignment.cadre, by=by)
    _check_dates(assignment.starts_on, ends_on)
    if assignment.ends_on and ends_on >= assignment.ends_on:
        raise Refused(f"这项责任已于{full_date(assignment.ends_on)}结束。", field="ends_on")
    change(
        assignment,
        {"ends_on": ends_on},
        verb="结束岗位责任",
        base_version=base_version or assignment.version,
        by=by,
        at=at,
        reason=reason,
        township_id=township_of(assignment.place),
    )
    return assignment


@transaction.atomic
def hand_over(
    assignment: Assignment,
    *,
    to_cadre: Cadre,
    on: date,
    note: str = "",
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> Assignment:
    """Pass a duty to another person: the old one ends the day before `on`, the new one begins on it. Returns the new duty."""
    check_hand_over(assignment, to_cadre=to_cadre, on=on, by=by)
    planned_end = assignment.ends_on
    end_assignment(
        assignment,
        ends_on=on - timedelta(days=1),
        reason=note or f"移交给{to_cadre.name}",
        base_version=base_version,
        by=by,
        at=at,
    )
    return assign(
        cadre=to_cadre,
        role=assignment.role,
        place=assignment.place,
        starts_on=on,
        ends_on=planned_end,
        note=note,
        by=by,
        at=at,
    )


def check_hand_over(assignment: Assignment, *, to_cadre: Cadre, on: date, by: Any) -> None:
    """Everything that may forbid passing a duty on; nothing is written."""
    if to_cadre.pk == assignment.cadre_id:
        raise Refused("接任人就是现任，请另选一人。", field="to_cadre")
    if on <= assignment.starts_on:
        raise Refused(f"交接日期须晚于现任的开始日期（{full_date(assignment.starts_on)}）。", field="on")
    if assignment.ends_on and on > assignment.ends_on:
        raise Refused(f"这项责任已于{full_date(assignment.ends_on)}结束，请直接登记新的责任人。", field="on")
    _may_touch(assignment.role, assignment.cadre, by=by)
    try:
        _check(to_cadre, assignment.role, assignment.place, on, assignment.ends_on, by=by, besides=assignment)
    except Refused as refusal:
        field = {"cadre": "to_cadre", "starts_on": "on", "ends_on": "on"}.get(refusal.field or "", refusal.field)
        raise Refused(str(refusal), field=field) from None
