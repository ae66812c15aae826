"""L1 软弱涣散（后进）村党组织整顿情况统计表: 总计, 村, 社区; below them the same for each township when there are several."""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission
from ledgers import statistics
from ledgers.form import Ask, Kind, Ledger, column
from ledgers.producing import Progress, opening, title_of
from ledgers.writing import Book
from rounds.national import NATIONAL_CRITERIA

_TYPES, _SECRETARY, _MEASURES = "认定情形（个）", "党组织书记（名）", "整顿措施"
_NUMERALS = "一二三四五六七八九十"
N: dict[str, Any] = {"kind": Kind.WHOLE, "width": 6.8}
COLUMNS = (
    column("place", "单位", width=12, align="center"),
    column("kind", "类别", width=6, align="center"),
    column("screened", "排查数", **N),
    column("listed", "整顿提升数", **N),
    *(column(f"type.{n}", _TYPES, f"情形{_NUMERALS[n - 1]}", kind=Kind.WHOLE, width=5) for n in range(1, 11)),
    column("type.other", _TYPES, "其他", kind=Kind.WHOLE, width=5),
    column("secretary.short", _SECRETARY, "缺配", **N),
    column("secretary.filled", _SECRETARY, "已配", **N),
    column("secretary.planned", _SECRETARY, "拟调整", **N),
    column("secretary.changed", _SECRETARY, "已调整", **N),
    column("secretary.trained", _SECRETARY, "培训", **N),
    column("pairings", _MEASURES, "结对单位", **N),
    column("leaders", _MEASURES, "联系领导", **N),
    column("first_secretaries", _MEASURES, "第一书记", **N),
    column("residents", _MEASURES, "驻村干部", **N),
    column("campaign", "专项整治（次）", **N),
    column("closed", "解决问题数", **N),
    column("remark", "备注", width=9),
)
BLANK = (
    "拟调整书记属未决定的人事事项，系统按规定不登记，留空由填报人填写；"
    "培训为名称写明“书记”、本轮已开班的村干部培训人数；"
    "专项整治为“其他工作”中“专项整治”一类本轮登记的次数，镇本级登记的只计入合计、小计，没有设这一类的留空。"
)
KIND_WORDS = {"village": "村", "community": "社区"}


def table(ask: Ask) -> list[tuple[str, str, statistics.PartyRow]]:
    """(place, kind, numbers): the whole first; each township's part below when there are several."""
    numbers = statistics.party_numbers(ask.rounds, ask.as_of)
    rows = [("总计", "合计", statistics.added(numbers.values()))]
    for kind, word in KIND_WORDS.items():
        rows.append(("", word, statistics.added(v for (_, k), v in numbers.items() if k == kind)))
    if len(ask.rounds) > 1:
        for r in ask.rounds:
            mine = {kind: line for (pk, kind), line in numbers.items() if pk == r.pk}
            rows.append((r.township.name, "小计", statistics.added(mine.values())))
            rows += [("", word, mine[kind]) for kind, word in KIND_WORDS.items()]
    return rows


def write(book: Book, ledger: Ledger, ask: Ask, progress: Progress) -> int:
    columns = ledger.all_columns
    sheet = book.sheet(ledger.name, [c.width for c in columns])
    sheet.ws.freeze_panes = "D5"
    opening(sheet, title_of(ledger.name, ask), ask, ledger.units)
    sheet.header(columns)
    rows = table(ask)
    for number, (place, kind, line) in enumerate(rows, 1):
        bold = kind in ("合计", "小计")
        values: list[Any] = [number, place, kind, *(line.numbers.get(c.key) for c in COLUMNS[2:-1]), ""]
        sheet.write(
            [sheet.fill(sheet.cell(), v, sheet.look_of(c, bold=bold)) for v, c in zip(values, columns, strict=True)], 24
        )
        if kind == "社区":  # the place stands once for its three rows
            sheet.merge(2, 2, rows=3, top=sheet.number - 2)
    types = "；".join(f"情形{_NUMERALS[n]}：{text}" for n, text in enumerate(NATIONAL_CRITERIA))
    note = f"注：{types}。{BLANK}"
    look = sheet.look(size=9, frame=False)
    sheet.spread([(note, sheet.visible, look)], sheet.lines_in(note, 1, sheet.visible) * 14 + 6)
    sheet.foot()
    return len(rows)


LEDGER = Ledger(
    code="L1",
    name="村（社区）党组织整顿情况统计表",
    noun="行",
    permission=Permission.SUMMARY_VIEW,
    columns=COLUMNS,
    keys=lambda ask: [],
    lines=lambda keys, ask, first: iter(()),
    units="个、名",
    write=write,
    about="总计、村、社区三行的党内统计表，分十类认定情形、书记调整和整顿措施",
)
