"""The outline of each kind of summary, as data: order of parts, their fixed words, which sentences stand in them in which wording.

The portal brings one for each kind; an office keeps its own (models.Outline) as the same data. Numbers (一、（一）一是 1.) are never
written here or kept with a part: they follow from the order in which the parts stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from reports.figures import Figures
from reports.language import SENTENCES, Brief, Sentence, runs
from reports.language.brief import Pieces
from reports.models import Outline, Part, Summary

Kind = Part.Kind
HEADINGS = (Kind.HEADING1, Kind.HEADING2)
OFFICE = "office."  # keys of parts an office added
OTHER_WORK = "otherwork."  # keys of the sentences about the office's own kinds of work


@dataclass(frozen=True)
class Use:
    """One sentence in one of its wordings; no variant is the usual one."""

    sentence: str
    variant: str = ""

    @classmethod
    def of(cls, text: str) -> Use:
        """“period.closed” or “period.closed/names”."""
        sentence, _, variant = text.partition("/")
        return cls(sentence, variant)

    def __str__(self) -> str:
        return f"{self.sentence}/{self.variant}" if self.variant else self.sentence


@dataclass(frozen=True)
class Plan:
    """One part. `lead` is its leading clause (及早动员部署。) or its title; the sentences follow. A part whose sentences all lack their
    data stays empty; one without any sentence is the office's own fixed text. `off` keeps a part in the outline without printing it."""

    key: str
    kind: str
    lead: str = ""
    uses: tuple[Use, ...] = ()
    off: bool = False

    @property
    def is_heading(self) -> bool:
        return self.kind in HEADINGS

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": self.kind,
            "lead": self.lead,
            "sentences": [str(use) for use in self.uses],
            "off": self.off,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        """A sentence that this edition of the portal does not know any more is left out; a part that had no other is off."""
        uses = tuple(use for use in map(Use.of, data["sentences"]) if use.sentence in SENTENCES)
        bare = bool(data["sentences"]) and not uses  # else its leading clause would stand as if it were the matter
        return cls(data["key"], data["kind"], data["lead"], uses, data["off"] or bare)

    @property
    def is_added(self) -> bool:
        """The office's own part: the portal's outline has none with this key."""
        return self.key.startswith(OFFICE)


def title(pattern: str) -> Plan:
    return Plan("title", Kind.TITLE, pattern)


def heading(key: str, level: int, words: str) -> Plan:
    return Plan(key, Kind.HEADING1 if level == 1 else Kind.HEADING2, words)


def _part(kind: Kind, key: str, lead: str, sentences: Sequence[str]) -> Plan:
    return Plan(key, kind, lead, tuple(Use.of(text) for text in sentences))


def paragraph(key: str, *sentences: str, words: str = "") -> Plan:
    """Outside of every heading: introduction, closing."""
    return _part(Kind.PARAGRAPH, key, words, sentences)


def body(key: str, *sentences: str) -> Plan:
    """A paragraph under a heading, without a number."""
    return _part(Kind.BODY, key, "", sentences)


def item(key: str, lead: str, *sentences: str) -> Plan:
    return _part(Kind.ITEM, key, lead, sentences)


def point(key: str, lead: str, *sentences: str) -> Plan:
    return _part(Kind.POINT, key, lead, sentences)


STEM = "{乡镇}{年度}年{轮次}{对象}{工作}"

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
        "results.watch",
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


# A year is told village by village: the long examples belong to the stage, what people say and who was put in place to the year.
_YEAR_RECTIFYING = (
    item(
        "rectifying.screening", "摸清问题底数。",
        "rectifying.screening", "rectifying.decision", "rectifying.causes", "rectifying.categories/counts",
    ),
    *_RECTIFYING[1:],
)  # fmt: skip
_YEAR_RESULTS = (
    item(
        "results.problems", "问题化解逐村推进。",
        "acceptance.villages", "results.closed", "results.projects", "results.villages", "results.turned_round",
        "results.watch",
    ),
    _RESULTS[2],
    item("annual.posts", "班子建设持续推进。", "acceptance.posts", "results.practices"),
    item("annual.surveys", "群众评价逐村测评。", "acceptance.surveys", "acceptance.midterm"),
    item("results.campaigns", "重点工作统筹兼顾。", "results.campaigns"),
)  # fmt: skip


def _other(*parts: tuple[str, str, str]) -> dict[str, tuple[Plan, ...]]:
    return {
        place: (_part(Kind(kind), f"otherwork.{place}", lead, [f"otherwork.{place}"]),) for place, kind, lead in parts
    }


