"""Shapes of what is typed about units."""

from typing import Any

from django import forms

from common.forms import CleanTextField, PortalForm
from villages.models import County, Township, Unit
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

    county = forms.ModelChoiceField(
        label="所属县（市、区）", queryset=County.objects.none(), required=False, empty_label="请选择"
    )

    def __init__(self, *args: Any, townships: Any, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = townships
        self.only_county: County | None = None
        if counties is None:  # a unit does not move to another county
            del self.fields["county"]
        elif len(found := list(counties[:2])) == 1:
            self.only_county = found[0]
            del self.fields["county"]
        else:
            self.fields["county"].queryset = counties
        self.choosing = counties is not None
        self.helper.layout = self.helper.build_default_layout(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.choosing or self.errors:
            return data
        township = data.get("township")
        county = data.get("county") or self.only_county or (township.county if township else None)
        if county is None:
            self.add_error("county", "请选择这个单位所属的县（市、区）。")
        elif township and township.county_id != county.pk:
            self.add_error("county", f"{township}不在{county}，请核对。")
        return data | {"county": county}


class UnitFilter(FilterForm):
    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *Unit.Kind.choices], required=False)
    q = forms.CharField(label="名称", required=False, max_length=40)
