"""Shapes of what is typed about absences."""

from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, PortalForm, RowsField
from villages.forms.fields import CadreField
from villages.models import Absence, Assignment


class AbsenceForm(PortalForm):
    absent = CadreField(label="外出人", help_text="这些日子里，他的岗位由代行人办理；本人仍可登录。")
    substitute = CadreField(label="代行人", help_text="须是本乡镇、有登录账号的干部。")
    kind = forms.ChoiceField(label="外出类别", choices=Absence.Kind.choices, help_text="只记类别，不记去向和具体原因。")
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", help_text="必填。到这一天结束，代行人的权限自动收回。")

    def __init__(self, *args: Any, absent: Any, substitutes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].queryset = absent
        self.fields["substitute"].queryset = substitutes


class AbsenceChangeForm(PortalForm):
    kind = forms.ChoiceField(label="外出类别", choices=Absence.Kind.choices)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", help_text="提前返岗的，填返岗前一天；延长的，填新的最后一天。")
    more_posts = RowsField(
        label="一并代行的岗位",
        queryset=Assignment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="登记代行以后新任的岗位，勾选的才由代行人办理。",
    )
    reason = CleanTextField(label="变更原因", max_length=200, help_text="例如：提前返岗、培训延期。")

    def __init__(self, *args: Any, posts: list[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not posts:
            del self.fields["more_posts"]
            return
        rows = Assignment.objects.filter(pk__in=[post.pk for post in posts])
        field = self.fields["more_posts"]
        field.queryset = rows.select_related("village", "township", "unit", "county")
        field.label_from_instance = lambda post: f"{post.place}{post.get_role_display()}（{post.starts_on}起）"


class CallOffForm(PortalForm):
    reason = CleanTextField(label="取消原因", max_length=200, help_text="例如：培训改期。")
