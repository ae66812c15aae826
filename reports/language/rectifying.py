"""（二）of part one: what was found, how it was taken on, who checked."""

from __future__ import annotations

from typing import Any

from common import chinese
from problems.terms import Category
from reports.language.brief import Brief, Pieces, enumerate_some, joined
from reports.language.matters import Row, group_named, groups, matter
from reports.language.sentence import Sentences

sentences = Sentences()
EXAMPLES = 2


@sentences.add("rectifying.screening", "排查走访", missing="排查走访记录", entered="rounds:screening_list")
def screening(b: Brief) -> Pieces | None:
    days = b.fact("screening")
    if not days:
        return None
    out: Pieces = [f"{b.span(days['first_on'], days['last_on'])}，对", *b.number("screened_villages"), "村逐一排查"]
    if b.figure("screened_households"):
        out += ["，走访农户", *b.number("screened_households")]
    return [*out, "。"]


@sentences.add(
    "rectifying.decision", "提名和审定", missing="整顿对象的提名和审定日期", entered="rounds:designation_list"
)
def decision(b: Brief) -> Pieces | None:
    rows = [d for d in b.facts["designations"] if d["approved_on"]]
    if not rows:
        return None
    proposed = {d["proposed_on"] for d in rows}
    approved = {d["approved_on"] for d in rows}
    bodies = {d["body"] for d in rows if d["body"]}
    if len(proposed) > 1 or len(approved) > 1:
        return None  # villages added later: the table in the annex has each with its days
    by = f"经{next(iter(bodies))}" if len(bodies) == 1 else ""
    return [f"{b.day(proposed.pop())}研究提出建议名单，{b.day(approved.pop())}{by}审定。"]


@sentences.add("rectifying.causes", "各村具体表现", missing="整顿对象的具体表现", entered="rounds:designation_list")
def causes(b: Brief) -> Pieces | None:
    rows = [d for d in b.facts["designations"] if d["facts"]][:6]
    if not rows:
        return None
    more = "等" if len(b.villages) > len(rows) else ""
    told = "；".join(f"{d['village']}{d['facts'].strip().rstrip('。').removeprefix(d['village'])}" for d in rows)
    return [f"对照认定情形逐村分析，主要表现为：{told}{more}。"]


@sentences.add(
    "rectifying.categories", "五类问题", missing="问题台账", entered="problems:problem_list",
    variants={"examples": "各类举例", "counts": "只写各类个数"},
)  # fmt: skip
def categories(b: Brief, variant: str) -> Pieces | None:
    if not b.figure("problems"):
        return None
    rows = b.facts["problems"]
    parts: list[Pieces] = []
    for category in Category:
        if not b.figure(f"problems.{category}"):
            continue
        if variant == "counts":
            parts.append([category.label, *b.number(f"problems.{category}")])
            continue
        found = groups([r for r in rows if r["category"] == category])
        examples = _examples(found)
        more = "等" if len(found) > len(examples) else ""
        such = "如" if more else "即"
        parts.append(
            [
                f"{len(parts) + 1}.{category.label}",
                *b.number(f"problems.{category}"),
                f"，{such}{'、'.join(examples)}{more}",
            ]
        )
    if variant == "counts":
        return ["共梳理出问题", *b.number("problems"), "，其中", *joined(parts, "、"), "。"]
    kinds = f"{chinese.numeral(len(parts))}类" if len(parts) > 1 else ""
    return [f"共梳理出{kinds}问题", *b.number("problems"), "：", *joined(parts, "；"), "。"]


def _examples(found: list[list[Row]]) -> list[str]:
    """Those of several villages first, then one from each of several villages, no name twice."""
    names: dict[str, list[str]] = {}
    for group in sorted(found, key=lambda g: -len(g)):
        places = {row["village"] for row in group}
        if not places & {village for told in names.values() for village in told}:
            names.setdefault(group_named(group), sorted(places))
        if len(names) == EXAMPLES:
            break
    for group in found:  # fewer villages than examples
        if len(names) < EXAMPLES:
            names.setdefault(group_named(group), [])
    return list(names)


