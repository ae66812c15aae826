"""D 一村一策表: one sheet for each village, with blank places for the opinions of village, township and county."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from accounts.permissions import Permission
from accounts.roles import Role
from common import chinese
from ledgers import words
from ledgers.definitions import problems as ledger_b
from ledgers.form import Ask, Ledger, Line
from ledgers.producing import Progress, row_height, title_of
from ledgers.writing import FONT_HEAD, LINE, Book, Sheet
from pairings.models import Pairing
from problems.models import PlanReview, Problem, VillagePlan
from rounds.models import Designation
from villages.models import Assignment

WIDTHS = (16.0, 27.0, 18.5, 28.0, 24.0, 17.0)
SIGN = "\n\n\n\n\n签字（盖章）：　　　　　\n　　年　　月　　日　　"
OPINIONS = ("村党组织意见", "乡镇党委意见", "县委组织部意见")


def seen(ask: Ask) -> list[VillagePlan]:
    rows = ask.seen(VillagePlan.objects.filter(round__in=ask.round_ids))
    rows = rows.select_related("round__township", "village")
    return list(rows.order_by("village__township_id", "village__sort", "village_id"))


def write(book: Book, ledger: Ledger, ask: Ask, progress: Progress) -> int:
    plans = seen(ask)
    if not plans:
        sheet = book.sheet(ledger.name, WIDTHS)
        sheet.title(title_of("一村一策表", ask))
        sheet.spread([("还没有一村一策。", sheet.visible, sheet.look(align="center"))], 24)
        return 0
    facts = _facts(plans, ask)
    for number, plan in enumerate(plans):
        progress(5 + 85 * number // len(plans), f"写入{plan.village}")
        _sheet(book, plan, facts, ask)
    return len(plans)


def _facts(plans: list[VillagePlan], ask: Ask) -> dict[str, Any]:
    """What the sheets name besides the plans, for all of them at once: by (round, village) or by village."""
    villages = {p.village_id for p in plans}
    mine = {"round__in": {p.round_id for p in plans}, "village__in": villages}
    listed = {}
    for d in Designation.objects.filter(**mine).listed_on(ask.as_of).prefetch_related("criteria"):
        listed[d.round_id, d.village_id] = d
    chain: dict[tuple[int, str], list[str]] = defaultdict(list)
    for village, role, name, title in (
        Assignment.objects.on(ask.as_of)
        .filter(village__in=villages)
        .order_by("starts_on", "pk")
        .values_list("village_id", "role", "cadre__name", "cadre__title")
    ):
        chain[village, role].append(words.person(name, title))
    helpers: dict[tuple[int, int], list[str]] = defaultdict(list)
    for p in Pairing.objects.on(ask.as_of).filter(**mine).with_names().order_by("pk"):
        helpers[p.round_id, p.village_id].append(f"{p.get_kind_display()}：{p.helper_with_title}")
    keys = ledger_b.keys(ask)
    place = dict(Problem.objects.filter(pk__in=keys).values_list("pk", "village_id")) if len(keys) < 900 else {}
    if not place:
        place = dict(Problem.objects.filter(**mine).values_list("pk", "village_id"))
    problems: dict[int, list[Line]] = defaultdict(list)
    for line in ledger_b.lines([pk for pk in keys if place.get(pk) in villages], ask):
        problems[place[line.pk or 0]].append(line)
    returned: dict[int, int] = defaultdict(int)
    for plan_id in PlanReview.objects.filter(
        plan__in=plans, action=PlanReview.Action.RETURN, on__lte=ask.as_of
    ).values_list("plan_id", flat=True):
        returned[plan_id] += 1
    return {"listed": listed, "chain": chain, "helpers": helpers, "problems": problems, "returned": returned}


def _sheet(book: Book, plan: VillagePlan, facts: dict[str, Any], ask: Ask) -> None:
    village, chain = plan.village, facts["chain"]
    place = (plan.round_id, plan.village_id)
    designation = facts["listed"].get(place)
    sheet = book.sheet(village.name, WIDTHS)
    sheet.title(f"{plan.round.township.name}{village.name}“一村一策”整顿表（{plan.round}）")
    sheet.parted(
        (f"填报单位：{village.party_org}", f"填报日期：{chinese.full_date(ask.as_of)}", f"状态：{_state(plan, ask)}"),
        24,
    )

    def people(*roles: Role) -> str:
        return "、".join(name for role in roles for name in chain[village.pk, role])

    _pairs(sheet, ("村党组织", village.party_org), ("类别", village.get_kind_display()),
           ("列入时间", designation.approved_on if designation else None))  # fmt: skip
    _pairs(sheet, ("包村领导", people(Role.COUNTY_LINKED_LEADER, Role.LINKED_LEADER)),
           ("驻村干部", people(Role.RESIDENT_CADRE, Role.FIRST_SECRETARY)), ("村党组织书记", people(Role.VILLAGE_SECRETARY)))  # fmt: skip
    _wide(sheet, "结对帮扶", "；".join(facts["helpers"][place]))
    if designation:
        _wide(sheet, "认定情形", words.numbered([c.text for c in designation.criteria.all()]))
        _wide(sheet, "主要表现", designation.facts)
    _wide(sheet, "原因分析", plan.causes, 60)
    _wide(sheet, "整顿目标", plan.goals, 60)
    _problems(sheet, facts["problems"][village.pk])
    _opinions(sheet)
    if times := facts["returned"][plan.pk]:
        _wide(sheet, "备注", f"本方案曾退回修改{times}次")
    sheet.ws.print_title_rows = "1:2"


def _state(plan: VillagePlan, ask: Ask) -> str:
    if plan.approved_on and plan.approved_on <= ask.as_of:
        return f"{chinese.full_date(plan.approved_on)}审定"
    return plan.get_state_display() if not plan.approved_on else "起草中"


def _label(sheet: Sheet) -> Any:
    return sheet.look(font=FONT_HEAD, align="center")


def _pairs(sheet: Sheet, *pairs: tuple[str, Any]) -> None:
    label, text = _label(sheet), sheet.look(align="center")
    parts: list[Any] = []
    tallest = 1
    for column, (name, value) in enumerate(pairs):
        parts += [(name, 1, label), (value, 1, text)]
        if isinstance(value, str):
            tallest = max(tallest, sheet.lines_in(value, column * 2 + 2, 1))
    sheet.spread(parts, row_height(tallest, 28))


def _wide(sheet: Sheet, name: str, value: str, least: float = 28) -> None:
    lines = sheet.lines_in(value, 2, 5)
    sheet.spread([(name, 1, _label(sheet)), (value, 5, sheet.look())], row_height(lines, least))


def _problems(sheet: Sheet, lines: list[Line]) -> None:
    label, text, middle = _label(sheet), sheet.look(), sheet.look(align="center")
    heads = ("问题类别", "问题", "责任领导", "整改措施", "责任单位、责任人", "整改时限")
    sheet.spread([(head, 1, label) for head in heads], 26)
    for line in lines:
        row = {c.key: v for c, v in zip(ledger_b.COLUMNS, line.values, strict=True)}
        values = (
            row["category"], row["description"], row["lead"], row["measures"],
            words.joined((str(row["unit"] or ""), str(row["owner"] or "")), "\n"), row["deadline"],
        )  # fmt: skip
        looks = (middle, text, middle, text, text, middle)
        tallest = max(sheet.lines_in(v, n, 1) for n, v in enumerate(values, 1) if isinstance(v, str))
        sheet.spread([(v, 1, look) for v, look in zip(values, looks, strict=True)], row_height(tallest, 26))
    if not lines:
        sheet.spread([("还没有列入台账的问题", 6, middle)], 26)


def _opinions(sheet: Sheet) -> None:
    label, text = _label(sheet), sheet.look(align="right")
    sheet.spread([(name, 2, label) for name in OPINIONS], 26)
    sheet.spread([(SIGN, 2, text) for _ in OPINIONS], LINE * 8)


LEDGER = Ledger(
    code="D",
    name="一村一策表",
    noun="个村",
    permission=Permission.ROUND_VIEW,  # as the plans themselves: a station sees its problems only
    columns=(),
    keys=lambda ask: [],
    lines=lambda keys, ask, first: iter(()),
    write=write,
    about="每村一张表：责任链、原因、目标、问题和措施，留村、乡镇、县三级意见栏",
)
