"""Sentences of weekly, monthly and quarterly papers: what moved in the period."""

from __future__ import annotations

from typing import Any

from reports.language.brief import Brief, Pieces, joined
from reports.language.matters import course, happened, named
from reports.language.sentence import Sentences

sentences = Sentences()
NAMED = 6


def _rows(b: Brief, name: str) -> list[dict[str, Any]]:
    ids = set(b.facts["period"][name])
    return [r for r in b.facts["problems"] if r["id"] in ids]


@sentences.add("period.closed")
def closed(b: Brief) -> Pieces | None:
    rows = _rows(b, "closed")
    if not rows:
        return None
    told = "；".join(course(b, r) for r in rows[:NAMED])
    return [f"{b.this}销号问题", *b.number("period.closed"), f"：{told}{'等' if len(rows) > NAMED else ''}。"]


@sentences.add("period.moved")
def moved(b: Brief) -> Pieces | None:
    first, last = b.scope["starts_on"], min(b.scope["ends_on"], b.scope["as_of"])
    clauses = [
        f"{named(r)}，{'，'.join(happened(b, m) for m in r['milestones'] if first <= m['on'] <= last)}"
        for r in _rows(b, "moved")
        if r["state"] != "closed"
    ]
    return [f"正在整改的问题取得新进展：{'；'.join(clauses[:NAMED])}。"] if clauses else None


@sentences.add("period.new")
def new(b: Brief) -> Pieces | None:
    rows = _rows(b, "new")
    if not rows:
        return None
    return [
        "新列入台账问题",
        *b.number("period.new"),
        f"：{'、'.join(named(r) for r in rows[:NAMED])}{'等' if len(rows) > NAMED else ''}。",
    ]


@sentences.add("period.standing", missing="问题台账", entered="problems:problem_list")
def standing(b: Brief) -> Pieces | None:
    if not b.figure("problems"):
        return None
    out: Pieces = [f"截至{b.as_of}，台账共有问题", *b.number("problems")]
    parts = [[word, *b.number(key)] for key, word in (("closed", "已销号"), ("open", "未销号")) if b.figure(key)]
    out += ["，", *joined(parts, "，")] if parts else []
    if b.figure("closed"):
        out += ["，销号率", *b.number("closed.rate")]
    return [*out, "。"]


@sentences.add("period.meetings")
def meetings(b: Brief) -> Pieces | None:
    parts = []
    for kind in ("enlarged_committee_meeting", "cadre_meeting", "pre_week_meeting", "village_mobilisation"):
        if b.figure(f"meetings.{kind}"):
            name = b.enlarged if kind.startswith("enlarged") else b.figures[f"meetings.{kind}"].label
            parts.append([name, *b.number(f"meetings.{kind}")])
    if b.figure("coordination"):
        parts.append(["协调会", *b.number("coordination")])
    return [f"{b.this}召开", *joined(parts, "、"), "，研究部署和推进整治工作。"] if parts else None