@sentences.add("rectifying.plans", "一村一策", missing="已审定的一村一策方案", entered="problems:plan_list")
def plans(b: Brief) -> Pieces | None:
    rows = b.fact("plans")
    if not rows:
        return None
    days = [r["on"] for r in rows]
    names = enumerate_some([r["village"] for r in rows], 6)
    count: Pieces = [*b.number("plans")] if len(rows) > 1 else []
    if len(set(days)) == 1:
        when = f"整顿方案于{b.day(days[0])}审定"
    elif len(rows) <= 6:
        when = f"整顿方案分别于{b.days(days)}审定"
    else:
        when = "整顿方案陆续审定"
    again = [r["village"] for r in rows if r["returned"]]
    mended = f"，其中{enumerate_some(again, 3)}方案经退回完善后通过" if again and len(rows) > 1 else ""
    return [f"逐村分析原因、明确目标、制定措施，{names}", *count, f"{when}{mended}。"]


@sentences.add("rectifying.measures", "整改措施", missing="问题的整改措施", entered="problems:measure_list")
def measures(b: Brief) -> Pieces | None:
    if not b.figure("measures"):
        return None
    out: Pieces = ["方案细化为整改措施" if b.figure("plans") else "制定整改措施", *b.number("measures")]
    if b.figure("measures.done"):
        out += ["，目前已完成", *b.number("measures.done")]
    return [*out, "。"]


@sentences.add(
    "rectifying.meetings", "协调会", missing="协调会的会议记录", entered="meetings:meeting_list",
    variants={"full": "写明牵头领导和部门", "brief": "只写次数和事项"},
)  # fmt: skip
def meetings(b: Brief, variant: str) -> Pieces | None:
    """Those a county leader chaired with their matters, the township's own by their days."""
    rows = b.facts["coordination"]
    if variant == "brief" and rows:
        return _counted(b)
    county = [m for m in rows if m["level"] == "county"][-3:]
    out = [piece for m in county for piece in _meeting(b, m)]
    days = [m["on"] for m in rows if m["level"] != "county"]
    if days:
        when = b.days(days) if len(days) <= 4 else b.span(days[0], days[-1])
        if county:
            out += [f"{b.level}里又于{when}召开协调会跟进，累计召开协调会", *b.number("coordination"), "。"]
        elif len(days) == 1:
            out += [f"{when}，{b.we}召开协调会，推动有关单位现场会商、合力解难。"]
        else:
            out += [f"{when}，{b.we}召开协调会", *b.number("coordination"), "，推动有关单位现场会商、合力解难。"]
    return out or None


def _counted(b: Brief) -> Pieces:
    out: Pieces = ["召开协调会", *b.number("coordination")]
    if b.figure("coordination.matters"):
        out += ["，会商难题", *b.number("coordination.matters")]
    if b.figure("coordination.settled"):
        out += ["，当场议定解决", *b.number("coordination.settled")]
    return [*out, "。"]


def _meeting(b: Brief, m: dict[str, Any]) -> Pieces:
    chair = f"{m['chair_title']}{m['chair']}主持召开" if m["chair"] else f"{b.we}召开"
    with_ = f"，{enumerate_some(m['departments'], 8)}参加" if m["departments"] else ""
    out: Pieces = [f"{b.day(m['on'])}，{chair}协调会{with_}"]
    key = m["key"]
    if b.figure(f"{key}.matters"):
        out += ["，会商难题", *b.number(f"{key}.matters")]
    if b.figure(f"{key}.settled"):
        names = enumerate_some([matter(text) for text in m["settled"]], 3)
        out += [f"，其中{names}"]
        if len(m["settled"]) > 1:
            out += [*b.number(f"{key}.settled"), "事项"]
        out.append("当场议定解决")
    if b.figure(f"{key}.promised"):
        out += ["；议定限期办理任务", *b.number(f"{key}.promised")]
        if b.figure(f"{key}.kept"):
            out += ["，已落实", *b.number(f"{key}.kept")]
        if b.figure(f"{key}.late"):
            out += ["，逾期未落实", *b.number(f"{key}.late")]
    return [*out, "。"]


@sentences.add("rectifying.stations", "协助单位", missing="问题的协助单位", entered="problems:problem_list")
def stations(b: Brief) -> Pieces | None:
    names = b.fact("stations")
    if not names:
        return None
    if len(names) == 1:
        return [f"根据问题性质，确定{names[0]}为协助单位，协同办理。"]
    return [
        f"根据问题性质和部门职能，确定{enumerate_some(names, 10)}",
        *b.number("stations"),
        "站所为协助单位，各司其职、协同办理。",
    ]


