"""Shapes of what is typed about a round."""

from decimal import Decimal
from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from rounds.models import Round
from villages.models import Township


class EarlierRoundField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Round) -> str:
        return f"{obj.township.name}{obj}"


class RoundForm(PortalForm):
    township = forms.ModelChoiceField(label="乡镇", queryset=Township.objects.none())
    copied_from = EarlierRoundField(
        label="沿用以前轮次", queryset=Round.objects.none(), required=False,
        empty_label="不沿用，带入全国统一的十种认定情形",
        help_text="沿用它的认定情形、预警设置和验收设置，建好后都可以调整。",
    )  # fmt: skip
    campaign = CleanTextField(label="活动名称", max_length=60, help_text="例如：两示范一整顿。")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    number = forms.IntegerField(label="轮次", min_value=1, max_value=99, help_text="第二轮填2。")
    label = forms.ChoiceField(label="整顿对象称谓", choices=Round.Label.choices)
    deployed_by = CleanTextField(label="部署单位", max_length=60, required=False, help_text="例如：中共××市委。")
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期")
    selection = forms.ChoiceField(label="确定办法", choices=Round.Selection.choices)
    bottom_percent = forms.IntegerField(
        label="倒排比例（%）", min_value=1, max_value=100, required=False, help_text="选“倒排”时填写，应整尽整不填。"
    )
    income_threshold = forms.DecimalField(
        label="集体经济收入目标（万元）",
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        help_text="村集体经济年收入要超过的数。",
    )
    aim = LongTextField(
        label="整治目的",
        max_length=500,
        rows=3,
        required=False,
        help_text="用于总结开头，例如：解决村级班子战斗力不强、村级组织运转不规范等突出问题。",
    )

    def __init__(self, *args: Any, townships: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if townships is None:  # an existing round stays in its township
            del self.fields["township"], self.fields["copied_from"]
        else:
            self.fields["township"].queryset = townships
            rounds = Round.objects.filter(township__in=townships).select_related("township")
            self.fields["copied_from"].queryset = rounds


class CriterionForm(PortalForm):
    text = CleanTextField(label="认定情形", max_length=200)
