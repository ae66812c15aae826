"""（三）of part one: what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from common import chinese
from reports.language.brief import Brief, Pieces, enumerate_some, joined, quoted
from reports.language.matters import Row, facts, groups, matter, of_village, told_of, unconfirmed
from reports.language.sentence import Sentences

sentences = Sentences()
DETAILED = 5  # matters of one village told with their facts; the annex has all
FEW = 2  # the same where there are many villages
VILLAGES = 6


@sentences.add("results.campaigns", "结合开展的工作", missing="结合开展的工作", entered="rounds:campaign_list")
def campaigns(b: Brief) -> Pieces | None:
    rows = b.fact("campaigns")
    if not rows:
        return None
    names = enumerate_some([_campaign(c) for c in rows], 4)
    out: Pieces = [f"把{b.work}与{names}等工作统筹推进" if len(rows) > 1 else f"把{b.work}与{names}统筹推进"]
    if b.figure("linked"):
        out += ["，", *b.number("linked"), "问题结合上述工作一并解决或推进"]
    return [*out, "。"]


def _campaign(c: dict[str, str]) -> str:
    """“我为群众办实事”, 以“双争一满意”为主要内容的创先争优."""
    if c["note"] and "争" in c["note"]:
        return f"{c['name']}（{c['note']}）"
    return f"“{c['name']}”" if len(c["name"]) > 6 else c["name"]


@sentences.add("results.practices", "经验做法", missing="经验做法", entered="rounds:practice_list")
def practices(b: Brief) -> Pieces | None:
    names = b.fact("practices")
    if not names:
        return None
    listed = quoted(names)
    count = b.number("practices") if len(names) > 1 else []
    return [f"总结形成{listed}", *count, "经验做法" if count else "做法", "，逐步固化为长效机制。"]


@sentences.add("results.closed", "销号总数", missing="已销号的问题", entered="problems:problem_list")
def closed(b: Brief) -> Pieces | None:
    if not b.figure("closed"):
        return None
    out: Pieces = ["目前，台账所列", *b.number("problems"), "问题已销号", *b.number("closed")]
    parts = [
        [word, *b.number(f"closed.{degree}")]
        for degree, word in (("full", "妥善解决"), ("basic", "基本化解"))
        if b.figure(f"closed.{degree}")
    ]
    if len(parts) > 1:
        out += ["，其中", *joined(parts, "、")]
    return [*out, "。"]


@sentences.add("results.projects", "几个村共同的重点工程")
def projects(b: Brief) -> Pieces | None:
    return shared_projects(b, [r for r in b.facts["problems"] if r["state"] == "closed"])


@sentences.add("results.villages", "各村化解情况", variants={"facts": "逐村写进展事实", "names": "逐村只写事项名称"})
def villages(b: Brief, variant: str) -> Pieces | None:
    done = [r for r in b.facts["problems"] if r["state"] == "closed"]
    begun = [r for r in b.facts["problems"] if r["state"] != "closed" and r["degree"] == "preliminary"]
    return by_village(b, done, variant, begun)


def shared_projects(b: Brief, done: list[Row]) -> Pieces | None:
    """Villages that share a key project are named together."""
    told = []
    for group in _shared(done):
        names = chinese.enumerate_all(list(dict.fromkeys(r["village"] for r in group)))
        each = "，".join(f"{r['village']}{'、'.join(facts(b, r)) or told_of(b, r)}" for r in group)
        degrees = {r["degree"] for r in group}
        end = {"full": "，均已妥善解决", "basic": "，均已基本化解"}.get(degrees.pop(), "") if len(degrees) == 1 else ""
        told.append(f"{names}共同涉及的{matter(group[0]['title'], group[0]['project'])}，{each}{end}。")
    return ["".join(told[:3])] if told else None


def _shared(done: list[Row]) -> list[list[Row]]:
    """Closed matters of one key project in several villages."""
    return [g for g in groups(done) if len({r["village_id"] for r in g}) > 1]


def by_village(b: Brief, done: list[Row], variant: str, begun: Sequence[Row] = ()) -> Pieces | None:
    """Village by village; matters of one degree share its word, so that “妥善解决” is not said after each."""
    together = {r["id"] for group in _shared(done) for r in group}
    rows = sorted((r for r in (*done, *begun) if r["id"] not in together), key=lambda r: b.villages_first(r["village"]))
    places = list(dict.fromkeys(r["village_id"] for r in rows))
    limit = DETAILED if len(places) <= VILLAGES else FEW
    out = "" if len(places) <= VILLAGES else "其中，"
    for village_id in places[:VILLAGES]:
        here = sorted((r for r in rows if r["village_id"] == village_id), key=lambda r: not r["milestones"])
        told = 0
        for degree in ENDINGS:
            of_degree = [r for r in here if r["degree"] == degree][: limit - told]
            if of_degree:
                name = here[0]["village"] if not told else "该村"
                words = [_told(b, r, variant).removeprefix(r["village"]) for r in of_degree]
                bare = len(of_degree) == 1 and words[0] == matter(
                    of_degree[0]["title"], of_degree[0]["project"]
                ).removeprefix(here[0]["village"])
                out += of_village(name, ("、" if variant == "names" else "；").join(words))
                out += (BARE[degree] if bare or variant == "names" else ENDINGS[degree][len(of_degree) > 1]) + "。"
                told += len(of_degree)
    return [out] if out else None


def _told(b: Brief, row: Row, variant: str) -> str:
    return matter(row["title"], row["project"]) if variant == "names" else told_of(b, row)


BARE = {"full": "已妥善解决", "basic": "已基本化解", "preliminary": "已初步解决"}  # after a name alone
ENDINGS = {  # degree → the end of a clause about one matter, about several
    "full": ("，得到妥善解决", "，均得到妥善解决"),
    "basic": ("，已基本化解", "，均已基本化解"),
    "preliminary": ("，已初步解决", "，均已初步解决"),
}


@sentences.add("results.guidance", "壮大集体经济指导意见")
def guidance(b: Brief) -> Pieces | None:
    papers = [p for p in b.facts["papers"] if p["kind"] == "guidance" and p["topic"] == "economy"]
    if not papers or not b.figure("guidance.items"):
        return None
    return [f"对照《{papers[-1]['title'].strip('《》')}》", *b.number("guidance.items"), "措施抓落实。"]


@sentences.add("results.paths", "集体经济路径", missing="村集体经济路径和产业", entered="villages:economy_list")
def paths(b: Brief) -> Pieces | None:
    rows = b.fact("paths")
    if not rows:
        return None
    kinds = list(dict.fromkeys(p["name"] for p in rows if p["path"] != "other"))
    head = f"探索{quoted(kinds)}{'等' if len(kinds) > 1 else ''}路径，" if kinds else ""
    return [f"{head}{'，'.join(_path(p) for p in rows[:6])}{'等' if len(rows) > 6 else ''}。"]


def _path(p: dict[str, Any]) -> str:
    with_ = f"与{chinese.enumerate_all(p['partners'])}" if p["partners"] else ""
    if p["path"] == "joint":
        return f"{p['village']}{with_}联建{p['industry']}产业"
    if p["path"] == "investment":
        return f"{p['village']}引进项目发展{p['industry']}"
    if p["path"] == "party_led":
        return f"{p['village']}由村党组织领办{p['industry']}项目"
    return f"{p['village']}{with_}发展{p['industry']}"


@sentences.add(
    "results.leaders", "致富带头人", missing="各村培养致富带头人的人数", entered="villages:figures_list",
    idle=unconfirmed,
)  # fmt: skip
def leaders(b: Brief) -> Pieces | None:
    return ["培养致富带头人", *b.number("leaders.trained"), "。"] if b.figure("leaders.trained") else None


@sentences.add(
    "results.income", "集体经济收入", missing="各村本年度集体经济收入", entered="villages:figures_list", idle=unconfirmed,
    variants={"each": "逐村写", "total": "只写合计和达标村"},
)  # fmt: skip
def income(b: Brief, variant: str) -> Pieces | None:
    told = b.facts["income"]
    rows = told["villages"]
    if not rows:
        return None
    if variant == "total":
        whole: Pieces = [f"{told['year']}年村集体经济收入合计", *b.number("income.total")]
        return [*whole, *_above(b, told), "。"]
    parts: list[Pieces] = []
    for row in rows[:VILLAGES]:
        key = f"income.{row['village_id']}"
        if row["before"] is None:
            parts.append([f"{row['village']}", *b.number(f"{key}.now")])
            continue
        verb = "增加到" if Decimal(row["now"]) > Decimal(row["before"]) else "变为"
        parts.append([f"{row['village']}由", *b.number(f"{key}.before"), verb, *b.number(f"{key}.now")])
    out: Pieces = [
        f"{told['year']}年村集体经济收入与上年相比，"
        if all(r["before"] for r in rows)
        else f"{told['year']}年村集体经济收入，"
    ]
    out += joined(parts, "，")
    if len(rows) > VILLAGES:
        out.append("等")
    return [*out, *_above(b, told), "。"]


def _above(b: Brief, told: dict[str, Any]) -> Pieces:
    """How many reach the threshold of the round."""
    above = b.figure("income.above")
    if not above:
        return []
    if above.value == len(b.villages):
        whole = "" if len(b.villages) == 1 else "全部"
        count = [*b.number("income.above"), b.village_word] if whole else []
        return ["，", *count, f"{whole}达到{told['threshold']}万元以上"]
    return ["，其中", *b.number("income.above"), f"{b.village_word}达到{told['threshold']}万元以上"]


@sentences.add("results.survey", "满意度测评", missing="群众满意度测评", entered="inspections:survey_list")
def survey(b: Brief) -> Pieces | None:
    told = b.fact("survey")
    if not told or not b.figure("survey.valid"):
        return None
    names = enumerate_some(told["villages"], 6)
    out: Pieces = [f"{b.days(told['days'][:3])}在{names}开展{told['name']}，收回有效票", *b.number("survey.valid")]
    if b.figure("survey.good"):
        out += [
            f"，其中{told.get('content', '满意和基本满意')}",
            *b.number("survey.good"),
            "，占",
            *b.number("survey.rate"),
        ]
    return [*out, "。"]


@sentences.add("results.turned_round", "已转化的村")
def turned_round(b: Brief) -> Pieces | None:
    if not b.figure("turned_round"):
        return None
    names = [d["village"] for d in b.facts["designations"] if d["turned_round_on"]]
    return [f"{enumerate_some(names, 6)}", *b.number("turned_round"), f"{b.village_word}已完成转化。"]


@sentences.add("results.watch", "跟踪巩固和回头看")
def watch(b: Brief) -> Pieces | None:
    """What was done in the period for villages that left the list before."""
    out: Pieces = []
    if b.figure("follow_ups"):
        out = ["对此前已转化的", *b.number("follow_ups.villages"), "村跟踪巩固", *b.number("follow_ups")]
    rows = b.facts.get("rechecks") or []
    if rows:
        out += [*(["，"] if out else []), "开展回头看", *b.number("rechecks")]
        told = [
            f"{enumerate_some(names, 4)}{word}"
            for result, word in (("held", "成效巩固"), ("weak", "需继续巩固"), ("relapsed", "出现反弹"))
            if (names := [r["village"] for r in rows if r["result"] == result])
        ]
        out += [f"，{'，'.join(told)}"]
    return [*out, "。"] if out else None
