"""M 其他工作台账: one row for each entry of a kind of other work, whatever kinds the office keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.permissions import Permission
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from otherwork.models import WorkEntry
from otherwork.shown import funds_text
from rounds.models import Round

COLUMNS = (
    column("kind", "类别", width=14),
    column("village", "村", width=10),
    column("happened_on", "日期", width=13, kind=Kind.DAY),
    column("quantity", "数量", width=8, kind=Kind.MONEY),
    column("unit", "单位", width=6, align="center"),
    column("note", "内容", width=38),
    column("funds", "资金（万元）", width=10, kind=Kind.MONEY, total=True),
    column("sources", "资金来源", width=24),
    column("by", "登记人", width=9, align="center"),
    column("remark", "备注", width=12),
)
ORDER = ("kind__township_id", "kind__sort", "kind_id", "happened_on", "village__sort", "village_id", "pk")


def keys(ask: Ask) -> list[int]:
    """What was done from the first day of each township's round up to the day."""
    days = [Q(kind__township=r.township_id, happened_on__gte=r.starts_on) for r in ask.rounds]
    rows = ask.seen(WorkEntry.objects.counted().filter(reduce(or_, days, Q(pk__in=[])), happened_on__lte=ask.as_of))
    return list(rows.order_by(*ORDER).values_list("pk", flat=True))


def rounds_of(keys: Sequence[int]) -> set[int]:
    """Entries belong to a township and a day; the newest round of each township names the table."""
    townships: set[int] = set()
    for start in range(0, len(keys), 5000):  # a database takes only so many parameters
        some = WorkEntry.objects.filter(pk__in=keys[start : start + 5000]).order_by()
        townships.update(some.values_list("kind__township_id", flat=True).distinct())
    rounds = Round.objects.filter(township__in=townships).order_by("year", "number")
    return set(dict(rounds.values_list("township_id", "pk")).values())


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = WorkEntry.objects.with_names().in_bulk(keys)
    for pk in keys:
        if not (entry := found.get(pk)):
            continue
        kind, place = entry.kind, entry.village
        values: tuple[Value, ...] = (
            kind.name,
            ask.village(place.name, kind.township_id) if place else f"{kind.township.name}本级",
            entry.happened_on,
            entry.quantity,
            kind.unit,
            entry.note,
            entry.money or None,
            funds_text(entry),
            str(entry.created_by),
            "已作废" if entry.is_void else "",
        )
        yield Line(values, pk, entry.version, kind.township_id)


def summary(totals: Totals) -> dict[str, Value]:
    return {"village": f"共{totals.count}条"}


LEDGER = Ledger(
    code="M",
    name="其他工作台账",
    noun="条登记",
    permission=Permission.OTHERWORK_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="万元",
    summary=summary,
    about="为民办实事、三会一课等其他工作，每次登记一行：类别、村、数量和资金",
)
