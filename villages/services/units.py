"""What is done with units."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from villages.models import County, Township, Unit

FIELDS = ["name", "kind", "township", "handles"]


def _check(*, kind: str, township: Township | None, county: County, name: str, besides: Unit | None = None) -> None:
    if kind == Unit.Kind.STATION and township is None:
        raise Refused("镇属站所须写明所属乡镇。", field="township")
    if township is not None and township.county_id != county.pk:
        raise Refused(f"{township}不在{county}，请核对。", field="township")
    same = Unit.objects.filter(county=county, township=township, name=name)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("已有同名单位，请直接使用或换一个名称。", field="name")


@transaction.atomic
def add_unit(
    *, county: County, name: str, kind: str, township: Township | None, handles: str, by: Any, at: datetime
) -> Unit:
    """Create a unit. Raises Refused for a station without township or a name already taken in the same place."""
    _check(kind=kind, township=township, county=county, name=name)
    unit = Unit.objects.create(county=county, name=name, kind=kind, township=township, handles=handles)
    audit.record(unit, "新增单位", by=by, at=at)
    return unit


@transaction.atomic
def change_unit(
    unit: Unit,
    *,
    name: str,
    kind: str,
    township: Township | None,
    handles: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> Unit:
    """Change a unit that has not been changed since `base_version` (RecordChanged otherwise)."""
    _check(kind=kind, township=township, county=unit.county, name=name, besides=unit)
    before = audit.snapshot(unit, FIELDS)
    unit.name, unit.kind, unit.township, unit.handles = name, kind, township, handles
    save_if_unchanged(unit, expected_version=base_version, fields=FIELDS)
    audit.record(unit, "修改单位", by=by, at=at, changes=audit.changes_since(before, unit))
    return unit
