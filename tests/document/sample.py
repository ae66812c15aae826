"""Invented content for the page tests: about a village road programme, long enough to meet every rule of the page."""

from __future__ import annotations

import datetime
import random

from reports.document.blocks import (
    Annex,
    AttachmentNote,
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    Paragraph,
    Run,
    Series,
    Signature,
    SmallPrint,
    Table,
)

DAY = datetime.date(2026, 10, 31)
NOON = datetime.datetime(2026, 10, 31, 12, tzinfo=datetime.UTC)
PLACES = ("青溪", "柳河", "石桥", "枫树坪", "大塘", "白鹭湾", "长岭", "双井", "云台", "金鸡岭", "凉水井", "罗家沟")
SENTENCES = (
    "全年新建通村公路{a}公里、拓宽改造{b}公里，完成投资{c}亿元，占年度计划的{p}%；其中{x}、{y}等{k}个村实现双车道通达。",
    "坚持“建、管、养、运”一体推进，落实县、乡、村三级路长{n}名，巡查里程累计{m}公里。",
    "在{x}村召开现场会，邀请群众代表、施工单位和监理单位面对面座谈，收集意见{k}条，已办结{j}条，办结率{p}%。",
    "针对{x}至{y}段路基沉陷、边坡垮塌等隐患，采取换填碎石、增设挡墙、疏通边沟等措施，于2026年{r}月{k}日前全部处置完毕。",
    "严格执行《农村公路建设质量管理办法》，推行“七公开”制度（含资金、质量、进度等），接受社会监督。",
    "引导村民理事会参与协调，{x}村仅用{k}天完成{j}亩土地流转，未发生一起纠纷；“以路兴村”渐成共识。",
    "推动“公路＋产业”融合，沿线新增种植基地{j}个，带动就业{m}人次，户均增收{n}元。",
    "对照年初目标看，仍有{k}个自然村未通硬化路，主要受地质条件复杂、配套资金到位较慢等因素影响。",
    "统筹资金{c}亿元，争取上级补助{b}万元，资金拨付率由{q}%提高到{p}%。",
    "受{r}月份连续强降雨影响，{x}等{k}处路段一度中断通行；有关部门启动三级响应，{j}小时内恢复单向通行。",
)
TOPICS = ("规划引领和项目储备", "建设进度和投资完成", "质量监管与安全防护", "养护体制与资金保障", "群众参与和监督评价")
PARTS = ("总体情况", "主要做法和成效", "存在的问题", "原因分析", "下一步打算", "保障措施", "典型案例", "意见建议")
NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """1-99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    unit = NUMERALS[ones - 1] if ones else ""
    return unit if not tens else ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + unit


class Writer:
    """Makes sentences; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def sentence(self, pattern: str) -> str:
        draw = self.random
        x, y = draw.sample(PLACES, 2)
        decimals = {name: f"{draw.uniform(*limits):.1f}" for name, limits in DECIMALS.items()}
        numbers = {name: draw.randint(*limits) for name, limits in NUMBERS.items()}
        return pattern.format(x=x, y=y, c=f"{draw.uniform(0.4, 9):.2f}", **decimals, **numbers)

    def paragraph(self, count: int = 3) -> Paragraph:
        """A paragraph; its first number is a figure with a key."""
        text = "".join(self.sentence(pattern) for pattern in self.random.sample(SENTENCES, count))
        head, _, tail = text.partition("，")
        return Paragraph((Run(head + "，", figure="roads"), Run(tail)))


DECIMALS = {"a": (20, 300), "b": (5, 90), "p": (90, 99.9), "q": (40, 80)}
NUMBERS = {"k": (3, 28), "j": (2, 66), "m": (300, 9800), "n": (80, 2400), "r": (5, 9)}


