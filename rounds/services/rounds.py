"""What is done with a round itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import Criterion, Round
from rounds.national import NATIONAL_CRITERIA
from rounds.services.rules import in_order
from villages.models import Township

FIELDS = [
    "campaign", "year", "number", "label", "deployed_by", "starts_on", "ends_on", "selection", "bottom_percent",
    "aim", "income_threshold",
]  # fmt: skip

# What a round takes over from the one it is begun with: thresholds of the colours and rules of acceptance.
RULES = [
    "yellow_days", "stale_days", "immediate_days", "satisfaction_formula", "pass_score", "conditional_score",
    "dissatisfied_limit", "follow_up_months", "follow_up_every", "usual_questions",
]  # fmt: skip


def _check(
    *,
    township: Township,
    year: int,
    number: int,
    starts_on: date,
    ends_on: date,
    selection: str,
    bottom_percent: int | None,
    income_threshold: Decimal,
    besides: Round | None = None,
) -> None:
    in_order(starts_on, ends_on, field="ends_on", sentence="结束日期不能早于开始日期。")
    if not 1 <= number <= 99:
        raise Refused("轮次应为1至99。", field="number")
    if selection == Round.Selection.BOTTOM and not (bottom_percent and 1 <= bottom_percent <= 100):
        raise Refused("按倒排确定整顿对象的，请填写1至100的比例。", field="bottom_percent")
    if selection == Round.Selection.NO_QUOTA and bottom_percent is not None:
        raise Refused("应整尽整不设比例，请清空倒排比例，或把确定办法改为倒排。", field="bottom_percent")
    if income_threshold < 0:
        raise Refused("收入目标不能为负数。", field="income_threshold")
    same = Round.objects.filter(township=township, year=year, number=number)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("本年度已有这一轮次，请直接使用，或换一个轮次。", field="number")


@transaction.atomic
def add_round(
    *,
    township: Township,
    campaign: str,
    year: int,
    number: int,
    starts_on: date,
    ends_on: date,
    by: Any,
    at: datetime,
    label: str = Round.Label.BACKWARD_VILLAGE,
    deployed_by: str = "",
    selection: str = Round.Selection.NO_QUOTA,
    bottom_percent: int | None = None,
    aim: str = "",
    income_threshold: Decimal = Decimal(10),
    copied_from: Round | None = None,
) -> Round:
    """Open a round with the ten national types, or with the criteria and rules of an earlier round of the township."""
    if copied_from and copied_from.township_id != township.pk:
        raise Refused("只能沿用本乡镇以前的轮次。", field="copied_from")
    _check(
        township=township,
        year=year,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        selection=selection,
        bottom_percent=bottom_percent,
        income_threshold=income_threshold,
    )
    round = Round.objects.create(
        township=township,
        campaign=campaign,
        year=year,
        number=number,
        label=label,
        deployed_by=deployed_by,
        starts_on=starts_on,
        ends_on=ends_on,
        selection=selection,
        bottom_percent=bottom_percent,
        aim=aim,
        income_threshold=income_threshold,
        copied_from=copied_from,
        **({name: getattr(copied_from, name) for name in RULES} if copied_from else {}),
    )
    first = [(number, text, True) for number, text in enumerate(NATIONAL_CRITERIA, start=1)]
    if copied_from:
        first = list(copied_from.criteria.order_by("number").values_list("number", "text", "is_national"))
    Criterion.objects.bulk_create(
        Criterion(round=round, number=number, text=text, is_national=is_national) for number, text, is_national in first
    )
    audit.record(round, f"新建轮次，沿用{copied_from}的认定情形和设置" if copied_from else "新建轮次", by=by, at=at)
    return round


@transaction.atomic
def change_round(
    round: Round,
    *,
    campaign: str,
    year: int,
    number: int,
    label: str,
    deployed_by: str,
    starts_on: date,
    ends_on: date,
    selection: str,
    bottom_percent: int | None,
    aim: str,
    income_threshold: Decimal,
    base_version: int,
    by: Any,
    at: datetime,
) -> Round:
    """Change the head facts of a round. The colours' thresholds have a page of their own in the ledger, because they recolour problems."""
    _check(
        township=round.township,
        year=year,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        selection=selection,
        bottom_percent=bottom_percent,
        income_threshold=income_threshold,
        besides=round,
    )
    before = audit.snapshot(round, FIELDS)
    round.campaign, round.year, round.number, round.label = campaign, year, number, label
    round.deployed_by, round.starts_on, round.ends_on = deployed_by, starts_on, ends_on
    round.selection, round.bottom_percent = selection, bottom_percent
    round.aim, round.income_threshold = aim, income_threshold
    save_if_unchanged(round, expected_version=base_version, fields=FIELDS)
    audit.record(round, "修改轮次", by=by, at=at, changes=audit.changes_since(before, round))
    return round
