"""K 民主测评统计表: one row for each survey; under the table one for each question of those that asked some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from accounts.permissions import Permission
from inspections.models import Survey, SurveyQuestion
from inspections.satisfaction import content_of, satisfaction_rate, voters_of
from ledgers import statistics
from ledgers.definitions.rounds import DIFFERENT, MEASURED
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column
from ledgers.producing import chunks, row_height
from ledgers.writing import FONT_HEAD, FORMATS, Sheet

_BALLOTS, _RESULT = "测评票（张）", "测评结果（票）"
WHOLE: dict[str, Any] = {"kind": Kind.WHOLE, "total": True, "width": 9}
COUNTS = ("issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown")
COLUMNS = (
    column("village", "村", width=12),
    column("kind", "测评类别", width=12, align="center"),
    column("held_on", "测评日期", width=14, kind=Kind.DAY),
    column("issued", _BALLOTS, "发出票", **WHOLE),
    column("returned", _BALLOTS, "收回票", **WHOLE),
    column("valid", _BALLOTS, "有效票", **WHOLE),
    column("satisfied", _RESULT, "满意", **WHOLE),
    column("mostly", _RESULT, "基本满意", **WHOLE),
    column("dissatisfied", _RESULT, "不满意", **WHOLE),
    column("unknown", _RESULT, "不了解", **WHOLE),
    column("rate", "满意率（%）", kind=Kind.RATE, width=10),
    column("remark", "备注", width=16),
)
HELD_ANEW = "已重新测评，不计入合计"

# of the second table: words, how many columns of the first they stand under
QUESTION_HEADS = (
    ("序号", 1), ("村", 1), ("测评类别", 1), ("测评日期", 1), ("测评题目", 2), ("有效票", 1), ("满意", 1), ("基本满意", 1),
    ("不满意", 1), ("不了解", 1), ("满意率（%）", 1), ("未填", 1),
)  # fmt: skip


def keys(ask: Ask) -> list[int]:
    rows = ask.seen(Survey.objects.filter(round__in=ask.round_ids, held_on__lte=ask.as_of))
    order = ("village__township_id", "held_on", "village__sort", "village_id")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = Survey.objects.select_related("village", "round").in_bulk(keys)
    counting = _counting(found.values(), ask)
    for pk in keys:
        if s := found.get(pk):
            formula = s.round.satisfaction_formula
            counts = (getattr(s, name) for name in COUNTS)
            yield Line(
                (
                    ask.village(s.village.name, s.village.township_id),
                    s.get_kind_display(),
                    s.held_on,
                    *counts,
                    satisfaction_rate(s, formula),
                    "" if pk in counting else HELD_ANEW,
                ),
                besides={
                    "good": content_of(s, formula), "voters": voters_of(s, formula), f"{MEASURED}{s.kind}.{formula}": 1,
                },
                adds=pk in counting,
            )  # fmt: skip


def _counting(surveys: Iterable[Survey], ask: Ask) -> set[int]:
    """Which surveys the row 合计 adds: of those in the table each village's newest of a kind. The table of a filtered list holds only its rows."""
    held = Survey.objects.filter(
        round__in=ask.round_ids, village__in={s.village_id for s in surveys}, held_on__lte=ask.as_of
    )
    if ask.keys is not None:
        listed = set(ask.keys)
        held = Survey.objects.filter(pk__in=[pk for pk in held.values_list("pk", flat=True) if pk in listed])
    return set(held.newest().values_list("pk", flat=True))


def summary(totals: Totals) -> dict[str, Value]:
    """The rate of the ballots added up; none where kinds of survey or formulas differ."""
    ways = [key for key in totals.besides if key.startswith(MEASURED)]
    rate = statistics.share(totals.besides.get("good"), totals.besides.get("voters"))
    return {"rate": rate if len(ways) < 2 else DIFFERENT}


def questions(sheet: Sheet, keys: Sequence[int], ask: Ask) -> None:
    """逐题统计: under the columns of the table, so that the same counts stand under each other; nothing where no survey has questions."""
    head, text, middle = sheet.look(font=FONT_HEAD, align="center"), sheet.look(), sheet.look(align="center")
    rate = sheet.look(align="center", number=FORMATS[Kind.RATE])
    written = 0
    for _, some in chunks(keys):
        asked = SurveyQuestion.objects.filter(survey__in=some).select_related("survey__village", "survey__round")
        rows: dict[int, list[SurveyQuestion]] = {}
        for question in asked:
            rows.setdefault(question.survey_id, []).append(question)
        for question in (q for pk in some for q in rows.get(pk, ())):
            if not written:
                sheet.spread([("各题统计", sheet.visible, sheet.look(bold=True, frame=False))], 28)
                sheet.spread([(words, columns, head) for words, columns in QUESTION_HEADS], 28)
            written += 1
            s = question.survey
            parts: list[Any] = [
                (written, 1, middle), (ask.village(s.village.name, s.village.township_id), 1, text),
                (s.get_kind_display(), 1, middle), (s.held_on, 1, middle), (str(question), 2, text),
                *((value, 1, middle) for value in (
                    question.valid, question.satisfied, question.mostly, question.dissatisfied, question.unknown
                )),
                (satisfaction_rate(question, s.round.satisfaction_formula), 1, rate), (question.blank, 1, middle),
            ]  # fmt: skip
            sheet.spread(parts, row_height(sheet.lines_in(str(question), 5, 2)))


LEDGER = Ledger(
    code="K",
    name="民主测评统计表",
    noun="次测评",
    permission=Permission.INSPECTION_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="张",
    summary=summary,
    after=questions,
    about="各村测评发出、收回、有效票和满意率，分题测评的附各题统计",
)
