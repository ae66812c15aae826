"""I 村情档案: yearly figures of villages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.permissions import Permission
from common.errors import Refused
from common.lists import number_named
from ledgers.form import Ask
from ledgers.importing import values
from ledgers.importing.context import Context, Question
from ledgers.importing.importers.base import Importer, Writer, read_money, read_text, read_village, read_whole
from ledgers.importing.plan import Field, Item, Plan, Status
from ledgers.importing.values import Fault
from villages.models import VillageYear
from villages.services import bulk, figures

YEAR = "default:year"


def read_year(cell: Any, ctx: Context) -> int | None:
    """2026, "2026年", "2026年度"."""
    text = values.squeeze(values.shown(cell)).removesuffix("度").removesuffix("年")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Fault("年度看不明白", "四位年份，例如 2026")
    return int(text)


class FiguresImporter(Importer):
    code = "I"
    permission = Permission.FIGURES_EDIT
    natural = ("village", "year")
    carried = ("village",)
    needs_round = False
    noun = "份村情"
    max_rows = 20_000
    ambiguous = frozenset({"收入", "党员情况（名）", "村集体经济收入（万元）", "党员文化程度（名）", "发展党员（名）"})
    lists = {"village": "villages"}
    strict_lists = frozenset({"village"})
    examples = (
        {"village": "某某村", "year": "2026", "households": "420", "population": "1360", "members": "46", "members_60": "24", "members_under_35": "4", "members_away": "12", "applicants": "3", "enterprise_leaders": "2", "income": "15.3", "operating_income": "8.6", "income_source": "厂房出租"},
        {"village": "某某村", "year": "2025", "households": "418", "population": "1355", "members": "45", "income": "8.6"},
    )  # fmt: skip
    fields = (
        Field("village", ("村名", "村名称", "行政村", "村（社区）", "村别", "所在村", "村居"), read_village, required=True, needed=True, accepted="本乡镇的村名"),
        Field("year", ("年份", "所属年度", "数据年度", "统计年度"), read_year, needed=True, accepted="四位年份，例如 2026"),
        Field("households", ("总户数", "农户数", "户籍户数", "户"), read_whole()),
        Field("population", ("总人口", "人口数", "户籍人口", "人口总数", "人"), read_whole()),
        Field("members", ("党员", "党员总数", "党员人数", "党员情况（名）党员数", "党员数（名）", "党员数（人）"), read_whole(100_000)),
        Field("members_60", ("60岁以上党员", "60岁及以上党员", "60周岁以上", "60岁以上", "60岁及以上党员数", "60岁以上党员数"), read_whole(100_000)),
        Field("members_under_35", ("35岁以下党员", "35周岁以下", "35岁及以下", "35岁以下党员数"), read_whole(100_000)),
        Field("members_away", ("外出党员", "流动党员", "外出务工党员", "外出流动党员", "外出务工党员数"), read_whole(100_000)),
        Field("members_college", ("大专及以上党员", "大专以上", "大专以上党员", "大专及以上学历"), read_whole(100_000)),
        Field("members_high_school", ("高中、中专党员", "高中及中专", "高中中专", "高中、中专、技校", "高中及以上"), read_whole(100_000)),
        Field("members_lower", ("初中及以下党员", "初中以下", "初中以下党员", "初中及以下学历"), read_whole(100_000)),
        Field("applicants", ("入党申请人和积极分子", "入党申请人", "申请人和积极分子", "发展对象和积极分子"), read_whole(100_000)),
        Field("activists", ("入党积极分子", "积极分子", "其中入党积极分子"), read_whole(100_000)),
        Field("candidates", ("发展对象数", "入党发展对象"), read_whole(100_000)),
        Field("enterprise_leaders", ("致富带头人", "致富带头人数", "带头人培养数"), read_whole(100_000)),
        Field("income", ("村集体经济收入", "集体经济收入", "村级集体经济收入", "集体收入", "村集体收入", "集体经济总收入", "总收入", "村集体经济收入（万元）收入", "年收入（万元）"), read_money),
        Field("operating_income", ("经营性收入", "其中：经营性收入", "村集体经济收入（万元）其中经营性收入", "其中经营性"), read_money),
        Field("income_source", ("主要收入来源", "收入主要来源", "来源"), read_text(200)),
        Field("remark", ("说明",), elsewhere="由系统写明是否已确认"),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        rows = VillageYear.objects.filter(village__township=ctx.township).values_list("pk", "village_id", "year")
        self._known = {(village_id, year): pk for pk, village_id, year in rows}

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        village, year = read.get("village"), read.get("year") or self._year(ctx)
        return self._known.get((village.pk, year)) if village and year else None

    @staticmethod
    def _year(ctx: Context) -> int | None:
        answer = ctx.answer(YEAR)
        return number_named(answer, 4)

    def default(self, key: str, item: Item, ctx: Context) -> Any:
        if key != "year":
            return None
        if year := self._year(ctx):
            return year
        years = [ctx.today.year, ctx.today.year - 1, ctx.today.year - 2]
        said = re.search(r"(20\d\d)年", values.squeeze(ctx.title))
        if said and int(said[1]) in years:
            years.sort(key=lambda y: y != int(said[1]))
        ctx.ask(
            Question(
                YEAR, "表中没有写年度，是哪一年的数据？", "年度", [(str(y), f"{y}年") for y in years], str(years[0])
            )
        )
        item.status = Status.ASKING
        return years[0]

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(self._known.values())
        return [pk for pk in keys if pk in mine]

    def ask(self, ctx: Context) -> Ask:
        return Ask((), ctx.today)

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        village, year = (now["village"], now["year"]) if now else (item.values.get("village"), item.values.get("year"))
        return f"{village or ''}{year or ''}年"

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        known = set(self._known)
        for item in plan.of(Status.NEW):
            village, year = item.values["village"], item.values["year"]
            try:
                bulk.check_year(village, year, self._figures(item), known=known, at=ctx.at)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        changed = plan.of(Status.CHANGED, Status.CONFLICT)
        sheets = VillageYear.objects.prefetch_related("sources").in_bulk([item.pk for item in changed])
        for item in changed:
            try:
                if wrong := next((k for k in ("village", "year") if k in item.values), ""):
                    raise Refused("不能把这一行改成别的村或别的年度；如是另一份，请清空本行的识别码。", field=wrong)
                bulk.check_changed_year(sheets[item.pk], self._figures(item))
            except Refused as refusal:
                self.refuse(item, refusal, labels)

    @staticmethod
    def _figures(item: Item) -> dict[str, Any]:
        return {k: v for k, v in item.values.items() if k in figures.FIGURES}

    def apply(self, plan: Plan, writer: Writer) -> None:
        new, changed = plan.of(Status.NEW), plan.of(Status.CHANGED)
        rows = [bulk.NewYear(item.values["village"], item.values["year"], self._figures(item)) for item in new]
        made = bulk.add_years(rows, by=writer.by, at=writer.at)
        for item, sheet in zip(new, made, strict=True):
            writer.created(sheet, row=item.row, label=str(sheet))
        writer.progress(60, f"已新增{len(made)}份村情")
        before = VillageYear.objects.in_bulk([item.pk for item in changed])
        edits = [(item.pk, item.version, self._figures(item)) for item in changed]
        sheets = bulk.change_years(edits, by=writer.by, at=writer.at)
        for item in changed:
            was = {name: before[item.pk].serializable_value(name) for name in self._figures(item)}
            writer.changed(sheets[item.pk], was, row=item.row, label=str(sheets[item.pk]))

    def needs_reason(self, plan: Any) -> bool:
        return False
