"""The bulletin that goes down to the villages after supervision (通报): what was inspected, what was good, what was found, what is asked."""

from __future__ import annotations

from typing import Any

from common import chinese
from reports.language.brief import Brief, Pieces, enumerate_some, joined
from reports.language.matters import of_village
from reports.language.sentence import Sentences

sentences = Sentences()
VILLAGES = 8
MODES = ("meeting", "leader", "report", "announced", "unannounced", "four_not_two_direct")


@sentences.add("bulletin.opening", "督查时间、方式和范围", missing="督查记录", entered="inspections:inspection_list")
def opening(b: Brief) -> Pieces | None:
    told = b.fact("inspected")
    if not told or not b.figure("inspections"):
        return None
    words = {"meeting": "周前工作例会督查"} if b.fact("inspected_before_the_week") else {}
    held = [m for m in MODES if b.figure(f"inspections.{m}")]
    ways = [words.get(m, b.figures[f"inspections.{m}"].label) for m in held]
    where: Pieces = [enumerate_some(told["villages"], 6)] if told["villages"] else []
    if len(told["villages"]) > 1:
        where += [*b.number("inspections.villages"), "村"]
    return [
        f"为推动{b.scope['year']}年{b.round}{b.label}{b.work}落到实处，{b.span(told['first_on'], told['last_on'])}，{b.party_committee}采取",
        f"{chinese.enumerate_all(ways)}方式，",
        *(["对", *where] if where else []),
        "开展督查",
        *b.number("inspections"),
        "。",
    ]


@sentences.add("bulletin.total", "督查发现和整改通知总数")
def total(b: Brief) -> Pieces | None:
    parts: list[Pieces] = []
    if b.figure("findings"):
        parts.append(["督查共发现问题", *b.number("findings")])
    if b.figure("notices"):
        parts.append(["发出整改通知书", *b.number("notices")])
    if b.figure("notices.answered"):
        parts.append(["已反馈", *b.number("notices.answered")])
    return [*joined(parts, "，"), "。"] if parts else None


@sentences.add("bulletin.closed", "各村本期销号")
def closed(b: Brief) -> Pieces | None:
    if not b.figure("period.closed"):
        return None
    places = {r["village_id"]: r["village"] for r in b.rows(b.facts["period"]["closed"])}
    each = [[name, *b.number(f"period.closed.{pk}")] for pk, name in list(places.items())[:VILLAGES]]
    if len(places) == 1:
        return [f"{b.this}{next(iter(places.values()))}销号问题", *b.number("period.closed"), "。"]
    more = "等" if len(places) > VILLAGES else ""
    return [f"{b.this}各村共销号问题", *b.number("period.closed"), "，其中", *joined(each, "、"), f"{more}。"]


@sentences.add("bulletin.replied", "按期反馈的村")
def replied(b: Brief) -> Pieces | None:
    """Villages that answered every notice in time, with what they answered."""
    of_village_: dict[str, list[dict[str, Any]]] = {}
    for n in b.facts["notices"]:
        of_village_.setdefault(n["village"], []).append(n)
    good = {
        village: rows
        for village, rows in of_village_.items()
        if all(n["replied_on"] and n["replied_on"] <= n["due_on"] for n in rows)
    }
    if not good:
        return None
    told = "；".join(
        f"{village if len(good) > 1 else ''}针对“{rows[-1]['requirement'].strip().rstrip('。')}”要求，{rows[-1]['reply'].strip().rstrip('。')}"
        for village, rows in list(good.items())[:2]
    )
    names = enumerate_some(sorted(good, key=b.villages_first), VILLAGES)
    return [f"{names}收到整改通知书后按期反馈，{'如' if len(good) > 1 else ''}{told}。"]


@sentences.add("bulletin.findings", "督查发现的具体问题", variants={"asked": "写明整改要求", "found": "只写发现的问题"})
def findings(b: Brief, variant: str) -> Pieces | None:
    of: dict[str, list[str]] = {}
    for f in b.facts["findings"]:
        asked = f["requirement"].strip().rstrip("。") if variant == "asked" else ""
        text = f["text"].strip().rstrip("。")
        of.setdefault(f["village"], []).append(f"{text}，要{asked.removeprefix('要')}" if asked else text)
    if not of:
        return None
    told = "。".join(of_village(village, "；".join(texts[:4])) for village, texts in list(of.items())[:VILLAGES])
    more = "等" if len(of) > VILLAGES or any(len(texts) > 4 for texts in of.values()) else ""
    return [f"{told}{more}。"]


@sentences.add("bulletin.late", "逾期未反馈的整改通知书")
def late(b: Brief) -> Pieces | None:
    rows = [n for n in b.facts["notices"] if n["late"]]
    if not rows:
        return None
    told = "，".join(
        f"{n['village']}整改通知书〔{n['year']}〕{n['number']}号应于{b.day(n['due_on'])}前反馈" for n in rows[:4]
    )
    more = "等" if len(rows) > 4 else ""
    several = [f"{more}共", *b.number("notices.late")] if len(rows) > 1 else []
    return [told, *several, "，逾期仍未反馈。"]


@sentences.add("bulletin.reply_by", "限期反馈")
def reply_by(b: Brief) -> Pieces | None:
    waiting = [n for n in b.facts["notices"] if not n["replied_on"]]
    if not waiting:
        return None
    late_ = list(dict.fromkeys(n["village"] for n in waiting if n["late"]))
    due = [n for n in waiting if not n["late"]]
    told = [f"{enumerate_some(late_, 4)}要立即反馈逾期的整改通知书并说明原因"] if late_ else []
    told += [f"{n['village']}要在{b.day(n['due_on'])}前反馈整改情况" for n in due[:4]]
    return [f"{'，'.join(told)}{'等' if len(due) > 4 else ''}。"]


@sentences.add("bulletin.requirements", "督查问题的整改要求")
def requirements(b: Brief) -> Pieces | None:
    if not b.figure("findings"):
        return None
    return ["对督查发现的", *b.number("findings"), "问题，有关村要按照上述要求逐条整改，包村领导、驻村干部要到村核实。"]
