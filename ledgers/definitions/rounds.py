"""G 整顿情况汇总表: one row for each township. The numbers are those of a summary (ledgers/statistics.py)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.permissions import Permission
from ledgers import statistics
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column

_VILLAGES, _PROBLEMS, _WORK = "整顿对象（个）", "问题整改（个）", "工作开展情况"
WHOLE: dict[str, Any] = {"kind": Kind.WHOLE, "total": True, "width": 9.5}
COLUMNS = (
    column("township", "单位", width=13),
    column("listed", _VILLAGES, "村数", **WHOLE),
    column("turned_round", _VILLAGES, "已转化", **WHOLE),
    column("rectifying", _VILLAGES, "整顿中", **WHOLE),
    column("problems", _PROBLEMS, "问题总数", **WHOLE),
    column("period.new", _PROBLEMS, "本期新增", **WHOLE),
    column("period.closed", _PROBLEMS, "本期销号", **WHOLE),
    column("closed", _PROBLEMS, "累计销号", **WHOLE),
    column("closed.rate", _PROBLEMS, "销号率（%）", kind=Kind.RATE, width=11),
    column("open.late", _PROBLEMS, "逾期", **WHOLE),
    column("visits", _WORK, "走访（次）", **WHOLE),
    column("inspections", _WORK, "督查（次）", **WHOLE),
    column("coordination", _WORK, "协调会（次）", kind=Kind.WHOLE, total=True, width=11),
    column("secretaries.changed", _WORK, "调整书记（名）", kind=Kind.WHOLE, total=True, width=13),
    column("income.total", "集体收入（万元）", kind=Kind.MONEY, total=True, width=14.5),
    column("survey.rate", "满意率（%）", kind=Kind.RATE, width=11),
    column("remark", "备注", width=13),
)
MEASURED = "measured."  # leads the kind of survey and the formula of a township's rate
DIFFERENT = "口径不同"  # instead of a rate over townships with different formulas or surveys


def keys(ask: Ask) -> list[int]:
    return ask.round_ids


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    by_key = {r.pk: r for r in ask.rounds}
    return lines_of(statistics.by_township([by_key[pk] for pk in keys], ask.as_of, ask.since))


def lines_of(rows: Sequence[statistics.TownshipRow]) -> Iterator[Line]:
    for row in rows:
        good, valid = row.ballots
        values = (row.round.township.name, *(row.cells[c.key].value for c in COLUMNS[1:-1]), "")
        besides = {"good": good, "valid": valid}
        yield Line(values, besides=besides | ({f"{MEASURED}{row.measured}": 1} if row.measured else {}))


def summary(totals: Totals) -> dict[str, Value]:
    """Shares of the sums, not sums or means of the shares; no sum of ballots that were counted differently."""
    sums = totals.sums
    ways = [key for key in totals.besides if key.startswith(MEASURED)]
    rate = statistics.share(totals.besides.get("good"), totals.besides.get("valid"))
    return {
        "closed.rate": statistics.share(sums.get("closed"), sums.get("problems")),
        "survey.rate": rate if len(ways) < 2 else DIFFERENT,
    }


LEDGER = Ledger(
    code="G",
    name="整顿情况汇总表",
    noun="个乡镇",
    permission=Permission.SUMMARY_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="个、次、名、万元",
    summary=summary,
    periodic=True,
    about="各乡镇整顿对象、问题、走访督查、收入和满意率，合计自动汇总",
)
