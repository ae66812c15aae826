"""Shapes of what is typed about plans and activities."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from pairings.models import Activity, PlanItem


class ActivityForm(PortalForm):
    held_on = DateField(label="日期")
    kind = forms.ChoiceField(label="活动方式", choices=Activity.Kind.choices)
    content = LongTextField(label="内容", max_length=500, rows=3)
    people = CleanTextField(label="参加人员", max_length=200, required=False)
    result = LongTextField(label="成效", max_length=500, rows=2, required=False)
    funds = forms.DecimalField(
        label="协调资金（万元）",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        required=False,
        help_text="没有不填。",
    )

    plan_item = forms.ModelChoiceField(
        label="办理的计划事项", queryset=PlanItem.objects.none(), required=False, empty_label="不是计划内的",
        help_text="选择后，帮扶计划中的这一项记为已办。",
    )  # fmt: skip

    def __init__(self, *args: Any, plan: QuerySet[PlanItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan_item"].queryset = plan
        if not plan:
            del self.fields["plan_item"]

    def clean_funds(self) -> Decimal:
        return self.cleaned_data["funds"] or Decimal(0)


class PlanItemForm(PortalForm):
    text = LongTextField(label="计划事项", max_length=200, rows=2, help_text="帮什么、做到什么程度。")
    due_on = DateField(label="时限")


class PlanItemChangeForm(PlanItemForm):
    reason = CleanTextField(label="修改原因", max_length=200, required=False, help_text="改动时限时必填。")
