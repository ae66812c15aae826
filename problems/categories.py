"""What each category asks for beyond the common fields: a few facts that its sentence in the summary needs.

Kept in `Problem.details` as {name: value}: whole numbers as int, amounts as text ("32.5", so that nothing is lost to binary fractions),
choices as their code. One declaration gives the form field, the check, the display and the words of the audit entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from common import chinese
from common.errors import Refused
from common.forms import CleanTextField
from problems.terms import Category

PREFIX = "detail_"  # of the form field's name
MAX_AMOUNT = Decimal("9999999.99")


@dataclass(frozen=True)
class Detail:
    """One extra field. Empty means not known and is not stored."""

    name: str
    label: str
    unit: str = ""
    help: str = ""

    @property
    def field_name(self) -> str:
        return PREFIX + self.name

    def form_field(self) -> forms.Field:
        raise NotImplementedError

    def stored(self, value: Any) -> Any:
        """The value as kept in JSON; Refused when it is nonsense."""
        raise NotImplementedError

    def shown(self, value: Any) -> str:
        return f"{value}{self.unit}"

    def refuse(self, sentence: str) -> Refused:
        return Refused(f"{self.label}{sentence}", field=self.field_name)

    @property
    def full_label(self) -> str:
        return f"{self.label}（{self.unit}）" if self.unit else self.label


@dataclass(frozen=True)
class Text(Detail):
    limit: int = 100

    def form_field(self) -> forms.Field:
        return CleanTextField(label=self.full_label, required=False, max_length=self.limit, help_text=self.help)

    def stored(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.limit:
            raise self.refuse(f"应为{self.limit}字以内的文字。")
        return value.strip()


@dataclass(frozen=True)
class Amount(Detail):
    """A number with up to two decimals, not negative."""

    def form_field(self) -> forms.Field:
        return forms.DecimalField(
            label=self.full_label,
            required=False,
            min_value=0,
            max_value=MAX_AMOUNT,
            decimal_places=2,
            help_text=self.help,
            widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            error_messages={
                "invalid": "请填写数字，例如 12.5。",
                "min_value": "不能小于0。",
                "max_value": "数字过大，请核对单位。",
                "max_decimal_places": "最多保留两位小数。",
            },
        )

    def stored(self, value: Any) -> str:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self.refuse("应为数字。") from None
        if not number.is_finite() or not 0 <= number <= MAX_AMOUNT:
            raise self.refuse("应为不小于0的数字，请核对单位。")
        return chinese.amount(number)

    def shown(self, value: Any) -> str:
        return f"{chinese.amount(Decimal(str(value)))}{self.unit}"


@dataclass(frozen=True)
class Year(Detail):
    def form_field(self) -> forms.Field:
        return forms.IntegerField(
            label=self.full_label,
            required=False,
            min_value=1950,
            max_value=2100,
            help_text=self.help,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            error_messages={
                "invalid": "请填写四位年份，例如 2009。",
                "min_value": "年份应在1950年至2100年之间。",
                "max_value": "年份应在1950年至2100年之间。",
            },
        )

    def stored(self, value: Any) -> int:
        try:
            year = int(value)
        except (TypeError, ValueError):
            raise self.refuse("应为四位年份。") from None
        if not 1950 <= year <= 2100:
            raise self.refuse("应在1950年至2100年之间。")
        return year


@dataclass(frozen=True)
class Choice(Detail):
    choices: tuple[tuple[str, str], ...] = ()

    def form_field(self) -> forms.Field:
        return forms.ChoiceField(
            label=self.label, required=False, choices=[("", "请选择"), *self.choices], help_text=self.help
        )

    def stored(self, value: Any) -> str:
        if value not in dict(self.choices):
            raise self.refuse("不在可选范围内。")
        return str(value)

    def shown(self, value: Any) -> str:
        return dict(self.choices).get(value, str(value))


ORGANISATION_MATTERS = (
    ("vacancy", "班子配备不齐"),
    ("team", "班子战斗力不强"),
    ("members", "党员发展和管理"),
    ("conflict", "矛盾纠纷"),
    ("rules", "制度执行不到位"),
    ("service", "服务能力弱"),
    ("other", "其他"),
)

DETAILS: dict[str, tuple[Detail, ...]] = {
    Category.LEGACY: (
        Year("began_year", "起始年份", "年", "问题从哪一年开始，例如 1998。"),
        Text("matter", "遗留事项", help="例如：宅基地审批、安置房权证、征地款分配。"),
    ),
    Category.LAND: (
        Amount("land_mu", "涉及土地", "亩"),
        Amount("compensation", "补偿金额", "万元"),
    ),
    Category.INFRASTRUCTURE: (
        Text("scale", "建设规模", help="例如：1.8公里水泥路面、三层办公楼。", limit=60),
        Amount("total", "总投资", "万元"),
        Amount("shortfall", "资金缺口", "万元"),
    ),
    Category.ECONOMY: (
        Amount("income_now", "现有年收入", "万元"),
        Amount("income_target", "目标年收入", "万元"),
        Text("idle_asset", "可盘活的闲置资产", help="例如：旧厂房1200平方米。没有不填。"),
    ),
    Category.ORGANISATION: (
        Choice("matter_kind", "具体情形", choices=ORGANISATION_MATTERS),
        Text("post", "涉及岗位", help="例如：村党支部副书记。不涉及岗位的不填。", limit=40),
    ),
}

# What each category means, for the page where one is chosen.
MEANINGS: dict[str, str] = {
    Category.LEGACY: "多年积累、原因复杂的问题，如宅基地审批、安置房权证、征地款分配、旧村改造遗留。",
    Category.LAND: "因重点工程建设和征地引起的问题，如政策处理、青苗补偿、征地协议、征地款到位。",
    Category.INFRASTRUCTURE: "道路、饮水、村办公楼、老人公寓等设施的建设、资金、用地、验收问题。",
    Category.ECONOMY: "村集体收入低、缺少产业、资产闲置等问题。",
    Category.ORGANISATION: "班子配备和战斗力、党员发展、制度执行、村内矛盾纠纷等问题。",
}


def clean_details(category: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a category as stored: empty ones left out, nonsense and foreign names refused."""
    known = {detail.name: detail for detail in DETAILS[category]}
    if unknown := set(details) - set(known):
        raise Refused(f"“{Category(category).label}”没有这些项目：{'、'.join(sorted(unknown))}。")
    return {name: known[name].stored(value) for name, value in details.items() if value not in (None, "")}


def shown_details(category: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value with its unit) of what is known, in the order of the form."""
    return [
        (detail.label, detail.shown(details[detail.name]))
        for detail in DETAILS.get(category, ())
        if details.get(detail.name) not in (None, "")
    ]


def detail_changes(
    old_category: str, old: Mapping[str, Any], new_category: str, new: Mapping[str, Any]
) -> list[dict[str, str]]:
    """What changed in the details, as audit entries keep it."""
    before, after = dict(shown_details(old_category, old)), dict(shown_details(new_category, new))
    return [
        {
            "field": "details",
            "label": label,
            "old": before.get(label, "（空）"),
            "new": after.get(label, "（空）"),
        }
        for label in dict.fromkeys([*before, *after])
        if before.get(label) != after.get(label)
    ]
