"""Yearly figures of a village, its economy, training of its cadres: counts, never a person."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from villages.models import CadreTraining, EconomyPath, Village, VillageYear
from villages.services.editing import change, unique_or_refused

FIGURES = [
    "households", "population", "members", "members_60", "members_under_35", "members_away",
    "applicants", "enterprise_leaders", "income", "operating_income", "income_source",
]  # fmt: skip
# Counts that move slowly: a new year's sheet begins with the last one's. What happens within a year begins empty.
SLOW = ["households", "population", "members", "members_60", "members_under_35", "members_away", "income_source"]


def starting_figures(village: Village, year: int) -> dict[str, Any]:
    """What a new sheet for `year` starts from: the slowly changing counts of the last earlier sheet; empty when there is none."""
    last = VillageYear.objects.filter(village=village, year__lt=year).order_by("-year").first()
    return {name: getattr(last, name) for name in SLOW} if last else {}


def _check(figures: dict[str, Any]) -> None:
    label = {name: audit.label(VillageYear(), name) for name in FIGURES}
    for name in FIGURES:
        value = figures.get(name)
        if isinstance(value, int | Decimal) and value < 0:
            raise Refused(f"{label[name]}不能是负数。", field=name)

    def more(part: str, whole: str, sentence: str) -> None:
        part_value, whole_value = figures.get(part), figures.get(whole)
        if part_value is not None and whole_value is not None and part_value > whole_value:
            raise Refused(sentence.format(part_value, whole_value), field=part)

    more("households", "population", "户数（{}）不能多于人口（{}）。")
    more("members", "population", "党员数（{}）不能多于人口（{}）。")
    for part in ("members_60", "members_under_35", "members_away"):
        more(part, "members", label[part] + "（{}）不能多于党员数（{}）。")
    old, young, members = (figures.get(n) for n in ("members_60", "members_under_35", "members"))
    if old is not None and young is not None and members is not None and old + young > members:
        raise Refused(
            f"60岁及以上（{old}）和35岁以下（{young}）党员合计{old + young}人，多于党员数（{members}）。",
            field="members_under_35",
        )
    if figures.get("operating_income") is not None and figures.get("income") is None:
        raise Refused("填写了经营性收入，请同时填写村集体经济收入。", field="income")
    more("operating_income", "income", "经营性收入（{}万元）不能大于村集体经济收入（{}万元）。")


def check_year(year: int, *, at: datetime) -> None:
    if year > at.year:
        raise Refused(f"{year}年还没有到，不能填报。", field="year")
    if year < 1990:
        raise Refused("年度应在1990年以后。", field="year")


@transaction.atomic
def save_year(
    *, village: Village, year: int, base_version: int | None = None, by: Any, at: datetime, **figures: Any
) -> VillageYear:
    """Write one year's sheet: a new one without `base_version`, a change with it (RecordChanged when somebody else saved meanwhile).

    Only the figures named are written. Refused: a sheet that is there already, a coming year, figures that contradict each other.
    """
    unknown = set(figures) - set(FIGURES)
    if unknown:
        raise TypeError(f"no such figures: {', '.join(sorted(unknown))}")
    check_year(year, at=at)
    sheet = VillageYear.objects.filter(village=village, year=year).select_related("village").first()
    if base_version is None:
        if sheet:
            raise Refused(f"{village}{year}年已有数据，请直接修改。", field="year")
        _check(figures)
        with unique_or_refused(f"{village}{year}年已有数据，请直接修改。", field="year"):
            sheet = VillageYear.objects.create(village=village, year=year, **figures)
        audit.record(sheet, "填报村情数据", by=by, at=at)
        return sheet
    if sheet is None:
        raise Refused(f"{village}{year}年还没有数据，请先填报。", field="year")
    _check({name: getattr(sheet, name) for name in FIGURES} | figures)
    if sheet.version != base_version:
        raise RecordChanged(sheet)
    change(sheet, figures, verb="修改村情数据", base_version=base_version, by=by, at=at)
    return sheet


def _check_path(village: Village, path: str, partners: Sequence[Village]) -> None:
    if any(partner.pk == village.pk for partner in partners):
        raise Refused("联建村不能是本村。", field="partners")
    if any(partner.township_id != village.township_id for partner in partners):
        raise Refused("联建村须在本乡镇内。", field="partners")
    if path == EconomyPath.Path.JOINT and not partners:
        raise Refused("多村联建请选择联建的村。", field="partners")


@transaction.atomic
def add_path(
    *,
    village: Village,
    path: str,
    industry: str,
    started_on: date,
    partners: Sequence[Village] = (),
    result: str = "",
    by: Any,
    at: datetime,
) -> EconomyPath:
    """Note how a village raises its collective income. Refused: joint development without or with a foreign partner."""
    partners = list(partners)
    _check_path(village, path, partners)
    record = EconomyPath.objects.create(
        village=village, path=path, industry=industry, started_on=started_on, result=result
    )
    record.partners.set(partners)
    audit.record(record, "登记集体经济路径", by=by, at=at)
    return record


@transaction.atomic
def change_path(
    record: EconomyPath,
    *,
    path: str,
    industry: str,
    started_on: date,
    partners: Sequence[Village],
    result: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> EconomyPath:
    """Change a path that has not been changed since `base_version`."""
    partners = list(partners)
    _check_path(record.village, path, partners)
    before = list(record.partners.all())
    values = {"path": path, "industry": industry, "started_on": started_on, "result": result}
    snapshot = audit.snapshot(record, values)
    for name, value in values.items():
        setattr(record, name, value)
    changes = audit.changes_since(snapshot, record)
    if {v.pk for v in before} != {v.pk for v in partners}:
        changes.append({"field": "partners", "label": "联建村", "old": audit.show(before), "new": audit.show(partners)})
    if changes:
        # The partners are rows of their own: the version of the record guards them too.
        save_if_unchanged(record, expected_version=base_version, fields=list(values))
        record.partners.set(partners)
        audit.record(record, "修改集体经济路径", by=by, at=at, changes=changes)
    return record


def _check_training(chosen_on: date, starts_on: date | None, people: int) -> None:
    if people < 1:
        raise Refused("人数至少为1。", field="people")
    if starts_on and starts_on < chosen_on:
        raise Refused("开班日期不能早于确定人选的日期。", field="starts_on")


@transaction.atomic
def add_training(
    *,
    village: Village,
    kind: str,
    name: str,
    chosen_on: date,
    people: int,
    starts_on: date | None = None,
    by: Any,
    at: datetime,
) -> CadreTraining:
    """Note village cadres chosen for a training: how many, not who."""
    _check_training(chosen_on, starts_on, people)
    record = CadreTraining.objects.create(
        village=village, kind=kind, name=name, chosen_on=chosen_on, starts_on=starts_on, people=people
    )
    audit.record(record, "登记培训", by=by, at=at)
    return record


@transaction.atomic
def change_training(
    record: CadreTraining,
    *,
    kind: str,
    name: str,
    chosen_on: date,
    people: int,
    starts_on: date | None,
    base_version: int,
    by: Any,
    at: datetime,
) -> CadreTraining:
    """Change a training that has not been changed since `base_version`."""
    _check_training(chosen_on, starts_on, people)
    change(
        record,
        {"kind": kind, "name": name, "chosen_on": chosen_on, "people": people, "starts_on": starts_on},
        verb="修改培训",
        base_version=base_version,
        by=by,
        at=at,
    )
    return record