def table(rows: int = 14) -> Table:
    """A table of the text: a head of two rows with spans, a total, signers."""
    body = tuple(
        (
            str(n),
            f"{PLACES[n % 12]}村",
            f"{n * 1.5:.1f}",
            f"{n * 12.5:.1f}",
            "正在办理竣工验收手续" if n % 5 == 0 else "已通车",
        )
        for n in range(1, rows + 1)
    )
    head: tuple[tuple[str | Cell, ...], ...] = (
        (
            Cell.of("序号", rowspan=2),
            Cell.of("行政村", rowspan=2),
            Cell.of("完成情况", colspan=2),
            Cell.of("状态", rowspan=2),
        ),
        ("里程", "投资"),
    )
    return Table(
        caption="表1　村级道路项目进度表",
        unit_left="填报单位：示例镇",
        unit_right="单位：公里、万元",
        columns=(Column(1, "center"), Column(2), Column(2, "right"), Column(2, "right"), Column(4)),
        head=head,
        rows=body,
        total=(Cell.of("合计", colspan=2), "157.5", "1312.5", "—"),
        foot=("单位负责人：", "填表人：", "联系电话："),
    )


def ledger(rows: int = 18) -> Table:
    """A landscape ledger of 12 columns."""
    names = (
        "序号",
        "村",
        "问题类别",
        "问题描述",
        "来源",
        "发现时间",
        "整改措施",
        "责任人",
        "整改时限",
        "进展情况",
        "化解程度",
        "备注",
    )
    body = tuple(
        (
            *(
                str(n),
                f"{PLACES[n % 12]}村",
                "基础设施",
                "机耕路水泥路面资金缺口32万元，雨季通行困难",
                "走访",
                "2026年3月9日",
            ),
            *("1.争取补助；2.多方筹集", "陈志远（党委书记）", "2026年11月30日", "路面已浇筑完成", "基本化解", ""),
        )
        for n in range(1, rows + 1)
    )
    columns = tuple(Column(width) for width in (1, 2, 2, 4, 1.5, 2.5, 3, 2.5, 2.5, 3, 2, 1))
    return Table(
        columns=columns, head=(names,), rows=body, unit_left="填报单位：示例镇", unit_right="填报日期：2026年10月31日"
    )


def document(paragraphs: int = 24, *, seed: int = 7, extras: bool = True) -> Document:
    """A document of about ``paragraphs`` / 3 pages, with ``extras`` a table, a chart, signature and a landscape annex."""
    writer = Writer(seed)
    blocks: list[Block] = [writer.paragraph(2)]
    part = topic = 0
    for number in range(paragraphs):
        if number % 6 == 0:
            part += 1
            topic = 0
            blocks.append(Heading(1, f"{numeral(part)}、{PARTS[(part - 1) % len(PARTS)]}"))
        if number % 2 == 0:
            topic += 1
            blocks.append(Heading(2, f"（{numeral(topic)}）{TOPICS[number // 2 % len(TOPICS)]}"))
        if number % 6 == 3:
            blocks.append(Heading(3, f"1.{TOPICS[number % len(TOPICS)]}"))
            blocks.append(Heading(4, "（1）具体做法"))
        blocks.append(writer.paragraph())
        if extras and number == 4:
            blocks.append(table())
        if extras and number == 10:
            values = (Series("已完成", (6, 9, 13, 7)), Series("在建", (5, 4, 2, 1)))
            blocks.append(
                Chart("图1　各季度项目数", ("一季度", "二季度", "三季度", "四季度"), values, unit="个", kind="stacked")
            )
    if extras:
        blocks += [
            AttachmentNote(("示例镇村级道路问题清单",)),
            Signature("示例县交通运输局", DAY),
            SmallPrint(("本文件由系统生成，校验码：7K3F-9Q2M。",)),
            Annex(1, "示例镇村级道路问题清单", landscape=True),
            ledger(),
        ]
    return Document(
        title=("关于2026年度全县村级道路建设与", "管理养护情况的工作总结"),
        author="示例县交通运输局",
        created_on=DAY,
        blocks=tuple(blocks),
        metadata={"subject": "村级道路年度工作总结", "keywords": "公文、工作总结"},
    )
