"""Shapes of what is typed about kinds of other work."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from common.errors import Refused
from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from otherwork import wording
from otherwork.models import WorkKind
from otherwork.starting import STARTING
from villages.models import Township


class KindForm(PortalForm):
    name = CleanTextField(label="名称", max_length=30, help_text="例如：庭院整治。")
    unit = CleanTextField(label="计量单位", max_length=6, help_text="例如：户、件、次、公里。")
    per_village = forms.BooleanField(
        label="按村登记", required=False, initial=True, help_text="不选则由镇里登记，不分村。"
    )
    whole = forms.BooleanField(label="数量只填整数", required=False, initial=True)
    takes_note = forms.BooleanField(
        label="登记时填写内容", required=False, initial=True,
        help_text="涉及个人的事项（信访、约谈、后备干部等）请不选，只登记数量。",
    )  # fmt: skip
    has_money = forms.BooleanField(label="登记资金（万元）", required=False)
    sources = LongTextField(
        label="资金来源",
        required=False,
        rows=3,
        max_length=200,
        help_text="登记资金的类别填写，一行一项，例如：上级补助。",
    )
    hint = CleanTextField(
        label="填报说明", max_length=100, required=False, help_text="显示在登记页上，提醒填什么、不填什么。"
    )
    place = forms.ChoiceField(label="写在总结哪一部分", choices=WorkKind.Place.choices, initial=WorkKind.Place.RESULTS)
    counting = forms.ChoiceField(label="统计口径", choices=WorkKind.Counting.choices)
    wording = CleanTextField(
        label="总结中的句子", max_length=wording.MAX_WORDING, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": wording.MAX_WORDING}),
    )  # fmt: skip
    starts_on = DateField(label="启用日期", help_text="登记的日期不能早于这一天。")
    ends_on = DateField(label="停用日期", required=False, help_text="一直使用的不填。")
    sort = forms.IntegerField(
        label="排序", min_value=0, max_value=32000, required=False, help_text="数小的排在前面，不填排在最后。"
    )

    layout = Layout(
        Fieldset(
            "登记什么",
            "name",
            "unit",
            "per_village",
            "whole",
            "takes_note",
            "has_money",
            "sources",
            "hint",
            css_class="form-part",
        ),
        Fieldset("怎样写进总结", "place", "counting", "wording", css_class="form-part"),
        Fieldset("使用期间", Div("starts_on", "ends_on", css_class="pair"), "sort", css_class="form-part"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = "，".join(f"{{{name}}}{meaning}" for name, meaning in wording.PLACES.items())
        self.fields[
            "wording"
        ].help_text = f"可用：{shown}。某一项没有数据时，含它的那个分句自动略去。不填则用通常的写法。"

    def clean_sources(self) -> list[str]:
        return [line for line in (part.strip() for part in self.cleaned_data["sources"].splitlines()) if line]

    def flags(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in ("per_village", "has_money", "takes_note")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("wording"):
            try:
                data["wording"] = wording.check(data["wording"], **self.flags())
            except Refused as refusal:
                self.add_error("wording", str(refusal))
        return data


class TownshipKindForm(KindForm):
    """For those whose post covers several townships."""

    township = forms.ModelChoiceField(label="乡镇", queryset=Township.objects.none(), empty_label="请选择")

    layout = Layout("township", *KindForm.layout.fields)

    def __init__(self, *args: Any, townships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = townships


class StartForm(PortalForm):
    """The starting kinds that are not there yet."""

    starts_on = DateField(label="启用日期", help_text="从这一天起的工作可以登记。")
    names = forms.MultipleChoiceField(
        label="类别", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选一类。"}
    )
    field_order = ["names", "starts_on"]

    def __init__(self, *args: Any, there: set[str], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].choices = [
            (start.name, f"{start.name}（{start.unit}）") for start in STARTING if start.name not in there
        ]
        self.fields["starts_on"].initial = on
