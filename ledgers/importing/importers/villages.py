"""A 整顿工作台账: villages of the round with their grounds and their chain of responsibility."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.permissions import Permission
from accounts.roles import Role
from common.errors import Refused
from ledgers.importing import values
from ledgers.importing.context import Context
from ledgers.importing.importers.base import Importer, Writer, read_day, read_text, read_village, snapshot
from ledgers.importing.plan import Field, Item, Status
from ledgers.importing.table import likeness
from ledgers.importing.values import squeeze
from rounds.models import Criterion, Designation
from rounds.services import designations
from villages.models import Assignment
from villages.services import duties

CHAIN = {
    "county_leader": Role.COUNTY_LINKED_LEADER,
    "leader": Role.LINKED_LEADER,
    "first_secretary": Role.FIRST_SECRETARY,
}


def read_people(cell: Any, ctx: Context) -> list[Any]:
    return [person for name in values.names(cell) if (person := ctx.person(name)) is not None]


def read_criteria(cell: Any, ctx: Context) -> list[str]:
    return [squeeze(text) for text in values.numbered(cell, limit=300)]


class VillageImporter(Importer):
    code = "A"
    permission = Permission.DESIGNATION_PROPOSE
    natural = ("party_org",)
    noun = "个村"
    field_of = {"village": "party_org", "proposed_on": "proposed_on"}
    lists = {"party_org": "villages", "leader": "people", "first_secretary": "people"}
    examples = (
        {"party_org": "某某村党支部", "criteria": "班子战斗力不强", "facts": "班子不团结，工作推不动", "leader": "张三（副镇长）", "first_secretary": "李四（县农业农村局干部）"},
        {"party_org": "某某村党总支", "criteria": "1.班子配备不齐\n2.服务能力弱", "facts": "副书记空缺，村级服务少"},
    )  # fmt: skip
    fields = (
        Field("party_org", ("村", "村名", "村名称", "党组织名称", "村（社区）", "行政村", "村党组织", "整顿对象", "后进村", "后进村名称"), read_village, required=True, needed=True, accepted="本乡镇的村名"),
        Field("kind", ("村类别",), elsewhere="在村的资料中修改"),
        Field("criteria", ("认定标准", "认定类型", "后进类型", "情形", "软弱涣散情形", "倒排情形"), read_criteria, needed=True, accepted="本轮的认定情形"),
        Field("facts", ("存在问题", "具体表现", "突出问题", "存在的主要问题", "主要表现"), read_text(1000)),
        Field("county_leader", ("县级领导", "联系县领导", "联村县领导", "县级联村领导", "包村县领导"), read_people),
        Field("leader", ("包村领导", "乡镇领导", "联村镇领导", "包村镇领导", "包村（联系）领导", "镇联村领导"), read_people),
        Field("first_secretary", ("驻村第一书记",), read_people),
        Field("unit", ("帮扶单位",), elsewhere="在结对帮扶中登记"),
        Field("helper", ("结对强村",), elsewhere="在结对帮扶中登记"),
        Field("goals", ("目标",), elsewhere="在一村一策中修改"),
        Field("measures", ("整顿措施", "措施"), elsewhere="在任务清单中导入"),
        Field("ends_on", ("时限", "整改时限"), elsewhere="随轮次的结束日期"),
        Field("progress", ("进展",), elsewhere="由系统汇总"),
        Field("problems", ("问题数",), elsewhere="由系统汇总"),
        Field("closed", ("销号数",), elsewhere="由系统汇总"),
        Field("result", ("结果",), elsewhere="在整顿对象中登记"),
        Field("remark", ("说明",), elsewhere="由系统汇总"),
        Field("proposed_on", ("提名日期", "排查日期", "认定时间", "认定日期"), read_day()),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = Designation.objects.filter(round=ctx.round, removed_on=None).values_list("pk", "village_id")
        self._known = {village_id: pk for pk, village_id in rows}
        self._criteria = list(Criterion.objects.filter(round=ctx.round))

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        return self._known.get(read["party_org"].pk) if read.get("party_org") else None

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(Designation.objects.filter(pk__in=keys, round=ctx.round).values_list("pk", flat=True))
        return [pk for pk in keys if pk in mine]

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        return str(now["party_org"] if now else item.values.get("party_org") or "")

    def _criteria_of(self, texts: Sequence[str]) -> list[Criterion]:
        """Criteria by their words or their number (3, 第3种, 情形3)."""
        found = []
        for text in texts:
            number = re.fullmatch(r"(?:第|情形|类型)?(\d{1,2})(?:种|类|项)?(?:情形)?", text)
            known = [c for c in self._criteria if number and c.number == int(number[1])]
            known = known or [c for c in self._criteria if squeeze(c.text) == text]
            if not known:
                scored = sorted(((likeness(text, squeeze(c.text)), c) for c in self._criteria), key=lambda s: -s[0])
                known = [c for score, c in scored[:1] if score >= 0.72]
            if not known:
                raise Refused(
                    f"本轮没有“{text[:20]}”这种认定情形。可以填：{'；'.join(c.text for c in self._criteria[:10])}",
                    field="criteria",
                )
            found.append(known[0])
        return list(dict.fromkeys(found))

    def write(self, item: Item, writer: Writer) -> None:
        read, ctx = item.values, writer.ctx
        if item.status is Status.NEW:
            day = read.get("proposed_on") or min(ctx.its_round.starts_on, ctx.today)
            made = designations.propose(
                round=ctx.its_round, village=read["party_org"], criteria=self._criteria_of(read["criteria"]),
                facts=read.get("facts") or "", proposed_on=day, addition_reason="由整顿工作台账导入",
                by=writer.by, at=writer.at,
            )  # fmt: skip
            writer.created(made, row=item.row, label=str(made.village))
            self._chain(read, made, writer)
            return
        record = Designation.objects.select_related("round", "village__township").get(pk=item.pk)
        if "party_org" in read:
            raise Refused("不能把这一行改成别的村；如是另一个村，请清空本行的识别码。", field="village")
        if "facts" in read or "criteria" in read:
            was = snapshot(record, ["facts", "criteria"])
            criteria = self._criteria_of(read["criteria"]) if "criteria" in read else list(record.criteria.all())
            designations.change_designation(
                record, criteria=criteria, facts=read.get("facts", record.facts), base_version=item.version,
                by=writer.by, at=writer.at,
            )  # fmt: skip
            writer.changed(record, was, row=item.row, label=str(record.village))
        else:
            writer.changed(record, {}, row=item.row, label=str(record.village))
        self._chain(read, record, writer)

    @staticmethod
    def _chain(read: Mapping[str, Any], record: Designation, writer: Writer) -> None:
        """A duty nobody holds is given; one somebody holds is handed over on its own page, where the hand-over is recorded."""
        for key, role in CHAIN.items():
            if not read.get(key):
                continue
            held = Assignment.objects.on(writer.ctx.today).filter(village=record.village, role=role)
            holders = {a.cadre_id for a in held}
            people = [writer.real(person) for person in read[key]]
            if holders == {p.pk for p in people}:
                continue
            if holders:
                raise Refused(f"{role.label}已有人担任，更换请在村的责任链中办理交接。", field=key)
            for person in people:
                made = duties.assign(
                    cadre=person, role=role, place=record.village, starts_on=record.round.starts_on, by=writer.by,
                    at=writer.at,
                )  # fmt: skip
                writer.created(made)

    def needs_reason(self, plan: Any) -> bool:
        return False
