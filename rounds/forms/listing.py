"""Shapes of what is typed about screening and designations."""

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm, RowsField
from rounds.forms.fields import InScopeForm, SeriesForm
from rounds.models import Criterion
from villages.forms.fields import VillageField


class CriteriaField(RowsField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Criterion) -> str:
        return str(obj) if obj.is_national else f"{obj}（本轮自定）"


class ProposeForm(InScopeForm):
    village = VillageField(label="村", empty_label="请选择")
    criteria = CriteriaField(label="认定情形", queryset=Criterion.objects.none(), help_text="可选多项。")
    facts = LongTextField(label="具体表现", max_length=1000, required=False, help_text="写事实，不写个人身份信息。")
    addition_reason = LongTextField(
        label="调入原因",
        max_length=500,
        rows=2,
        required=False,
        help_text="本轮名单审定以后再增加的（动态调整），写明原因。",
    )
    proposed_on = DateField(label="提名日期")


class DesignationForm(InScopeForm):
    criteria = CriteriaField(label="认定情形", queryset=Criterion.objects.none())
    facts = LongTextField(label="具体表现", max_length=1000, required=False)
    proposed_on = DateField(label="提名日期")


class ApproveForm(PortalForm):
    approved_on = DateField(label="审定日期")
    body = CleanTextField(label="审定单位", max_length=60, help_text="作出决定的组织，例如：中共××市委常委会。")


class RemoveForm(PortalForm):
    removed_on = DateField(label="日期")
    reason = LongTextField(label="原因", max_length=500, rows=3)


class ScreeningForm(SeriesForm):
    village = VillageField(label="村", empty_label="请选择")
    visited_on = DateField(label="走访日期")
    households = forms.IntegerField(label="走访户数", min_value=0, max_value=9999)
    method = CleanTextField(label="方式", max_length=60, required=False, help_text="例如：入户走访、座谈、查阅台账。")
    people = CleanTextField(label="走访人员", max_length=100, required=False, help_text="例如：吴晓敏、王伟。")
    findings = LongTextField(
        label="发现情况", max_length=1000, required=False, help_text="写情况，不写信访人、举报人姓名。"
    )
