"""The acceptance report (验收报告): who was listed and why, what was settled, what people say, before and after, and the verdict recorded."""

from __future__ import annotations

from reports.language.brief import Brief, Pieces, enumerate_some, joined, quoted
from reports.language.sentence import Sentences

sentences = Sentences()
VILLAGES = 8
VERDICTS = (("pass", "合格"), ("conditional", "基本合格"), ("fail", "不合格"))
BALLOTS = (
    ("satisfied", "满意"),
    ("mostly", "基本满意"),
    ("dissatisfied", "不满意"),
    ("unknown", "不了解"),
)


@sentences.add("acceptance.opening", "验收对象", missing="本轮审定的整顿对象", entered="rounds:designation_list")
def opening(b: Brief) -> Pieces | None:
    if not b.figure("listed"):
        return None
    by = f"按照{b.scope['deployed_by']}部署，" if b.scope["deployed_by"] else ""
    return [f"{by}{b.scope['year']}年{b.round}{b.label}{b.work}以", *b.listed, "为整顿对象。"]


@sentences.add("acceptance.criteria", "认定情形", missing="整顿对象的认定情形", entered="rounds:designation_list")
def criteria(b: Brief) -> Pieces | None:
    rows = [d for d in b.facts["designations"] if d["criteria"]]
    if not rows:
        return None
    told = "；".join(f"{d['village']}为{quoted([c.rstrip('。') for c in d['criteria']], 3)}" for d in rows[:VILLAGES])
    return [f"从认定情形看，{told}{'等' if len(rows) > VILLAGES else ''}。"]


@sentences.add("acceptance.villages", "各村问题化解", missing="问题台账", entered="problems:problem_list")
def villages(b: Brief) -> Pieces | None:
    parts: list[Pieces] = []
    rows = [d for d in b.facts["designations"] if b.figure(f"village.{d['village_id']}.problems")]
    for d in rows[:VILLAGES]:
        key = f"village.{d['village_id']}"
        if not b.figure(f"{key}.open"):
            parts.append([d["village"], *b.number(f"{key}.problems"), "问题全部销号"])
            continue
        part: Pieces = [d["village"], *b.number(f"{key}.problems"), "问题"]
        if b.figure(f"{key}.closed"):
            part += ["销号", *b.number(f"{key}.closed"), "，"]
        parts.append([*part, "未销号", *b.number(f"{key}.open")])
    return [*joined(parts, "；"), "等。" if len(rows) > VILLAGES else "。"] if parts else None


@sentences.add("acceptance.surveys", "验收测评", missing="验收测评", entered="inspections:survey_list")
def surveys(b: Brief) -> Pieces | None:
    return _surveys(b, "acceptance", "开展验收测评")


@sentences.add("acceptance.midterm", "中期测评")
def midterm(b: Brief) -> Pieces | None:
    return _surveys(b, "midterm", "开展中期测评")


def _surveys(b: Brief, kind: str, head: str) -> Pieces | None:
    parts: list[Pieces] = []
    rows = [s for s in b.facts["surveys"] if s["kind"] == kind]
    days = {s["on"] for s in rows}
    for s in rows[:VILLAGES]:
        key = s["key"]
        when = "" if len(days) == 1 else f"（{b.day(s['on'])}）"
        part: Pieces = [f"{s['village']}{when}发出票", *b.number(f"{key}.issued")]
        part += ["、收回", *b.number(f"{key}.returned"), "、有效", *b.number(f"{key}.valid"), "，其中"]
        part += joined(
            [[word, *b.number(f"{key}.{name}")] for name, word in BALLOTS if b.figure(f"{key}.{name}")], "、"
        )
        if b.figure(f"{key}.rate"):
            part += [f"，{s.get('content', '满意和基本满意')}占", *b.number(f"{key}.rate")]
        if s.get("weakest"):
            part += [f"，各题中“{s['weakest']}”满意率最低，为", *b.number(f"{key}.weakest.rate")]
        parts.append(part)
    when = f"{b.day(days.pop())}" if len(days) == 1 else ""
    return [f"{when}{head}，", *joined(parts, "；"), "等。" if len(rows) > VILLAGES else "。"] if parts else None


@sentences.add("acceptance.posts", "补齐的岗位")
def posts(b: Brief) -> Pieces | None:
    if not b.figure("posts.filled"):
        return None
    names = enumerate_some([f"{p['village']}{p['title']}" for p in b.facts["filled"]], 5)
    return ["整顿期间补齐空缺岗位", *b.number("posts.filled"), f"，即{names}。"]


@sentences.add("acceptance.scores", "验收得分和评定")
def scores(b: Brief) -> Pieces | None:
    """By verdict: who got how many points of the county, after the township's check."""
    rows = b.facts.get("accepted") or []
    parts: list[Pieces] = []
    for verdict, word in VERDICTS:
        of_verdict = [r for r in rows if r["verdict"] == verdict]
        if not of_verdict:
            continue
        told = [
            [r["village"], *b.number(key)] if b.figure(key := f"accepted.{r['village_id']}.score") else [r["village"]]
            for r in of_verdict[:VILLAGES]
        ]
        rest = "等" if len(of_verdict) > VILLAGES else ""
        parts.append([*joined(told, "、"), f"{rest}，评定为{word}"])
    if not parts:
        return None
    bodies = list(dict.fromkeys(r["body"] for r in rows if r["body"]))
    return [f"经{b.level}级初验和{enumerate_some(bodies, 2)}验收，", *joined(parts, "；"), "。"]


@sentences.add("acceptance.remaining", "基本合格的遗留事项")
def remaining(b: Brief) -> Pieces | None:
    rows = [r for r in b.facts.get("accepted") or [] if r["remaining"]]
    if not rows:
        return None
    told = "；".join(f"{r['village']}{r['remaining'].rstrip('。')}" for r in rows[:VILLAGES])
    return [f"遗留事项继续整改：{told}。"]


@sentences.add("acceptance.running", "正在办理的验收")
def running(b: Brief) -> Pieces | None:
    rows = b.facts.get("accepting") or []
    checked = [r["village"] for r in rows if r["checked"]]
    asked = [r["village"] for r in rows if not r["checked"]]
    told = [f"{enumerate_some(checked, 6)}已通过{b.level}级初验，等待县级验收结论"] if checked else []
    told += [f"{enumerate_some(asked, 6)}已申请验收，等待{b.level}级初验"] if asked else []
    return ["；".join(told) + "。"] if told else None


@sentences.add(
    "acceptance.verdict",
    "转化（摘帽）审定",
    missing="验收结论和转化（摘帽）审定",
    entered="acceptances:acceptance_list",
)
def verdict(b: Brief) -> Pieces | None:
    """Only what a record bears: the day a village was declared turned round."""
    turned = [d for d in b.facts["designations"] if d["turned_round_on"]]
    if not turned:
        return None
    still = [d["village"] for d in b.facts["designations"] if not d["turned_round_on"]]
    by_day: dict[str, list[str]] = {}
    for d in turned:
        by_day.setdefault(d["turned_round_on"], []).append(d["village"])
    told = "，".join(f"{enumerate_some(names, 6)}于{b.day(day)}审定转化" for day, names in sorted(by_day.items()))
    count: Pieces = ["，共", *b.number("turned_round"), b.village_word] if len(turned) > 1 else []
    rest: Pieces = [f"；{enumerate_some(still, 6)}继续整顿"] if still else []
    return [told, *count, *rest, "。"]
