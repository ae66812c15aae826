"""Shapes of what an administrator types about accounts."""

from typing import Any

from django import forms

from common.forms import CleanTextField, PortalForm
from villages.forms.fields import CadreField


class UserForm(PortalForm):
    name = CleanTextField(label="姓名", max_length=60)


class NewUserForm(UserForm):
    username = CleanTextField(
        label="账号",
        max_length=40,
        help_text="登录时用，2至40个字母、数字、点、横线或下划线，例如姓名全拼。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    is_administrator = forms.BooleanField(
        label="系统管理员",
        required=False,
        help_text="只管账号、乡镇和岗位，看不到问题台账等业务内容，也不能担任岗位。",
    )
    field_order = ["username", "name", "is_administrator"]


class ConfirmForm(PortalForm):
    """Nothing to fill in: the button says what happens."""


class DisableForm(PortalForm):
    reason = CleanTextField(label="原因", max_length=200, required=False, help_text="例如：调离、退休。")


class LinkForm(PortalForm):
    cadre = CadreField(label="干部")

    def __init__(self, *args: Any, cadres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cadre"].queryset = cadres
