"""The introduction: campaign, round, which villages, how it stands, the reporting formula."""

from __future__ import annotations

from datetime import date, timedelta

from common import chinese
from reports.language.brief import Brief, Pieces, day_of, joined
from reports.language.sentence import Sentences

sentences = Sentences()


@sentences.add(
    "opening.listed", "部署和整顿对象", missing="本轮审定的整顿对象", entered="rounds:designation_list",
    variants={"full": "写明部署、对象和目的", "short": "只写部署和对象"},
)  # fmt: skip
def listed(b: Brief, variant: str) -> Pieces | None:
    if not b.figure("listed"):
        return None
    start = chinese.full_date(day_of(b.scope["round_starts_on"]))
    by = f"按照{b.scope['deployed_by']}统一部署，" if b.scope["deployed_by"] else ""
    screened = "经排查摸底、研判审定，" if b.figure("screened_villages") else ""
    aim = b.scope["aim"].strip().rstrip("。")
    purpose = (aim if aim.startswith("着力") else f"着力{aim}") if aim and variant == "full" else ""
    out: Pieces = [
        f"自{start}启动“{b.scope['campaign']}”活动{b.round}{b.label}{b.work}以来，{b.we}{by}{screened}把",
        *b.listed,
        f"列为{b.scope['year']}年{b.round}整顿对象",
    ]
    return [*out, f"，{purpose}。" if purpose else "。"]


@sentences.add("opening.standing", "问题总体情况", missing="问题台账", entered="problems:problem_list")
def standing(b: Brief) -> Pieces | None:
    if not b.figure("problems"):
        return None
    out: Pieces = [f"截至{chinese.full_date(day_of(b.scope['as_of']))}，共梳理问题", *b.number("problems")]
    if b.figure("closed"):
        out += ["，已销号", *b.number("closed"), "，销号率", *b.number("closed.rate")]
    return [*out, "。"]


@sentences.add("opening.period", "本期概况", missing="问题台账", entered="problems:problem_list")
def of_period(b: Brief) -> Pieces | None:
    """Weekly, monthly and quarterly papers begin with their period."""
    if not b.figure("problems") and not b.figure("listed"):
        return None
    span = _span(day_of(b.scope["starts_on"]), day_of(b.scope["ends_on"]))
    out: Pieces = [f"{span}，{b.we}继续推进{b.scope['year']}年{b.round}{b.label}{b.work}"]
    moved = [
        [verb, *b.number(key)]
        for key, verb in (("period.new", "新增"), ("period.closed", "销号"), ("period.relapsed", "反弹"))
        if b.figure(key)
    ]
    if moved:
        moved[0][0] = f"{moved[0][0]}问题"  # what is counted is said with the first number
    if not b.figure("problems"):
        return [*out, "，整顿对象为", *b.listed, "。"]
    out += ["，", *joined(moved, "、"), "；台账共有问题"] if moved else ["；台账没有增减，共有问题"]
    out += b.number("problems")
    if b.figure("closed"):
        out += ["，累计销号", *b.number("closed"), "，销号率", *b.number("closed.rate")]
    return [*out, "。"]


def _span(start: date, end: date) -> str:
    """2026年9月 for a whole month, 2026年第三季度 for a whole quarter, else from day to day."""
    if start.day == 1 and (end + timedelta(days=1)).day == 1 and start.year == end.year:
        if start.month == end.month:
            return f"{start.year}年{start.month}月"
        if start.month % 3 == 1 and end.month == start.month + 2:
            return f"{start.year}年第{chinese.numeral(end.month // 3)}季度"
    return chinese.period(start, end)


FORMULAE = {
    "report": "现将工作开展情况报告如下：",
    "brief": "现将有关情况汇报如下：",
    "bulletin": "现将有关情况通报如下：",
    "acceptance": "现将验收情况报告如下：",
}


@sentences.add("opening.formula", "承启语", variants=FORMULAE)
def formula(b: Brief, variant: str) -> Pieces | None:
    return [FORMULAE[variant]] if b.figure("listed") or b.figure("problems") else None
