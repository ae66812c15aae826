"""Shapes of what is typed about counties, townships and villages."""

from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, PortalForm
from villages.models import County, Township, Village


class CountyForm(PortalForm):
    name = CleanTextField(label="名称", max_length=60, help_text="例如：云川市。")
    party_committee = CleanTextField(
        label="县（市、区）委全称",
        max_length=60,
        required=False,
        help_text="例如：中共云川市委。用于总结的抬头和落款。",
    )


class TownshipForm(PortalForm):
    name = CleanTextField(label="名称", max_length=60, help_text="写全称，例如：清溪镇。")
    kind = forms.ChoiceField(label="类别", choices=Township.Kind.choices)


class NewTownshipForm(TownshipForm):
    county = forms.ModelChoiceField(label="所属县（市、区）", queryset=County.objects.none(), empty_label="请选择")
    field_order = ["county", "name", "kind"]

    def __init__(self, *args: Any, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].queryset = counties


class VillageForm(PortalForm):
    name = CleanTextField(label="村名", max_length=60, help_text="写全称，例如：石桥村、城东社区。")
    kind = forms.ChoiceField(label="类别", choices=Village.Kind.choices)
    org_kind = forms.ChoiceField(label="党组织形式", choices=Village.OrgKind.choices)
    is_model = forms.BooleanField(label="党建示范村", required=False)
    initials = CleanTextField(
        label="拼音首字母", max_length=20, required=False, help_text="例如石桥村填“sqc”，查找时可以只打字母。"
    )
    sort = forms.IntegerField(
        label="排序", min_value=0, max_value=9999, initial=0, help_text="数字小的排在前面，台账和总结都按这个次序。"
    )


class NewVillageForm(VillageForm):
    township = forms.ModelChoiceField(label="乡镇", queryset=Township.objects.none(), empty_label="请选择")
    field_order = ["township", "name", "kind", "org_kind", "is_model", "initials", "sort"]

    def __init__(self, *args: Any, townships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = townships


class VillageEditForm(VillageForm):
    closed_on = DateField(
        label="撤并日期", required=False, help_text="村已撤并时填写。以前的记录都保留，新的登记不再出现这个村。"
    )