# Other work of the office's own kinds stands at the end of the part each kind names; a township without any prints nothing here.
_OTHER = _other(
    ("organisation", "item", "抓实日常基础工作。"),
    ("rectifying", "item", "统筹做好相关工作。"),
    ("results", "item", "办好群众身边实事。"),
    ("shortfalls", "point", "其他工作仍有不足。"),
    ("next", "item", "抓好其他各项工作。"),
)
_OTHER_WORK = ("otherwork.organisation", "otherwork.rectifying", "otherwork.results")


def _looking_back(
    name: str, rectifying: tuple[Plan, ...] = _RECTIFYING, results: tuple[Plan, ...] = _RESULTS
) -> tuple[Plan, ...]:
    return (
        title(STEM + name),
        paragraph("introduction", "opening.listed", "opening.standing", "opening.formula"),
        heading("part.work", 1, "主要做法及成效"),
        heading("part.organisation", 2, "加强组织领导，层层压实整治责任"),
        *_ORGANISATION,
        *_OTHER["organisation"],
        heading("part.rectifying", 2, "坚持问题导向，精准推进整改落实"),
        *rectifying,
        *_OTHER["rectifying"],
        heading("part.results", 2, "注重标本兼治，稳步提升整治成效"),
        *results,
        *_OTHER["results"],
        heading("part.shortfalls", 1, "存在问题与困难"),
        *_SHORTFALLS,
        *_OTHER["shortfalls"],
        heading("part.next", 1, "下步工作打算"),
        *_NEXT,
        *_OTHER["next"],
        paragraph("closing", "closing.outlook"),
    )


def _periodic(name: str, *, inspections: tuple[str, ...]) -> tuple[Plan, ...]:
    """About the period: what was closed, what moved, what is new, how it stands beside the one before, what falls due in the next."""
    return (
        title(STEM + name),
        paragraph("introduction", "opening.period", "opening.formula"),
        heading("part.work", 1, "{本期}工作情况"),
        item("period.closed", "推动问题销号。", "period.closed"),
        item("period.progress", "跟踪问题动态。", "period.moved", "period.new", "period.relapsed"),
        item("period.compared", "比对上期情况。", "period.compared"),
        item("period.meetings", "加强会商调度。", "period.meetings"),
        item("period.inspection", "抓实督导走访。", *inspections),
        item("period.help", "落实结对帮扶。", "organisation.activities"),
        item("period.otherwork", "统筹其他工作。", *_OTHER_WORK),
        heading("part.shortfalls", 1, "存在问题与困难"),
        point("shortfalls.problems", "部分问题有待攻坚。", "shortfalls.open", "shortfalls.commitments"),
        point("shortfalls.posts", "个别岗位出现空缺。", "shortfalls.vacancies"),
        *_OTHER["shortfalls"],
        heading("part.next", 1, "{下期}工作打算"),
        item("next.problems", "紧盯到期问题。", "next.late", "next.due"),
        item("next.commitments", "兑现议定事项。", "next.commitments"),
        item("next.calendar", "抓好后续环节。", "next.calendar_due"),
        *_OTHER["next"],
    )


_SUPERVISION = (
    "rectifying.inspections", "rectifying.notices", "rectifying.slips", "rectifying.bulletins", "rectifying.visits",
)  # fmt: skip

_BULLETIN = (
    title("{党委}关于{年度}年{轮次}{对象}{工作}督查情况的通报"),
    Plan("addressee", Kind.ADDRESSEE, "各村党组织，{级}属各站所："),
    paragraph("introduction", "bulletin.opening", "bulletin.total", "opening.formula/bulletin"),
    heading("part.work", 1, "好的方面"),
    item("bulletin.closed", "问题整改有进展。", "bulletin.closed", "period.standing"),
    item("bulletin.replied", "督查反馈较及时。", "bulletin.replied"),
    item("bulletin.practices", "工作方法有创新。", "results.practices"),
    heading("part.shortfalls", 1, "存在的问题"),
    point("bulletin.findings", "具体工作不到位。", "bulletin.findings"),
    point("bulletin.late", "整改反馈不及时。", "bulletin.late"),
    point("shortfalls.problems", "台账销号有差距。", "shortfalls.open"),
    heading("part.next", 1, "工作要求"),
    item("bulletin.requirements", "立即整改督查问题。", "bulletin.requirements"),
    item("bulletin.reply", "按时反馈整改情况。", "bulletin.reply_by"),
    item("next.problems", "按期办结台账问题。", "next.problems"),
    paragraph(
        "closing", words="各村党组织要对照通报举一反三、逐项整改；包村领导、驻村干部要跟踪督促，确保改到位、不反弹。"
    ),
)

