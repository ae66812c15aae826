"""Yearly figures of a village, its economy, training of its cadres: counts, never a person."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from villages.models import CadreTraining, EconomyPath, IncomeSource, Village, VillageYear
from villages.models.figures import OPERATING
from villages.services.editing import change, unique_or_refused

FIGURES = [
    "households", "population", "members", "members_60", "members_under_35", "members_away",
    "members_college", "members_high_school", "members_lower", "applicants", "activists", "candidates",
    "enterprise_leaders", "income", "operating_income", "income_source",
]  # fmt: skip
EDUCATION = ["members_college", "members_high_school", "members_lower"]
# Counts that move slowly: a new year's sheet begins with the last one's. What happens within a year begins empty.
SLOW = [
    "households", "population", "members", "members_60", "members_under_35", "members_away", *EDUCATION, "income_source",
]  # fmt: skip
# A change by more than half of these is asked about: mostly a slip of the pen, sometimes true.
WATCHED = ["households", "population", "members", "income"]
# Without these a sheet is not reported.
WANTED = ["households", "population", "members", "members_60", "members_under_35", "income"]
State = VillageYear.State
Sources = Mapping[str, Decimal | None]


def starting_figures(village: Village, year: int) -> dict[str, Any]:
    """What a new sheet for `year` starts from: the slowly changing counts of the last earlier sheet; empty when there is none."""
    last = VillageYear.objects.filter(village=village, year__lt=year).order_by("-year").first()
    return {name: getattr(last, name) for name in SLOW} if last else {}


def _contradictions(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, sentence) for everything that cannot be true together."""
    label = {name: audit.label(VillageYear(), name) for name in FIGURES}
    for name in FIGURES:
        value = figures.get(name)
        if isinstance(value, int | Decimal) and value < 0:
            yield name, f"{label[name]}不能是负数。"

    def more(part: str, whole: str, sentence: str) -> Iterator[tuple[str, str]]:
        part_value, whole_value = figures.get(part), figures.get(whole)
        if part_value is not None and whole_value is not None and part_value > whole_value:
            yield part, sentence.format(part_value, whole_value)

    yield from more("households", "population", "户数（{}）不能多于人口（{}）。")
    yield from more("members", "population", "党员数（{}）不能多于人口（{}）。")
    for part in ("members_60", "members_under_35", "members_away", *EDUCATION):
        yield from more(part, "members", label[part] + "（{}）不能多于党员数（{}）。")
    old, young, members = (figures.get(n) for n in ("members_60", "members_under_35", "members"))
    if old is not None and young is not None and members is not None and max(old, young) <= members < old + young:
        yield (
            "members_under_35",
            f"60岁及以上（{old}）和35岁以下（{young}）党员合计{old + young}人，多于党员数（{members}）。",
        )
    bands = [figures.get(name) for name in EDUCATION]
    known = sum(band for band in bands if band is not None)
    whole = None not in bands
    if members is not None and (known > members or (whole and known != members)):
        yield "members_college", f"各文化程度的党员合计{known}人，与党员数（{members}）不一致，请核对。"
    yield from more("activists", "applicants", "入党积极分子（{}）不能多于入党申请人和积极分子（{}）。")
    if figures.get("operating_income") is not None and figures.get("income") is None:
        yield "income", "填写了经营性收入，请同时填写村集体经济收入。"
    yield from more("operating_income", "income", "经营性收入（{}万元）不能大于村集体经济收入（{}万元）。")


def _check(figures: Mapping[str, Any]) -> None:
    for field, sentence in _contradictions(figures):
        raise Refused(sentence, field=field)


def contradictions(figures: dict[str, Any], sources: Sources) -> dict[str, str]:
    """The first sentence at every field: a form says all of them at once, so that a weak signal is asked for once."""
    found: dict[str, str] = {}
    try:
        figures = _with_sources(figures, sources)
    except Refused as refused:
        found[refused.field or "income"] = str(refused)
    for field, sentence in _contradictions(figures):
        found.setdefault(field, sentence)
    return found


def check_year(year: int, *, at: datetime) -> None:
    if year > timezone.localdate(at).year:
        raise Refused(f"{year}年还没有到，不能填报。", field="year")
    if year < 1990:
        raise Refused("年度应在1990年以后。", field="year")


