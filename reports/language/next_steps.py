"""Part three, as far as the records know it: deadlines, promises, calendar, training. The author adds his own."""

from __future__ import annotations

from reports.language.brief import Brief, Pieces, enumerate_some
from reports.language.matters import named
from reports.language.sentence import Sentences

sentences = Sentences()


@sentences.add("next.problems", "未销号问题的时限", variants={"days": "写明时限", "brief": "只写个数"})
def problems(b: Brief, variant: str) -> Pieces | None:
    if not b.figure("open"):
        return None
    if variant == "brief":
        return ["对照台账逐项倒排，", *b.number("open"), "未销号问题逐一定人定责、限期办结。"]
    rows = [r for r in b.facts["problems"] if r["state"] != "closed" and r["due_on"]]
    late = [r for r in rows if r["colour"] == "red"]
    running = [r for r in rows if r["colour"] != "red" and r["due_on"] >= b.scope["as_of"]]
    due = sorted(running, key=lambda r: (r["due_on"], r["number"]))
    clauses = []
    if late:
        clauses.append(
            f"已逾期的{'、'.join(named(r) for r in late[:3])}{'等' if len(late) > 3 else ''}加紧攻坚、尽快办结"
        )
    by_day: dict[str, list[str]] = {}
    for r in due:
        by_day.setdefault(r["due_on"], []).append(named(r))
    if by_day:
        dated = [f"{b.day(day)}前解决{enumerate_some(names, 3)}" for day, names in list(by_day.items())[:4]]
        clauses.append("，".join(dated))
    lasting = [r for r in b.facts["problems"] if r["state"] != "closed" and r["deadline_kind"] == "continuing"]
    if lasting:
        clauses.append(f"{'、'.join(named(r) for r in lasting[:2])}{'等' if len(lasting) > 2 else ''}长期抓、持续改")
    out: Pieces = ["对照台账逐项倒排，", *b.number("open"), "未销号问题逐一定人定责"]
    return [*out, f"：{'；'.join(clauses)}" if clauses else "", "。"]


@sentences.add("next.commitments", "议定事项督办")
def commitments(b: Brief) -> Pieces | None:
    if not b.figure("commitments.open"):
        return None
    told = []
    for c in b.facts["commitments"][:4]:
        when = f"原定{b.day(c['due_on'])}，已逾期" if c["late"] else f"{b.day(c['due_on'])}前"
        if c["due_on"] == b.scope["as_of"]:
            when = f"{b.day(c['due_on'])}到期"
        told.append(f"{c['unit']}{c['text']}（{when}）")
    more = "等" if len(b.facts["commitments"]) > 4 else ""
    return ["紧盯协调会议定事项", *b.number("commitments.open"), f"：{'、'.join(told)}{more}，逐项跟踪督办、限期销账。"]


@sentences.add("next.calendar", "行事历剩余工作")
def calendar(b: Brief) -> Pieces | None:
    if not b.figure("calendar.left"):
        return None
    return ["按照行事历抓好剩余", *b.number("calendar.left"), "工作，确保按期完成。"]


@sentences.add("next.training", "村干部学历教育", missing="村干部学历教育人选", entered="villages:training_list")
def training(b: Brief) -> Pieces | None:
    if not b.figure("training.degree"):
        return None
    rows = [t for t in b.facts["training"] if t["kind"] == "degree"]
    names = list(dict.fromkeys(t["name"] for t in rows))
    name = (
        f"“{names[0]}”" if len(names) == 1 and "学历" not in names[0] else (names[0] if len(names) == 1 else "学历教育")
    )
    return ["组织已选定的", *b.number("training.degree"), f"村干部参加{name}，提升履职能力。"]
