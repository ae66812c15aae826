"""What is done with cadres: the people directory and the account a person signs in with."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from villages.models import Assignment, Cadre, County, PostTenure, Township, Unit, Village
from villages.services.editing import change, unique_or_refused


def _check(
    *,
    county: County,
    township: Township | None,
    village: Village | None,
    unit: Unit | None,
    name: str,
    title: str,
    besides: Cadre | None = None,
) -> None:
    if township and township.county_id != county.pk:
        raise Refused("所选乡镇不属于这个县（市、区）。", field="township")
    if village and (township is None or village.township_id != township.pk):
        raise Refused("所选的村不在所选乡镇内。", field="village")
    if unit and (unit.county_id != county.pk or (unit.township_id and unit.township_id != _pk(township))):
        raise Refused("所选单位不在所选乡镇或县（市、区）内。", field="unit")
    same = Cadre.objects.filter(
        county=county, township=township, village=village, unit=unit, name=name, title=title, left_on=None
    )
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("已登记同名同职务的干部，请直接使用；确是两个人的，请在职务中写明区别。", field="name")


def _pk(record: Any) -> int | None:
    return record.pk if record else None


@transaction.atomic
def add_cadre(
    *,
    county: County,
    name: str,
    title: str = "",
    township: Township | None = None,
    village: Village | None = None,
    unit: Unit | None = None,
    by: Any,
    at: datetime,
) -> Cadre:
    """Register a person. A cadre without township belongs to the county. Refused when places do not fit together or the person is there."""
    _check(county=county, township=township, village=village, unit=unit, name=name, title=title)
    cadre = Cadre.objects.create(county=county, township=township, village=village, unit=unit, name=name, title=title)
    audit.record(cadre, "登记干部", by=by, at=at)
    return cadre


@transaction.atomic
def change_cadre(
    cadre: Cadre,
    *,
    name: str,
    title: str,
    township: Township | None,
    village: Village | None,
    unit: Unit | None,
    left_on: date | None,
    base_version: int,
    by: Any,
    at: datetime,
) -> Cadre:
    """Change a person's entry. Who still holds a duty or a post can neither leave nor move to another township before handing it over."""
    _check(county=cadre.county, township=township, village=village, unit=unit, name=name, title=title, besides=cadre)
    if left_on:
        open_after = Q(ends_on=None) | Q(ends_on__gt=left_on)
        _refuse_while_held(
            cadre, open_after, Q(ended_on=None) | Q(ended_on__gt=left_on), field="left_on", before="填写离任"
        )
    if _pk(township) != cadre.township_id:
        today = at.date()
        _refuse_while_held(
            cadre,
            Q(ends_on=None) | Q(ends_on__gte=today),
            Q(ended_on=None) | Q(ended_on__gt=today),
            field="township",
            before="调到别的乡镇",
        )
    values = {
        "name": name,
        "title": title,
        "township": township,
        "village": village,
        "unit": unit,
        "left_on": left_on,
    }
    change(cadre, values, verb="修改干部", base_version=base_version, by=by, at=at)
    return cadre


def _refuse_while_held(cadre: Cadre, duties: Q, tenures: Q, *, field: str, before: str) -> None:
    """Name what is still held, so that the person knows what to hand over first."""
    held = [
        f"{assignment.place}{assignment.get_role_display()}"
        for assignment in Assignment.objects.filter(duties, cadre=cadre).select_related(
            "village", "township", "unit", "county"
        )
    ]
    held += [
        str(tenure.post) for tenure in PostTenure.objects.filter(tenures, cadre=cadre).select_related("post__village")
    ]
    if held:
        raise Refused(f"{cadre.name}还担任{'、'.join(held[:5])}，请先移交或结束，再{before}。", field=field)


@transaction.atomic
def link_cadre(cadre: Cadre, *, user: Any, base_version: int | None = None, by: Any, at: datetime) -> Cadre:
    """Let `user` sign in as this person. One person, one account; an administrator's account belongs to no cadre."""
    if user.is_administrator:
        raise Refused("系统管理员账号不能对应干部，请另建一个账号。", field="user")
    if cadre.user_id is not None:
        raise Refused(f"{cadre.name}已有登录账号，请先解除原来的对应。", field="cadre")
    if cadre.left_on:
        raise Refused(f"{cadre.name}已于{full_date(cadre.left_on)}离任，不能再对应账号。", field="cadre")
    if by is not None and user.pk == by.pk:
        raise Refused("不能给自己的账号对应干部。", field="user")
    earlier = Cadre.objects.filter(user=user).first()
    if earlier:
        raise Refused(f"这个账号已对应{earlier.with_title}，请先解除。", field="user")
    with unique_or_refused("这个账号或这名干部刚刚已被对应，请刷新后再看。", field="user"):
        change(
            cadre,
            {"user": user},
            verb="对应登录账号",
            base_version=base_version or cadre.version,
            by=by,
            at=at,
        )
    return cadre


@transaction.atomic
def unlink_cadre(cadre: Cadre, *, by: Any, at: datetime) -> Cadre:
    """Take the account from the person: who signs in with it sees nothing any more; the person's duties stand."""
    if cadre.user_id is None:
        raise Refused(f"{cadre.name}没有登录账号。")
    change(cadre, {"user": None}, verb="解除登录账号", base_version=cadre.version, by=by, at=at)
    return cadre
