"""J 验收评分表: a sheet for each listed village with the items of its round's score sheet.

What was scored by the as-of day is filled in, the county's points where it has judged, else the township's; nobody has scored: a form to be
filled by hand. A round without a score sheet gets empty lines.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from acceptances.models import Acceptance, Score, ScoreItem
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

WIDTHS = (6.0, 22.0, 44.0, 8.0, 8.0, 30.0, 8.0, 14.0)
HEADS = ("序号", "验收项目", "评分标准", "分值", "扣分", "扣分原因", "得分", "备注")
BLANK_ROWS = 10
BLANK = "注：还没有评分，由验收组现场填写；村名、认定情形、问题销号和满意率取自系统。"
FILLED = "注：扣分和原因取自系统登记的{level}。"
VERDICTS = Acceptance.Verdict


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
    items: dict[int, list[ScoreItem]] = {}
    for item in ScoreItem.objects.filter(sheet__round__in=ask.round_ids).select_related("sheet"):
        items.setdefault(item.sheet.round_id, []).append(item)
    found = _newest(keys, ask)
    for number, pk in enumerate(keys):
        progress(5 + 85 * number // len(keys), f"写入{listed[pk].village}")
        d = listed[pk]
        _sheet(book, d, lines[pk], newest.get((d.round_id, d.village_id)), ask,
               items.get(d.round_id, []), found.get(pk))  # fmt: skip
    return len(keys)


def _newest(keys: list[int], ask: Ask) -> dict[int, Acceptance]:
    """The newest acceptance of each listing that was scored by the as-of day, with its scores."""
    rows = Acceptance.objects.filter(designation__in=keys, checked_on__lte=ask.as_of).prefetch_related("scores")
    return {a.designation_id: a for a in rows.order_by("attempt") if a.scores.all()}


def _scores(acceptance: Acceptance | None, ask: Ask) -> tuple[str, dict[int, Score]]:
    """The level that counts on the day, in words, and its scores by item."""
    if acceptance is None:
        return "", {}
    judged = acceptance.judged_on and acceptance.judged_on <= ask.as_of
    level = Score.Level.COUNTY if judged else Score.Level.TOWNSHIP
    return str(level.label), {s.item_id: s for s in acceptance.scores.all() if s.level == level}


def _sheet(
    book: Book, d: Designation, row: dict[str, Any], survey: Survey | None, ask: Ask, items: list[ScoreItem],
    acceptance: Acceptance | None,
) -> None:  # fmt: skip
    sheet = book.sheet(d.village.name, WIDTHS, one_page=True)
    label, text, middle = sheet.look(font=FONT_HEAD, align="center"), sheet.look(), sheet.look(align="center")
    sheet.title(f"{d.round.township.name}{d.village.party_org}整顿验收评分表（{d.round}）")
    sheet.parted((f"填报单位：{d.round.township.name}", f"填报日期：{chinese.full_date(ask.as_of)}", "单位：分"), 24)
    criteria = words.numbered([c.text for c in d.criteria.all()])
    sheet.spread([("认定情形", 2, label), (criteria, 6, text)], row_height(sheet.lines_in(criteria, 3, 6), 28))
    rate = satisfaction_rate(survey, d.round.satisfaction_formula) if survey else None
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
    level, scores = _scores(acceptance, ask)
    for item in items:
        score = scores.get(item.pk)
        lost: list[Any] = [None, None, None] if score is None else [score.lost, score.reason, score.left]
        cells: list[Any] = [
            (item.number, 1, middle),
            (item.name, 1, text),
            (item.standard, 1, text),
            (item.weight, 1, middle),
        ]
        cells += [(lost[0], 1, middle), (lost[1], 1, text), (lost[2], 1, middle), (None, 1, text)]
        sheet.spread(
            cells, row_height(max(sheet.lines_in(item.standard, 3, 1), sheet.lines_in(lost[1] or "", 6, 1)), 26)
        )
    for n in () if items else range(1, BLANK_ROWS + 1):
        sheet.spread([(n, 1, middle), *((None, 1, text) for _ in HEADS[1:])], 26)
    weights = sum(item.weight for item in items) or None
    taken = sum((s.lost for s in scores.values()), Decimal(0)) if scores else None
    left = sum((s.left for s in scores.values()), Decimal(0)) if scores else None
    sheet.spread(
        [("合计", 3, label), (weights, 1, middle), (taken, 1, middle), (None, 1, text), (left, 1, middle), (None, 1, text)],
        26,
    )  # fmt: skip
    settled = acceptance is not None and acceptance.confirmed_on is not None and acceptance.confirmed_on <= ask.as_of
    chosen = acceptance.verdict if acceptance and settled else ""
    boxes = "　　　　".join(f"{'■' if chosen == v else '□'} {v.label}" for v in VERDICTS)
    sheet.spread([("验收结论", 2, label), (boxes, 6, middle)], 30)
    sheet.spread([("验收组意见", 2, label), ("\n\n\n验收组成员签字：　　　　　　　　　　\n　　年　　月　　日　　", 6, sheet.look(align="right"))],
                 LINE * 6)  # fmt: skip
    sheet.spread(
        [(FILLED.format(level=level) if scores else BLANK, sheet.visible, sheet.look(size=9, frame=False))], 20
    )
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
    about="每村一张评分表，已评分的填入扣分和原因，没有评分的由验收组现场填写",
)
