"""J 验收评分表: a blank form for each listed village.

The portal keeps no acceptance scores yet, so only what it knows is filled in: village, criteria, problems, the newest satisfaction rate.
"""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission
from common import chinese
from inspections.models import Survey
from inspections.satisfaction import satisfaction_rate
from ledgers import words
from ledgers.definitions import villages as ledger_a
from ledgers.form import Ask, Ledger
from ledgers.producing import Progress, row_height, title_of
from ledgers.writing import FONT_HEAD, LINE, Book
from rounds.models import Designation

WIDTHS = (6.0, 26.0, 36.0, 9.0, 9.0, 30.0, 9.0, 14.0)
HEADS = ("序号", "验收项目", "评分标准", "分值", "扣分", "扣分原因", "得分", "备注")
BLANK_ROWS = 10
NOTE = "注：系统暂未记录验收评分，本表为空白表，由验收组现场填写；村名、认定情形、问题销号和满意率取自系统。"


def write(book: Book, ledger: Ledger, ask: Ask, progress: Progress) -> int:
    keys = ledger_a.keys(ask)
    if not keys:
        sheet = book.sheet(ledger.name, WIDTHS)
        sheet.title(title_of(ledger.name, ask))
        sheet.spread([("还没有审定的整顿对象。", sheet.visible, sheet.look(align="center"))], 24)
        return 0
    listed = Designation.objects.select_related("village", "round__township").prefetch_related("criteria").in_bulk(keys)
    lines = {line.pk: dict(zip((c.key for c in ledger_a.COLUMNS), line.values, strict=True))
             for line in ledger_a.lines(keys, ask)}  # fmt: skip
    newest = {
        (s.round_id, s.village_id): s
        for s in Survey.objects.filter(round__in=ask.round_ids, held_on__lte=ask.as_of).order_by("held_on", "pk")
    }
    for number, pk in enumerate(keys):
        progress(5 + 85 * number // len(keys), f"写入{listed[pk].village}")
        d = listed[pk]
        _sheet(book, d, lines[pk], newest.get((d.round_id, d.village_id)), ask)
    return len(keys)


def _sheet(book: Book, d: Designation, row: dict[str, Any], survey: Survey | None, ask: Ask) -> None:
    sheet = book.sheet(d.village.name, WIDTHS)
    label, text, middle = sheet.look(font=FONT_HEAD, align="center"), sheet.look(), sheet.look(align="center")
    sheet.title(f"{d.round.township.name}{d.village.party_org}整顿验收评分表（{d.round}）")
    sheet.parted((f"填报单位：{d.round.township.name}", f"填报日期：{chinese.full_date(ask.as_of)}", "单位：分"), 24)
    criteria = words.numbered([c.text for c in d.criteria.all()])
    sheet.spread([("认定情形", 2, label), (criteria, 6, text)], row_height(sheet.lines_in(criteria, 3, 6), 28))
    rate = satisfaction_rate(survey) if survey else None
    said = (
        f"{rate}%（{survey.get_kind_display()}，{chinese.full_date(survey.held_on)}）"
        if survey and rate is not None
        else ""
    )
    sheet.spread(
        [
            ("问题整改", 2, label), (f"共{row['problems']}个，已销号{row['closed']}个", 1, text),
            ("群众满意率", 2, label), (said, 3, text),
        ],
        28,
    )  # fmt: skip
    sheet.spread([(head, 1, label) for head in HEADS], 28)
    for n in range(1, BLANK_ROWS + 1):
        sheet.spread([(n, 1, middle), *((None, 1, text) for _ in HEADS[1:])], 26)
    sheet.spread([("合计", 3, label), *((None, 1, text) for _ in HEADS[3:])], 26)
    sheet.spread([("验收结论", 2, label), ("□ 合格　　　　□ 基本合格　　　　□ 不合格", 6, middle)], 30)
    sheet.spread([("验收组意见", 2, label), ("\n\n\n验收组成员签字：　　　　　　　　　　\n　　年　　月　　日　　", 6, sheet.look(align="right"))],
                 LINE * 6)  # fmt: skip
    sheet.spread([(NOTE, sheet.visible, sheet.look(size=9, frame=False))], 20)
    sheet.foot()


LEDGER = Ledger(
    code="J",
    name="验收评分表",
    noun="个村",
    permission=Permission.INSPECTION_VIEW,
    columns=(),
    keys=lambda ask: [],
    lines=lambda keys, ask, first: iter(()),
    write=write,
    about="每村一张空白评分表，由验收组现场填写（系统暂未记录验收评分）",
)
