"""（一）of part one: how the work was deployed, who answers for it, who helps."""

from __future__ import annotations

from typing import Any

from common import chinese
from reports.language.brief import Brief, Pieces, enumerate_some, joined, quoted
from reports.language.sentence import Sentences

sentences = Sentences()
MANY_DAYS = 6


@sentences.add(
    "organisation.enlarged", "党委扩大会议", missing="党委扩大会议的会议记录", entered="meetings:meeting_list",
    variants={"days": "写明各次日期", "count": "只写次数"},
)  # fmt: skip
def enlarged(b: Brief, variant: str) -> Pieces | None:
    meetings = b.facts["meetings"]["enlarged_committee_meeting"]
    if not meetings["days"]:
        return None
    count = b.number("meetings.enlarged_committee_meeting")
    deployed, days = meetings["deployed_on"], meetings["days"]
    if len(days) == 1:
        verb = "动员部署" if deployed else "专题研究"
        return [f"{b.party_committee}于{b.day(days[0])}召开{b.enlarged}，{verb}{b.label}{b.work}工作。"]
    others = [day for day in days if day != deployed]
    if variant == "days" and deployed and 0 < len(others) <= MANY_DAYS:
        told = f"{b.day(deployed)}动员部署，{b.days(others)}逐次研究推进，"
    else:
        told = ""
    return [
        f"{b.party_committee}把{b.label}{b.work}列入重要议程，{told}先后召开{b.enlarged}",
        *count,
        "。" if told else "研究推进。",
    ]


@sentences.add("organisation.villages", "村级部署会", missing="村级部署会的会议记录", entered="meetings:meeting_list")
def villages(b: Brief) -> Pieces | None:
    meetings = b.facts["meetings"]["village_mobilisation"]
    if not b.figure("meetings.village_mobilisation"):
        return None
    names = enumerate_some(meetings["villages"], 6)
    if len(meetings["days"]) == 1:
        return [f"{b.day(meetings['days'][0])}，{names}召开村级部署会，将任务传达到村。"]
    span = b.span(meetings["days"][0], meetings["days"][-1])
    return [f"{span}，{names}相继召开村级部署会", *b.number("meetings.village_mobilisation"), "，将任务传达到村。"]


@sentences.add("organisation.leading_group", "领导小组", missing="领导小组成员", entered="rounds:seat_list")
def leading_group(b: Brief) -> Pieces | None:
    group = b.fact("leading")
    if not group or not group["heads"]:
        return None
    verb = "调整充实" if group["adjusted"] else "成立"
    out: Pieces = [f"{b.day(group['on'])}，{verb}{b.work}工作领导小组，由{_people(group['heads'])}任组长"]
    if group["deputies"]:
        out.append(f"，{_people(group['deputies'])}任副组长")
    if b.figure("leading.members"):
        out += ["，成员", *b.number("leading.members")]
    if group["office_heads"]:
        out.append(f"，{_people(group['office_heads'])}任办公室主任")
    return [*out, "。"]


def _people(people: list[dict[str, str]]) -> str:
    return "、".join(f"{p['title']}{p['name']}" for p in people)


@sentences.add("organisation.papers", "实施方案", missing="实施方案", entered="rounds:document_list")
def papers(b: Brief) -> Pieces | None:
    plans = [p for p in b.facts["papers"] if p["kind"] == "plan"]
    if not plans:
        return None
    plan = plans[-1]
    calendar = [p for p in b.facts["papers"] if p["kind"] == "calendar"]
    together = "和行事历" if calendar and calendar[-1]["on"] == plan["on"] else ""
    return [f"{b.day(plan['on'])}印发《{plan['title'].strip('《》')}》{together}，明确目标任务、方法步骤和完成时限。"]


@sentences.add("organisation.calendar", "行事历完成情况", missing="行事历事项", entered="rounds:calendar_list")
def calendar(b: Brief) -> Pieces | None:
    if not b.figure("calendar"):
        return None
    out: Pieces = ["行事历列出工作", *b.number("calendar")]
    if b.figure("calendar.done"):
        out += ["，目前已完成", *b.number("calendar.done")]
    return [*out, "。"]


@sentences.add("organisation.leaders", "包村领导", missing="包村领导的岗位责任", entered="villages:assignment_list")
def leaders(b: Brief) -> Pieces | None:
    chain = b.facts["chain"]
    of_leader: dict[str, dict[str, Any]] = {}
    for place in chain["villages"]:
        for person in place["posts"].get("linked_leader", []):
            of_leader.setdefault(person["name"], {"title": person["title"], "villages": []})["villages"].append(
                place["village"]
            )
    if not of_leader:
        return None
    heads = [p["name"] for p in chain["overall"]]
    clauses = []
    for person in chain["overall"]:
        own = of_leader.pop(person["name"], None)
        linked = f"、带头联系{chinese.enumerate_all(own['villages'])}" if own else ""
        clauses.append(f"{person['title']}{person['name']}负总责{linked}")
    shown = list(of_leader.items())[:8]
    clauses += [f"{told['title']}{name}联系{chinese.enumerate_all(told['villages'])}" for name, told in shown]
    tail = "等" if len(of_leader) > len(shown) else ""
    return [f"逐级明确责任，{'' if heads else '由'}{'，'.join(clauses)}{tail}。"]