_ACCEPTANCE = (
    title(STEM + "验收报告"),
    paragraph("introduction", "acceptance.opening", "opening.standing", "opening.formula/acceptance"),
    heading("part.objects", 1, "整顿对象基本情况"),
    body("acceptance.objects", "rectifying.decision", "acceptance.criteria", "rectifying.plans"),
    heading("part.work", 1, "整治成效"),
    item(
        "acceptance.problems",
        "问题化解。",
        "acceptance.villages",
        "results.closed",
        "results.projects",
        "results.villages",
    ),
    item("acceptance.economy", "集体经济。", "results.income", "results.paths"),
    item("acceptance.posts", "班子建设。", "acceptance.posts", "results.practices"),
    item("acceptance.otherwork", "其他工作。", *_OTHER_WORK),
    heading("part.surveys", 1, "群众满意度测评"),
    body("acceptance.surveys", "acceptance.surveys", "acceptance.midterm"),
    heading("part.shortfalls", 1, "尚未解决的问题"),
    body("shortfalls.problems", "shortfalls.open"),
    body("otherwork.shortfalls", "otherwork.shortfalls"),
    heading("part.next", 1, "验收结论"),
    body(
        "acceptance.verdict",
        "acceptance.scores",
        "acceptance.verdict",
        "acceptance.remaining",
        "acceptance.running",
    ),
)

OUTLINES: dict[str, tuple[Plan, ...]] = {
    Summary.Kind.WEEKLY: _periodic("工作周报（{期间}）", inspections=_SUPERVISION),
    Summary.Kind.MONTHLY: _periodic("{月份}工作情况报告", inspections=_SUPERVISION),
    Summary.Kind.QUARTERLY: _periodic("{季度}工作情况报告", inspections=_SUPERVISION),
    Summary.Kind.STAGE: _looking_back("阶段性工作总结"),
    Summary.Kind.ANNUAL: _looking_back("年度工作总结", _YEAR_RECTIFYING, _YEAR_RESULTS),
    Summary.Kind.BULLETIN: _BULLETIN,
    Summary.Kind.ACCEPTANCE: _ACCEPTANCE,
}
# Quiet periods are no gaps: a week without an inspection is not “missing” one.
GAPS_COUNT = {Summary.Kind.STAGE, Summary.Kind.ANNUAL, Summary.Kind.BULLETIN, Summary.Kind.ACCEPTANCE}
# Where an author may add paragraphs of his own: heading → the kind they take.
OWN_KINDS = {"part.work": Kind.ITEM, "part.shortfalls": Kind.POINT, "part.next": Kind.ITEM}


@dataclass(frozen=True)
class Draft:
    """A part as the records would have it now."""

    key: str
    kind: str
    runs: list[dict[str, str | None]]


def plans_of(outline: Outline | None, kind: str) -> tuple[Plan, ...]:
    """The outline a township uses for a kind: its own, or the one the portal brings."""
    if outline is None or not outline.parts:
        return OUTLINES[kind]
    return with_other_work(tuple(Plan.from_json(data) for data in outline.parts), kind)


def with_other_work(plans: Sequence[Plan], kind: str) -> tuple[Plan, ...]:
    """An office's outline with the portal's parts for other work it has never had, at the end of their headings.

    A part of the portal cannot be deleted, only switched off or emptied of a sentence; so one that is not there at all was never taken out:
    the outline was kept before the portal had it. What stands in another part already comes switched off, so that nothing is said twice.
    """
    row, there, heading = list(plans), {plan.key for plan in plans}, ""
    told = {use.sentence for plan in plans for use in plan.uses}
    for plan in OUTLINES[kind]:
        if plan.is_heading:
            heading = plan.key
        if plan.key in there or heading not in there or not is_other_work(plan):
            continue
        uses = tuple(use for use in plan.uses if use.sentence not in told)
        end = _end(row, next(i for i, p in enumerate(row) if p.key == heading))
        row.insert(end, replace(plan, uses=uses) if uses else replace(plan, off=True))
    return tuple(row)


def is_other_work(plan: Plan) -> bool:
    """Made of sentences about the office's own kinds of work, and of nothing else."""
    return bool(plan.uses) and all(use.sentence.startswith(OTHER_WORK) for use in plan.uses)


def title_of(figures: Figures, plans: Sequence[Plan] | None = None) -> str:
    """清溪镇2026年第二轮后进村集中整治阶段性工作总结."""
    chosen = OUTLINES[figures.scope["kind"]] if plans is None else plans
    return Brief(figures).filled(next(plan.lead for plan in chosen if plan.kind == Kind.TITLE))


