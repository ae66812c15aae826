"""Kinds and entries: what is kept, what is refused and why, what is counted on a day."""

from datetime import date
from decimal import Decimal

import pytest

from audit.services import history
from common.errors import Refused
from common.models import RecordChanged
from otherwork.models import WorkEntry, WorkKind
from otherwork.services import entries, kinds
from otherwork.starting import STARTING
from tests.conftest import NOON, TODAY

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def values_of(kind: WorkKind, **changes):
    return {name: getattr(kind, name) for name in kinds.FIELDS} | changes


class TestKinds:
    def test_a_kind_without_a_sentence_gets_the_usual_one(self, office):
        kind = office.kind(has_money=True, sources=["上级补助", " 上级补助 ", ""])

        assert kind.wording == "开展庭院整治{数量}{单位}，涉及{村数}个村，投入资金{资金}万元。"
        assert kind.sources == ["上级补助"]
        assert history(kind)[0].verb == "新增其他工作类别"

    @pytest.mark.parametrize(
        ("values", "field", "told"),
        [
            ({"name": "庭院整治"}, "name", "已有同名类别"),
            ({"name": "{数量}"}, "name", "不能用花括号"),
            ({"unit": "{村}"}, "unit", "不能用花括号"),
            ({"ends_on": date(2025, 12, 31)}, "ends_on", "停用日期不能早于启用日期"),
            ({"has_money": True}, "sources", "至少写一项资金来源"),
            ({"has_money": True, "sources": [str(n) for n in range(9)]}, "sources", "最多8项"),
            ({"has_money": True, "sources": ["长" * 21]}, "sources", "最多20字"),
            ({"wording": "没有数字。"}, "wording", "句子里要有"),
        ],
    )
    def test_what_cannot_be_is_refused(self, office, values, field, told):
        office.kind()
        with pytest.raises(Refused, match=told) as refusal:
            office.kind(**{"name": "另一类"} | values)
        assert refusal.value.field == field

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"unit": "个"}, "unit"),
            ({"per_village": False, "wording": "开展{数量}{单位}。"}, "per_village"),
            ({"starts_on": date(2026, 7, 1)}, "starts_on"),
            ({"ends_on": date(2026, 5, 1)}, "ends_on"),
        ],
    )
    def test_what_its_entries_rest_on_stays(self, office, changes, field):
        kind = office.kind()
        args = {"base_version": 1, "by": office.world.office_clerk, "at": NOON}
        office.entry(kind)

        with pytest.raises(Refused) as refusal:
            kinds.change_kind(kind, **values_of(kind, **changes), **args)
        assert refusal.value.field == field

        kinds.change_kind(kind, **values_of(WorkKind.objects.get(), wording="改好{数量}户。"), **args)
        assert history(kind)[0].changes[0]["new"] == "改好{数量}户。"

    def test_a_second_editor_loses_nothing(self, office):
        kind = office.kind()
        args = {"base_version": 1, "by": office.world.office_clerk, "at": NOON}
        kinds.change_kind(WorkKind.objects.get(), **values_of(kind, hint="一户一条"), **args)

        with pytest.raises(RecordChanged):
            kinds.change_kind(kind, **values_of(kind, hint="别的"), **args)
        assert WorkKind.objects.get().hint == "一户一条"

    def test_every_starting_kind_can_be_switched_on_once(self, office):
        args = {"township": office.world.township, "starts_on": DAY, "by": office.world.office_clerk, "at": NOON}
        names = [start.name for start in STARTING]

        assert len(kinds.start_kinds(names=names, **args)) == len(names)
        assert kinds.start_kinds(names=names, **args) == []
        with pytest.raises(Refused, match="至少选一类"):
            kinds.start_kinds(names=[], **args)

    def test_what_concerns_persons_takes_no_words(self):
        silent = {start.name for start in STARTING if not start.takes_note}

        assert {"群众信访受理", "群众信访办结", "约谈提醒", "村级后备干部", "发展党员"} <= silent


