"""The introduction: campaign, round, which villages, how it stands, the reporting formula."""

from __future__ import annotations

from datetime import date, timedelta

from common import chinese
from reports.language.brief import Brief, Pieces, day_of
from reports.language.sentence import Sentences

sentences = Sentences()


@sentences.add("opening.listed", missing="本轮审定的整顿对象", entered="rounds:designation_list")
def listed(b: Brief) -> Pieces | None:
    if not b.figure("listed"):
        return None
    start = chinese.full_date(day_of(b.scope["round_starts_on"]))
    by = f"按照{b.scope['deployed_by']}统一部署，" if b.scope["deployed_by"] else ""
    screened = "经排查摸底、研判审定，" if b.figure("screened_villages") else ""
    aim = b.scope["aim"].strip().rstrip("。")
    purpose = (aim if aim.startswith("着力") else f"着力{aim}") if aim else ""
    out: Pieces = [
        f"自{start}启动“{b.scope['campaign']}”活动{b.round}{b.label}{b.work}以来，{b.we}{by}{screened}把",
        *b.listed,
        f"列为{b.scope['year']}年{b.round}整顿对象",
    ]
    return [*out, f"，{purpose}。" if purpose else "。"]


@sentences.add("opening.standing", missing="问题台账", entered="problems:problem_list")
def standing(b: Brief) -> Pieces | None:
    if not b.figure("problems"):
        return None
    out: Pieces = [f"截至{chinese.full_date(day_of(b.scope['as_of']))}，共梳理问题", *b.number("problems")]
    if b.figure("closed"):
        out += ["，已销号", *b.number("closed"), "，销号率", *b.number("closed.rate")]
    return [*out, "。"]


@sentences.add("opening.period", missing="问题台账", entered="problems:problem_list")
def of_period(b: Brief) -> Pieces | None:
    """Weekly, monthly and quarterly papers begin with their period."""
    if not b.figure("problems"):
        return None
    span = _span(day_of(b.scope["starts_on"]), day_of(b.scope["ends_on"]))
    out: Pieces = [f"{span}，{b.we}继续推进{b.scope['year']}年{b.round}{b.label}{b.work}"]
    moved = []
    for key, verb in (("period.new", "新增问题"), ("period.closed", "销号问题")):
        if b.figure(key):
            moved.append([verb, *b.number(key)])
    for part in moved:
        out += ["，", *part]
    return [*out, "。"]


def _span(start: date, end: date) -> str:
    """2026年9月 for a whole month, else from day to day."""
    if start.day == 1 and (end + timedelta(days=1)).day == 1 and (start.year, start.month) == (end.year, end.month):
        return f"{start.year}年{start.month}月"
    return chinese.period(start, end)


@sentences.add("opening.formula")
def formula(b: Brief) -> Pieces | None:
    return ["现将工作开展情况报告如下："] if b.figure("listed") or b.figure("problems") else None