def write(figures: Figures, plans: Sequence[Plan] | None = None) -> list[Draft]:
    """Every part of the outline in order, empty ones included: an empty part keeps the place of its words for a later day."""
    brief = Brief(figures)
    chosen = OUTLINES[figures.scope["kind"]] if plans is None else plans
    drafts = [_written(brief, plan) for plan in chosen]
    under = (Kind.ITEM, Kind.POINT, Kind.BODY)
    if not any(draft.runs for draft in drafts if draft.kind in under):  # “现将…报告如下：” announces what is not there
        silent = [replace(p, uses=tuple(u for u in p.uses if u.sentence != "opening.formula")) for p in chosen]
        drafts = [_written(brief, plan) if plan.uses else draft for plan, draft in zip(silent, drafts, strict=True)]
    return drafts


def _written(brief: Brief, plan: Plan) -> Draft:
    lead = brief.filled(plan.lead)
    if plan.off:
        return Draft(plan.key, plan.kind, [])
    if not plan.uses:
        return Draft(plan.key, plan.kind, runs([lead]))
    body: Pieces = []
    for use in plan.uses:
        body += SENTENCES[use.sentence].write(brief, use.variant) or []
    return Draft(plan.key, plan.kind, runs([lead, *body]) if body else [])


def gaps(figures: Figures, plans: Sequence[Plan] | None = None) -> Iterator[tuple[str, Sentence]]:
    """(part key, sentence) for every sentence that a record is missing for."""
    kind = figures.scope["kind"]
    if kind not in GAPS_COUNT and figures.get("problems"):
        return
    brief = Brief(figures)
    for plan in OUTLINES[kind] if plans is None else plans:
        for use in plan.uses if not plan.off else ():
            sentence = SENTENCES[use.sentence]
            if sentence.missing and not sentence.write(brief, use.variant):
                yield plan.key, sentence
            for words, entered in sentence.idle(brief) if sentence.idle else ():
                yield plan.key, replace(sentence, missing=words, entered=entered)


# What an office changes in its outline: each function takes the plans and gives new ones.


def moved(plans: Sequence[Plan], key: str, *, up: bool) -> tuple[Plan, ...]:
    """A heading moves with all that stands under it, past its neighbour of the same level; a part moves within its heading."""
    row = list(plans)
    start = next(i for i, plan in enumerate(row) if plan.key == key)
    end = _end(row, start)
    if up:
        before = _start_before(row, start)
        if before is None:
            return tuple(row)
        return (*row[:before], *row[start:end], *row[before:start], *row[end:])
    if end >= len(row) or not _alike(row[start], row[end]):
        return tuple(row)
    after = _end(row, end)
    return (*row[:start], *row[end:after], *row[start:end], *row[after:])


def _depth(plan: Plan) -> int:
    """0 stands alone (title, introduction, closing), 1 and 2 are headings, 3 what stands under them."""
    if plan.kind in (Kind.TITLE, Kind.ADDRESSEE, Kind.PARAGRAPH):
        return 0
    return {Kind.HEADING1: 1, Kind.HEADING2: 2}.get(Kind(plan.kind), 3)


def _end(row: Sequence[Plan], start: int) -> int:
    """The place behind a part with all that stands under it."""
    if not row[start].is_heading:
        return start + 1
    for i in range(start + 1, len(row)):
        if _depth(row[i]) <= _depth(row[start]):
            return i
    return len(row)


def _alike(plan: Plan, other: Plan) -> bool:
    return _depth(plan) == _depth(other) != 0


def _start_before(row: Sequence[Plan], start: int) -> int | None:
    """Where the neighbour in front begins, when it is one of the same level."""
    for i in range(start - 1, -1, -1):
        if _alike(row[start], row[i]):
            return i
        if _depth(row[i]) < _depth(row[start]):
            return None
    return None


def places(plans: Sequence[Plan]) -> dict[str, str]:
    """Key of each heading that holds paragraphs itself → the kind of its paragraphs; there a new one may stand."""
    found: dict[str, str] = {}
    for plan, following in pairwise(plans):
        if plan.is_heading and _depth(following) == 3:
            found[plan.key] = following.kind
    return found


def added(plans: Sequence[Plan], under: str, lead: str, uses: tuple[Use, ...] = ()) -> tuple[tuple[Plan, ...], Plan]:
    """With a part of the office's own at the end of a heading, in the form its neighbours have."""
    row = list(plans)
    start = next(i for i, plan in enumerate(row) if plan.key == under)
    number = 1 + max((int(p.key.removeprefix(OFFICE)) for p in row if p.is_added), default=0)
    plan = Plan(f"{OFFICE}{number}", places(plans)[under], lead, uses)
    end = _end(row, start)
    return (*row[:end], plan, *row[end:]), plan


def changed(plans: Sequence[Plan], key: str, **values: Any) -> tuple[Plan, ...]:
    """One part with other words, sentences, or switched off."""
    return tuple(replace(plan, **values) if plan.key == key else plan for plan in plans)
