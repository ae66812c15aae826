"""How a problem is named and how its course is told: from its title, its milestones, its degree as recorded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from reports.language.brief import Brief

Row = dict[str, Any]
DEGREES = {"full": "妥善解决", "basic": "基本化解", "preliminary": "初步解决", "unresolved": "正在协调处理中"}


def matter(title: str, project: str = "") -> str:
    """The matter as a noun: “村办公楼建设问题”, with the key project before it when the title does not name it."""
    name = title.removesuffix("。").removesuffix("问题")
    if project and project not in name:
        name = project + name
    return name if name.endswith(("纠纷", "矛盾")) else f"{name}问题"


# Words that name what belongs to the village: after its name the 村 is not said twice. 村民, 村务, 村内 … stay whole.
OF_THE_VILLAGE = ("村办公", "村两委", "村“两委”", "村党", "村委会", "村集体", "村监委", "村文化", "村卫生", "村便民")


def of_village(village: str, name: str) -> str:
    """石桥村 + 村办公楼建设问题 → 石桥村办公楼建设问题; a name that begins with the village is left alone."""
    if name.startswith(village):
        return name
    return village + (name[1:] if village.endswith("村") and name.startswith(OF_THE_VILLAGE) else name)


def named(row: Row) -> str:
    """The matter with its village."""
    return of_village(row["village"], matter(row["title"], row["project"]))


def groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows in order, those of one key project and one matter brought together."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = (row["project_id"], matter(row["title"], row["project"])) if row["project_id"] else row["id"]
        found.setdefault(key, []).append(row)
    return list(found.values())


def group_named(rows: Sequence[Row]) -> str:
    """石桥村、下塘村滨江大道征地政策处理问题, or the one matter with its village."""
    places = list(dict.fromkeys(row["village"] for row in rows))
    if len(places) == 1:
        return named(rows[0])
    return "、".join(places) + matter(rows[0]["title"], rows[0]["project"])


def happened(brief: Brief, milestone: dict[str, str]) -> str:
    """征地协议已签订 on 28 August → 征地协议已于8月28日签订."""
    day, fact = brief.day(milestone["on"]), milestone["fact"].rstrip("。；，")
    before, mark, after = fact.partition("已")
    if mark and not after.startswith("经"):
        return f"{before}已于{day}{after}"
    if mark:
        return f"{before}已于{day}{after.removeprefix('经')}"
    subject, place, rest = fact.partition("在")  # 用地指标在协调会上议定解决: the day stands before the place
    if place and 2 <= len(subject) <= 8 and "，" not in subject:
        return f"{subject}于{day}在{rest}"
    return f"{day}{fact}"


def facts(brief: Brief, row: Row, limit: int = 2) -> list[str]:
    """The last milestones in words. One that a later one repeats (竣工 / 竣工并投入使用) is not told twice."""
    told: list[dict[str, str]] = []
    for m in row["milestones"]:
        told = [earlier for earlier in told if not m["fact"].startswith(earlier["fact"].rstrip("。"))]
        told.append(m)
    return _subject_once([happened(brief, m) for m in told[-limit:]])


def _subject_once(clauses: list[str]) -> list[str]:
    """用地指标于5月18日…，用地指标已于6月26日下达: the second clause does not name its subject again."""
    out = clauses[:1]
    for before, clause in pairwise(clauses):
        subject, mark, _ = clause.partition("已于")
        same = mark and len(subject) > 1 and before.startswith((f"{subject}于", f"{subject}已于"))
        out.append(clause.removeprefix(subject) if same else clause)
    return out


def support(row: Row) -> str:
    """The clause of the outcome that names who helped: 在市移民办大力支持下."""
    head, comma, _ = row["outcome"].partition("，")
    return head if comma and head.startswith("在") and head.endswith("下") else ""


def told_of(brief: Brief, row: Row) -> str:
    """One matter with its facts, without its degree: 老人公寓已于10月12日完工; 变电站青苗补偿问题，青苗补偿款已于7月6日兑付到户.

    The matter is not said when the fact says it: their first words agree.
    """
    name = matter(row["title"], row["project"])
    told = facts(brief, row)
    if told:
        helped = support(row)
        if not helped and len(told) == 1 and name[:3] == told[0][:3]:
            return told[0]
        return "，".join([name, *([helped] if helped else []), *told])
    outcome = row["outcome"].rstrip("。")
    if outcome:
        return f"{name}，{outcome}"
    return f"{name}，{brief.day(row['closed_on'])}销号" if row["closed_on"] else name


def ended(row: Row) -> str:
    """The degree as recorded, as the end of a clause."""
    return "得到妥善解决" if row["degree"] == "full" else DEGREES[row["degree"]]


def course(brief: Brief, row: Row) -> str:
    """One matter from its village to its degree: 下塘村老人公寓已于10月12日完工，得到妥善解决."""
    return f"{of_village(row['village'], told_of(brief, row))}，{ended(row)}"


def unconfirmed(b: Brief) -> list[tuple[str, str]]:
    """Sheets that are counted as the villages reported them, and that the office has not confirmed."""
    return [
        (f"{sheet['village']}{sheet['year']}年度数据尚未确认", "villages:figures_list?state=reported")
        for sheet in b.fact("sheets") or ()
        if sheet.get("unconfirmed")
    ]
