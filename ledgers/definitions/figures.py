"""I 村情档案: one row for each village's sheet of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.permissions import Permission
from ledgers.form import Ask, Kind, Ledger, Line, column
from villages.models import VillageYear

_MEMBERS, _INCOME = "党员情况（名）", "村集体经济收入（万元）"
_EDUCATION, _PIPELINE = "党员文化程度（名）", "发展党员（名）"
COLUMNS = (
    column("village", "村", width=11),
    column("year", "年度", width=7, kind=Kind.WHOLE, align="center"),
    column("households", "户数", width=8, kind=Kind.WHOLE, total=True),
    column("population", "人口", width=8, kind=Kind.WHOLE, total=True),
    column("members", _MEMBERS, "党员数", width=8, kind=Kind.WHOLE, total=True),
    column("members_60", _MEMBERS, "60岁及以上", width=8, kind=Kind.WHOLE, total=True),
    column("members_under_35", _MEMBERS, "35岁以下", width=8, kind=Kind.WHOLE, total=True),
    column("members_away", _MEMBERS, "外出务工", width=8, kind=Kind.WHOLE, total=True),
    column("members_college", _EDUCATION, "大专及以上", width=8, kind=Kind.WHOLE, total=True),
    column("members_high_school", _EDUCATION, "高中、中专", width=8, kind=Kind.WHOLE, total=True),
    column("members_lower", _EDUCATION, "初中及以下", width=8, kind=Kind.WHOLE, total=True),
    column("applicants", _PIPELINE, "申请人和积极分子", width=8, kind=Kind.WHOLE, total=True),
    column("activists", _PIPELINE, "其中积极分子", width=8, kind=Kind.WHOLE, total=True),
    column("candidates", _PIPELINE, "发展对象", width=8, kind=Kind.WHOLE, total=True),
    column("enterprise_leaders", "培养致富带头人", width=8, kind=Kind.WHOLE, total=True),
    column("income", _INCOME, "收入", width=11, kind=Kind.MONEY, total=True),
    column("operating_income", _INCOME, "其中经营性收入", width=11, kind=Kind.MONEY, total=True),
    column("income_source", "收入来源", width=24),
    column("remark", "备注", width=14),
)
FIELDS = (
    "year", "households", "population", "members", "members_60", "members_under_35", "members_away",
    "members_college", "members_high_school", "members_lower", "applicants", "activists", "candidates",
    "enterprise_leaders", "income", "operating_income", "income_source",
)  # fmt: skip


def keys(ask: Ask) -> list[int]:
    """The sheets of the as-of year of every village in the townships, listed or not."""
    rows = ask.seen(VillageYear.objects.filter(village__township__in=ask.township_ids, year=ask.as_of.year))
    order = ("village__township_id", "village__sort", "village_id")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    found = VillageYear.objects.select_related("village").in_bulk(keys)
    for pk in keys:
        if y := found.get(pk):
            # What nobody has confirmed says so on the sheet that goes upward.
            remark = "" if y.is_confirmed else f"{y.get_state_display()}，未确认"
            values = (
                ask.village(y.village.name, y.village.township_id),
                *(getattr(y, name) for name in FIELDS),
                remark,
            )
            yield Line(values, pk, y.version, y.village.township_id)


LEDGER = Ledger(
    code="I",
    name="村情档案",
    noun="份",
    permission=Permission.VILLAGE_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    units="户、人、名、万元",
    importable=True,
    about="各村当年户数、人口、党员和集体经济收入",
)
