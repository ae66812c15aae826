"""K 民主测评统计表: one row for each survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from accounts.permissions import Permission
from inspections.models import Survey
from inspections.satisfaction import satisfaction_rate
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column

_BALLOTS, _RESULT = "测评票（张）", "测评结果（票）"
WHOLE: dict[str, Any] = {"kind": Kind.WHOLE, "total": True, "width": 9}
COUNTS = ("issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown")
COLUMNS = (
    column("village", "村", width=12),
    column("kind", "测评类别", width=12, align="center"),
    column("held_on", "测评日期", width=14, kind=Kind.DAY),
    column("issued", _BALLOTS, "发出票", **WHOLE),
    column("returned", _BALLOTS, "收回票", **WHOLE),
    column("valid", _BALLOTS, "有效票", **WHOLE),
    column("satisfied", _RESULT, "满意", **WHOLE),
    column("mostly", _RESULT, "基本满意", **WHOLE),
    column("dissatisfied", _RESULT, "不满意", **WHOLE),
    column("unknown", _RESULT, "不了解", **WHOLE),
    column("rate", "满意率（%）", kind=Kind.RATE, width=10),
    column("remark", "备注", width=16),
)


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Survey.objects.filter(round__in=ask.round_ids, held_on__lte=ask.as_of))
    order = ("village__township_id", "held_on", "village__sort", "village_id")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = Survey.objects.select_related("village", "round").in_bulk(keys)
    for pk in keys:
        if s := found.get(pk):
            counts = (getattr(s, name) for name in COUNTS)
            yield Line(
                (
                    ask.village(s.village.name, s.village.township_id),
                    s.get_kind_display(),
                    s.held_on,
                    *counts,
                    satisfaction_rate(s, s.round.satisfaction_formula),
                    "",
                )
            )


def summary(totals: Totals) -> dict[str, Value]:
    ballots = SimpleNamespace(**{name: int(totals.sums.get(name, 0)) for name in COUNTS})
    return {"rate": satisfaction_rate(ballots)}


LEDGER = Ledger(
    code="K",
    name="民主测评统计表",
    noun="次测评",
    permission=Permission.INSPECTION_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="张",
    summary=summary,
    about="各村测评发出、收回、有效票和满意率",
)
