"""Part two: what is still open, overdue or back again; members; vacant posts."""

from __future__ import annotations

from reports.language.brief import Brief, Pieces, joined
from reports.language.matters import Row, named
from reports.language.sentence import Sentences

sentences = Sentences()
NAMED = 6
WHY = 40  # characters


@sentences.add("shortfalls.open")
def open_(b: Brief) -> Pieces | None:
    if not b.figure("open"):
        return None
    rows = [r for r in b.facts["problems"] if r["state"] != "closed"]
    rows.sort(key=_weight)
    return [f"截至{b.as_of}，仍有", *b.number("open"), "问题尚未销号", *_marked(b), "。", *_told(b, rows)]


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
    clauses = [_clause(b, r) for r in rows if _weight(r)[0] < 3][:NAMED]
    if sum(_weight(r)[0] < 3 for r in rows) > NAMED:
        clauses.append("其余逾期、反弹和初步解决的问题见附件问题清单")
    rest = [r for r in rows if _weight(r)[0] == 3]
    if rest:
        names = "、".join(named(r) for r in rest[:3]) + ("等" if len(rest) > 3 else "")
        clauses.append(f"{names}正在协调处理中")
    lasting = [r for r in rows if _weight(r)[0] == 4]
    if lasting:
        names = "、".join(named(r) for r in lasting[:2]) + ("等" if len(lasting) > 2 else "")
        clauses.append(f"{names}需长期坚持")
    return ["；".join(clauses), "。"] if clauses else []


def _clause(b: Brief, r: Row) -> str:
    name = named(r)
    if r["state"] == "relapsed":
        before = f"{b.day(r['closed_before'])}销号后" if r["closed_before"] else "销号后"
        late = f"，且已于{b.day(r['due_on'])}逾期" if r["colour"] == "red" else ""
        when = f"于{b.day(r['relapsed_on'])}" if r["relapsed_on"] else ""
        return f"{name}{before}，{when}出现反弹{late}{_why(r['relapse_reason'])}"
    if r["colour"] == "red":
        extended = f"经{r['extensions']}次延期，" if r["extensions"] else ""
        return f"{name}{extended}于{b.day(r['due_on'])}到期后仍未办结{_why(r['progress'].get('text', ''))}"
    return f"{name}初步解决，后续工作仍在推进"


def _why(text: str) -> str:
    """A short reason in brackets, as it was recorded; a long one is left to the ledger."""
    text = text.strip().rstrip("。")
    return f"（{text}）" if text and len(text) <= WHY and "\n" not in text else ""


@sentences.add("shortfalls.members", missing="各村党员年龄、外出等年度数据", entered="villages:figures_list")
def members(b: Brief) -> Pieces | None:
    rows = b.fact("members")
    if not rows or not b.figure("members.members") or not b.figure("members.members_60"):
        return None
    whose = rows[0]["village"] if len(rows) == 1 else f"{len(rows)}个村"
    out: Pieces = [
        f"{whose}共有党员",
        *b.number("members.members"),
        "，其中60岁及以上",
        *b.number("members.members_60"),
    ]
    out += ["，占", *b.number("members.ageing")]
    if len(rows) > 1:
        told = [f"{r['village']}{r['members']}名中{_sheet(r)}" for r in rows if r["members_60"] is not None][:5]
        out.append(f"：{'；'.join(told)}" + ("等。" if len(rows) > 5 else "。"))
    else:
        out.append(f"，{_sheet(rows[0], ageing=False)}。")
    if b.figure("members.applicants"):
        few = (
            "，后备力量不足"
            if b.figures["members.applicants"].number * 10 < b.figures["members.members"].number
            else ""
        )
        out += ["入党申请人和积极分子共", *b.number("members.applicants"), f"{few}。"]
    return out


def _sheet(r: dict[str, int], *, ageing: bool = True) -> str:
    parts = [f"60岁及以上{r['members_60']}名"] if ageing else []
    for name, label in (
        ("members_under_35", "35岁以下"),
        ("members_away", "外出务工"),
        ("applicants", "入党申请人和积极分子"),
    ):
        if r[name]:
            parts.append(f"{label}{r[name]}名")
    return "、".join(parts)


@sentences.add("shortfalls.vacancies")
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


@sentences.add("shortfalls.commitments")
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
