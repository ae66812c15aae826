"""E 结对帮扶一览表: one row for each pairing with what its helper did by the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from accounts.permissions import Permission
from common import chinese
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from pairings.models import Activity, Pairing

COLUMNS = (
    column("village", "村", width=9),
    column("kind", "结对方式", width=12),
    column("helper", "帮扶方", width=14),
    column("name", "姓名", width=9),
    column("title", "职务", width=15),
    column("matters", "帮扶事项", width=26),
    column("visits", "到村次数", width=7, kind=Kind.WHOLE, total=True),
    column("funds", "协调资金（万元）", width=10, kind=Kind.MONEY, total=True),
    column("results", "成效", width=34),
    column("remark", "备注", width=16),
)


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Pairing.objects.filter(round__in=ask.round_ids, starts_on__lte=ask.as_of))
    order = ("village__township_id", "village__sort", "village_id", "pk")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = Pairing.objects.select_related(
        "village",
        "helper_village",
        "helper_cadre__unit",
        "helper_cadre__village",
        "helper_unit",
        "helped_cadre",
        "slot",
    ).in_bulk(keys)
    visits: dict[int, int] = defaultdict(int)
    funds: dict[int, Decimal] = defaultdict(Decimal)
    results: dict[int, list[str]] = defaultdict(list)
    done = Activity.objects.filter(pairing__in=keys, held_on__lte=ask.as_of).order_by("held_on", "pk")
    for pairing_id, money, result in done.values_list("pairing_id", "funds", "result"):
        visits[pairing_id] += 1
        funds[pairing_id] += money
        if result and result not in results[pairing_id]:
            results[pairing_id].append(result)
    for pk in keys:
        if not (p := found.get(pk)):
            continue
        cadre = p.helper_cadre
        place = (cadre.village or cadre.unit or "") if cadre else p.helper
        yield Line(
            (
                ask.village(p.village.name, p.village.township_id),
                p.get_kind_display(),
                str(place),
                cadre.name if cadre else "",
                cadre.title if cadre else "",
                p.matters,
                visits[pk],
                funds[pk],
                words.numbered(results[pk]),
                _remark(p, ask),
            ),
            pk,
            p.version,
            p.village.township_id,
        )


def _remark(p: Pairing, ask: Ask) -> str:
    helped = f"帮带{p.helped_cadre.with_title}" if p.helped_cadre else ""
    over = f"{chinese.full_date(p.ends_on)}结束" if p.ends_on and p.ends_on <= ask.as_of else ""
    place = (
        f"落实“{p.slot.name}”" if p.slot else ""
    )  # here, because the column of kinds is read back by its fixed words
    return words.joined((place, helped, over))


def summary(totals: Totals) -> dict[str, Value]:
    return {"helper": f"共{totals.count}对"}


LEDGER = Ledger(
    code="E",
    name="结对帮扶一览表",
    noun="对结对",
    permission=Permission.PAIRING_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="次、万元",
    summary=summary,
    importable=True,
    about="每对结对一行：帮扶方、次数、资金和成效",
)
