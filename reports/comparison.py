"""与上期相比: two summaries or two days of a round set side by side. Every number is the length of a list that is shown.

A summary speaks with the figures it keeps, a day with the records as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from common import chinese
from common.lists import list_address
from problems.models import Problem
from problems.terms import OPEN_STATES, Colour, Degree, State, colour_of
from reports.models import Summary
from rounds.models import Designation, Round
from villages.models import VillageYear

COLOURS = {Colour.RED: "红灯", Colour.YELLOW: "黄灯", Colour.GREEN: "绿灯", Colour.GREY: "灰灯", Colour.NONE: "无灯"}
SEVERAL = {
    "new": "新增",
    "closed": "销号",
    "reopened": "反弹或重新打开",
    "degree": "化解程度变化",
    "colour": "预警灯变化",
    "gone": "不再在台账",
}


@dataclass(frozen=True)
class Stand:
    """How one problem stood."""

    id: int
    number: int
    village: str
    title: str
    state: str
    degree: str
    colour: str


@dataclass(frozen=True)
class Side:
    """A round on one day: its ledger and its villages' income."""

    label: str
    on: date
    summary: Summary | None
    stands: dict[int, Stand]
    income: dict[str, Decimal] = field(default_factory=dict)  # village → 万元 of the year of `on`

    def count(self, name: str) -> int:
        return len(self.ids(name))

    def ids(self, name: str) -> list[int]:
        return [s.id for s in self.stands.values() if _counts(name, s)]


def _counts(name: str, s: Stand) -> bool:
    return {
        "problems": True,
        "closed": s.state == State.CLOSED,
        "open": s.state in OPEN_STATES,
        "late": s.colour == Colour.RED,
        "relapsed": s.state == State.RELAPSED,
    }[name]


def of_day(round: Round, day: date) -> Side:
    """From the records; three queries."""
    rows = (
        Problem.objects.filter(round=round)
        .as_of(day)
        .in_ledger("stood__")
        .order_by("village__sort", "village_id", "number")
        .values_list(
            "pk",
            "number",
            "village__name",
            "title",
            "stood__state",
            "stood__degree",
            "stood__queue_on",
            "stood__yellow_on",
        )
    )
    stands = {
        pk: Stand(pk, number, village, title, state, degree, colour_of(state, queue, yellow, day).value)
        for pk, number, village, title, state, degree, queue, yellow in rows
    }
    listed = Designation.objects.filter(round=round).listed_on(day).values("village")
    income = VillageYear.objects.filter(village__in=listed, year=day.year, income__isnull=False)
    rows_of = income.order_by("village__sort", "village_id").values_list("village__name", "income")
    by_village = {name: value for name, value in rows_of if value is not None}
    return Side(f"截至{chinese.full_date(day)}", day, None, stands, by_village)


def of_summary(summary: Summary) -> Side:
    """From the figures the summary keeps; no query."""
    facts = summary.figures.get("facts", {})
    stands = {
        r["id"]: Stand(r["id"], r["number"], r["village"], r["title"], r["state"], r["degree"], r["colour"])
        for r in facts.get("problems", [])
    }
    income = {r["village"]: Decimal(r["now"]) for r in facts.get("income", {}).get("villages", [])}
    return Side(
        f"{summary.get_kind_display()}（截至{chinese.full_date(summary.as_of)}）",
        summary.as_of,
        summary,
        stands,
        income,
    )


@dataclass(frozen=True)
class Change:
    """One problem that is otherwise than before."""

    stand: Stand
    before: str
    now: str


def changes(earlier: Side, later: Side) -> dict[str, list[Change]]:
    """What is otherwise, by kind (SEVERAL); a problem may stand under several."""
    found: dict[str, list[Change]] = {name: [] for name in SEVERAL}
    for s in later.stands.values():
        was = earlier.stands.get(s.id)
        before = _state(was) if was else "不在台账"
        if was is None:
            found["new"].append(Change(s, before, _state(s)))
        if s.state == State.CLOSED and (was is None or was.state != State.CLOSED):
            found["closed"].append(Change(s, before, _state(s)))
        if was is None:
            continue
        if was.state == State.CLOSED and s.state != State.CLOSED:
            found["reopened"].append(Change(s, before, _state(s)))
        if was.degree != s.degree:
            found["degree"].append(Change(s, str(Degree(was.degree).label), str(Degree(s.degree).label)))
        if was.colour != s.colour:
            found["colour"].append(Change(s, COLOURS[Colour(was.colour)], COLOURS[Colour(s.colour)]))
    for s in earlier.stands.values():
        if s.id not in later.stands:
            found["gone"].append(Change(s, _state(s), "不在台账"))
    return found


def _state(s: Stand) -> str:
    if s.state == State.CLOSED:
        return f"已销号（{Degree(s.degree).label}）"
    return str(State(s.state).label)


TOTALS: dict[str, tuple[str, dict[str, str]]] = {  # name → label, what the ledger is asked for
    "problems": ("问题总数", {"state": "ledger"}),
    "closed": ("已销号", {"state": State.CLOSED}),
    "open": ("未销号", {"state": "open"}),
    "late": ("逾期", {"colour": Colour.RED}),
    "relapsed": ("反弹", {"state": State.RELAPSED}),
}


def totals(round: Round, earlier: Side, later: Side) -> list[dict[str, Any]]:
    """问题总数, 已销号 … on both sides, each with its list."""
    rows = []
    for name, (label, asked) in TOTALS.items():
        before, now = earlier.count(name), later.count(name)
        rows.append(
            {
                "name": name, "label": label, "before": before, "now": now, "more": now - before,
                "before_url": _ledger_url(round, earlier.on, asked), "now_url": _ledger_url(round, later.on, asked),
            }
        )  # fmt: skip
    return rows


def _ledger_url(round: Round, day: date, asked: dict[str, str]) -> str:
    query = {"round": round.key, "township": round.township_id, "as_of": day.isoformat()} | asked
    return list_address("problems:problem_list", **query)


def income(earlier: Side, later: Side) -> list[dict[str, Any]]:
    """Collective income village by village; only between different years, because it is recorded by year."""
    if earlier.on.year == later.on.year and not (earlier.summary and later.summary):
        return []
    rows = []
    for village in dict.fromkeys([*later.income, *earlier.income]):
        before, now = earlier.income.get(village), later.income.get(village)
        rows.append(
            {
                "village": village,
                "before": chinese.amount(before),
                "now": chinese.amount(now),
                "more": chinese.amount(now - before) if before is not None and now is not None else "—",
            }
        )
    return rows
