"""Somebody is away for some days and another acts for him. This lends rights, so it is decided like a post: by the office, never for oneself."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from villages.models import Absence, Assignment, Cadre
from villages.services import duties
from villages.services.editing import change

FIELDS = ["kind", "starts_on", "ends_on"]
LONGEST = 183  # days; who is away longer hands his post over
EARLIEST = 31  # days back: what lies further back no longer lends any right


def held(absent: Cadre, starts_on: date, ends_on: date) -> QuerySet[Assignment]:
    """His posts on any of these days, as far as they are known."""
    rows = Assignment.objects.filter(cadre=absent, starts_on__lte=ends_on).exclude(ends_on__lt=starts_on)
    return rows.select_related("village", "township", "unit", "county").order_by("starts_on", "pk")


def posts_of(absence: Absence) -> list[Assignment]:
    """The posts that are lent, with their places."""
    return list(absence.lent.select_related("village", "township", "unit", "county").order_by("starts_on", "pk"))


def posts_beside(absence: Absence) -> list[Assignment]:
    """Posts the absent person holds on these days and that are not lent: given to him later."""
    return list(held(absence.absent, absence.starts_on, absence.ends_on).exclude(absences=absence))


def lendable(posts: Iterable[Assignment], *, by: Any) -> list[Assignment]:
    """Those of the posts this person may lend: what lies over a township or county is given, and so lent, by the administrator."""
    whole = by is None or by.is_administrator
    return [post for post in posts if whole or not duties.only_for_administrator(post.role)]


def _words(posts: Iterable[Assignment]) -> str:
    return audit.show([f"{post.place}{post.get_role_display()}" for post in posts])


def _check_people(absent: Cadre, substitute: Cadre, *, lent: list[Assignment], by: Any) -> None:
    if substitute.pk == absent.pk:
        raise Refused("代行人不能是外出人自己，请另选一人。", field="substitute")
    if substitute.township_id != absent.township_id or substitute.county_id != absent.county_id:
        where = absent.township or absent.county
        raise Refused(f"{substitute.name}不是{where}的干部，不能代行{absent.name}的职责。", field="substitute")
    if substitute.user is None or not substitute.user.is_active:
        raise Refused(f"{substitute.name}没有可用的登录账号，不能代行，请另选一人。", field="substitute")
    if substitute.user.is_administrator:
        raise Refused("系统管理员账号不能代行岗位。", field="substitute")
    for person, name in ((substitute, "substitute"), (absent, "absent")):
        if person.left_on:
            raise Refused(f"{person.name}已于{full_date(person.left_on)}离任。", field=name)
    if by is not None and substitute.user_id == by.pk:
        raise Refused("不能登记由自己代行，请由他人办理。", field="substitute")
    if len(lendable(lent, by=by)) < len(lent):
        raise Refused(f"{absent.name}担任乡镇或县级岗位，由系统管理员登记代行，请与系统管理员联系。", field="absent")


def _check_days(absent: Cadre, substitute: Cadre, starts_on: date, ends_on: date, besides: Absence | None) -> None:
    if ends_on < starts_on:
        raise Refused("结束日期不能早于开始日期。", field="ends_on")
    if (ends_on - starts_on).days >= LONGEST:
        raise Refused("代行最长半年；时间更长的，请办理岗位交接。", field="ends_on")
    others = Absence.objects.overlapping(starts_on, ends_on).select_related("absent", "substitute")
    if besides:
        others = others.exclude(pk=besides.pk)
    if clash := others.filter(absent=absent).first():
        raise Refused(
            f"{absent.name}在这一时段已由{clash.substitute.name}代行（{full_date(clash.starts_on)}至{full_date(clash.ends_on)}）。",
            field="starts_on",
        )
    # Otherwise rights would travel on to a third person.
    if others.filter(absent=substitute).exists():
        raise Refused(f"{substitute.name}在这一时段自己也外出，请另选代行人。", field="substitute")
    if clash := others.filter(substitute=absent).first():
        raise Refused(f"{absent.name}在这一时段正代行{clash.absent.name}的职责，请先为{clash.absent.name}另定代行人。")


def _check_start(starts_on: date, at: datetime) -> None:
    if starts_on < timezone.localdate(at) - timedelta(days=EARLIEST):
        raise Refused("开始日期太早：代行不能补登一个月以前的。", field="starts_on")


def _hold(absent: Cadre, substitute: Cadre) -> None:
    """Lock both people, so that two who write about them at one moment see each other."""
    list(Cadre.objects.select_for_update().filter(pk__in=[absent.pk, substitute.pk]).order_by("pk"))


@transaction.atomic
def register_absence(
    *,
    absent: Cadre,
    substitute: Cadre,
    starts_on: date,
    ends_on: date,
    kind: str = Absence.Kind.LEAVE,
    by: Any,
    at: datetime,
) -> Absence:
    """Let one person act for another from day to day, both included. Refused: another township, no end, no account, two at once, for oneself."""
    _hold(absent, substitute)
    _check_start(starts_on, at)
    if ends_on < timezone.localdate(at):
        raise Refused("这段时间已经过去，代行不能补登。", field="ends_on")
    lent = list(held(absent, starts_on, ends_on))
    _check_people(absent, substitute, lent=lent, by=by)
    _check_days(absent, substitute, starts_on, ends_on, None)
    if not lent:
        raise Refused(f"{absent.name}在这一时段没有岗位责任，不需要代行。", field="absent")
    absence = Absence.objects.create(
        absent=absent, substitute=substitute, kind=kind, starts_on=starts_on, ends_on=ends_on
    )
    absence.lent.set(lent)
    posts = {"field": "lent", "label": "代行的岗位", "old": audit.show(""), "new": _words(lent)}
    audit.record(absence, "登记外出代行", by=by, at=at, changes=[posts])
    return absence


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    kind: str,
    starts_on: date,
    ends_on: date,
    reason: str,
    more_posts: Iterable[Assignment] = (),
    base_version: int,
    by: Any,
    at: datetime,
) -> Absence:
    """Come back earlier or stay longer: other days, with the reason. Days gone by stay as they were.

    `more_posts`: those given to the absent person since that are lent from now on too, named one by one.
    """
    _hold(absence.absent, absence.substitute)
    today = timezone.localdate(at)
    if absence.state_on(today) in (Absence.State.OVER, Absence.State.CALLED_OFF):
        raise Refused("这次代行已经结束，不能再改。")
    if not reason:
        raise Refused("请写明变更的原因，例如提前返岗。", field="reason")
    if absence.starts_on <= today and starts_on != absence.starts_on:
        raise Refused("代行已经开始，开始日期不能再改。", field="starts_on")
    if starts_on != absence.starts_on:
        _check_start(starts_on, at)
    if ends_on < today - timedelta(days=1):
        raise Refused("结束日期不能改到昨天以前：已经代行的日子不能抹去。", field="ends_on")
    before = posts_of(absence)
    _check_people(absence.absent, absence.substitute, lent=before, by=by)
    _check_days(absence.absent, absence.substitute, starts_on, ends_on, absence)
    change(
        absence,
        {"kind": kind, "starts_on": starts_on, "ends_on": ends_on},
        verb="变更外出代行",
        base_version=base_version,
        by=by,
        at=at,
        reason=reason,
    )
    if added := list(more_posts):
        open_to = {post.pk for post in lendable(posts_beside(absence), by=by)}
        if any(post.pk not in open_to for post in added):
            raise Refused("所选岗位不能由您登记代行，或已不在这一时段内，请重新选择。", field="more_posts")
        absence.lent.add(*added)
        posts = {"field": "lent", "label": "代行的岗位", "old": _words(before), "new": _words(posts_of(absence))}
        audit.record(absence, "增加代行的岗位", by=by, at=at, changes=[posts], reason=reason)
    return absence


@transaction.atomic
def call_off(absence: Absence, *, reason: str, base_version: int | None = None, by: Any, at: datetime) -> Absence:
    """It does not take place after all: only before it has begun."""
    if absence.called_off_at:
        raise Refused("这次代行已经取消，不用重复办理。")
    if absence.starts_on <= timezone.localdate(at):
        raise Refused("代行已经开始，不能取消；提前返岗的，请修改结束日期。")
    if not reason:
        raise Refused("请写明取消的原因。", field="reason")
    change(
        absence,
        {"called_off_at": at},
        verb="取消外出代行",
        base_version=base_version or absence.version,
        by=by,
        at=at,
        reason=reason,
    )
    return absence
