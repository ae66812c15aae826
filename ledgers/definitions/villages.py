"""A 整顿工作台账: one row for each listed village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import Role
from common import chinese
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from pairings.models import Pairing
from problems.models import Measure, Problem, VillagePlan
from problems.terms import OPEN_STATES, Colour, State, colour_of
from rounds.models import Designation
from villages.models import Assignment

COLUMNS = (
    column("party_org", "村党组织名称", width=11),
    column("kind", "类别", width=5, align="center"),
    column("criteria", "认定情形", width=18),
    column("facts", "主要问题", width=19),
    column("county_leader", "联村县级领导", width=11),
    column("leader", "包村乡镇领导", width=11),
    column("first_secretary", "第一书记", width=10),
    column("unit", "结对单位", width=10),
    column("helper", "结对强村/带头书记", width=12),
    column("goals", "整顿目标", width=20),
    column("measures", "主要措施", width=28),
    column("ends_on", "整顿时限", width=13.5, kind=Kind.DAY),
    column("progress", "进展情况", width=17),
    column("problems", "问题总数", width=5.2, kind=Kind.WHOLE, total=True),
    column("closed", "已销号", width=5.2, kind=Kind.WHOLE, total=True),
    column("result", "整顿结果", width=10, align="center"),
    column("remark", "备注", width=9),
)
MAX_MEASURES = 6  # in one cell; the list of tasks holds all


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Designation.objects.filter(round__in=ask.round_ids).listed_on(ask.as_of))
    order = ("round__township_id", "village__sort", "village_id")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    day = ask.as_of
    found = Designation.objects.select_related("round", "village").prefetch_related("criteria").in_bulk(keys)
    villages = {d.village_id for d in found.values()}
    rounds = {d.round_id for d in found.values()}
    mine = {"round__in": rounds, "village__in": villages}
    chain: dict[tuple[int, str], list[str]] = defaultdict(list)
    for village_id, role, name, title in (
        Assignment.objects.on(day)
        .filter(village__in=villages, role__in=[Role.COUNTY_LINKED_LEADER, Role.LINKED_LEADER, Role.FIRST_SECRETARY])
        .order_by("starts_on", "pk")
        .values_list("village_id", "role", "cadre__name", "cadre__title")
    ):
        chain[village_id, role].append(words.person(name, title))
    helpers: dict[tuple[int, int, bool], list[str]] = defaultdict(list)
    for p in Pairing.objects.on(day).filter(**mine).with_names().order_by("pk"):
        helpers[p.round_id, p.village_id, p.kind == Pairing.Kind.UNIT].append(p.helper_with_title)
    goals = {
        (round_id, village_id): text
        for round_id, village_id, text in VillagePlan.objects.filter(**mine).values_list(
            "round_id", "village_id", "goals"
        )
    }
    tasks: dict[tuple[int, int], list[str]] = defaultdict(list)
    counts = _counts(ask, mine)
    for round_id, village_id, text in (
        Measure.objects.filter(problem__round__in=rounds, problem__village__in=villages)
        .order_by("problem__number", "number")
        .values_list("problem__round_id", "problem__village_id", "text")
    ):
        tasks[round_id, village_id].append(text)
    for pk in keys:
        if not (d := found.get(pk)):
            continue
        place = (d.round_id, d.village_id)
        count = counts[place]
        turned = d.turned_round_on if d.turned_round_on and d.turned_round_on <= day else None
        yield Line(
            (
                ask.village(d.village.party_org, d.village.township_id),
                d.village.get_kind_display(),
                words.numbered([c.text for c in d.criteria.all()]),
                d.facts,
                "、".join(chain[d.village_id, Role.COUNTY_LINKED_LEADER]),
                "、".join(chain[d.village_id, Role.LINKED_LEADER]),
                "、".join(chain[d.village_id, Role.FIRST_SECRETARY]),
                "、".join(helpers[*place, True]),
                "、".join(helpers[*place, False]),
                goals.get(place, ""),
                words.numbered(tasks[place], MAX_MEASURES),
                d.round.ends_on,
                _progress(count),
                count["problems"],
                count["closed"],
                f"{chinese.full_date(turned)}转化" if turned else "整顿中",
                "曾列入" if d.earlier_id else "",
            ),
            pk,
            d.version,
            d.village.township_id,
            turned is not None,
        )


def _counts(ask: Ask, mine: dict[str, Any]) -> dict[tuple[int, int], dict[str, int]]:
    """Problems of each village in the ledger on the day: all, closed, open, overdue."""
    past = ask.as_of < timezone.localdate()
    path = "stood__" if past else ""
    rows = ask.seen(Problem.objects.filter(**mine), "shown_to")
    rows = (rows.as_of(ask.as_of) if past else rows).in_ledger(path).order_by()
    counts: dict[tuple[int, int], dict[str, int]] = defaultdict(
        lambda: {"problems": 0, "closed": 0, "open": 0, "late": 0}
    )
    names = {f"now_{name}": F(f"{path}{name}") for name in ("state", "queue_on", "yellow_on")}
    for row in rows.values("round_id", "village_id", **names):
        count = counts[row["round_id"], row["village_id"]]
        state = row["now_state"]
        count["problems"] += 1
        count["closed"] += state == State.CLOSED
        count["open"] += state in OPEN_STATES
        count["late"] += colour_of(state, row["now_queue_on"], row["now_yellow_on"], ask.as_of) == Colour.RED
    return counts


def _progress(count: dict[str, int]) -> str:
    if not count["problems"]:
        return ""
    if not count["open"]:
        return "问题全部销号"
    late = f"（逾期{count['late']}个）" if count["late"] else ""
    return f"已销号{count['closed']}个，未销号{count['open']}个{late}"


def summary(totals: Totals) -> dict[str, Value]:
    return {"party_org": f"共{totals.count}个", "result": f"转化{totals.done}个" if totals.done else ""}


LEDGER = Ledger(
    code="A",
    name="整顿工作台账",
    noun="个村",
    permission=Permission.ROUND_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="个",
    summary=summary,
    importable=True,
    about="每个整顿对象一行：认定情形、责任链、结对、目标措施和销号数",
)
