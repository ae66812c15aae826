"""Many people, units and yearly sheets at once, for imports: the rules and the records of the single services, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from villages.models import Cadre, County, Township, Unit, Village, VillageYear
from villages.services import figures as figure_rules

BATCH = 1000


@transaction.atomic
def add_cadres(
    people: Sequence[tuple[str, str]], *, county: County, township: Township, by: Any, at: datetime
) -> list[Cadre]:
    """Register people (name, title) of a township, as `people.add_cadre` does for one. All or none."""
    if not people:
        return []
    known = set(
        Cadre.objects.filter(
            county=county,
            township=township,
            village=None,
            unit=None,
            left_on=None,
            name__in={name for name, _ in people},
        ).values_list("name", "title")
    )
    for person in people:
        if person in known:
            raise Refused("已登记同名同职务的干部，请直接使用；确是两个人的，请在职务中写明区别。", field="name")
        known.add(person)
    made = Cadre.objects.bulk_create(
        [Cadre(county=county, township=township, name=name, title=title) for name, title in people], batch_size=BATCH
    )
    audit.record_many([audit.entry(cadre, "登记干部", by=by, at=at) for cadre in made])
    return made


@transaction.atomic
def add_units(
    units: Sequence[tuple[str, str]], *, county: County, township: Township, by: Any, at: datetime
) -> list[Unit]:
    """Register units (name, kind): stations of the township, departments of the county, as `units.add_unit` does for one."""
    if not units:
        return []
    same = Unit.objects.filter(county=county, name__in={name for name, _ in units})
    known: set[tuple[int | None, str]] = set(same.values_list("township_id", "name"))
    made = []
    for name, kind in units:
        place = township if kind == Unit.Kind.STATION else None
        key = (place.pk if place else None, name)
        if key in known:
            raise Refused("已有同名单位，请直接使用或换一个名称。", field="name")
        known.add(key)
        made.append(Unit(county=county, name=name, kind=kind, township=place, handles=""))
    Unit.objects.bulk_create(made, batch_size=BATCH)
    audit.record_many([audit.entry(unit, "新增单位", by=by, at=at) for unit in made])
    return made


@dataclass
class NewYear:
    """A sheet of figures that is not there yet."""

    village: Village
    year: int
    figures: Mapping[str, Any]
    sheet: VillageYear | None = None


def check_year(
    village: Village, year: int, figures: Mapping[str, Any], *, known: set[tuple[int, int]], at: datetime
) -> None:
    """Raise Refused when `figures.save_year` would for a new sheet; `known` holds (village, year) of the sheets there are."""
    figure_rules.check_year(year, at=at)
    if (village.pk, year) in known:
        raise Refused(f"{village}{year}年已有数据，请直接修改。", field="year")
    figure_rules._check(dict(figures))


def check_changed_year(sheet: VillageYear, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Raise Refused when `figures.save_year` would for a change; returns what is to be written, and nothing else was checked.

    A sum emptied is added up from the sources of income, as on the page.
    """
    if sheet.is_confirmed and any(getattr(sheet, name) != value for name, value in figures.items()):
        raise Refused("这份村情数据已确认，不能用导入修改；请在页面上修改并写明原因。")
    sources = {row.kind: row.amount for row in sheet.sources.all()}  # prefetched by who asks about many
    now = {name: getattr(sheet, name) for name in figure_rules.FIGURES}
    after = figure_rules._with_sources(now | dict(figures), sources)
    figure_rules._check(after)
    return {name: value for name, value in after.items() if name in figures or value != now[name]}


@transaction.atomic
def add_years(rows: Sequence[NewYear], *, by: Any, at: datetime) -> list[VillageYear]:
    """Write new sheets. All or none."""
    if not rows:
        return []
    known = set(
        VillageYear.objects.filter(village__in={row.village.pk for row in rows}).values_list("village_id", "year")
    )
    for row in rows:
        check_year(row.village, row.year, row.figures, known=known, at=at)
        known.add((row.village.pk, row.year))
        row.sheet = VillageYear(village=row.village, year=row.year, **row.figures)
    made = VillageYear.objects.bulk_create([row.sheet for row in rows if row.sheet], batch_size=BATCH)
    audit.record_many([audit.entry(sheet, "填报村情数据", by=by, at=at) for sheet in made])
    return made


@transaction.atomic
def change_years(
    rows: Sequence[tuple[int, int, Mapping[str, Any]]], *, by: Any, at: datetime
) -> dict[int, VillageYear]:
    """Change sheets (key, version it was read with, new figures); RecordChanged when somebody saved one meanwhile."""
    if not rows:
        return {}
    locked = VillageYear.objects.select_for_update(of=("self",)).select_related("village").prefetch_related("sources")
    sheets = {sheet.pk: sheet for sheet in locked.filter(pk__in=[pk for pk, _, _ in rows])}
    entries, changed, columns = [], [], {"version"}
    for pk, version, figures in rows:
        if pk not in sheets:
            raise Refused("有村情数据已不在系统中，请重新检查。")
        sheet = sheets[pk]
        if sheet.version != version:
            raise RecordChanged(sheet)
        figures = check_changed_year(sheet, figures)
        before = audit.snapshot(sheet, figures)
        for name, value in figures.items():
            setattr(sheet, name, value)
        if changes := audit.changes_since(before, sheet):
            anew = figure_rules.reported_anew(sheet, by=by, at=at)
            for name, value in anew.items():
                setattr(sheet, name, value)
            sheet.version += 1
            changed.append(sheet)
            columns |= {*figures, *anew}
            entries.append(audit.entry(sheet, "修改村情数据", by=by, at=at, changes=changes))
    if changed:
        VillageYear.objects.bulk_update(changed, sorted(columns), batch_size=BATCH)
    audit.record_many(entries)
    return sheets
