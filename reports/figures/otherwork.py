"""Other work the township counts (deeds done, branch life, …): one set of figures for each kind of its own, whatever kinds there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from otherwork.models import WorkEntry, WorkFund, WorkKind
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso

LIST = "otherwork:entry_list"
NOTES = 3  # as many contents as a sentence names


class Row(NamedTuple):
    pk: int
    kind_id: int
    village_id: int | None
    village: str | None
    quantity: Decimal
    note: str


def add(tally: Tally, scope: Scope) -> None:
    """Kinds are each township's own, so that a county has none to add up."""
    tally.facts["otherwork"] = []
    tally.facts["otherwork.idle"] = []
    if not scope.is_one:
        return
    township = scope.round.township_id
    kinds = list(WorkKind.objects.filter(township=township, starts_on__lte=scope.as_of))
    if not kinds:
        return
    entries = _entries(scope, kinds)
    funds: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    paid = [k.pk for k in kinds if k.has_money]
    if paid:
        some = WorkFund.objects.filter(entry__kind__in=paid, entry__happened_on__lte=scope.as_of)
        for entry, source, amount in some.values_list("entry_id", "source", "amount"):
            funds[entry].append((source, amount))
    for kind in kinds:
        if rows := entries.get(kind.pk):
            tally.facts["otherwork"].append(_kind(tally, scope, kind, rows, funds))
        elif kind.takes(scope.as_of):
            tally.facts["otherwork.idle"].append({"name": kind.name, "place": kind.place})


def _entries(scope: Scope, kinds: Sequence[WorkKind]) -> dict[int, list[Row]]:
    """What each kind counts: the period's, the round's so far, or each village's newest."""
    counting: dict[str, list[int]] = defaultdict(list)
    for kind in kinds:
        counting[kind.counting].append(kind.pk)
    known = WorkEntry.objects.counted()
    wanted = {
        WorkKind.Counting.PERIOD: lambda: known.filter(scope.during("happened_on")),
        WorkKind.Counting.TOTAL: lambda: known.filter(
            happened_on__gte=scope.round.starts_on, happened_on__lte=scope.as_of
        ),
        WorkKind.Counting.LATEST: lambda: WorkEntry.objects.latest_on(scope.as_of),
    }
    found: dict[int, list[Row]] = defaultdict(list)
    for how, rows in wanted.items():
        if how not in counting:
            continue
        some = rows().filter(kind__in=counting[how]).order_by("happened_on", "pk")
        for row in some.values_list("pk", "kind_id", "village_id", "village__name", "quantity", "note"):
            found[row[1]].append(Row(*row))
    return found


def _params(scope: Scope, kind: WorkKind) -> dict[str, Any]:
    """How the list of entries is asked for the same rows."""
    if kind.counting == WorkKind.Counting.LATEST:
        return {"kind": kind.pk, "latest": 1} | scope.then
    if kind.counting == WorkKind.Counting.TOTAL:
        return {"kind": kind.pk, "from": iso(scope.round.starts_on), "to": iso(scope.as_of)}
    return {"kind": kind.pk} | scope.period


def _kind(
    tally: Tally, scope: Scope, kind: WorkKind, rows: list[Row], funds: dict[int, list[tuple[str, Decimal]]]
) -> dict[str, Any]:
    key, asked = f"otherwork.{kind.pk}", _params(scope, kind)
    tally.total(f"{key}.quantity", kind.name, kind.unit, ((r.pk, r.quantity) for r in rows), LIST, **asked)
    tally.count(f"{key}.entries", f"{kind.name}登记", "次", (r.pk for r in rows), LIST, **asked)
    of_villages = [r for r in rows if r.village_id]
    if kind.per_village:
        tally.distinct(
            f"{key}.villages", f"{kind.name}涉及的村", "个", ((r.pk, r.village_id) for r in of_villages), LIST, **asked
        )
    sources: dict[str, list[tuple[int, Decimal]]] = {source: [] for source in kind.sources}
    per_entry: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        for source, amount in funds.get(row.pk, ()):
            sources.setdefault(source, []).append((row.pk, amount))
            per_entry[row.pk] += amount
    if per_entry:
        tally.total(
            f"{key}.funds", f"{kind.name}资金", "万元", ((r.pk, per_entry.get(r.pk)) for r in rows), LIST, **asked
        )
    told = []
    for n, (source, paid) in enumerate(sources.items()):
        if paid:
            tally.total(f"{key}.funds.{n}", f"{kind.name}资金·{source}", "万元", paid, LIST, source=source, **asked)
            told.append({"name": source, "figure": f"{key}.funds.{n}"})
    return {
        "key": key,
        "name": kind.name,
        "unit": kind.unit,
        "place": kind.place,
        "wording": kind.wording,
        "villages": list(dict.fromkeys(r.village for r in of_villages)),
        "notes": list(dict.fromkeys(r.note for r in rows if r.note))[:NOTES],
        "sources": told,
    }
