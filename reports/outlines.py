"""The outline of each kind of summary, as data: order of parts, their fixed words, which sentences stand in them.

Numbers (一、（一）一是 1.) are never written here or kept with a part: they follow from the order in which the parts stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from common import chinese
from reports.figures import Figures
from reports.language import SENTENCES, Brief, Sentence, runs
from reports.language.brief import Pieces
from reports.models import Part, Summary

Kind = Part.Kind


@dataclass(frozen=True)
class Plan:
    """One part. `lead` is its leading clause (及早动员部署。); the sentences follow; without a single sentence the part stays empty."""

    key: str
    kind: str
    lead: str = ""
    sentences: tuple[str, ...] = ()


def heading(key: str, level: int, words: str) -> Plan:
    return Plan(key, Kind.HEADING1 if level == 1 else Kind.HEADING2, words)


def paragraph(key: str, *sentences: str) -> Plan:
    return Plan(key, Kind.PARAGRAPH, "", sentences)


def item(key: str, lead: str, *sentences: str) -> Plan:
    return Plan(key, Kind.ITEM, lead, sentences)


def point(key: str, lead: str, *sentences: str) -> Plan:
    return Plan(key, Kind.POINT, lead, sentences)


TITLE = Plan("title", Kind.TITLE)

_ORGANISATION = (
    item("organisation.deployment", "及早动员部署。", "organisation.enlarged", "organisation.villages"),
    item(
        "organisation.mechanism", "健全推进机制。",
        "organisation.leading_group", "organisation.papers", "organisation.calendar",
    ),
    item("organisation.chain", "压实责任链条。", "organisation.leaders", "organisation.residents"),
    item("organisation.pairing", "深化结对帮扶。", "organisation.pairings", "organisation.activities"),
)  # fmt: skip
_RECTIFYING = (
    item(
        "rectifying.screening", "摸清问题底数。",
        "rectifying.screening", "rectifying.decision", "rectifying.causes", "rectifying.categories",
    ),
    item("rectifying.plans", "坚持一村一策。", "rectifying.plans", "rectifying.measures"),
    item(
        "rectifying.coordination", "合力会商解难。",
        "rectifying.meetings", "rectifying.stations",
    ),
    item(
        "rectifying.inspection", "从严督导问效。",
        "rectifying.inspections", "rectifying.notices", "rectifying.bulletins", "rectifying.visits",
    ),
)  # fmt: skip
_RESULTS = (
    item("results.campaigns", "与重点工作同步推进。", "results.campaigns", "results.practices"),
    item(
        "results.problems", "群众关切逐项回应。",
        "results.closed", "results.projects", "results.villages", "results.survey", "results.turned_round",
    ),
    item(
        "results.economy", "村集体经济持续壮大。",
        "results.guidance", "results.paths", "results.leaders", "results.income",
    ),
)  # fmt: skip
_SHORTFALLS = (
    point("shortfalls.problems", "部分问题有待攻坚。", "shortfalls.open", "shortfalls.commitments"),
    point("shortfalls.members", "党员队伍年龄偏大。", "shortfalls.members"),
    point("shortfalls.posts", "个别岗位出现空缺。", "shortfalls.vacancies"),
)
_NEXT = (
    item("next.problems", "啃下剩余难题。", "next.problems"),
    item("next.commitments", "兑现议定事项。", "next.commitments"),
    item("next.calendar", "抓好后续环节。", "next.calendar"),
    item("next.training", "建强村级队伍。", "next.training"),
)

STAGE = (
    TITLE,
    paragraph("introduction", "opening.listed", "opening.standing", "opening.formula"),
    heading("part.work", 1, "主要做法及成效"),
    heading("part.organisation", 2, "加强组织领导，层层压实整治责任"),
    *_ORGANISATION,
    heading("part.rectifying", 2, "坚持问题导向，精准推进整改落实"),
    *_RECTIFYING,
    heading("part.results", 2, "注重标本兼治，稳步提升整治成效"),
    *_RESULTS,
    heading("part.shortfalls", 1, "存在问题与困难"),
    *_SHORTFALLS,
    heading("part.next", 1, "下步工作打算"),
    *_NEXT,
    paragraph("closing", "closing.outlook"),
)


def _periodic(this: str, following: str) -> tuple[Plan, ...]:
    return (
        TITLE,
        paragraph("introduction", "opening.period", "opening.formula"),
        heading("part.work", 1, f"{this}工作情况"),
        item("period.progress", "推进问题整改。", "period.closed", "period.moved", "period.new", "period.standing"),
        item("period.meetings", "加强会商调度。", "period.meetings"),
        item(
            "period.inspection", "开展督导走访。",
            "rectifying.inspections", "rectifying.notices", "rectifying.bulletins", "rectifying.visits",
        ),
        item("period.help", "落实结对帮扶。", "organisation.activities"),
        heading("part.shortfalls", 1, "存在问题与困难"),
        point("shortfalls.problems", "部分问题有待攻坚。", "shortfalls.open", "shortfalls.commitments"),
        point("shortfalls.posts", "个别岗位出现空缺。", "shortfalls.vacancies"),
        heading("part.next", 1, f"{following}工作打算"),
        item("next.problems", "啃下剩余难题。", "next.problems"),
        item("next.commitments", "兑现议定事项。", "next.commitments"),
        item("next.calendar", "抓好后续环节。", "next.calendar"),
    )  # fmt: skip


OUTLINES: dict[str, tuple[Plan, ...]] = {
    Summary.Kind.WEEKLY: _periodic("本周", "下周"),
    Summary.Kind.MONTHLY: _periodic("本月", "下月"),
    Summary.Kind.QUARTERLY: _periodic("本季度", "下季度"),
    Summary.Kind.STAGE: STAGE,
    Summary.Kind.ANNUAL: STAGE,
}
# Quiet periods are no gaps: a week without an inspection is not “missing” one.
GAPS_COUNT = {Summary.Kind.STAGE, Summary.Kind.ANNUAL}
# Where an author may add paragraphs of his own: heading → the kind they take.
OWN_KINDS = {"part.work": Kind.ITEM, "part.shortfalls": Kind.POINT, "part.next": Kind.ITEM}


@dataclass(frozen=True)
class Draft:
    """A part as the records would have it now."""

    key: str
    kind: str
    runs: list[dict[str, str | None]]


def title_of(figures: Figures) -> str:
    """清溪镇2026年第二轮后进村集中整治阶段性工作总结."""
    b = Brief(figures)
    scope = b.scope
    stem = f"{scope['township']}{scope['year']}年{b.round}{b.label}{b.work}"
    last = scope["ends_on"]
    year, month = int(last[:4]), int(last[5:7])
    words = {
        Summary.Kind.WEEKLY: f"工作周报（{b.span(scope['starts_on'], last)}）",
        Summary.Kind.MONTHLY: f"{month}月份工作情况报告"
        if year == scope["year"]
        else f"{year}年{month}月份工作情况报告",
        Summary.Kind.QUARTERLY: f"第{chinese.numeral((month - 1) // 3 + 1)}季度工作情况报告",
        Summary.Kind.STAGE: "阶段性工作总结",
        Summary.Kind.ANNUAL: "年度工作总结",
    }
    return stem + words[scope["kind"]]


def write(figures: Figures) -> list[Draft]:
    """Every part of the kind's outline in order, empty ones included: an empty part keeps the place of its words for a later day."""
    brief = Brief(figures)
    drafts = []
    for plan in OUTLINES[figures.scope["kind"]]:
        if plan.kind == Kind.TITLE:
            drafts.append(Draft(plan.key, plan.kind, runs([title_of(figures)])))
        elif plan.kind in (Kind.HEADING1, Kind.HEADING2):
            drafts.append(Draft(plan.key, plan.kind, runs([plan.lead])))
        else:
            body: Pieces = []
            for key in plan.sentences:
                body += SENTENCES[key].write(brief) or []
            drafts.append(Draft(plan.key, plan.kind, runs([plan.lead, *body]) if body else []))
    return drafts


def gaps(figures: Figures) -> Iterator[tuple[str, Sentence]]:
    """(part key, sentence) for every sentence that a record is missing for."""
    kind = figures.scope["kind"]
    if kind not in GAPS_COUNT and figures.get("problems"):
        return
    brief = Brief(figures)
    for plan in OUTLINES[kind]:
        for key in plan.sentences:
            sentence = SENTENCES[key]
            if sentence.missing and not sentence.write(brief):
                yield plan.key, sentence
