"""What is typed when something is done with a problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from common.forms import DateField, LongTextField, PortalForm
from problems.terms import CLOSING_DEGREES, DeadlineKind, Degree


def _today() -> Any:
    return timezone.localdate()


class OnField(DateField):
    """The day of the event, which may be entered later than it happened."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "办理日期")
        kwargs.setdefault("initial", _today)
        kwargs.setdefault("help_text", "默认今天；事后补录的填实际日期。")
        super().__init__(**kwargs)


class ReasonField(LongTextField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "原因")
        kwargs.setdefault("max_length", 500)
        kwargs.setdefault("rows", 3)
        super().__init__(**kwargs)


class OnForm(PortalForm):
    on = OnField()


class ReasonForm(PortalForm):
    reason = ReasonField()


class ReasonOnForm(PortalForm):
    reason = ReasonField()
    on = OnField()


class DegreeForm(PortalForm):
    degree = forms.ChoiceField(
        label="化解程度",
        choices=[(d.value, d.label) for d in (Degree.UNRESOLVED, Degree.PRELIMINARY, Degree.BASIC)],
        widget=forms.RadioSelect,
        help_text="问题仍在整改。完全解决的请办理销号。",
    )
    reason = ReasonField(label="认定依据")
    on = OnField()


class DeadlineForm(PortalForm):
    deadline_kind = forms.ChoiceField(label="时限方式", choices=DeadlineKind.choices, widget=forms.RadioSelect)
    due_on = DateField(label="新的整改时限", required=False, help_text="长期坚持不填。")
    reason = ReasonField()
    on = OnField()


class AskExtensionForm(PortalForm):
    new_due_on = DateField(label="申请延至")
    reason = ReasonField(label="延期原因", help_text="写清为什么不能按期完成、还要做什么。")


class DecideExtensionForm(PortalForm):
    granted = forms.TypedChoiceField(
        label="审批意见",
        choices=[("yes", "同意延期"), ("no", "不同意")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    remark = ReasonField(label="说明", required=False, help_text="不同意的须写明原因。")
    on = OnField()


class AskCloseForm(PortalForm):
    note = LongTextField(
        label="整改完成情况", max_length=1000, rows=4, help_text="做了什么、结果怎样、何时完成，供驻村干部核实。"
    )


class CheckCloseForm(PortalForm):
    """Each criterion of the problem is a box to tick; a problem without criteria has none."""

    criteria = forms.TypedMultipleChoiceField(
        label="逐条核实", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = LongTextField(label="核实情况", max_length=500, rows=4, help_text="到现场看了什么、问了谁（不写群众姓名）。")

    def __init__(self, *args: Any, criteria: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if criteria:
            self.fields["criteria"].choices = criteria
        else:
            del self.fields["criteria"]


class CloseForm(PortalForm):
    degree = forms.ChoiceField(
        label="化解程度",
        choices=[(d.value, d.label) for d in reversed(CLOSING_DEGREES)],
        widget=forms.RadioSelect,
    )
    outcome = LongTextField(
        label="结果表述",
        max_length=300,
        rows=2,
        help_text="写具体事实，总结会直接引用，例如：征地协议已签订，征地款已到位。",
    )
    remark = ReasonField(label="审核意见", required=False)
    on = OnField(label="销号日期")


class RelapseForm(PortalForm):
    reason = ReasonField(label="反弹情况")
    due_on = DateField(label="新的整改时限", required=False, help_text="原时限已过的须填写。")
    on = OnField(label="反弹日期")


class InstructionForm(PortalForm):
    text = LongTextField(label="批示内容", max_length=1000, rows=4)


class ThresholdsForm(PortalForm):
    yellow_days = forms.IntegerField(
        label="黄灯：距时限几天以内", min_value=1, max_value=365, help_text="例如15：离时限还有15天起亮黄灯。"
    )
    stale_days = forms.IntegerField(
        label="黄灯：几天没有进展", min_value=1, max_value=365, help_text="例如30：超过30天没有填报进展亮黄灯。"
    )
    immediate_days = forms.IntegerField(
        label="立行立改：限办天数", min_value=1, max_value=365, help_text="只影响以后审核通过的问题。"
    )
