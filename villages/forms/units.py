"""Shapes of what is typed about units."""

from typing import Any

from django import forms

from common.forms import CleanTextField, PortalForm
from villages.models import Township, Unit
from villages.pages import FilterForm


class UnitForm(PortalForm):
    name = CleanTextField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=Unit.Kind.choices)
    township = forms.ModelChoiceField(
        label="所属乡镇",
        queryset=Township.objects.none(),
        required=False,
        empty_label="无",
        help_text="县级部门和乡镇以外的单位不填。",
    )
    handles = CleanTextField(
        label="职能", max_length=200, required=False, help_text="例如：宅基地审批、征地、用地指标。"
    )

    def __init__(self, *args: Any, townships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = townships


class UnitFilter(FilterForm):
    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *Unit.Kind.choices], required=False)
    q = forms.CharField(label="名称", required=False, max_length=40)
