"""What is done with kinds of other work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from common.text import clean
from otherwork import wording as words
from otherwork.models import WorkKind
from otherwork.starting import BY_NAME
from villages.models import Township

FIELDS = [
    "name", "unit", "per_village", "whole", "takes_note", "has_money", "sources", "wording", "place", "counting", "hint",
    "starts_on", "ends_on", "sort",
]  # fmt: skip
MAX_SOURCES = 8
MAX_SOURCE = 20


def checked_sources(sources: Sequence[str], *, has_money: bool) -> list[str]:
    """The names of the sources, each once; Refused for too many or too long ones."""
    names = list(dict.fromkeys(name for name in (clean(s) for s in sources) if name))
    if not has_money:
        return []
    if not names:
        raise Refused("登记资金的类别至少写一项资金来源，例如：上级补助。", field="sources")
    if len(names) > MAX_SOURCES:
        raise Refused(f"资金来源最多{MAX_SOURCES}项。", field="sources")
    if any(len(name) > MAX_SOURCE for name in names):
        raise Refused(f"每项资金来源最多{MAX_SOURCE}字。", field="sources")
    return names


def _checked(township: Township, values: dict[str, Any], *, besides: WorkKind | None = None) -> dict[str, Any]:
    values = dict(values)
    if values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise Refused("停用日期不能早于启用日期。", field="ends_on")
    for name in ("name", "unit"):  # they stand in sentences, where braces are places for figures
        if set(values[name]) & set("{}"):
            raise Refused("名称和计量单位里不能用花括号。", field=name)
    same = WorkKind.objects.filter(township=township, name=values["name"])
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("已有同名类别，请直接使用或换一个名称。", field="name")
    values["sources"] = checked_sources(values["sources"], has_money=values["has_money"])
    flags = {name: values[name] for name in ("per_village", "has_money")}
    text = values["wording"] or words.usual(values["name"], **flags)
    values["wording"] = words.check(text, takes_note=values["takes_note"], **flags)
    if values["sort"] is None:
        last = WorkKind.objects.filter(township=township).aggregate(last=Max("sort"))["last"]
        values["sort"] = min((last or 0) + 10, 32000)
    return values


@transaction.atomic
def add_kind(
    *,
    township: Township,
    name: str,
    unit: str,
    starts_on: date,
    by: Any,
    at: datetime,
    wording: str = "",
    place: str = WorkKind.Place.RESULTS,
    counting: str = WorkKind.Counting.PERIOD,
    per_village: bool = True,
    whole: bool = True,
    takes_note: bool = True,
    has_money: bool = False,
    sources: Sequence[str] = (),
    hint: str = "",
    ends_on: date | None = None,
    sort: int | None = None,
) -> WorkKind:
    """A new kind of a township; without a wording it gets the usual one. Refused for a name already there or a sentence nobody could fill."""
    given = {
        "name": name, "unit": unit, "wording": wording, "place": place, "counting": counting, "per_village": per_village,
        "whole": whole, "takes_note": takes_note, "has_money": has_money, "sources": sources, "hint": hint,
        "starts_on": starts_on, "ends_on": ends_on, "sort": sort,
    }  # fmt: skip
    kind = WorkKind.objects.create(township=township, **_checked(township, given))
    audit.record(kind, "新增其他工作类别", by=by, at=at)
    return kind


@transaction.atomic
def change_kind(kind: WorkKind, *, base_version: int, by: Any, at: datetime, **values: Any) -> WorkKind:
    """Change a kind. What its entries were made by (unit, by village or not) stays once there are any."""
    values = _checked(kind.township, values, besides=kind)
    if (values["unit"], values["per_village"]) != (kind.unit, kind.per_village) and kind.entries.exists():
        field = "unit" if values["unit"] != kind.unit else "per_village"
        raise Refused("这一类已有登记，计量单位和是否按村登记不能再改。请停用这一类，另建一类。", field=field)
    entries = kind.entries.counted()
    outside = entries.filter(happened_on__lt=values["starts_on"])
    if outside.exists():
        first = outside.order_by("happened_on").values_list("happened_on", flat=True)[0]
        raise Refused(f"{first.isoformat()}已有登记，启用日期不能晚于这一天。", field="starts_on")
    if values["ends_on"]:
        later = entries.filter(happened_on__gt=values["ends_on"]).order_by("-happened_on")
        if last := later.values_list("happened_on", flat=True).first():
            raise Refused(f"{last.isoformat()}已有登记，停用日期不能早于这一天。", field="ends_on")
    before = audit.snapshot(kind, FIELDS)
    for name, value in values.items():
        setattr(kind, name, value)
    save_if_unchanged(kind, expected_version=base_version, fields=FIELDS)
    audit.record(kind, "修改其他工作类别", by=by, at=at, changes=audit.changes_since(before, kind))
    return kind


@transaction.atomic
def start_kinds(*, township: Township, names: Sequence[str], starts_on: date, by: Any, at: datetime) -> list[WorkKind]:
    """Switch on kinds of the starting list; one that is there already stays as it is."""
    if not names:
        raise Refused("请至少选一类。", field="names")
    there = set(WorkKind.objects.filter(township=township, name__in=names).values_list("name", flat=True))
    return [
        add_kind(township=township, starts_on=starts_on, by=by, at=at, **vars(BY_NAME[name]))
        for name in names
        if name not in there
    ]
