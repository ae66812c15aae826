"""B 问题清单 as 补录: new rows come with the progress, degree and close-out the old ledger states. Rows the portal has keep their own course."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from common.chinese import full_date
from common.errors import Refused
from ledgers.importing import values
from ledgers.importing.context import Context, Question
from ledgers.importing.importers.base import Writer, read_choice, read_text
from ledgers.importing.importers.problems import ProblemImporter
from ledgers.importing.plan import Item, Plan, Status
from ledgers.importing.values import Fault, squeeze
from problems.services import backfill
from problems.terms import Degree

PROGRESS_DAY = "default:progress_on"
_DATED = re.compile(
    r"^(?P<day>(?:\d{4}\s*[年.\-/]\s*)?\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*[日号]?)\s*(?:[:：，,、]\s*|(?=\D))(?P<text>.*)$",
    re.S,
)
_DEGREES = {
    "未化解": Degree.UNRESOLVED, "未完成": Degree.UNRESOLVED, "未解决": Degree.UNRESOLVED, "整改中": Degree.UNRESOLVED,
    "正在整改": Degree.UNRESOLVED, "推进中": Degree.UNRESOLVED, "进行中": Degree.UNRESOLVED, "办理中": Degree.UNRESOLVED,
    "初步化解": Degree.PRELIMINARY, "部分化解": Degree.PRELIMINARY, "部分完成": Degree.PRELIMINARY,
    "基本化解": Degree.BASIC, "基本完成": Degree.BASIC, "基本解决": Degree.BASIC,
    "已化解": Degree.FULL, "化解": Degree.FULL, "已完成": Degree.FULL, "完成": Degree.FULL, "已解决": Degree.FULL,
    "已办结": Degree.FULL, "办结": Degree.FULL, "已销号": Degree.FULL, "销号": Degree.FULL,
}  # fmt: skip


def read_past(cell: Any, ctx: Context) -> list[tuple[date | None, str]]:
    """2026年5月20日：协议已签。 A line of its own for each day; lines without a day belong to the one before."""
    text = values.text(cell, limit=5000)
    found: list[tuple[date | None, str]] = []
    for line in text.split("\n"):
        m = _DATED.match(line.strip())
        if m and (day := values.day(m["day"], year=ctx.year)):
            found.append((day, m["text"].strip()))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line.strip()}".strip())
        elif line.strip():
            found.append((None, line.strip()))
    return found


def read_closed(cell: Any, ctx: Context) -> date | None:
    word = squeeze(values.shown(cell))
    if word in ("", "否", "未销号", "未", "无", "/", "—", "-"):
        return None
    if word in ("是", "已销号", "销号", "已"):
        raise Fault("没有写销号的日期", values.DAY_FORMS)
    return values.day(cell, year=ctx.year, date1904=ctx.date1904)


_READERS: dict[str, dict[str, Any]] = {
    "progress": {"parse": read_past, "accepted": "2026年5月20日：做了什么；几次进展分行写"},
    "degree": {
        "parse": read_choice({squeeze(k): v for k, v in _DEGREES.items()}, accepted=list(Degree.labels)),
        "accepted": "、".join(Degree.labels),
    },
    "closed_on": {"parse": read_closed, "accepted": values.DAY_FORMS},
    "approver": {"parse": read_text(40, lines=False)},
}  # fmt: skip


class HistoryImporter(ProblemImporter):
    fields = tuple(
        replace(one, only_new=True, **_READERS[one.key]) if one.key in _READERS else one
        for one in ProblemImporter.fields
    )
    examples = tuple(
        one | {"progress": "2026年5月20日：协议已签", "degree": "未化解"} for one in ProblemImporter.examples
    )

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        self.ask_same_names(ctx, plan, labels)
        for item in plan.of(Status.NEW):
            try:
                past = self._past(item, ctx)
                backfill.check(past, round=ctx.its_round, by=ctx.by, at=ctx.at)
                item.told = _told(past)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        super().check(ctx, Plan(plan.table, [i for i in plan.items if i.status is not Status.NEW], plan.notes), labels)

    def _past(self, item: Item, ctx: Context, real: Any = None) -> backfill.Past:
        read = item.values
        closed_on = read.get("closed_on")
        progress, undated = [], ""
        for day, text in read.get("progress") or []:
            if day is not None:
                progress.append((day, text))
            elif closed_on:
                undated = text  # what a closed row says without a day is how it ended
            else:
                progress.append((self._progress_day(item, ctx), text))
        outcome = undated or (progress[-1][1] if progress else "")
        if undated and len(undated) > backfill.OUTCOME and closed_on:
            progress.append((closed_on, undated))  # the problem's row holds a short result, the entry the whole
        return backfill.Past(
            self._new(item, ctx, real), sorted(progress, key=lambda one: one[0]), read.get("degree") or Degree.UNRESOLVED,
            closed_on, outcome, read.get("approver") or "", f"补录：来自台账“{ctx.source[:80]}”第{item.row}行",
        )  # fmt: skip

    @staticmethod
    def _progress_day(item: Item, ctx: Context) -> date:
        answer = ctx.answer(PROGRESS_DAY)
        if answer == "refuse":
            raise Refused("进展情况没有写日期，例如 2026年5月20日：协议已签。", field="progress")
        if answer != "today" and not ctx.is_quiet:
            ctx.ask(
                Question(
                    PROGRESS_DAY, "有的行未销号，进展情况没有写日期，按哪一天记？", "进展日期",
                    [("today", f"今天 {ctx.today.isoformat()}"), ("refuse", "退回这些行，由我补填")], "today",
                )
            )  # fmt: skip
            item.status = Status.ASKING
        return ctx.today

    def apply(self, plan: Plan, writer: Writer) -> None:
        ctx, new = writer.ctx, plan.of(Status.NEW)
        writer.register(value for item in new for value in item.values.values())
        rows = [self._past(item, ctx, writer.real) for item in new]
        made = backfill.backfill(
            rows, round=ctx.its_round, brought_by=writer.brought_by, confirmed_by=writer.confirmed_by, at=writer.at
        )
        for item, problem, past in zip(new, made, rows, strict=True):
            writer.created(problem, row=item.row, label=str(problem))
            for measure in past.new.made:
                writer.created(measure)
        writer.progress(55, f"已补录{len(rows)}个问题")
        super().apply(Plan(plan.table, [i for i in plan.items if i.status is not Status.NEW], plan.notes), writer)


def _told(past: backfill.Past) -> list[str]:
    """The course in words, for the preview: who confirms it must read it."""
    lines = [f"进展 {full_date(day)}：{text}" for day, text in past.progress]
    lines.append(f"化解程度：{Degree(past.degree).label}")
    if past.closed_on:
        by = f"，原审核人{past.approver}" if past.approver else ""
        lines.append(f"销号 {full_date(past.closed_on)}{by}；结果：{backfill.short_outcome(past.outcome)}")
    return lines
