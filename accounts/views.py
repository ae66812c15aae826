"""Signing in and out, one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy

from accounts.middleware import KEPT


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "账号或密码不正确，请重新输入。",
        "inactive": "这个账号已停用，请与系统管理员联系。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["password"].label = "密码"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class Login(LoginView):
    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": "登录", "kept": KEPT in self.request.session}


class OwnPasswordForm(PasswordChangeForm):
    """The new password has to be new: else a first password could stay for ever."""

    error_messages = PasswordChangeForm.error_messages | {"password_incorrect": "旧密码不正确，请重新输入。"}

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        typed = self.cleaned_data.get("new_password1")
        if typed and self.user.check_password(typed):
            self.add_error("new_password1", "新密码不能与旧密码相同。")
        return data


class PasswordChange(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first = self.request.user.must_change_password
        return super().get_context_data(**kwargs) | {"title": "设置自己的密码" if first else "修改密码", "first": first}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = form.user
        if user.must_change_password:
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
        messages.success(self.request, "密码已修改。")
        return response