def jumps(village: Village, year: int, figures: Mapping[str, Any]) -> list[str]:
    """What differs from the last earlier sheet by more than half: label, then and now."""
    last = VillageYear.objects.filter(village=village, year__lt=year).order_by("-year").first()
    if last is None:
        return []
    found = []
    for name in WATCHED:
        old, new = getattr(last, name), figures.get(name)
        if old and new is not None and abs(new - old) * 2 > old:
            found.append(f"{audit.label(last, name)}由{audit.show(old)}变为{audit.show(new)}")
    return found


def _with_sources(figures: dict[str, Any], sources: Sources | None) -> dict[str, Any]:
    """Check the sources against the sums; a sum left empty is added up, a description left empty is written from them."""
    rows = {kind: amount for kind, amount in (sources or {}).items() if amount}
    if any(amount < 0 for amount in rows.values()):
        raise Refused("收入来源的金额不能是负数。", field="income")
    if not rows:
        return figures
    total = sum(rows.values(), Decimal(0))
    operating = sum((rows.get(kind) or Decimal(0) for kind in OPERATING), Decimal(0))
    filled = dict(figures)
    if filled.get("income") is None:
        filled["income"] = total
    elif filled["income"] != total:
        raise Refused(
            f"各项来源合计{audit.show(total)}万元，与村集体经济收入{audit.show(filled['income'])}万元不一致，"
            f"相差{audit.show(abs(total - filled['income']))}万元。",
            field="income",
        )
    if filled.get("operating_income") is None:
        filled["operating_income"] = operating
    elif filled["operating_income"] != operating:
        raise Refused(
            f"来源中经营性的几项（租赁、发包、经营、分红）合计{audit.show(operating)}万元，与填写的经营性收入"
            f"{audit.show(filled['operating_income'])}万元不一致。",
            field="operating_income",
        )
    if not filled.get("income_source"):
        largest = sorted(rows, key=lambda kind: -rows[kind])
        filled["income_source"] = "、".join(str(IncomeSource.Kind(kind).label).replace("、", "和") for kind in largest)
    return filled


def _write_sources(sheet: VillageYear, sources: Sources) -> list[dict[str, str]]:
    """Bring the rows to what was typed; returns what changed for the record."""
    before = {row.kind: row.amount for row in sheet.sources.all()}
    after = {kind: amount for kind, amount in sources.items() if amount}
    changes = []
    for kind in IncomeSource.Kind.values:
        old, new = before.get(kind), after.get(kind)
        if old == new:
            continue
        label = f"收入来源·{IncomeSource.Kind(kind).label}"
        changes.append({"field": kind, "label": label, "old": audit.show(old), "new": audit.show(new)})
        if new is None:
            sheet.sources.filter(kind=kind).delete()
        else:
            IncomeSource.objects.update_or_create(sheet=sheet, kind=kind, defaults={"amount": new})
    return changes


@transaction.atomic
def save_year(
    *,
    village: Village,
    year: int,
    base_version: int | None = None,
    sources: Sources | None = None,
    sure: bool = True,
    reason: str = "",
    by: Any,
    at: datetime,
    **figures: Any,
) -> VillageYear:
    """Write one year's sheet: a new one without `base_version`, a change with it (RecordChanged when somebody else saved meanwhile).

    Only the figures named are written; `sources` replaces the sources of income when given. Refused: a sheet that is there already, a coming
    year, figures that contradict each other, a change of a confirmed sheet without a reason; a jump by more than half unless `sure`.
    """
    unknown = set(figures) - set(FIGURES)
    if unknown:
        raise TypeError(f"no such figures: {', '.join(sorted(unknown))}")
    check_year(year, at=at)
    sheet = VillageYear.objects.filter(village=village, year=year).select_related("village").first()
    if base_version is None:
        if sheet:
            raise Refused(f"{village}{year}年已有数据，请直接修改。", field="year")
        figures = _with_sources(figures, sources)
        _check(figures)
        _ask(village, year, figures, sure)
        with unique_or_refused(f"{village}{year}年已有数据，请直接修改。", field="year"):
            sheet = VillageYear.objects.create(village=village, year=year, **figures)
        _write_sources(sheet, sources or {})
        audit.record(sheet, "填报村情数据", by=by, at=at)
        return sheet
    if sheet is None:
        raise Refused(f"{village}{year}年还没有数据，请先填报。", field="year")
    now = {name: getattr(sheet, name) for name in FIGURES}
    rows = sources if sources is not None else {row.kind: row.amount for row in sheet.sources.all()}
    after = _with_sources(now | figures, rows)
    _check(after)
    _ask(village, year, {name: value for name, value in after.items() if value != now[name]}, sure)
    if sheet.version != base_version:
        raise RecordChanged(sheet)
    changed = {name: value for name, value in after.items() if value != now[name]}
    if sheet.is_confirmed and not reason:
        raise Refused("已确认的数据须写明修改的原因。", field="reason")
    changed |= reported_anew(sheet, by=by, at=at)
    before = audit.snapshot(sheet, [name for name in changed if name in FIGURES])
    for name, value in changed.items():
        setattr(sheet, name, value)
    changes = audit.changes_since(before, sheet)
    if sources is not None:
        changes += _write_sources(sheet, sources)
    if not changes:
        sheet.refresh_from_db()
        return sheet
    save_if_unchanged(sheet, expected_version=base_version, fields=list(changed))
    audit.record(sheet, "修改村情数据", by=by, at=at, changes=changes, reason=reason)
    return sheet


