"""C 任务清单（责任清单）: measures of problems that are in the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accounts.permissions import Permission
from common.errors import Refused
from ledgers.importing import values
from ledgers.importing.context import Context
from ledgers.importing.importers.base import (
    REASON_PLACEHOLDER,
    Importer,
    Writer,
    read_person,
    read_text,
    read_unit,
)
from ledgers.importing.importers.problems import read_deadline
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.values import Fault, squeeze
from problems.models import Measure, Problem
from problems.services import bulk, measures
from problems.terms import DeadlineKind

Period = tuple[date | None, str, date | None]


def read_number(cell: Any, ctx: Context) -> int | None:
    """The number of a problem: 5, "5号", "问题5"."""
    text = squeeze(values.shown(cell))
    if not text:
        return None
    found = re.fullmatch(r"(?:问题|编号|第|B-?)*(\d{1,6})(?:号|号问题)?", text)
    if not found:
        raise Fault("编号看不明白", "问题的编号，例如 5")
    return int(found[1])


def read_period(cell: Any, ctx: Context) -> Period:
    """(start, kind, due): 2026年3月5日至2026年6月30日, one day, 立行立改 or 长期坚持."""
    if isinstance(cell, str) and re.search(r"至|到|—|~|～|－|–|\d-\d{4}", cell):
        start, due = values.span(cell, year=ctx.year, date1904=ctx.date1904)
        return start, DeadlineKind.DATE if due else "", due
    kind, due = read_deadline(cell, ctx)
    return None, kind, due


_DONE = re.compile(r"(?P<day>\d{4}\D\d{1,2}\D\d{1,2}日?)(?:完成|已完成)?[：:，,]?(?P<note>.*)", re.S)


def read_state(cell: Any, ctx: Context) -> tuple[date, str] | None:
    """When it was done and how; None while it is not. A done task without a day is refused."""
    text = values.text(cell, limit=400)
    word = squeeze(text)
    if not word or re.match(r"(逾期)?未完成|进行中|推进中|办理中|整改中|正在|尚未|未", word):
        return None
    found = _DONE.fullmatch(text)
    if found and (day := values.day(found["day"], year=ctx.year)):
        note = found["note"].strip()
        if len(note) > 300:
            raise Fault(f"完成情况过长：共{len(note)}字，最多300字")
        return day, note
    raise Fault("没有写完成日期", "未完成；或 2026年6月30日完成：做了什么")


class MeasureImporter(Importer):
    code = "C"
    permission = Permission.MEASURE_EDIT
    natural = ("problem", "task")
    carried = ("problem",)
    max_rows = 20_000
    noun = "项任务"
    field_of = {
        "text": "task",
        "due_on": "period",
        "starts_on": "period",
        "deadline_kind": "period",
        "done_on": "state",
    }
    lists = {"unit": "units", "owner": "people"}
    examples = (
        {"problem": "5", "task": "争取县级项目资金", "standard": "资金下达", "unit": "农业农村办", "owner": "李四（村党支部书记）", "period": "2026年3月5日至2026年6月30日", "state": "2026年6月20日完成：资金32万元已下达"},
        {"problem": "5", "task": "组织路面施工", "standard": "1.8公里全部硬化", "unit": "村镇建设办", "owner": "李四（村党支部书记）", "period": "2026年9月30日", "state": "未完成"},
    )  # fmt: skip
    fields = (
        Field("problem", ("问题编号", "对应问题", "问题序号", "对应问题序号", "编号（问题）"), read_number, required=True, needed=True, accepted="问题的编号，例如 5"),
        Field("task", ("整改措施", "措施", "任务内容", "工作任务", "具体任务", "具体措施", "整改任务"), read_text(300, lines=False), required=True, needed=True, accepted="一件事，300字以内"),
        Field("standard", ("标准", "完成要求", "目标", "验收标准", "达到标准", "完成标准及要求"), read_text(200)),
        Field("lead", ("责任领导", "包案领导", "分管领导"), elsewhere="随问题的责任领导，在问题中修改"),
        Field("unit", ("牵头单位", "责任部门", "承办单位", "主办单位"), read_unit),
        Field("owner", ("责任人员", "具体责任人", "负责人", "经办人"), read_person, person=True, accepted="姓名（职务），只填一人"),
        Field("period", ("完成时限", "时限", "完成时间", "整改时限", "起止日期", "时间安排", "计划时间", "期限"), read_period, accepted="2026年3月5日至2026年6月30日、2026年6月30日、立行立改或长期坚持"),
        Field("state", ("进展情况", "落实情况", "是否完成", "进展", "完成进度"), read_state, accepted="未完成；或 2026年6月30日完成：做了什么"),
        Field("remark", ("说明", "村"), elsewhere="由系统写明所在的村"),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = Problem.objects.filter(round=ctx.round).select_related(
            "village__township", "round", "owner", "responsible_unit"
        )
        self._problems = {problem.number: problem for problem in rows}
        self._by_pk = {problem.pk: problem for problem in self._problems.values()}
        known = Measure.objects.filter(problem__round=ctx.round).values_list("pk", "problem__number", "text")
        self._known = {(number, squeeze(text)): pk for pk, number, text in known}
        self._mine = set(self._known.values())

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        return self._known.get((read.get("problem") or 0, squeeze(read.get("task") or "")))

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(Measure.objects.filter(pk__in=keys, problem__round=ctx.round).values_list("pk", flat=True))
        return [pk for pk in keys if pk in mine]

    def repeat_key(self, read: dict[str, Any]) -> Any:
        return (read.get("problem"), squeeze(read["task"])) if read.get("task") else None

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        number, task = (now["problem"], now["task"]) if now else (item.values.get("problem"), item.values.get("task"))
        return f"{number or ''}号问题：{str(task or '')[:30]}"

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        for item in plan.of(Status.NEW):
            try:
                problem, made = self._new(item, lambda value: None if _is_new(value) else value)
                bulk.check_measure(problem, made)
                self._check_done(item, made["starts_on"] or problem.discovered_on, ctx)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        changed = plan.of(Status.CHANGED, Status.CONFLICT)
        loaded = self._load([item.pk for item in changed])
        for item in changed:
            try:
                measure = loaded[item.pk]
                measure.problem = self._by_pk[measure.problem_id]
                if "problem" in item.values:
                    raise Refused("不能把任务改到别的问题名下，请在原问题中处理。", field="problem")
                if "state" in item.values and measure.done_on:
                    raise Refused("这项任务已完成；要恢复为未完成，请在任务的页面办理。", field="state")
                found = self._values(item, measure, lambda value: value)
                bulk.revise_measure(
                    measure, {k: v for k, v in found.items() if not _is_new(v)}, reason=REASON_PLACEHOLDER
                )
                self._check_done(item, measure.starts_on or measure.problem.discovered_on, ctx)
            except Refused as refusal:
                self.refuse(item, refusal, labels)

    def _check_done(self, item: Item, start: date, ctx: Context) -> None:
        done = item.values.get("state")
        if done and done[0] > ctx.today:
            raise Refused("完成日期不能晚于今天。", field="state")
        if done and done[0] < start:
            raise Refused("完成日期不能早于措施开始或问题发现的日期。", field="state")

    def _new(self, item: Item, real: Any) -> tuple[Problem, dict[str, Any]]:
        read = item.values
        problem = self._problems.get(read["problem"])
        if problem is None:
            raise Refused(f"本轮没有编号为{read['problem']}的问题。", field="problem")
        start, kind, due = read.get("period") or (None, "", None)
        if not kind:
            kind, due = problem.deadline_kind, problem.due_on
        return problem, {
            "text": read["task"], "standard": read.get("standard") or "", "owner": real(read.get("owner")),
            "unit": real(read.get("unit")), "deadline_kind": kind, "starts_on": start, "due_on": due,
        }  # fmt: skip

    @staticmethod
    def _values(item: Item, measure: Measure, real: Any) -> dict[str, Any]:
        read, found = item.values, {}
        for key, name in (("task", "text"), ("standard", "standard"), ("unit", "unit"), ("owner", "owner")):
            if key in read:
                found[name] = real(read[key])
        if "period" in read:
            found["starts_on"], found["deadline_kind"], found["due_on"] = read["period"]
            if not found["deadline_kind"]:
                raise Refused("起止时间不能清空。", field="period")
        return found

    @staticmethod
    def _load(keys: Sequence[int], *, lock: bool = False) -> dict[int, Measure]:
        rows = Measure.objects.select_related("unit", "owner").filter(pk__in=keys)
        if lock:
            rows = rows.select_for_update(of=("self",))
        return {measure.pk: measure for measure in rows}

    def apply(self, plan: Plan, writer: Writer) -> None:
        new, changed = plan.of(Status.NEW), plan.of(Status.CHANGED)
        writer.register(value for item in [*new, *changed] for value in item.values.values())
        rows = []
        for item in new:
            problem, made = self._new(item, writer.real)
            rows.append(bulk.NewMeasure(problem.pk, made))
        bulk.add_measures(rows, problems=self._by_pk, by=writer.by, at=writer.at)
        writer.progress(45, f"已新增{len(rows)}项任务")
        loaded = self._load([item.pk for item in changed], lock=True)
        edits: list[tuple[Measure, dict[str, Any]]] = []
        for item in changed:
            measure = loaded[item.pk]
            if measure.version != item.version:
                raise Refused("导入时他人修改了其中的任务，一行也没有写入。请重新检查。")
            measure.problem = self._by_pk[measure.problem_id]
            names = [*measures.FIELDS, "done_on", "done_note"]
            item.extra = {name: measure.serializable_value(name) for name in names}
            if found := self._values(item, measure, writer.real):
                edits.append((measure, found))
        bulk.change_measures(edits, by=writer.by, at=writer.at, reason=writer.reason)
        written = [*((item, row.measure) for item, row in zip(new, rows, strict=True))]
        written += [(item, loaded[item.pk]) for item in changed]
        done = [(m, *item.values["state"]) for item, m in written if m is not None and item.values.get("state")]
        bulk.finish_measures(done, by=writer.by, at=writer.at)
        for item, stored in written:
            if stored is None:
                continue
            label = f"{stored.problem.number}号问题：{stored}"
            if item.status is Status.NEW:
                writer.created(stored, row=item.row, label=label)
            else:
                writer.changed(stored, item.extra, row=item.row, label=label)

    def needs_reason(self, plan: Plan) -> bool:
        return any(c["key"] in ("unit", "owner", "period") for item in plan.of(Status.CHANGED) for c in item.changes)


def _is_new(value: Any) -> bool:
    return type(value).__name__ in ("NewPerson", "NewUnit")
