"""What is done with counties, townships and villages."""

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.errors import Refused
from villages.models import Assignment, County, Township, Village
from villages.services.editing import change, unique_or_refused

COUNTY_TAKEN = "已有同名的县（市、区）。"
TOWNSHIP_TAKEN = "本县已有同名乡镇。"
VILLAGE_TAKEN = "本乡镇已有同名的村，请直接使用或换一个名称。"


@transaction.atomic
def add_county(*, name: str, party_committee: str = "", by: Any, at: datetime) -> County:
    """Create a county. Raises Refused for a name already taken."""
    with unique_or_refused(COUNTY_TAKEN, field="name"):
        county = County.objects.create(name=name, party_committee=party_committee)
    audit.record(county, "新增县（市、区）", by=by, at=at)
    return county


@transaction.atomic
def change_county(
    county: County, *, name: str, party_committee: str, base_version: int, by: Any, at: datetime
) -> County:
    """Change a county that has not been changed since `base_version` (RecordChanged otherwise)."""
    with unique_or_refused(COUNTY_TAKEN, field="name"):
        change(
            county,
            {"name": name, "party_committee": party_committee},
            verb="修改县（市、区）",
            base_version=base_version,
            by=by,
            at=at,
        )
    return county


@transaction.atomic
def add_township(*, county: County, name: str, kind: str = Township.Kind.TOWN, by: Any, at: datetime) -> Township:
    """Create a township. Raises Refused for a name already taken in the county."""
    with unique_or_refused(TOWNSHIP_TAKEN, field="name"):
        township = Township.objects.create(county=county, name=name, kind=kind)
    audit.record(township, "新增乡镇", by=by, at=at)
    return township


@transaction.atomic
def change_township(township: Township, *, name: str, kind: str, base_version: int, by: Any, at: datetime) -> Township:
    """Change name or kind. The county stays: people, units and records of the township belong to it."""
    with unique_or_refused(TOWNSHIP_TAKEN, field="name"):
        change(township, {"name": name, "kind": kind}, verb="修改乡镇", base_version=base_version, by=by, at=at)
    return township


def _initials(text: str) -> str:
    text = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9]*", text):
        raise Refused("拼音首字母只填英文字母，例如石桥村填“sqc”。", field="initials")
    return text


@transaction.atomic
def add_village(
    *,
    township: Township,
    name: str,
    kind: str = Village.Kind.VILLAGE,
    org_kind: str = Village.OrgKind.BRANCH,
    is_model: bool = False,
    initials: str = "",
    sort: int = 0,
    by: Any,
    at: datetime,
) -> Village:
    """Create a village or community. Raises Refused for a name already taken in the township."""
    initials = _initials(initials)
    with unique_or_refused(VILLAGE_TAKEN, field="name"):
        village = Village.objects.create(
            township=township,
            name=name,
            kind=kind,
            org_kind=org_kind,
            is_model=is_model,
            initials=initials,
            sort=sort,
        )
    audit.record(village, "新增村", by=by, at=at)
    return village


@transaction.atomic
def change_village(
    village: Village,
    *,
    name: str,
    kind: str,
    org_kind: str,
    is_model: bool,
    initials: str,
    sort: int,
    closed_on: date | None,
    base_version: int,
    by: Any,
    at: datetime,
) -> Village:
    """Change a village that has not been changed since `base_version`. Refused: closing one where somebody still has a duty."""
    values = {
        "name": name,
        "kind": kind,
        "org_kind": org_kind,
        "is_model": is_model,
        "initials": _initials(initials),
        "sort": sort,
        "closed_on": closed_on,
    }
    if closed_on:
        held = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=closed_on), village=village).count()
        if held:
            raise Refused(f"这个村在撤并日期之后还有{held}项在任的岗位责任，请先结束或移交。", field="closed_on")
    with unique_or_refused(VILLAGE_TAKEN, field="name"):
        change(village, values, verb="修改村", base_version=base_version, by=by, at=at)
    return village
