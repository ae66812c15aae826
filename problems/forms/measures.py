"""What is typed about measures, and the filters of the task list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from problems.terms import DeadlineKind
from rounds.forms.filters import VillageRoundFilter
from villages.models import Cadre, Unit


class MeasureForm(PortalForm):
    text = LongTextField(label="整改措施", max_length=300, rows=3)
    standard = CleanTextField(
        label="完成标准", max_length=200, required=False, help_text="做到什么程度算完成，例如：1.8公里路面硬化并通车。"
    )
    owner = forms.ModelChoiceField(label="责任人", queryset=Cadre.objects.none(), required=False)
    unit = forms.ModelChoiceField(label="责任单位", queryset=Unit.objects.none(), required=False)
    deadline_kind = forms.ChoiceField(label="时限方式", choices=DeadlineKind.choices)
    starts_on = DateField(label="开始日期", required=False)
    due_on = DateField(label="完成时限", required=False, help_text="限期整改必填，长期坚持不填。")

    def __init__(self, *args: Any, cadres: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = cadres
        self.fields["owner"].label_from_instance = lambda cadre: cadre.with_title
        self.fields["unit"].queryset = units


class MeasureChangeForm(MeasureForm):
    reason = CleanTextField(
        label="修改原因", max_length=500, required=False, help_text="修改责任人、责任单位或时限时必填。"
    )


class MeasureDoneForm(PortalForm):
    done_on = DateField(label="完成日期")
    done_note = CleanTextField(
        label="完成情况", max_length=300, required=False, help_text="结果是什么，例如：路面已硬化，7月20日通车。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate


class MeasureReopenForm(PortalForm):
    reason = CleanTextField(label="原因", max_length=500)


class MeasureFilter(VillageRoundFilter):
    state = forms.ChoiceField(
        label="完成情况",
        choices=[("", "全部"), ("open", "未完成"), ("late", "逾期未完成"), ("done", "已完成")],
        required=False,
    )
    q = forms.CharField(label="措施、问题或责任人", required=False, max_length=40)
    field_order = ["round", "township", "village", "state", "q", "as_of"]
