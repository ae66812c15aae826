"""E 结对帮扶一览表: who helps which village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.permissions import Permission
from common.errors import Refused
from ledgers.importing.context import Context, Pending
from ledgers.importing.importers.base import Importer, Writer, read_choice, read_day, read_text, read_village, stand_in
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.values import Fault, squeeze
from pairings.models import Pairing
from pairings.services import bulk

Kind = Pairing.Kind
_KINDS = {squeeze(label): code for code, label in Kind.choices} | {
    "书记结对": Kind.SECRETARY, "书记帮带": Kind.SECRETARY, "强村带弱": Kind.VILLAGE, "村村结对": Kind.VILLAGE,
    "强村结对": Kind.VILLAGE, "单位结对": Kind.UNIT, "机关结对": Kind.UNIT, "部门结对": Kind.UNIT,
    "机关单位": Kind.UNIT, "部门帮扶": Kind.UNIT, "单位帮扶": Kind.UNIT, "干部帮扶": Kind.CADRE, "个人结对": Kind.CADRE,
}  # fmt: skip


class PairingImporter(Importer):
    code = "E"
    permission = Permission.PAIRING_EDIT
    natural = ("village", "kind", "helper", "name")
    carried = ("village",)
    noun = "对结对"
    max_rows = 20_000
    field_of = {"helper_village": "helper", "helper_unit": "helper", "helper_cadre": "name"}
    lists = {"village": "villages", "kind": list(Kind.labels)}
    strict_lists = frozenset({"village", "kind"})
    examples = (
        {"village": "某某村", "kind": "强村带弱村", "helper": "强村名称", "matters": "产业项目共建"},
        {"village": "某某村", "kind": "书记带书记", "helper": "强村名称", "name": "张三", "title": "村党支部书记", "matters": "传授班子建设经验"},
    )  # fmt: skip
    fields = (
        Field("village", ("村名", "被帮扶村", "受帮扶村", "帮扶村名", "后进村", "村（社区）", "结对村"), read_village, required=True, needed=True, accepted="本乡镇的村名"),
        Field("kind", ("方式", "结对类型", "帮扶方式", "结对形式", "帮扶类型"), read_choice(_KINDS, accepted=list(Kind.labels)), required=True, needed=True, accepted="、".join(Kind.labels)),
        Field("helper", ("帮扶单位", "结对单位", "帮扶村", "帮扶单位（村）", "结对方", "帮扶主体", "结对单位（村）"), read_text(60, lines=False), required=True),
        Field("name", ("帮扶人", "帮扶人姓名", "联系人", "负责人", "帮扶责任人", "结对人"), read_text(40, lines=False)),
        Field("title", ("帮扶人职务", "职务职级"), read_text(60, lines=False)),
        Field("matters", ("帮扶内容", "帮扶措施", "主要帮扶事项", "帮扶任务"), read_text(500)),
        Field("visits", ("次数", "走访次数"), elsewhere="按帮扶活动计数"),
        Field("funds", ("资金", "协调资金", "帮扶资金", "落实资金（万元）"), elsewhere="按帮扶活动合计"),
        Field("results", ("帮扶成效", "取得成效", "工作成效"), elsewhere="在帮扶活动中登记"),
        Field("remark", ("说明",), elsewhere="由系统写明被帮带人和结束日期"),
        Field("starts_on", ("结对时间", "结对日期", "开始时间", "建立时间"), read_day()),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = Pairing.objects.filter(round=ctx.round).select_related(
            "helper_village", "helper_unit", "helper_cadre__unit", "helper_cadre__village"
        )
        self._known: dict[tuple[Any, ...], int] = {}
        for p in rows:
            cadre = p.helper_cadre
            helper = (cadre.name if cadre else str(p.helper)) or ""
            self._known[p.village_id, p.kind, squeeze(helper)] = p.pk
        self._mine = set(self._known.values())

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        village, kind = read.get("village"), read.get("kind")
        if not village or not kind:
            return None
        return self._known.get((village.pk, kind, squeeze(self._named(kind, read))))

    @staticmethod
    def _named(kind: str, read: Mapping[str, Any]) -> str:
        return (read.get("name") if kind in (Kind.SECRETARY, Kind.CADRE) else read.get("helper")) or ""

    def repeat_key(self, read: dict[str, Any]) -> Any:
        if not read.get("village") or not read.get("kind"):
            return None
        return read["village"].pk, read["kind"], squeeze(self._named(read["kind"], read))

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(Pairing.objects.filter(pk__in=keys, round=ctx.round).values_list("pk", flat=True))
        return [pk for pk in keys if pk in mine]

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        source: Mapping[str, Any] = now or item.values
        return f"{source.get('name') or source.get('helper') or ''}→{source.get('village') or ''}"

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        present = bulk.Present(ctx.its_round)
        for item in plan.of(Status.NEW):
            try:
                values = self._new(item, ctx)
                present.add(
                    bulk.build({k: stand_in(v, ctx) for k, v in values.items()}, round=ctx.its_round, present=present)
                )
            except Refused as refusal:
                self.refuse(item, refusal, labels)
            except Pending:
                item.status = Status.ASKING
        for item in plan.of(Status.CHANGED, Status.CONFLICT):
            if wrong := next(
                (k for k in ("village", "kind", "helper", "name", "title", "starts_on") if k in item.values), ""
            ):
                sentence = "换帮扶方请结束原来的结对，再新增一行；本行只能改帮扶事项。"
                self.refuse(item, Refused(sentence, field=wrong), labels)

    def apply(self, plan: Plan, writer: Writer) -> None:
        ctx, new = writer.ctx, plan.of(Status.NEW)
        found = [self._new(item, ctx) for item in new]
        writer.register(value for values in found for value in values.values())
        rows = [bulk.NewPairing({k: writer.real(v) for k, v in values.items()}) for values in found]
        made = bulk.add_pairings(rows, round=ctx.its_round, by=writer.by, at=writer.at)
        for item, pairing in zip(new, made, strict=True):
            writer.created(pairing, row=item.row, label=str(pairing))
        writer.progress(60, f"已新增{len(made)}对结对")
        changed = plan.of(Status.CHANGED)
        was = Pairing.objects.in_bulk([item.pk for item in changed])
        edits = [(item.pk, item.version, item.values["matters"]) for item in changed]
        loaded = bulk.change_matters(edits, by=writer.by, at=writer.at)
        for item in changed:
            pairing = loaded[item.pk]
            writer.changed(pairing, {"matters": was[item.pk].matters}, row=item.row, label=str(pairing))

    def _new(self, item: Item, ctx: Context) -> dict[str, Any]:
        read = item.values
        return {
            "village": read["village"], "kind": read["kind"], "matters": read.get("matters") or "",
            "starts_on": read.get("starts_on") or ctx.its_round.starts_on, **self._helper(read, ctx),
        }  # fmt: skip

    @staticmethod
    def _helper(read: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        """The one helper the kind asks for. Names not known are asked about, as everywhere."""
        kind, name, title = read["kind"], read.get("name") or "", read.get("title") or ""
        try:
            if kind == Kind.VILLAGE:
                return {"helper_village": ctx.village(read.get("helper") or "")}
            if kind == Kind.UNIT:
                return {"helper_unit": ctx.unit(read.get("helper") or "")}
            cell = f"{name}（{title}）" if title and "（" not in name else name
            return {"helper_cadre": ctx.person(cell)}
        except Fault as found:
            raise Refused(f"{found.reason}。可以填：{found.accepted}", field="helper_village") from None

    def needs_reason(self, plan: Any) -> bool:
        return False