def reported_anew(sheet: VillageYear, *, by: Any, at: datetime) -> dict[str, Any]:
    """What was reported or confirmed is no longer what stands there: it waits for its confirmation, by somebody else than who changed it."""
    if sheet.state not in (State.REPORTED, State.CONFIRMED):
        return {}
    return {
        "state": State.REPORTED, "reported_by": by, "reported_on": timezone.localdate(at), "confirmed_by": None,
        "confirmed_on": None,
    }  # fmt: skip


def _ask(village: Village, year: int, figures: Mapping[str, Any], sure: bool) -> None:
    if not sure and (found := jumps(village, year, figures)):
        raise Refused(f"与上年相比变化超过一半：{'；'.join(found)}。请核对，属实的勾选后再保存。", field="sure")


def lacking(sheet: VillageYear) -> list[str]:
    """What is wanted before the sheet can be reported."""
    return [audit.label(sheet, name) for name in WANTED if getattr(sheet, name) is None]


@transaction.atomic
def report_year(sheet: VillageYear, *, base_version: int | None = None, by: Any, at: datetime) -> VillageYear:
    """The village says that the sheet is complete."""
    if sheet.state not in (State.FILLING, State.RETURNED):
        raise Refused(f"这份数据{sheet.get_state_display()}，不用再报送。")
    if missing := lacking(sheet):
        raise Refused(f"还没有填写{'、'.join(missing)}，请补齐后再报送。")
    rows = [row.amount for row in sheet.sources.all()]
    if rows and sum(rows) != sheet.income:
        raise Refused(f"收入来源合计{audit.show(sum(rows))}万元，与村集体经济收入不一致，请先改正。")
    values = {"state": State.REPORTED, "reported_by": by, "reported_on": timezone.localdate(at), "remark": ""}
    change(sheet, values, verb="报送村情数据", base_version=base_version or sheet.version, by=by, at=at)
    return sheet


@transaction.atomic
def confirm_year(sheet: VillageYear, *, base_version: int | None = None, by: Any, at: datetime) -> VillageYear:
    """The office confirms what was reported; never who reported it."""
    if sheet.state != State.REPORTED:
        raise Refused(f"这份数据{sheet.get_state_display()}，报送后才能确认。")
    if sheet.reported_by_id == by.pk:
        raise Refused("报送人不能自己确认，请由他人确认。")
    values = {"state": State.CONFIRMED, "confirmed_by": by, "confirmed_on": timezone.localdate(at)}
    change(sheet, values, verb="确认村情数据", base_version=base_version or sheet.version, by=by, at=at)
    return sheet


@transaction.atomic
def return_year(
    sheet: VillageYear, *, remark: str, base_version: int | None = None, by: Any, at: datetime
) -> VillageYear:
    """Back to the village, with what is to be mended."""
    if sheet.state != State.REPORTED:
        raise Refused(f"这份数据{sheet.get_state_display()}，报送后才能退回。")
    if not remark:
        raise Refused("请写明要改什么。", field="remark")
    values = {"state": State.RETURNED, "remark": remark}
    change(sheet, values, verb="退回村情数据", base_version=base_version or sheet.version, by=by, at=at, reason=remark)
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
