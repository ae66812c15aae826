"""F 督查台账: one row for each village an inspection went to; rows of one day, mode and people are one inspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.permissions import Permission
from common.errors import Refused
from inspections.models import Finding, Inspection
from inspections.services import findings, inspections, notices
from ledgers import identity
from ledgers.definitions.inspections import Went
from ledgers.importing import values
from ledgers.importing.context import Context, Pending
from ledgers.importing.importers.base import (
    Importer,
    Writer,
    read_choice,
    read_day,
    read_text,
    read_village,
    snapshot,
)
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.table import Line
from ledgers.importing.values import Fault, squeeze

_MODES = {squeeze(label): code for code, label in Inspection.Mode.choices} | {
    "例会": "meeting", "会议督查": "meeting", "周前例会": "meeting", "领导督导": "leader", "下村督导": "leader",
    "实地督导": "leader", "领导带队": "leader", "汇报": "report", "听汇报": "report", "明查": "announced",
    "实地检查": "announced", "现场督查": "announced", "实地督查": "announced", "暗查": "unannounced",
    "明察暗访": "unannounced", "随机抽查": "unannounced", "四不两直督查": "four_not_two_direct",
}  # fmt: skip


def read_points(cell: Any, ctx: Context) -> list[str]:
    return values.numbered(cell, limit=500)


class InspectionImporter(Importer):
    code = "F"
    permission = Permission.INSPECTION_EDIT
    natural = ("held_on", "mode", "village", "people")
    noun = "村次督查"
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

    def write(self, item: Item, writer: Writer) -> None:
        if item.status is Status.NEW:
            self._write_new(item, writer)
        else:
            self._write_changed(item, writer)

    def _write_new(self, item: Item, writer: Writer) -> None:
        read = item.values
        village = read["village"]
        inspection = self._inspection(read, writer)
        texts, wants = read.get("findings") or [], read.get("requirements") or []
        if wants and not texts:
            raise Refused("有整改要求，没有写发现问题。", field="text")
        if len(wants) > len(texts):
            wants = [*wants[: len(texts) - 1], "；".join(wants[len(texts) - 1 :])]
        for n, text in enumerate(texts):
            finding = findings.add_finding(
                inspection, village=village, text=text, requirement=wants[n] if n < len(wants) else "", by=writer.by,
                at=writer.at,
            )  # fmt: skip
            writer.created(finding)
        if due := read.get("reply_due_on"):
            notice = notices.issue_notice(
                inspection, village=village, requirement="；".join(wants or texts) or "按督查要求整改",
                issued_on=inspection.held_on, reply_due_on=due, by=writer.by, at=writer.at,
            )  # fmt: skip
            writer.created(notice)
        label = f"{inspection} {village}"
        writer.changed(inspection, {}, row=item.row, label=label)

    @staticmethod
    def _inspection(read: dict[str, Any], writer: Writer) -> Inspection:
        """The inspection of that day, mode and people; it is told of the village when it has not been there yet."""
        ctx, village = writer.ctx, read["village"]
        key = ("inspection", read["held_on"], read["mode"], squeeze(read.get("people") or ""))
        found: Inspection | None = writer._made.get(key)
        if found is None:
            found = inspections.add_inspection(
                township=ctx.township, round=ctx.its_round, mode=read["mode"], held_on=read["held_on"],
                villages=[village], people=read.get("people") or "", by=writer.by, at=writer.at,
            )  # fmt: skip
            writer._made[key] = found
            writer.created(found)
            return found
        there = list(found.villages.all())
        if village not in there:
            inspections.change_inspection(
                found, round=found.round, mode=found.mode, held_on=found.held_on, villages=[*there, village],
                meeting=found.meeting, leader=found.leader, people=found.people, summary=found.summary,
                base_version=found.version, by=writer.by, at=writer.at,
            )  # fmt: skip
        return found

    def _write_changed(self, item: Item, writer: Writer) -> None:
        read = item.values
        went = Went.objects.select_related("village").get(pk=item.pk)
        inspection = Inspection.objects.select_related("round", "meeting", "leader", "township").get(
            pk=went.inspection_id
        )
        if "people" in read:
            raise Refused("督查人员请在督查的页面修改。", field="people")
        if "village" in read:
            raise Refused("督查的村请在督查的页面修改。", field="village")
        label = f"{inspection} {went.village}"
        changes: dict[str, Any] = {name: read[name] for name in ("held_on", "mode") if name in read}
        changes = {name: value for name, value in changes.items() if getattr(inspection, name) != value}
        if changes:
            was = snapshot(inspection, ["held_on", "mode"])
            inspections.change_inspection(
                inspection, round=inspection.round, villages=list(inspection.villages.all()),
                meeting=inspection.meeting, leader=inspection.leader, people=inspection.people,
                summary=inspection.summary, base_version=inspection.version, by=writer.by, at=writer.at,
                mode=changes.get("mode", inspection.mode), held_on=changes.get("held_on", inspection.held_on),
            )  # fmt: skip
            writer.changed(inspection, was, row=item.row, label=label)
        self._points(item, inspection, went.village, writer)
        if "reply_due_on" in read:
            self._reply_due(item, inspection, went.village, writer)
        if not changes:
            writer.changed(inspection, {}, row=item.row, label=label)

    @staticmethod
    def _points(item: Item, inspection: Inspection, village: Any, writer: Writer) -> None:
        read = item.values
        if "findings" not in read and "requirements" not in read:
            return
        present = list(Finding.objects.filter(inspection=inspection, village=village).order_by("pk"))
        texts = read.get("findings", [f.text for f in present])
        wants = read.get("requirements", [f.requirement for f in present])
        if len(texts) < len(present):
            raise Refused(f"系统中有{len(present)}条发现，表中只有{len(texts)}条，导入时不删除。", field="text")
        if len(wants) > len(texts):
            raise Refused("整改要求比发现问题多，请逐条对应。", field="requirement")
        for n, text in enumerate(texts):
            want = wants[n] if n < len(wants) else ""
            if n >= len(present):
                made = findings.add_finding(
                    inspection, village=village, text=text, requirement=want, by=writer.by, at=writer.at
                )
                writer.created(made)
            elif (present[n].text, present[n].requirement) != (text, want):
                was = snapshot(present[n], ["text", "requirement"])
                inspections.change_finding(
                    present[n], village=village, text=text, requirement=want, problem=present[n].problem,
                    base_version=present[n].version, by=writer.by, at=writer.at,
                )  # fmt: skip
                writer.changed(present[n], was)

    @staticmethod
    def _reply_due(item: Item, inspection: Inspection, village: Any, writer: Writer) -> None:
        due = item.values["reply_due_on"]
        sent = list(inspection.notices.filter(village=village).select_related("inspection"))
        if due is None or len(sent) > 1:
            raise Refused("反馈时限请在整改通知书的页面修改。", field="reply_due_on")
        if sent:
            was = snapshot(sent[0], ["reply_due_on"])
            notices.change_notice(
                sent[0], requirement=sent[0].requirement, issued_on=sent[0].issued_on, reply_due_on=due,
                reason=writer.reason, base_version=sent[0].version, by=writer.by, at=writer.at,
            )  # fmt: skip
            writer.changed(sent[0], was)
            return
        findings = Finding.objects.filter(inspection=inspection, village=village)
        requirement = "；".join(f.requirement or f.text for f in findings)[:1000] or "按督查要求整改"
        made = notices.issue_notice(
            inspection, village=village, requirement=requirement, issued_on=inspection.held_on, reply_due_on=due,
            by=writer.by, at=writer.at,
        )  # fmt: skip
        writer.created(made)

    def needs_reason(self, plan: Plan) -> bool:
        return any(c["key"] == "reply_due_on" for item in plan.of(Status.CHANGED) for c in item.changes)
