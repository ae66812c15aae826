"""Sentences of papers about a period: what moved in it, how it stands beside the one before, what falls due in the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.language.brief import Brief, Pieces, enumerate_some, joined
from reports.language.matters import Row, happened, matter, named, of_village
from reports.language.results import by_village, shared_projects
from reports.language.sentence import Sentences

sentences = Sentences()
NAMED = 6


def in_turn(rows: Sequence[Row], clause: Callable[[Row, str], str]) -> list[str]:
    """A clause for each row; the village is said where it changes, not again before each matter of the same village."""
    told, last = [], ""
    for row in rows:
        name = matter(row["title"], row["project"])
        told.append(
            clause(row, name.removeprefix(last) if row["village"] == last else of_village(row["village"], name))
        )
        last = row["village"]
    return told


@sentences.add("period.closed", "本期销号", variants={"facts": "写进展事实", "names": "只写事项名称"})
def closed(b: Brief, variant: str) -> Pieces | None:
    rows = b.rows(b.facts["period"]["closed"])
    if not rows:
        return None
    told = [*(shared_projects(b, rows) or []), *(by_village(b, rows, variant) or [])]
    return [f"{b.this}销号问题", *b.number("period.closed"), "。", *told]


@sentences.add("period.moved", "本期进展")
def moved(b: Brief) -> Pieces | None:
    first, last = b.scope["starts_on"], min(b.scope["ends_on"], b.scope["as_of"])

    def clause(r: Row, name: str) -> str:
        return f"{name}，{'，'.join(happened(b, m) for m in r['milestones'] if first <= m['on'] <= last)}"

    rows = [r for r in b.rows(b.facts["period"]["moved"]) if r["state"] != "closed"]
    told = in_turn(rows[:NAMED], clause)
    return [f"正在整改的问题取得新进展：{'；'.join(told)}{'等' if len(rows) > NAMED else ''}。"] if told else None


@sentences.add("period.new", "本期新增")
def new(b: Brief) -> Pieces | None:
    rows = b.rows(b.facts["period"]["new"])
    if not rows:
        return None
    names = in_turn(rows[:NAMED], lambda _row, name: name)
    if len(rows) == 1:
        return [f"{names[0]}新列入台账。"]
    more = "等" if len(rows) > NAMED else ""
    return ["新列入台账问题", *b.number("period.new"), f"：{'、'.join(names)}{more}。"]


@sentences.add("period.relapsed", "本期反弹")
def relapsed(b: Brief) -> Pieces | None:
    rows = b.rows(b.facts["period"]["relapsed"])
    if not rows:
        return None
    names = in_turn(rows[:NAMED], lambda r, name: f"{name}（{b.day(r['relapsed_on'])}）")
    if len(rows) == 1:
        return [f"{named(rows[0])}于{b.day(rows[0]['relapsed_on'])}出现反弹。"]
    more = "等" if len(rows) > NAMED else ""
    return [
        f"{b.this}出现反弹的问题",
        *b.number("period.relapsed"),
        f"，{'即' if not more else '如'}{'、'.join(names)}{more}。",
    ]


@sentences.add("period.standing", "台账现状", missing="问题台账", entered="problems:problem_list")
def standing(b: Brief) -> Pieces | None:
    if not b.figure("problems"):
        return None
    out: Pieces = [f"截至{b.as_of}，台账共有问题", *b.number("problems")]
    parts = [[word, *b.number(key)] for key, word in (("closed", "已销号"), ("open", "未销号")) if b.figure(key)]
    out += ["，", *joined(parts, "，")] if parts else []
    if b.figure("closed"):
        out += ["，销号率", *b.number("closed.rate")]
    return [*out, "。"]


COMPARED = (
    ("累计销号", "before.closed", "closed"),
    ("未销号", "before.open", "open"),
    ("逾期", "before.late", "open.late"),
    ("销号率", "before.rate", "closed.rate"),
)


@sentences.add(
    "period.compared", "与上期相比", variants={"full": "写明化解程度和红灯变化", "brief": "只写销号和未销号"}
)
def compared(b: Brief, variant: str) -> Pieces | None:
    """What was zero before is not compared: “由0个增加到” says nothing."""
    told = b.fact("compared")
    if not told or not b.figure("before.problems"):
        return None
    parts = [change for keys in COMPARED if (change := _change(b, *keys))]
    if variant == "full":
        for key, label in (("since.degree", "化解程度有提高的问题"), ("since.red", "新逾期问题")):
            if b.figure(key):
                parts.append([label, *b.number(key)])
    if all(_unchanged(b, *keys) for keys in COMPARED) and not (b.figure("since.degree") or b.figure("since.red")):
        return None  # nothing moved: the opening says so
    return [f"与上期（截至{b.day(told['on'])}）相比，", *joined(parts, "，"), "。"]


def _unchanged(b: Brief, _label: str, before: str, now: str) -> bool:
    then, today = b.figures.figures.get(before), b.figures.figures.get(now)
    return (then.value if then else 0) == (today.value if today else 0)


def _change(b: Brief, label: str, before: str, now: str) -> Pieces:
    then, today = b.figure(before), b.figure(now)
    if not then or not today:
        return []
    if then.number == today.number:
        return [f"{label}仍为", *b.number(now)]
    rate = now.endswith("rate")
    up, down = ("提高到", "降低到") if rate else ("增加到", "减少到")
    return [f"{label}由", *b.number(before), up if today.number > then.number else down, *b.number(now)]


@sentences.add("period.meetings", "本期会议")
def meetings(b: Brief) -> Pieces | None:
    parts = []
    for kind in ("enlarged_committee_meeting", "cadre_meeting", "pre_week_meeting", "village_mobilisation"):
        if b.figure(f"meetings.{kind}"):
            name = b.enlarged if kind.startswith("enlarged") else b.figures[f"meetings.{kind}"].label
            parts.append([name, *b.number(f"meetings.{kind}")])
    if b.figure("coordination"):
        parts.append(["协调会", *b.number("coordination")])
    return [f"{b.this}召开", *joined(parts, "、"), "，研究部署和推进整治工作。"] if parts else None


@sentences.add("next.late", "逾期问题攻坚")
def late(b: Brief) -> Pieces | None:
    rows = [r for r in b.facts["problems"] if r["colour"] == "red"]
    if not rows:
        return None
    names = enumerate_some([named(r) for r in rows], 3)
    count = b.number("open.late") if len(rows) > 1 else []
    return [f"对已逾期的{names}", *count, "加紧攻坚、尽快办结。"]


@sentences.add("next.due", "下期到期问题")
def due(b: Brief) -> Pieces | None:
    rows = sorted(b.rows(b.facts["following"]["due"]), key=lambda r: (r["due_on"], r["number"]))
    if not rows:
        return None
    by_day: dict[str, list[str]] = {}
    for r in rows:
        by_day.setdefault(r["due_on"], []).append(named(r))
    many = len(rows) > 12
    days = list(by_day.items())[: 3 if many else NAMED]
    told = "，".join(f"{b.day(day)}前解决{enumerate_some(names, 2 if many else 3)}" for day, names in days)
    more = "等" if len(by_day) > len(days) and not told.endswith("等") else ""
    return [f"{b.following}有", *b.number("due.next"), f"问题到期，{told}{more}。"]


@sentences.add("next.calendar_due", "行事历下期事项")
def calendar_due(b: Brief) -> Pieces | None:
    rows = b.fact("calendar")
    if not rows:
        return None
    names = enumerate_some([f"{r['title']}（{b.day(r['on'])}前）" for r in rows], 4)
    return [f"按照行事历做好{b.following}到期的", *b.number("calendar.next"), f"工作：{names}。"]