@sentences.add(
    "organisation.residents", "驻村干部和村级责任人", missing="驻村干部的岗位责任", entered="villages:assignment_list"
)
def residents(b: Brief) -> Pieces | None:
    of_cadre: dict[str, list[str]] = {}
    for place in b.facts["chain"]["villages"]:
        for p in place["posts"].get("resident_cadre", []):
            of_cadre.setdefault(p["name"], []).append(place["village"])
    if not of_cadre:
        return None
    if len(of_cadre) == 1:
        name, places = next(iter(of_cadre.items()))
        out: Pieces = [f"驻村干部{name}为{chinese.enumerate_all(places)}第一责任人"]
    else:
        named = [f"{'、'.join(places)}{name}" for name, places in of_cadre.items()]
        shown = "，".join(named[:8]) if any(len(p) > 1 for p in of_cadre.values()) else "、".join(named[:8])
        out = [shown + ("等" if len(named) > 8 else ""), *b.number("chain.residents"), "驻村干部为第一责任人"]
    if b.figure("chain.direct"):
        held = {role for place in b.facts["chain"]["villages"] for role in place["posts"]}
        posts = [w for r, w in (("village_secretary", "村书记"), ("village_head", "村委会主任")) if r in held]
        out += [f"，{'、'.join(posts)}", *b.number("chain.direct"), "为具体责任人"]
    return [*out, "，一级抓一级、层层有人管。"]


@sentences.add("organisation.pairings", "结对关系", missing="结对帮扶关系", entered="pairings:pairing_list")
def pairings(b: Brief) -> Pieces | None:
    rows = b.fact("pairings")
    if not rows:
        return None
    words = {
        "secretary_mentoring": "书记带书记",
        "strong_village_pairing": "强村带弱村",
        "unit_pairing": "机关单位结对",
        "cadre_pairing": "干部结对",
    }
    kinds = [words[kind] for kind in words if any(r["kind"] == kind for r in rows)]
    ways = quoted(kinds[:2])
    clauses = []
    usual = [r for r in rows if not r.get("slot")]  # what fills a place of the office's own is told by its name
    mentoring = [r for r in usual if r["kind"] == "secretary_mentoring"][:4]
    clauses += [
        f"{r['helper_title']}{r['helper']}帮带{r['village']}{r['helped_title'].removeprefix('村')}{r['helped']}"
        for r in mentoring
    ]
    for kind in ("strong_village_pairing", "unit_pairing"):
        some = [r for r in usual if r["kind"] == kind][:6]
        if len(some) > 1:
            helpers, helped = "、".join(r["helper"] for r in some), "、".join(r["village"] for r in some)
            clauses.append(f"{helpers}分别结对{helped}")
        elif some:
            clauses.append(f"{some[0]['helper']}结对{some[0]['village']}")
    several = _many_to_one(rows)
    clauses += [f"{village}由{chinese.enumerate_all(helpers)}“多对一”帮扶" for village, helpers in several.items()]
    alone = [r for r in usual if r["kind"] == "cadre_pairing" and r["village"] not in several][:4]
    clauses += [f"{r['helper_title']}{r['helper']}结对{r['village']}" for r in alone]
    clauses += _named(rows)
    tail = "等方式" if len(kinds) > 2 else "方式"
    return [f"采取{ways}{tail}，{'，'.join(clauses)}，共结成帮扶对子", *b.number("pairings"), "。"]


def _named(rows: list[dict[str, Any]]) -> list[str]:
    """What the office asks for by a name of its own: 李明、王芳作为科技特派员分别结对石桥村、下塘村."""
    places: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        if r.get("slot"):
            places.setdefault(r["slot"], []).append(r)
    clauses = []
    for name, some in list(places.items())[:4]:
        helpers, helped = ("、".join(r[key] for r in some[:6]) for key in ("helper", "village"))
        each, more = ("分别", "等") if len(some) > 1 else ("", "")
        clauses.append(
            f"{helpers}{more if len(some) > 6 else ''}作为{name}{each}结对{helped}{more if len(some) > 6 else ''}"
        )
    return clauses


def _many_to_one(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    helpers: dict[str, list[str]] = {}
    for r in rows:
        name = f"{r['helper_title']}{r['helper']}" if r["kind"] == "cadre_pairing" else r["helper"]
        helpers.setdefault(r["village"], []).append(name)
    return dict([(village, names) for village, names in helpers.items() if len(names) > 1][:4])


@sentences.add("organisation.activities", "帮扶活动", missing="帮扶活动", entered="pairings:activity_list")
def activities(b: Brief) -> Pieces | None:
    if not b.figure("activities"):
        return None
    kinds = [
        (f, b.figures[f"activities.{f}"].label)
        for f in ("lecture", "guidance", "project", "visit", "other")
        if b.figure(f"activities.{f}")
    ]
    since = "" if b.this else "累计"
    if len(kinds) == 1:
        out: Pieces = [f"{since}开展{kinds[0][1].replace('其他', '其他帮扶活动')}", *b.number("activities")]
    else:
        out = [f"{since}开展帮扶活动", *b.number("activities"), "，其中"]
        out += joined([[label, *b.number(f"activities.{kind}")] for kind, label in kinds], "、")
    if b.figure("activities.funds"):
        out += ["，协调资金", *b.number("activities.funds")]
    return [*out, "。"]
