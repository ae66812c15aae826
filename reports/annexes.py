"""The annexes: 整顿工作台账, 问题清单, 汇总表, as landscape tables in the header form of the ledgers (product.md §5, A, B, G)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from common import chinese
from inspections.models import Survey
from problems.terms import Category, DeadlineKind, Degree, Severity, Source, State
from reports.document.blocks import Annex, Block, Cell, Chart, Column, Series, Table
from reports.figures import Figures
from reports.language.brief import day_of
from reports.models import Summary

FOOT = ("单位负责人：", "填表人：", "联系电话：", "报出日期：")
ABSENT = "—"
DRAWN = (Summary.Kind.STAGE, Summary.Kind.ANNUAL, Summary.Kind.ACCEPTANCE)
MAX_COLUMNS = 8  # villages of a chart: more columns bear no numbers
MAX_ROWS = 200  # of the list of problems on paper: more is a book that nobody reads
ShownRow = tuple[str | Cell, ...]


def tables(summary: Summary, figures: Figures) -> list[tuple[str, list[Block]]]:
    """(title, blocks) of every annex."""
    scope = figures.scope
    stem = f"{scope['township']}{scope['year']}年第{chinese.numeral(scope['number'])}轮"
    made = [
        (f"{stem}整顿工作台账", villages(figures)),
        (f"{stem}问题清单", problems(figures)),
        (f"{stem}整顿情况汇总表", totals(figures)),
    ]
    if scope["kind"] == Summary.Kind.BULLETIN:  # what the text cuts with 等 stands here whole
        made[0] = (f"{stem}督查发现问题清单", findings(figures))
    elif scope["kind"] == Summary.Kind.ACCEPTANCE and figures.facts["surveys"]:
        made.append((f"{stem}民主测评统计表", surveys(figures)))
    shown = []
    for number, (title, table) in enumerate(made, 1):
        blocks: list[Block] = [Annex(number, title, landscape=True, key=f"annex.{number}"), table]
        shown.append((title, blocks))
    if drawn := charts(figures):
        number, title = len(shown) + 1, f"{stem}整顿情况图"
        shown.append((title, [Annex(number, title, key=f"annex.{number}"), *drawn]))
    return shown


def charts(figures: Figures) -> list[Chart]:
    """Of the papers that look back on several villages, where columns show at a glance what the text says village by village."""
    if figures.scope["kind"] not in DRAWN or not 2 <= len(figures.scope["villages"]) <= MAX_COLUMNS:
        return []
    drawn = []
    listed = {d["village_id"]: d["village"] for d in figures.facts["designations"]}
    problems_ = [(f"village.{pk}.problems", f"village.{pk}.closed") for pk in listed]
    if all(figures.get(whole) for whole, _ in problems_):
        drawn.append(
            _chart(figures, "各村问题销号情况", "个", list(listed.values()), ("问题总数", "已销号"), problems_)
        )
    told = figures.facts["income"]
    if len(told["villages"]) > 1 and all(row["before"] is not None for row in told["villages"]):
        incomes = [
            (f"income.{row['village_id']}.before", f"income.{row['village_id']}.now") for row in told["villages"]
        ]
        places, years = [row["village"] for row in told["villages"]], (f"{told['year'] - 1}年", f"{told['year']}年")
        drawn.append(_chart(figures, "村集体经济收入", "万元", places, years, incomes))
    return [replace(chart, title=f"图{number}　{chart.title}") for number, chart in enumerate(drawn, 1)]


def _chart(
    figures: Figures, title: str, unit: str, places: list[str], names: tuple[str, str], keys: list[tuple[str, str]]
) -> Chart:
    """Two columns for each village, from figures; each column knows which."""
    values = [[figures.figures.get(key) for key in pair] for pair in keys]
    series = tuple(
        Series(
            name,
            tuple(float(pair[place].number) if pair[place] else 0.0 for pair in values),  # type: ignore[union-attr]
            tuple(pair[place] for pair in keys),
        )
        for place, name in enumerate(names)
    )
    decimals = max(len(f.text.partition(".")[2]) for pair in values for f in pair if f)
    return Chart(title, tuple(places), series, unit=unit, decimals=decimals, key=f"chart.{unit}")


def _head(figures: Figures, *columns: tuple[str, float, str], rows: list[ShownRow], **fields: Any) -> Table:
    day = chinese.full_date(day_of(figures.scope["as_of"]))
    return Table(
        columns=tuple(Column(width, align) for _, width, align in columns),  # type: ignore[arg-type]
        head=(tuple(title for title, _, _ in columns),),
        rows=tuple(rows),
        unit_left=f"填报单位：{figures.scope['township']}",
        unit_right=f"数据截至：{day}",
        foot=FOOT,
        **fields,
    )


def _people(place: dict[str, Any], role: str) -> str:
    return "、".join(p["name"] for p in place["posts"].get(role, [])) or ABSENT


def _number(figures: Figures, key: str) -> Cell | str:
    figure = figures.figures.get(key)
    return Cell.of(figure.text, figure=key) if figure else "0"


def villages(figures: Figures) -> Table:
    """A: one row for each listed village."""
    facts = figures.facts
    chain = {place["village"]: place for place in facts["chain"]["villages"]}
    plans = {plan["village"]: plan for plan in facts["plans"]}
    due = _day(figures.scope["round_ends_on"])
    rows: list[ShownRow] = []
    for index, d in enumerate(facts["designations"], 1):
        place = chain.get(d["village"], {"posts": {}})
        key = f"village.{d['village_id']}"
        pairings = [p for p in facts["pairings"] if p["village"] == d["village"]]
        mine = [r for r in facts["problems"] if r["village_id"] == d["village_id"]]
        measures = [text for r in mine for text in r["measures"]]
        still = figures.get(f"{key}.open")
        rows.append(
            (
                str(index),
                d["party_org"],
                d["kind"],
                "；".join(d["criteria"]) or ABSENT,
                d["facts"] or ABSENT,
                _people(place, "county_linked_leader"),
                _people(place, "linked_leader"),
                _people(place, "first_secretary"),
                _helpers(pairings, "unit_pairing"),
                _helpers(pairings, "strong_village_pairing", "secretary_mentoring", "cadre_pairing"),
                _short(plans.get(d["village"], {}).get("goals")),
                _numbered(measures, 4),
                due,
                f"未销号{still.text}个" if still else ("问题全部销号" if mine else ABSENT),
                _number(figures, f"{key}.problems"),
                _number(figures, f"{key}.closed"),
                f"{_day(d['turned_round_on'])}转化" if d["turned_round_on"] else "整顿中",
                "曾列入" if d["listed_again"] else "",
            )
        )
    return _head(
        figures,
        ("序号", 2, "center"), ("村党组织名称", 3.4, "left"), ("类别", 2, "center"), ("认定情形", 6, "left"),
        ("主要问题", 6, "left"), ("联村县级领导", 3.2, "left"), ("包村乡镇领导", 3.2, "left"), ("第一书记", 3.2, "left"),
        ("结对单位", 2.8, "left"), ("结对强村/带头书记", 3.6, "left"), ("整顿目标", 6, "left"), ("主要措施", 8, "left"),
        ("整顿时限", 4.6, "left"), ("进展情况", 3.4, "left"), ("问题总数", 2, "right"), ("已销号", 2, "right"),
        ("整顿结果", 2.8, "center"), ("备注", 2.2, "left"),
        rows=rows, key="annex.villages",
        total=(
            Cell.of("合计", colspan=14), _number(figures, "problems"), _number(figures, "closed"),
            f"转化{figures['turned_round'].text}个", "",
        ) if len(rows) > 1 else None,
    )  # fmt: skip


def _helpers(pairings: list[dict[str, Any]], *kinds: str) -> str:
    return "、".join(p["helper"] for p in pairings if p["kind"] in kinds) or ABSENT


def problems(figures: Figures) -> Table:
    """B: one row for each problem in the ledger; of a very long ledger the open ones, the overdue first."""
    shown = figures.facts["problems"]
    whole = len(shown) <= MAX_ROWS
    if not whole:
        open_ = [r for r in shown if r["state"] != State.CLOSED]
        shown = sorted(open_, key=lambda r: (r["colour"] != "red", r["state"] != State.RELAPSED, r["due_on"]))[
            :MAX_ROWS
        ]
    said = f"合计{figures['problems'].text}个，已销号{figures['closed'].text}个"
    if not whole:
        said += f"；本表列出未销号问题{len(shown)}个，逾期、反弹的在前，其余见问题台账"
    rows: list[ShownRow] = []
    year = day_of(figures.scope["as_of"]).year
    for index, r in enumerate(shown, 1):
        rows.append(
            (
                str(index),
                r["village"],
                Category(r["category"]).label.removesuffix("问题"),
                r["title"],
                Source(r["source"]).label,
                _day(r["discovered_on"]),
                str(r["households"]) if r["households"] is not None else ABSENT,
                Severity(r["severity"]).label,
                _short(r["target"]),
                _numbered(r["measures"], 3),
                r["lead"] or ABSENT,
                r["unit"] or ABSENT,
                r["owner"] or ABSENT,
                "、".join(r["assisting"]) or ABSENT,
                _deadline(r, year),
                _progress(r, year),
                _result(r),
                _day(r["closed_on"]),
                r["approver"] or ABSENT,
                _remark(r, year),
            )
        )
    # In points of a landscape page, so that two or three characters or a day fill a line and no number breaks.
    return _head(
        figures,
        ("序号", 18, "center"), ("村", 32, "left"), ("问题类别", 23, "left"), ("问题描述", 41, "left"), ("问题来源", 23, "left"),
        ("发现时间", 41, "left"), ("涉及户数", 23, "right"), ("难易程度", 15, "center"), ("整改目标", 41, "left"),
        ("整改措施", 50, "left"), ("责任领导", 32, "left"), ("责任单位", 23, "left"), ("责任人", 32, "left"), ("协助单位", 23, "left"),
        ("整改时限", 41, "left"), ("进展情况", 50, "left"), ("化解程度", 23, "center"), ("销号时间", 41, "left"),
        ("审核人", 32, "left"), ("备注", 32, "left"),
        rows=rows, key="annex.problems",
        total=(Cell.of(said, colspan=20),),
    )  # fmt: skip


def totals(figures: Figures) -> Table:
    """G: the whole round in one row."""
    rate, survey, income = figures.get("closed.rate"), figures.get("survey.rate"), figures.get("income.total")
    return _head(
        figures,
        ("村数", 1, "center"), ("已转化", 1, "center"), ("整顿中", 1, "center"), ("问题\n总数", 1, "center"),
        ("本期\n新增", 1, "center"), ("本期\n销号", 1, "center"), ("累计\n销号", 1, "center"), ("销号率", 1.3, "center"),
        ("逾期", 1, "center"), ("走访（次）", 1.2, "center"), ("督查（次）", 1.2, "center"), ("协调会（次）", 1.4, "center"),
        ("调整\n书记", 1.2, "center"), ("集体收入（万元）", 1.7, "center"), ("满意率", 1.3, "center"),
        rows=[
            (
                _number(figures, "listed"), _number(figures, "turned_round"), _number(figures, "rectifying"),
                _number(figures, "problems"), _number(figures, "period.new"), _number(figures, "period.closed"),
                _number(figures, "closed"), Cell.of(f"{rate.text}%", figure=rate.key) if rate else ABSENT,
                _number(figures, "open.late"), _number(figures, "visits"), _number(figures, "inspections"),
                _number(figures, "coordination"), _number(figures, "secretaries.changed"),
                Cell.of(income.text, figure=income.key) if income else ABSENT,
                Cell.of(f"{survey.text}%", figure=survey.key) if survey else ABSENT,
            )
        ],
        key="annex.totals",
    )  # fmt: skip


def findings(figures: Figures) -> Table:
    """What the inspections of the period found, village by village, with what was required."""
    rows: list[ShownRow] = [
        (str(index), f["village"], _day(f["on"]), f["text"], f["requirement"] or ABSENT, "")
        for index, f in enumerate(figures.facts["findings"], 1)
    ]
    total = figures.get("findings")
    return _head(
        figures,
        ("序号", 2, "center"), ("村", 3, "left"), ("督查时间", 4.6, "left"), ("发现问题", 12, "left"), ("整改要求", 12, "left"),
        ("备注", 3, "left"),
        rows=rows, key="annex.findings",
        total=(Cell.of("合计", colspan=3), Cell.of(f"{total.text}个", figure=total.key), "", "") if total else None,
    )  # fmt: skip


def surveys(figures: Figures) -> Table:
    """K: each village's newest survey of each kind."""
    names = ("issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown")
    words = dict(Survey.Kind.choices)
    rows: list[ShownRow] = []
    for index, s in enumerate(figures.facts["surveys"], 1):
        rate = figures.get(f"{s['key']}.rate")
        rows.append(
            (
                str(index), s["village"], words.get(s["kind"], s["kind"]), _day(s["on"]),
                *(_number(figures, f"{s['key']}.{name}") for name in names),
                Cell.of(f"{rate.text}%", figure=rate.key) if rate else ABSENT,
            )
        )  # fmt: skip
    return _head(
        figures,
        ("序号", 1.5, "center"), ("村", 3, "left"), ("类别", 3, "left"), ("测评日期", 4, "left"), ("发出票", 2, "right"),
        ("收回票", 2, "right"), ("有效票", 2, "right"), ("满意", 2, "right"), ("基本满意", 2.7, "right"), ("不满意", 2, "right"),
        ("不了解", 2, "right"), ("满意率", 2.4, "right"),
        rows=rows, key="annex.surveys",
    )  # fmt: skip


