"""H 会议议定事项督办台账: promises made at meetings. A meeting the portal does not know is entered with its first promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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
    read_day,
    read_person,
    read_text,
    read_unit,
    stand_in,
)
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.values import Fault, squeeze
from meetings.models import Commitment, Meeting
from meetings.services import bulk
from meetings.services.commitments import FIELDS

_SAID_ON = re.compile(r"(?P<day>\d{4}\D\d{1,2}\D\d{1,2}日?)[：:，,]?(?P<note>.*)", re.S)
_KEPT = ("已落实", "逾期落实", "已完成", "完成", "落实", "已办结", "办结", "销号", "已销号")
NO_DAY = "已落实的，请在“落实情况”中先写日期，例如 2026年6月20日：资金已拨付。"
_KINDS = {
    "扩大": Meeting.Kind.ENLARGED, "周前": Meeting.Kind.PRE_WEEK, "干部例会": Meeting.Kind.CADRES,
    "协调": Meeting.Kind.COORDINATION,
}  # fmt: skip
_OPEN = ("办理中", "逾期", "未完成", "未落实", "推进中", "正在办理", "正在推进", "逾期未落实", "进行中", "逾期未完成")


def read_note(cell: Any, ctx: Context) -> tuple[date | None, str]:
    """2026年9月28日：已办结 → (day, words). Without a day it says how far the matter is."""
    text = values.text(cell, limit=520)
    if (found := _SAID_ON.fullmatch(text)) and (day := values.day(found["day"], year=ctx.year)):
        return day, found["note"].strip()
    return None, text


def read_state(cell: Any, ctx: Context) -> str:
    word = squeeze(values.text(cell, limit=60, lines=False))
    if not word:
        return ""
    if word in _KEPT:
        return "kept"
    if word in _OPEN:
        return "open"
    raise Fault("不在可选的范围内", "已落实、办理中")


class CommitmentImporter(Importer):
    code = "H"
    permission = Permission.MEETING_EDIT
    natural = ("meeting", "held_on", "text")
    carried = ("meeting", "held_on")
    noun = "项议定事项"
    max_rows = 20_000
    field_of = {"lead_official": "lead", "kept_on": "note"}
    lists = {"lead": "people", "unit": "units", "state": ["已落实", "办理中"]}
    strict_lists = frozenset({"state"})
    examples = (
        {"meeting": "滨江大道征地协调会", "held_on": "2026年5月18日", "text": "落实青苗补偿资金", "lead": "张三（副镇长）", "unit": "财政所", "due_on": "2026年6月30日", "note": "2026年6月20日：资金已拨付到村", "state": "已落实"},
        {"meeting": "滨江大道征地协调会", "held_on": "2026.5.18", "text": "办理用地指标", "unit": "自然资源所", "due_on": "9月底前", "state": "办理中"},
    )  # fmt: skip
    fields = (
        Field("meeting", ("会议", "会议名", "会议名称及时间", "会议主题"), read_text(100, lines=False), required=True, needed=True, accepted="会议名称"),
        Field("held_on", ("会议时间", "会议日期", "召开日期", "开会时间", "时间"), read_day(), needed=True, accepted=values.DAY_FORMS),
        Field("text", ("议定事项", "督办事项", "事项", "议定内容", "决定事项", "跟踪事项", "议定事项内容"), read_text(300), required=True, needed=True, accepted="一件事，300字以内"),
        Field("lead", ("责任领导", "分管领导", "包案领导", "牵头人"), read_person, person=True, accepted="姓名（职务），只填一人"),
        Field("unit", ("牵头单位", "承办单位", "责任部门", "主办单位", "办理单位"), read_unit),
        Field("due_on", ("时限", "完成时间", "办结时限", "完成期限", "办理时限", "整改时限"), read_day(end=True), needed=True, accepted=values.DAY_FORMS),
        Field("note", ("进展情况", "办理情况", "完成情况", "落实进展", "办理结果"), read_note, accepted="2026年6月20日：做了什么；未落实的只写进展"),
        Field("state", ("办理状态", "是否落实", "是否完成", "完成状态"), read_state, accepted="已落实、办理中"),
        Field("remark", ("说明", "村"), elsewhere="由系统写明所在的村"),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = Commitment.objects.filter(meeting__township=ctx.township, meeting__round=ctx.round)
        self._known = {
            (squeeze(name), day, squeeze(text)): pk
            for pk, name, day, text in rows.values_list("pk", "meeting__name", "meeting__held_on", "text")
        }
        held = Meeting.objects.filter(township=ctx.township, round=ctx.round).select_related("township", "village")
        self._meetings = {(squeeze(meeting.name), meeting.held_on): meeting for meeting in held.order_by("-pk")}

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        return self._known.get((squeeze(read["meeting"] or ""), read["held_on"], squeeze(read["text"] or "")))

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(
            Commitment.objects.filter(
                pk__in=keys, meeting__township=ctx.township, meeting__round=ctx.round
            ).values_list("pk", flat=True)
        )
        return [pk for pk in keys if pk in mine]

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        source: Mapping[str, Any] = now or item.values
        return f"{source.get('meeting') or ''}：{str(source.get('text') or '')[:30]}"

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        meetings = dict(self._meetings)
        for item in plan.of(Status.NEW):
            try:
                bulk.build(self._new(item, ctx, meetings, lambda value: stand_in(value, ctx)), at=ctx.at)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        changed = plan.of(Status.CHANGED, Status.CONFLICT)
        loaded = bulk.load([item.pk for item in changed])
        for item in changed:
            try:
                values = self._edit(item, loaded[item.pk], lambda value: stand_in(value, ctx))
                bulk.revise(loaded[item.pk], values, at=ctx.at, reason=REASON_PLACEHOLDER)
            except Refused as refusal:
                self.refuse(item, refusal, labels)

    def apply(self, plan: Plan, writer: Writer) -> None:
        ctx, new, changed = writer.ctx, plan.of(Status.NEW), plan.of(Status.CHANGED)
        writer.register(value for item in [*new, *changed] for value in item.values.values())
        meetings = dict(self._meetings)
        rows = [self._new(item, ctx, meetings, writer.real) for item in new]
        fresh = [meeting for meeting in meetings.values() if meeting.pk is None]
        bulk.hold_meetings(fresh, by=writer.by, at=writer.at)
        for meeting in fresh:
            writer.created(meeting)
        made = bulk.add_commitments(rows, by=writer.by, at=writer.at)
        for item, promise in zip(new, made, strict=True):
            writer.created(promise, row=item.row, label=str(promise))
        writer.progress(60, f"已登记{len(made)}项议定事项")
        loaded = bulk.load([item.pk for item in changed], lock=True)
        was = {pk: {name: promise.serializable_value(name) for name in FIELDS} for pk, promise in loaded.items()}
        edits = [(loaded[i.pk], i.version, self._edit(i, loaded[i.pk], writer.real)) for i in changed]
        bulk.change_commitments(edits, by=writer.by, at=writer.at, reason=writer.reason)
        for item in changed:
            writer.changed(loaded[item.pk], was[item.pk], row=item.row, label=str(loaded[item.pk]))

    @staticmethod
    def _edit(item: Item, promise: Commitment, real: Callable[[Any], Any]) -> dict[str, Any]:
        read = item.values
        if "meeting" in read or "held_on" in read:
            raise Refused(
                "会议名称和时间请在会议的页面修改；如是另一次会议的事项，请清空本行的识别码。",
                field="meeting" if "meeting" in read else "held_on",
            )
        kept_on, note = read.get("note", (promise.kept_on, promise.note))
        if read.get("state") == "kept" and not kept_on:
            raise Refused(NO_DAY, field="note")
        if read.get("state") == "open":
            kept_on = None
        if promise.kept_on and not kept_on and read.get("state") != "open":
            raise Refused("已落实的事项，落实情况中要有日期；如尚未落实，请把状态改为“办理中”。", field="note")
        names = (("text", "text"), ("lead", "lead_official"), ("unit", "unit"), ("due_on", "due_on"))
        found = {name: real(read[key]) for key, name in names if key in read}
        return found | {"kept_on": kept_on, "note": note}

    @staticmethod
    def _new(
        item: Item, ctx: Context, meetings: dict[tuple[str, date], Meeting], real: Callable[[Any], Any]
    ) -> bulk.NewPromise:
        """The promise; a meeting the portal does not know is made with its first promise, its kind told by its name."""
        read = item.values
        name, day = read["meeting"], read["held_on"]
        key = (squeeze(name), day)
        if key not in meetings:
            kind = next((kind for word, kind in _KINDS.items() if word in name), Meeting.Kind.OTHER)
            meetings[key] = bulk.build_meeting(
                township=ctx.township, round=ctx.its_round, kind=kind, level=Meeting.Level.TOWNSHIP, name=name,
                held_on=day, at=ctx.at,
            )  # fmt: skip
        kept_on, note = read.get("note") or (None, "")
        if read.get("state") == "kept" and not kept_on:
            raise Refused(NO_DAY, field="note")
        return bulk.NewPromise(
            meeting=meetings[key], text=read["text"], due_on=read["due_on"], lead_official=real(read.get("lead")),
            unit=real(read.get("unit")), kept_on=kept_on, note=note,
        )  # fmt: skip

    def needs_reason(self, plan: Plan) -> bool:
        return any(
            c["key"] in ("lead", "unit", "due_on", "note", "state") for i in plan.of(Status.CHANGED) for c in i.changes
        )
