"""Part two: what is still open, overdue or back again; members; vacant posts."""

from __future__ import annotations

from typing import Any

from reports.language.brief import Brief, Pieces, joined
from reports.language.matters import Row, named, unconfirmed
from reports.language.period import in_turn
from reports.language.sentence import Sentences

sentences = Sentences()
NAMED = 6
WHY = 40  # characters


@sentences.add("shortfalls.open", "未销号问题", variants={"each": "逐件写", "counts": "只写个数"})
def open_(b: Brief, variant: str) -> Pieces | None:
    if not b.figure("open"):
        return None
    rows = [r for r in b.facts["problems"] if r["state"] != "closed"]
    rows.sort(key=_weight)
    return [
        "仍有",
        *b.number("open"),
        "问题尚未销号",
        *_marked(b),
        "。",
        *(_told(b, rows) if variant == "each" else []),
    ]


def _marked(b: Brief) -> Pieces:
    parts = [
        [word, *b.number(key)]
        for key, word in (("open.late", "逾期"), ("open.relapsed", "反弹"), ("open.preliminary", "初步解决"))
        if b.figure(key)
    ]
    return ["，其中", *joined(parts, "、")] if parts else []


def _weight(row: Row) -> tuple[int, str, int]:
    if row["colour"] == "red":
        return (0, row["due_on"], row["number"])
    if row["state"] == "relapsed":
        return (1, row["relapsed_on"], row["number"])
    if row["degree"] == "preliminary":
        return (2, row["due_on"], row["number"])
    return (4 if row["deadline_kind"] == "continuing" else 3, row["due_on"], row["number"])


def _told(b: Brief, rows: list[Row]) -> Pieces:
    """The hard ones one by one, the others that are being worked on together."""
    hard = [r for r in rows if _weight(r)[0] < 3]
    clauses = in_turn(hard[:NAMED], lambda r, name: _clause(b, r, name))
    if len(hard) > NAMED:
        clauses.append("其余逾期、反弹和初步解决的问题见附件问题清单")
    rest = [r for r in rows if _weight(r)[0] == 3]
    if rest:
        names = "、".join(named(r) for r in rest[:3]) + ("等" if len(rest) > 3 else "")
        clauses.append(f"{names}正在协调处理中")
    lasting = [r for r in rows if _weight(r)[0] == 4]
    if lasting:
        names = "、".join(named(r) for r in lasting[:2]) + ("等" if len(lasting) > 2 else "")
        clauses.append(f"{names}属长期坚持事项，正持续推进")
    return ["；".join(clauses), "。"] if clauses else []


def _clause(b: Brief, r: Row, name: str) -> str:
    if r["state"] == "relapsed":
        before = f"{b.day(r['closed_before'])}销号后" if r["closed_before"] else "销号后"
        late = f"，且已于{b.day(r['due_on'])}逾期" if r["colour"] == "red" else ""
        when = f"于{b.day(r['relapsed_on'])}" if r["relapsed_on"] else ""
        return f"{name}{before}，{when}出现反弹{late}{_why(r['relapse_reason'])}"
    if r["colour"] == "red":
        extended = "经延期后" if r["extensions"] == 1 else "经多次延期后" if r["extensions"] else ""
        return f"{name}{extended}于{b.day(r['due_on'])}到期仍未办结{_why(r['progress'].get('text', ''))}"
    return f"{name}已初步解决，后续工作仍在推进"


def _why(text: str) -> str:
    """A short reason in brackets, as it was recorded; a long one is left to the ledger."""
    text = text.strip().rstrip("。")
    return f"（{text}）" if text and len(text) <= WHY and "\n" not in text else ""


@sentences.add(
    "shortfalls.members", "党员年龄结构", missing="各村党员年龄、外出等年度数据", entered="villages:figures_list",
    idle=unconfirmed,
    variants={"each": "逐村写", "total": "只写合计"},
)  # fmt: skip
def members(b: Brief, variant: str) -> Pieces | None:
    rows = b.fact("members")
    if not rows or not b.figure("members.members") or not b.figure("members.members_60"):
        return None
    whose: Pieces = [rows[0]["village"]] if len(rows) == 1 else [*b.number("members.sheets"), b.village_word]
    out: Pieces = [
        *whose,
        "共有党员",
        *b.number("members.members"),
        "，其中60岁及以上",
        *b.number("members.members_60"),
    ]
    out += ["，占", *b.number("members.ageing")]
    if len(rows) > 1 and variant == "each":
        known = [r for r in rows if b.figure(f"members.members.{r['village_id']}")]
        told = [_sheet(b, r) for r in known[:5]]
        out += ["：", *joined(told, "；"), "等。" if len(known) > 5 else "。"]
    else:
        rest = _ages(b, "" if len(rows) > 1 else f".{rows[0]['village_id']}", ("members_under_35", "members_away"))
        out += ["，", *rest, "。"] if rest else ["。"]
    if b.figure("members.applicants"):
        few = b.figures["members.applicants"].number * 10 < b.figures["members.members"].number
        count = b.number("members.applicants")
        out += ["入党申请人和积极分子", "共" if len(rows) > 1 else "", *count, "，后备力量不足。" if few else "。"]
    return out


def _sheet(b: Brief, r: dict[str, Any]) -> Pieces:
    """石桥村46名中60岁及以上24名、35岁以下4名…"""
    parts = _ages(b, f".{r['village_id']}", ("members_60", "members_under_35", "members_away", "applicants"))
    return [r["village"], *b.number(f"members.members.{r['village_id']}"), *(["中", *parts] if parts else [])]


AGES = {
    "members_60": "60岁及以上",
    "members_under_35": "35岁以下",
    "members_away": "外出务工",
    "applicants": "入党申请人和积极分子",
}


def _ages(b: Brief, of: str, names: tuple[str, ...]) -> Pieces:
    shown = [[AGES[name], *b.number(f"members.{name}{of}")] for name in names if b.figure(f"members.{name}{of}")]
    return joined(shown, "、")


@sentences.add("shortfalls.vacancies", "空缺岗位")
def vacancies(b: Brief) -> Pieces | None:
    rows = b.fact("vacancies")
    if not rows:
        return None
    clauses = []
    for r in rows[:5]:
        why = f"因原任{r['reason']}，" if r["reason"] else ""
        since = f"自{b.day(r['since'])}起空缺至今" if r["since"] else "尚未配备"
        clauses.append(f"{r['village']}{r['title']}一职{why}{since}")
    tail = "等" if len(rows) > 5 else ""
    several: Pieces = ["，共有空缺岗位", *b.number("posts.vacant")] if len(rows) > 1 else []
    return [f"{'，'.join(clauses)}{tail}", *several, "，影响班子分工和日常工作。"]


@sentences.add("shortfalls.commitments", "逾期的议定事项")
def commitments(b: Brief) -> Pieces | None:
    if not b.figure("commitments.late"):
        return None
    late = [c for c in b.facts["commitments"] if c["late"]]
    told = "、".join(f"{c['unit']}承担的“{c['text']}”" if c["unit"] else f"“{c['text']}”" for c in late[:3])
    more = "等" if len(late) > 3 else ""
    return [
        "协调会议定事项尚有",
        *b.number("commitments.late"),
        f"逾期未落实，即{told}{more}。" if not more else f"逾期未落实，如{told}{more}。",
    ]
