"""Shapes of what is typed about slips, rules, urging and mail."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from accounts.roles import Role
from common.forms import DateField, LongTextField, PortalForm
from meetings.forms.filters import VillageRecordFilter
from rounds.forms.filters import VillageRoundFilter, codes
from supervision.terms import RECIPIENTS, Kind, Level


class SlipFilter(VillageRecordFilter):
    STATES = [("open", "未办结"), ("unanswered", "未办结、未反馈"), ("closed", "已办结")]
    WRITTEN = [("rule", "按规则自动发出"), ("hand", "人工签发")]
    KINDS = [(k.value, k.label) for k in (Kind.PROBLEM, Kind.NOTICE, Kind.COMMITMENT)]

    level = forms.ChoiceField(label="级别", choices=codes(Level.choices), required=False)
    state = forms.ChoiceField(label="状态", choices=codes(STATES), required=False)
    kind = forms.ChoiceField(label="督办对象", choices=codes(KINDS), required=False)
    written = forms.ChoiceField(label="发出方式", choices=codes(WRITTEN), required=False)


class MatterFilter(VillageRoundFilter):
    as_of = None  # what is open now


class IssueForm(PortalForm):
    requirement = LongTextField(
        label="督办要求",
        max_length=500,
        rows=4,
        help_text="要办什么，办到什么程度，例如：三日内到村放样，11月10日前动工。",
    )
    level = forms.ChoiceField(
        label="级别", choices=Level.choices, initial=Level.BLUE, widget=forms.RadioSelect,
        help_text="发给哪些岗位，按督办规则由级别确定。",
    )  # fmt: skip
    due_on = DateField(label="办理时限", help_text="到期还没有办结的，按督办规则自动升级。")


class CloseForm(PortalForm):
    closing = LongTextField(
        label="办结情况", max_length=200, rows=3, required=False, help_text="可以不填，写作“已按要求办理”。"
    )


class SignForm(PortalForm):
    signed_on = DateField(label="签收日期")


class AnswerForm(PortalForm):
    answer = LongTextField(
        label="办理情况", max_length=1000, help_text="卡在哪里，采取了什么办法，什么时候办完。", rows=5
    )
    answered_on = DateField(label="反馈日期")


class DaysField(forms.IntegerField):
    def __init__(self, label: str, help_text: str) -> None:
        super().__init__(label=label, min_value=1, max_value=60, help_text=help_text)


class ToldField(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: str) -> None:
        super().__init__(label=label, choices=[(r.value, r.label) for r in RECIPIENTS], coerce=Role, required=False)


class RulesForm(PortalForm):
    is_on = forms.BooleanField(label="按规则自动发出和升级督办单", required=False)
    blue_days = DaysField("时限前几个工作日发蓝色提醒", "例如5：离时限还有5个工作日时提醒。")
    yellow_days = DaysField("逾期几个工作日发黄色督办", "例如1：逾期后第一个工作日发出。")
    red_days = DaysField("逾期几个工作日升为红色督办", "须多于黄色督办。")
    reply_days = DaysField("收到后几个工作日内反馈", "写在督办单上的反馈时限。")
    blue_to = ToldField("蓝色提醒发给")
    yellow_to = ToldField("黄色督办发给")
    red_to = ToldField("红色督办发给")
    with_notices = forms.BooleanField(label="整改通知书临期、逾期未反馈的也发督办单", required=False)
    with_commitments = forms.BooleanField(label="会议议定事项临期、逾期未落实的也发督办单", required=False)

    layout = Layout(
        "is_on",
        Fieldset("什么时候", "blue_days", "yellow_days", "red_days", "reply_days", css_class="form-part"),
        Fieldset("发给谁", "blue_to", "yellow_to", "red_to", css_class="form-part told"),
        Fieldset("还管什么", "with_notices", "with_commitments", css_class="form-part"),
    )


class UrgeForm(PortalForm):
    text = LongTextField(label="催办意见", max_length=200, required=False, rows=3, help_text="可以不填，只作提醒。")


class MailForm(PortalForm):
    is_on = forms.BooleanField(label="每个工作日早上把待办发到我的邮箱", required=False)
    address = forms.EmailField(label="邮箱", required=False, max_length=254)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("is_on") and not values.get("address") and "address" not in self.errors:
            self.add_error("address", "请填写邮箱。")
        return values
