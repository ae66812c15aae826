"""Shape of what is typed about an activity."""

from decimal import Decimal

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from pairings.models import Activity


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

    def clean_funds(self) -> Decimal:
        return self.cleaned_data["funds"] or Decimal(0)