class TestEntries:
    def test_an_entry_keeps_its_money_by_source(self, office):
        kind = office.kind(has_money=True, sources=["上级补助", "村级自筹"])

        entry = office.entry(kind, note="铺路", funds={"上级补助": Decimal(3), "村级自筹": Decimal(0)})

        assert entry.money == 3
        assert [fund.source for fund in entry.funds.all()] == ["上级补助"]
        assert history(entry)[0].verb == "登记其他工作"

    @pytest.mark.parametrize(
        ("values", "field", "told"),
        [
            ({"quantity": Decimal(0)}, "quantity", "须大于0"),
            ({"quantity": Decimal(-1)}, "quantity", "须大于0"),
            ({"quantity": Decimal("1.5")}, "quantity", "请填整数"),
            ({"happened_on": date(2026, 11, 1)}, "happened_on", "日期还没有到"),
            ({"happened_on": date(2025, 12, 31)}, "happened_on", "登记期间"),
            ({"village": None}, "village", "请选择村"),
            ({"funds": {"上级补助": Decimal(1)}}, None, "不登记资金"),
        ],
    )
    def test_what_cannot_be_is_refused(self, office, values, field, told):
        kind = office.kind()
        with pytest.raises(Refused, match=told) as refusal:
            office.entry(kind, **values)
        assert refusal.value.field == field
        assert not WorkEntry.objects.exists()

    def test_a_village_of_another_township_is_refused(self, office):
        with pytest.raises(Refused, match="不属于本乡镇"):
            office.entry(office.kind(), village=office.world.foreign)

    def test_a_kind_that_only_counts_takes_no_words(self, office):
        with pytest.raises(Refused, match="只登记数量"):
            office.entry(office.kind(takes_note=False), note="某某来访")

    def test_a_township_s_own_kind_names_no_village(self, office):
        kind = office.kind(per_village=False)
        with pytest.raises(Refused, match="不分村"):
            office.entry(kind, village=office.world.village)
        assert office.entry(kind).village is None

    @pytest.mark.parametrize(("funds", "told"), [({"别处": 1}, "没有这一项"), ({"上级补助": -1}, "不能为负数")])
    def test_money_of_nowhere_is_refused(self, office, funds, told):
        kind = office.kind(has_money=True, sources=["上级补助"])
        with pytest.raises(Refused, match=told):
            office.entry(kind, funds={source: Decimal(amount) for source, amount in funds.items()})

    def test_a_change_tells_what_was_and_keeps_a_source_given_up_since(self, office):
        kind = office.kind(has_money=True, sources=["上级补助"])
        entry = office.entry(kind, funds={"上级补助": Decimal(3)})
        WorkKind.objects.update(sources=["村级自筹"])
        entry.kind.refresh_from_db()

        entries.change_entry(
            entry, happened_on=DAY, quantity=Decimal(5), funds={"上级补助": Decimal(4)}, base_version=1,
            by=office.world.office_clerk, at=NOON,
        )  # fmt: skip

        changes = {change["label"]: (change["old"], change["new"]) for change in history(entry)[0].changes}
        assert changes == {"数量": ("3", "5"), "资金（万元）": ("上级补助：3", "上级补助：4")}

    def test_a_second_editor_loses_nothing(self, office):
        entry = office.entry(office.kind())
        args = {"happened_on": DAY, "base_version": 1, "by": office.world.office_clerk, "at": NOON}
        entries.change_entry(WorkEntry.objects.get(), quantity=Decimal(4), **args)

        with pytest.raises(RecordChanged):
            entries.change_entry(entry, quantity=Decimal(9), **args)
        assert WorkEntry.objects.get().quantity == 4

    def test_a_struck_out_entry_is_counted_nowhere_and_stays(self, office):
        entry = office.entry(office.kind())
        args = {"by": office.world.office_clerk, "at": NOON}
        with pytest.raises(Refused, match="作废原因"):
            entries.void_entry(entry, reason=" ", base_version=1, **args)

        entries.void_entry(entry, reason="登记重复", base_version=1, **args)

        assert not WorkEntry.objects.counted().exists()
        assert history(entry)[0].reason == "登记重复"
        with pytest.raises(Refused, match="已作废"):
            entries.void_entry(entry, reason="再作废", base_version=2, **args)


class TestStock:
    def test_of_each_village_the_newest_entry_by_a_day(self, office):
        world, kind = office.world, office.kind(counting=WorkKind.Counting.LATEST)
        office.entry(kind, 4, date(2026, 3, 1))
        newest = office.entry(kind, 0, date(2026, 6, 1))
        sibling = office.entry(kind, 2, date(2026, 4, 1), village=world.sibling)
        entries.void_entry(
            office.entry(kind, 9, date(2026, 7, 1)), reason="误登", base_version=1, by=world.office_clerk, at=NOON
        )

        assert set(WorkEntry.objects.latest_on(TODAY)) == {newest, sibling}
        assert sum(e.quantity for e in WorkEntry.objects.latest_on(date(2026, 5, 1))) == 6

    def test_of_the_township_itself_too(self, office):
        kind = office.kind(per_village=False, counting=WorkKind.Counting.LATEST)
        office.entry(kind, 4, date(2026, 3, 1))
        newest = office.entry(kind, 5, date(2026, 6, 1))

        assert list(WorkEntry.objects.latest_on(TODAY)) == [newest]
