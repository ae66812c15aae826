"""Kinds most townships keep (product.md §2 point 16), ready to be switched on; afterwards they are the office's own data.

Petitions, admonition talks and reserve cadres are counted only: these kinds take no words, so that nobody's name can be written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from otherwork.models import WorkKind

P = WorkKind.Place
C = WorkKind.Counting


@dataclass(frozen=True)
class Start:
    name: str
    unit: str
    wording: str
    place: str
    counting: str = C.PERIOD
    per_village: bool = True
    takes_note: bool = True
    has_money: bool = False
    sources: list[str] = field(default_factory=list)
    hint: str = ""


MONEY = ["上级补助", "镇级补助", "村级自筹", "社会捐助"]

STARTING = (
    Start(
        "为民办实事", "件", "为群众办实事{数量}{单位}，涉及{村数}个村，投入资金{资金}万元。", P.RESULTS,
        has_money=True, sources=MONEY, hint="一件一条，写明办了什么事。",
    ),
    Start("工程项目", "个", "实施工程项目{数量}{单位}，投入资金{资金}万元，其中{来源}。", P.RESULTS, has_money=True, sources=MONEY),
    Start("群众信访受理", "件次", "受理群众信访{数量}{单位}。", P.RECTIFYING, takes_note=False, hint="只填件次，不写来信来访人和事由。"),
    Start("群众信访办结", "件次", "办结群众信访{数量}{单位}。", P.RECTIFYING, takes_note=False, hint="只填件次。"),
    Start("接待群众", "人次", "干部接待群众{数量}{单位}。", P.RECTIFYING, takes_note=False, hint="只填人次。"),
    Start("约谈提醒", "人次", "开展约谈提醒{数量}{单位}。", P.RECTIFYING, per_village=False, takes_note=False, hint="只填人次，不写姓名。"),
    Start("三会一课", "次", "{村数}个村落实“三会一课”{数量}{单位}。", P.ORGANISATION, hint="支部党员大会、支委会、党小组会、党课，每次一条。"),
    Start("民主评议党员", "名", "民主评议党员{数量}{单位}。", P.ORGANISATION, takes_note=False, hint="只填参加评议的党员数。"),
    Start("制度机制", "项", "建立健全制度机制{数量}{单位}，即{事项}。", P.ORGANISATION, hint="内容填制度名称。"),
    Start("印发文件", "份", "印发文件{数量}{单位}。", P.ORGANISATION, per_village=False, hint="内容填标题和文号。"),
    Start("村级后备干部", "名", "现有村级后备干部{数量}{单位}。", P.RESULTS, C.LATEST, takes_note=False, hint="填现有人数，不写姓名。"),
    Start("发展党员", "名", "发展党员{数量}{单位}。", P.RESULTS, takes_note=False, hint="填本次发展人数，不写姓名。"),
    Start("一事一议", "次", "开展“一事一议”{数量}{单位}，议定{事项}等。", P.RECTIFYING, hint="内容填议定事项。"),
    Start("村务公示", "次", "整改结果向村民公示{数量}{单位}。", P.RECTIFYING, takes_note=False),
    Start("带动农户", "户", "带动农户{数量}{单位}增收。", P.RESULTS, C.LATEST, takes_note=False, hint="填现有户数。"),
    Start("专项整治", "项", "开展专项整治{数量}{单位}。", P.RECTIFYING, per_village=False, hint="内容填整治事项。"),
    Start("工作提醒", "次", "发出工作提醒{数量}{单位}。", P.RECTIFYING, per_village=False, hint="内容填提醒的工作。"),
    Start("履职检查", "次", "检查驻村干部履职{数量}{单位}。", P.RECTIFYING, per_village=False, takes_note=False),
)  # fmt: skip
BY_NAME = {start.name: start for start in STARTING}