@sentences.add("rectifying.inspections", "督查次数和方式", missing="督查记录", entered="inspections:inspection_list")
def inspections(b: Brief) -> Pieces | None:
    if not b.figure("inspections"):
        return None
    modes = ("meeting", "leader", "report", "announced", "unannounced", "four_not_two_direct")
    held = [m for m in modes if b.figure(f"inspections.{m}")]
    out: Pieces = ["开展督查", *b.number("inspections")]
    words = {"meeting": "周前工作例会督查"} if b.fact("inspected_before_the_week") else {}
    if len(held) == 1:
        label = words.get(held[0], b.figures[f"inspections.{held[0]}"].label)
        out.append(f"（{label}）")
    else:
        out.append("，其中")
        for index, mode in enumerate(held):
            label = words.get(mode, b.figures[f"inspections.{mode}"].label)
            out += ["、" if index else "", label, *b.number(f"inspections.{mode}")]
    if b.figure("findings"):
        out += ["，发现问题", *b.number("findings")]
        if b.figure("findings.raised"):
            out += ["，其中列入问题台账", *b.number("findings.raised")]
    return [*out, "。"]


@sentences.add("rectifying.notices", "整改通知书", missing="整改通知书", entered="inspections:notice_list")
def notices(b: Brief) -> Pieces | None:
    if not b.figure("notices"):
        return None
    out: Pieces = ["针对督查发现的问题，发出整改通知书", *b.number("notices")]
    if b.figure("notices.answered"):
        out += ["，已反馈", *b.number("notices.answered")]
    if b.figure("notices.closed"):
        out += ["，经核查办结", *b.number("notices.closed")]
    if b.figure("notices.again"):
        out += ["，核查不到位再次发出", *b.number("notices.again")]
    if b.figure("notices.late"):
        out += [f"，{enumerate_some(b.facts['notices_late'], 3)}尚有", *b.number("notices.late"), "逾期未反馈"]
    return [*out, "。"]


@sentences.add("rectifying.slips", "督办单")
def slips(b: Brief) -> Pieces | None:
    """No slip is good news, not a gap: nothing is missing then."""
    if not b.figure("slips"):
        return None
    # Officials also issue them before a deadline is near.
    about = "重点事项和" if b.figure("slips.by_hand") else ""
    out: Pieces = [
        f"对{about}临近时限、逾期的事项发出督办单" if about else "对临近时限和逾期的事项发出督办单",
        *b.number("slips"),
    ]
    risen = [(word, key) for word, key in (("黄色督办", "slips.yellow"), ("红色督办", "slips.red")) if b.figure(key)]
    for index, (word, key) in enumerate(risen):
        out += ["、" if index else "，其中" if about else "，其中升至", word, *b.number(key)]
    if b.figure("slips.closed"):
        out += ["，已办结", *b.number("slips.closed")]
    return [*out, "。"]


@sentences.add("rectifying.bulletins", "督查通报", missing="督查通报", entered="inspections:bulletin_list")
def bulletins(b: Brief) -> Pieces | None:
    rows = b.fact("bulletins")
    if not rows:
        return None
    parts: list[Pieces] = []
    for place in rows:
        written = place["kind"] == "written"
        name = b.enlarged if place["kind"] == "enlarged_committee_meeting" else place["name"]
        days = f"（{b.days(place['days'])}）" if len(place["days"]) <= 4 else ""
        head = "书面通报" if written else f"在{name}上通报"
        parts.append([head, *b.number(f"bulletins.{place['kind']}"), days])
    return ["督查情况", *joined(parts, "、"), "。"]


@sentences.add("rectifying.visits", "领导走访", missing="领导走访记录", entered="inspections:visit_list")
def visits(b: Brief) -> Pieces | None:
    if not b.figure("visits"):
        return None
    out: Pieces = [f"{b.level}领导进村走访", *b.number("visits")]
    if b.figure("visits.households"):
        out += ["、入户", *b.number("visits.households")]
    return [*out, "，面对面听取意见、督促整改。"]
