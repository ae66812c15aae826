"""F 督查台账: one row for each village an inspection went to; rows of one day, mode and people are one inspection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.db import transaction

from accounts.permissions import Permission
from common.errors import Refused
from inspections.models import Finding, Inspection, Notice
from inspections.services import bulk, inspections
from ledgers import identity
from ledgers.definitions.inspections import Went
from ledgers.importing import values
from ledgers.importing.context import Context, Pending
from ledgers.importing.importers.base import Importer, Writer, read_choice, read_day, read_text, read_village
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.table import Line
from ledgers.importing.values import Fault, squeeze
from villages.models import Village

_MODES = {squeeze(label): code for code, label in Inspection.Mode.choices} | {
    "例会": "meeting", "会议督查": "meeting", "周前例会": "meeting", "领导督导": "leader", "下村督导": "leader",
    "实地督导": "leader", "领导带队": "leader", "汇报": "report", "听汇报": "report", "明查": "announced",
    "实地检查": "announced", "现场督查": "announced", "实地督查": "announced", "暗查": "unannounced",
    "明察暗访": "unannounced", "随机抽查": "unannounced", "四不两直督查": "four_not_two_direct",
}  # fmt: skip


def read_points(cell: Any, ctx: Context) -> list[str]:
    return values.numbered(cell, limit=500)


Trip = tuple[Inspection, list[Village]]
NO_REQUIREMENT = "按督查要求整改"


@dataclass
class _New:
    inspection: Inspection
    village: Village
    points: list[tuple[str, str]]
    notice: Notice | None


@dataclass
class _Present:
    inspection: Inspection
    village: Village
    findings: list[Finding]
    notices: list[Notice]


@dataclass
class _Edit:
    corrected: dict[str, Any]  # another day or mode of the inspection
    added: list[Finding] = field(default_factory=list)
    reworded: list[tuple[Finding, str, str]] = field(default_factory=list)
    notice: Notice | None = None
    moved: tuple[Notice, date] | None = None


def _correct(inspection: Inspection, values: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    named: dict[str, Any] = {"mode": inspection.mode, "held_on": inspection.held_on} | dict(values)
    inspections.change_inspection(
        inspection, round=inspection.round, villages=list(inspection.villages.all()), meeting=inspection.meeting,
        leader=inspection.leader, people=inspection.people, summary=inspection.summary, base_version=inspection.version,
        by=by, at=at, **named,
    )  # fmt: skip


class InspectionImporter(Importer):
    code = "F"
    permission = Permission.INSPECTION_EDIT
    natural = ("held_on", "mode", "village", "people")
    carried = ("held_on", "people", "mode")
    noun = "村次督查"
    max_rows = 20_000
    field_of = {"text": "findings", "requirement": "requirements", "villages": "village", "issued_on": "reply_due_on"}
    lists = {"village": "villages", "mode": list(Inspection.Mode.labels)}
    strict_lists = frozenset({"village", "mode"})
    examples = (
        {"held_on": "2026年5月11日", "people": "张三（组织委员）、李四", "mode": "暗访", "village": "某某村", "findings": "1.台账更新不及时\n2.公开栏未更新", "requirements": "1.三天内补齐\n2.按月公开", "reply_due_on": "2026年5月25日"},
        {"held_on": "2026.6.8", "people": "王五（镇长）", "mode": "领导下村督导", "village": "某某村", "findings": "施工进度偏慢", "requirements": "倒排工期"},
    )  # fmt: skip
    fields = (
        Field("held_on", ("督查日期", "检查时间", "检查日期", "日期", "时间", "督导时间"), read_day(), required=True, needed=True, accepted=values.DAY_FORMS),
        Field("people", ("督查组成员", "检查人员", "督查人", "督查领导", "督导人员", "参加人员"), read_text(200, lines=False)),
        Field("mode", ("方式", "督查形式", "检查方式", "督导方式"), read_choice(_MODES, accepted=list(Inspection.Mode.labels)), required=True, needed=True, accepted="、".join(Inspection.Mode.labels)),
        Field("village", ("村名", "被督查村", "督查村", "被检查村", "村（社区）", "督查对象", "受检村"), read_village, required=True, needed=True, accepted="本乡镇的村名"),
        Field("findings", ("存在问题", "督查发现问题", "问题", "发现的问题", "督查情况", "检查情况"), read_points),
        Field("requirements", ("要求", "督查要求", "整改意见", "工作要求", "整改建议"), read_points),
        Field("notice", ("整改通知书编号", "通知书", "通知书号", "文号"), elsewhere="编号由系统排定"),
        Field("reply_due_on", ("整改时限", "反馈时间", "反馈期限", "整改期限", "回复时限", "要求反馈时间"), read_day(end=True), accepted=values.DAY_FORMS),
        Field("reply", ("整改落实情况", "反馈情况", "落实情况", "整改结果"), elsewhere="由村在整改通知书中反馈"),
        Field("reported", ("通报", "通报情况", "是否已通报"), elsewhere="在督查通报中登记"),
        Field("remark", ("说明",), elsewhere="由系统写明所在会议"),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = Went.objects.filter(inspection__round=ctx.round).select_related("inspection__leader")
        self._went = {(w.inspection_id, w.village_id): w.pk for w in rows}
        self._mine = set(self._went.values())
        self._inspection_of = {w.pk: w.inspection_id for w in rows}
        self._known: dict[tuple[Any, ...], int] = {}
        for w in rows:
            i = w.inspection
            said = "、".join(part for part in (i.leader.with_title if i.leader else "", i.people) if part)
            self._known[i.held_on, i.mode, w.village_id, squeeze(said)] = w.pk

    def identity_key(self, found: identity.Identity, line: Line, ctx: Context) -> Any:
        return found.pk, squeeze(values.shown(line.cells.get("village")))

    def pk_of(self, found: identity.Identity, line: Line, ctx: Context) -> int:
        try:
            village = ctx.village(line.cells.get("village"))
        except (Fault, Pending):
            return 0
        return self._went.get((found.pk, village.pk), 0) if village else 0

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        if not read.get("village"):
            return None
        return self._known.get((read["held_on"], read["mode"], read["village"].pk, squeeze(read["people"] or "")))

    def repeat_key(self, read: dict[str, Any]) -> Any:
        if not read.get("village"):
            return None
        return read.get("held_on"), read.get("mode"), read["village"].pk, squeeze(read.get("people") or "")

    def current(self, keys: Sequence[int], ctx: Context) -> dict[int, tuple[dict[str, Any], int]]:
        mine = [pk for pk in keys if pk in self._mine]
        names = [column.key for column in self.ledger.columns]
        found = self.ledger.lines(mine, self.ask(ctx), 1)
        return {
            pk: (dict(zip(names, line.values, strict=True)), line.version) for pk, line in zip(mine, found, strict=True)
        }

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        source: Mapping[str, Any] = now or item.values
        day = source.get("held_on")
        return f"{day.isoformat() if day else ''} {source.get('village') or ''}督查"

    # new rows

    def _new(self, item: Item, ctx: Context, held: dict[tuple[Any, ...], Trip]) -> _New:
        """What a new row writes; `held` collects the inspections of this import: rows of one day, mode and people are one."""
        read, village = item.values, item.values["village"]
        people = read.get("people") or ""
        key = (read["held_on"], read["mode"], squeeze(people))
        if key not in held:
            inspection = bulk.build_inspection(
                township=ctx.township, round=ctx.its_round, mode=read["mode"], held_on=read["held_on"],
                villages=[village], people=people, at=ctx.at,
            )  # fmt: skip
            held[key] = (inspection, [])
        inspection, villages = held[key]
        if village not in villages:
            villages.append(village)
        texts, wants = read.get("findings") or [], read.get("requirements") or []
        if wants and not texts:
            raise Refused("有整改要求，没有写发现问题。", field="text")
        if len(wants) > len(texts):
            wants = [*wants[: len(texts) - 1], "；".join(wants[len(texts) - 1 :])]
        notice = None
        if due := read.get("reply_due_on"):
            requirement = "；".join(wants or texts)[:1000] or NO_REQUIREMENT
            notice = bulk.build_notice(
                inspection, village=village, requirement=requirement, reply_due_on=due, at=ctx.at
            )
        return _New(inspection, village, list(zip_longest(texts, wants, fillvalue="")), notice)

    # rows the portal has

    def _load(self, items: Sequence[Item]) -> dict[int, _Present]:
        """Everything changes look at, by the key of the row; four queries."""
        went = Went.objects.select_related("village").in_bulk([item.pk for item in items])
        ids = {w.inspection_id for w in went.values()}
        inspections = Inspection.objects.select_related("round", "meeting", "leader", "township").in_bulk(ids)
        found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
        for finding in Finding.objects.filter(inspection__in=ids).select_related("village", "problem").order_by("pk"):
            finding.inspection = inspections[finding.inspection_id]
            found[finding.inspection_id, finding.village_id].append(finding)
        sent: dict[tuple[int, int], list[Notice]] = defaultdict(list)
        for notice in Notice.objects.filter(inspection__in=ids).order_by("pk"):
            notice.inspection = inspections[notice.inspection_id]
            sent[notice.inspection_id, notice.village_id].append(notice)
        return {
            pk: _Present(
                inspections[w.inspection_id], w.village, found[w.inspection_id, w.village_id],
                sent[w.inspection_id, w.village_id],
            )
            for pk, w in went.items()
        }  # fmt: skip

    @staticmethod
    def _edit(item: Item, present: _Present, ctx: Context) -> _Edit:
        read, inspection = item.values, present.inspection
        if "people" in read:
            raise Refused("督查人员请在督查的页面修改。", field="people")
        if "village" in read:
            raise Refused("督查的村请在督查的页面修改。", field="village")
        edit = _Edit({n: read[n] for n in ("held_on", "mode") if n in read and getattr(inspection, n) != read[n]})
        texts = read.get("findings", [f.text for f in present.findings])
        wants = read.get("requirements", [f.requirement for f in present.findings])
        if len(texts) < len(present.findings):
            raise Refused(
                f"系统中有{len(present.findings)}条发现，表中只有{len(texts)}条，导入时不删除。", field="text"
            )
        if len(wants) > len(texts):
            raise Refused("整改要求比发现问题多，请逐条对应。", field="requirement")
        for n, (text, want) in enumerate(zip_longest(texts, wants, fillvalue="")):
            if n >= len(present.findings):
                edit.added.append(Finding(inspection=inspection, village=present.village, text=text, requirement=want))
            elif (present.findings[n].text, present.findings[n].requirement) != (text, want):
                edit.reworded.append((present.findings[n], text, want))
        if "reply_due_on" not in read:
            return edit
        due = read["reply_due_on"]
        if due is None or len(present.notices) > 1:
            raise Refused("反馈时限请在整改通知书的页面修改。", field="reply_due_on")
        if present.notices:
            bulk.check_reply_date(present.notices[0], due, at=ctx.at)
            edit.moved = (present.notices[0], due)
        else:
            words = "；".join(want or text for text, want in zip_longest(texts, wants, fillvalue=""))
            edit.notice = bulk.build_notice(
                inspection, village=present.village, requirement=words[:1000] or NO_REQUIREMENT, reply_due_on=due,
                at=ctx.at,
            )  # fmt: skip
        return edit

    # the rules, in memory

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        held: dict[tuple[Any, ...], Trip] = {}
        for item in plan.of(Status.NEW):
            try:
                self._new(item, ctx, held)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        changed = plan.of(Status.CHANGED, Status.CONFLICT)
        loaded = self._load(changed) if changed else {}
        for item in changed:
            try:
                edit = self._edit(item, loaded[item.pk], ctx)
                if edit.corrected:
                    self._try_correction(loaded[item.pk].inspection, edit.corrected, ctx)
            except Refused as refusal:
                self.refuse(item, refusal, labels)

    @staticmethod
    def _try_correction(inspection: Inspection, values: dict[str, Any], ctx: Context) -> None:
        """Another day or mode is rare and touches notices and bulletins: tried by its service and taken back."""
        kept = {name: getattr(inspection, name) for name in ("held_on", "mode", "version")}
        try:
            with transaction.atomic():
                _correct(inspection, values, by=ctx.by, at=ctx.at)
                transaction.set_rollback(True)
        finally:
            for name, value in kept.items():
                setattr(inspection, name, value)

    def apply(self, plan: Plan, writer: Writer) -> None:
        ctx, by, at = writer.ctx, writer.by, writer.at
        new, changed = plan.of(Status.NEW), plan.of(Status.CHANGED)
        held: dict[tuple[Any, ...], Trip] = {}
        rows = [self._new(item, ctx, held) for item in new]
        bulk.add_inspections(list(held.values()), by=by, at=at)
        for inspection, _villages in held.values():
            writer.created(inspection)
        loaded = self._load(changed) if changed else {}
        edits = [self._edit(item, loaded[item.pk], ctx) for item in changed]
        writer.progress(30, f"已登记{len(held)}次督查")
        sent = [r.notice for r in rows if r.notice] + [e.notice for e in edits if e.notice]
        bulk.issue_notices(sent, township=ctx.township, by=by, at=at)
        added = [
            Finding(inspection=r.inspection, village=r.village, text=text, requirement=want, notice=r.notice)
            for r in rows
            for text, want in r.points
        ]
        added += [finding for edit in edits for finding in edit.added]
        bulk.add_findings(added, by=by, at=at)
        for record in [*sent, *added]:  # an undo deletes the last first: findings name their notice
            writer.created(record)
        for item, row in zip(new, rows, strict=True):
            writer.changed(row.inspection, {}, row=item.row, label=f"{row.inspection} {row.village}")
        writer.progress(60, f"已写入{len(added)}条督查发现")
        self._write_edits(list(zip(changed, edits, strict=True)), loaded, writer)

    @staticmethod
    def _write_edits(edits: Sequence[tuple[Item, _Edit]], loaded: Mapping[int, _Present], writer: Writer) -> None:
        by, at = writer.by, writer.at
        reworded = [one for _, edit in edits for one in edit.reworded]
        words = [(finding, {"text": finding.text, "requirement": finding.requirement}) for finding, _, _ in reworded]
        bulk.change_findings(reworded, by=by, at=at)
        moved = [edit.moved for _, edit in edits if edit.moved]
        days = [(notice, {"reply_due_on": notice.reply_due_on}) for notice, _ in moved]
        bulk.change_reply_dates(moved, by=by, at=at, reason=writer.reason)
        for finding, told in words:
            writer.changed(finding, told)
        for notice, day in days:
            writer.changed(notice, day)
        for item, edit in edits:
            inspection = loaded[item.pk].inspection
            values = {name: value for name, value in edit.corrected.items() if getattr(inspection, name) != value}
            before = {name: getattr(inspection, name) for name in values}
            if values:  # rows of one inspection say the same: corrected once
                _correct(inspection, values, by=by, at=at)
            writer.changed(inspection, before, row=item.row, label=f"{inspection} {loaded[item.pk].village}")

    def needs_reason(self, plan: Plan) -> bool:
        return any(c["key"] == "reply_due_on" for item in plan.of(Status.CHANGED) for c in item.changes)