def _day(iso: str) -> str:
    return chinese.full_date(day_of(iso)) if iso else ABSENT


def _day_of_year(iso: str, year: int) -> str:
    """In a narrow cell: the year only when it is another than that of the paper."""
    day = day_of(iso)
    return chinese.month_day(day) if day.year == year else chinese.full_date(day)


def _short(text: str | None) -> str:
    """Words of a cell: a table closes no sentence."""
    return (text or "").strip().rstrip("。") or ABSENT


def _numbered(texts: list[str], limit: int) -> str:
    """1.… 2.… in one cell; the ledger page has the rest."""
    if not texts:
        return ABSENT
    if len(texts) == 1:
        return texts[0]
    shown = [f"{n}.{text}" for n, text in enumerate(texts[:limit], 1)]
    return "\n".join(shown) + (f"\n等{len(texts)}项" if len(texts) > limit else "")


def _deadline(r: dict[str, Any], year: int) -> str:
    if r["deadline_kind"] != DeadlineKind.DATE:
        return DeadlineKind(r["deadline_kind"]).label
    if not r["first_due_on"] or r["first_due_on"] == r["due_on"]:
        return _day(r["due_on"])
    return f"{_day(r['due_on'])}\n（原定{_day_of_year(r['first_due_on'], year)}）"


def _progress(r: dict[str, Any], year: int) -> str:
    if r["outcome"]:
        return _short(r["outcome"])
    if r["progress"]:
        return f"{_day_of_year(r['progress']['on'], year)}：{_short(r['progress']['text'])}"
    return ABSENT


def _remark(r: dict[str, Any], year: int) -> str:
    remarks = [f"延期{r['extensions']}次"] if r["extensions"] else []
    if r["relapsed_on"]:
        remarks.append(f"{_day_of_year(r['relapsed_on'], year)}反弹")
    return "，".join(remarks)


def _result(r: dict[str, Any]) -> str:
    degree = Degree(r["degree"]).label
    if r["state"] in (State.RELAPSED, State.SUSPENDED):
        return f"{degree}\n{State(r['state']).label}"
    return f"{degree}\n逾期" if r["colour"] == "red" else degree
