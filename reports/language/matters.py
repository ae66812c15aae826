"""How a problem is named and how its course is told: from its title, its milestones, its degree as recorded."""

from __future__ import annotations

from collections.abc import Sequence
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


def of_village(village: str, name: str) -> str:
    """石桥村 + 村办公楼建设问题 → 石桥村办公楼建设问题; a name that begins with the village is left alone."""
    if name.startswith(village):
        return name
    doubled = village.endswith("村") and name.startswith("村") and not name.startswith(("村民", "村级", "村庄"))
    return village + (name[1:] if doubled else name)


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
    return f"{day}{fact}"


def facts(brief: Brief, row: Row, limit: int = 2) -> list[str]:
    """The last milestones in words. One that a later one repeats (竣工 / 竣工并投入使用) is not told twice."""
    told: list[dict[str, str]] = []
    for m in row["milestones"]:
        told = [earlier for earlier in told if not m["fact"].startswith(earlier["fact"].rstrip("。"))]
        told.append(m)
    return [happened(brief, m) for m in told[-limit:]]


def support(row: Row) -> str:
    """The clause of the outcome that names who helped: 在市移民办大力支持下."""
    head, comma, _ = row["outcome"].partition("，")
    return head if comma and head.startswith("在") and head.endswith("下") else ""


def ending(row: Row) -> str:
    """The degree as recorded, as the end of a clause."""
    if row["state"] == "closed":
        return "得到妥善解决" if row["degree"] == "full" else "基本化解"
    return DEGREES[row["degree"]]


def course(brief: Brief, row: Row) -> str:
    """What became of one matter: facts with their days, then the degree."""
    told = facts(brief, row)
    help_ = support(row)
    if told:
        return "，".join([*([help_] if help_ else []), *told, ending(row)])
    outcome = row["outcome"].rstrip("。")
    if outcome:
        return f"{outcome}，{ending(row)}"
    if row["state"] == "closed":
        return f"已于{brief.day(row['closed_on'])}{DEGREES[row['degree']]}"
    return f"已{DEGREES[row['degree']]}" if row["degree"] != "unresolved" else DEGREES["unresolved"]
