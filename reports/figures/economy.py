"""Collective income of the listed villages, the paths that raise it, and the people trained for it."""

from __future__ import annotations

from decimal import Decimal

from common import chinese
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from villages.models import EconomyPath


def add(tally: Tally, scope: Scope) -> None:
    paths = list(
        EconomyPath.objects.filter(village_id__in=scope.villages, started_on__lte=scope.as_of)
        .select_related("village")
        .prefetch_related("partners")
        .order_by("village__sort", "village_id", "started_on")
    )
    tally.count(
        "economy.paths", "集体经济路径", "条", (p.pk for p in paths), "villages:economy_list", only=True, **scope.then
    )
    tally.facts["paths"] = [
        {
            "village": p.village.name,
            "path": p.path,
            "name": p.get_path_display(),
            "industry": p.industry,
            "partners": [v.name for v in p.partners.all()],
            "on": iso(p.started_on),
            "result": p.result,
        }
        for p in paths
    ]
    _income(tally, scope)


def _income(tally: Tally, scope: Scope) -> None:
    """From the sheets that members.add has read."""
    year = scope.as_of.year
    sheets = {(s["village_id"], s["year"]): s for s in tally.facts["sheets"]}
    listed = "villages:figures_list"
    grown = []
    for pk, village in scope.villages.items():
        now, before = sheets.get((pk, year)), sheets.get((pk, year - 1))
        if now and now["income"] is not None:
            grown.append(
                {
                    "village_id": pk,
                    "village": village.name,
                    "now": now["income"],
                    "before": before["income"] if before else None,
                }
            )
            one = {"village": pk, "only": True}
            tally.total(
                f"income.{pk}.now", f"{village.name}集体经济收入", "万元", [(now["id"], Decimal(now["income"]))],
                listed, year=year, **one,
            )  # fmt: skip
            if before and before["income"] is not None:
                tally.total(
                    f"income.{pk}.before", f"{village.name}上年集体经济收入", "万元",
                    [(before["id"], Decimal(before["income"]))], listed, year=year - 1, **one,
                )  # fmt: skip
    sheets_now = [(sheets[(row["village_id"], year)]["id"], Decimal(row["now"])) for row in grown]
    tally.total("income.total", "村集体经济收入合计", "万元", sheets_now, listed, year=year, only=True)
    thresholds = {r.township_id: r.income_threshold for r in scope.rounds}
    above = [
        sheets[(row["village_id"], year)]["id"]
        for row in grown
        if Decimal(row["now"]) >= thresholds[scope.villages[row["village_id"]].township_id]
    ]
    threshold = chinese.amount(scope.round.income_threshold)
    tally.count(
        "income.above", f"集体经济收入达{threshold}万元的村", "个", above, listed,
        year=year, only=True, 
    )  # fmt: skip
    trained = [s for s in tally.facts["sheets"] if s["year"] == year]
    tally.total(
        "leaders.trained", "致富带头人", "名", ((s["id"], s["leaders"]) for s in trained), listed, year=year, only=True
    )
    tally.facts["income"] = {"year": year, "threshold": threshold, "villages": grown}
