"""What is typed about village plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from problems.models import VillagePlan
from rounds.forms.filters import VillageRoundFilter
from rounds.models import Designation


class PlanTextForm(PortalForm):
    causes = LongTextField(
        label="原因分析", required=False, rows=6, help_text="落后在哪里、为什么，一条一条写。可先保存，提交审定前补全。"
    )
    goals = LongTextField(label="整顿目标", required=False, rows=5, help_text="到什么时候、达到什么程度，写得能检查。")


class PlanStartForm(PlanTextForm):
    designation = forms.ModelChoiceField(label="村", queryset=Designation.objects.none())

    field_order = ["designation", "causes", "goals"]

    def __init__(self, *args: Any, designations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["designation"].queryset = designations
        self.fields["designation"].label_from_instance = lambda d: f"{d.village}（{d.round}）"


class PlanReviewForm(PortalForm):
    on = DateField(label="日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


class PlanApproveForm(PlanReviewForm):
    remark = CleanTextField(label="审定意见", max_length=500, required=False)


class PlanReturnForm(PlanReviewForm):
    remark = CleanTextField(label="退回原因和修改要求", max_length=500)


class PlanAmendForm(PlanReviewForm):
    reason = CleanTextField(
        label="调整原因", max_length=500, help_text="例如：县级抽查后增加一条措施；原定时限因汛期推迟。"
    )
    field_order = ["reason", "on"]


class PlanFilter(VillageRoundFilter):
    as_of = None  # a plan's day of approval is in the list; its earlier states are in its reviews
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *VillagePlan.State.choices], required=False)
    field_order = ["round", "township", "village", "state"]
