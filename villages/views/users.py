"""Accounts, for the administrator: who signs in, which cadre the account stands for. Business data is nowhere here.

The pages live beside the cadres because an account means nothing without the posts of the person it stands for.
"""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import User
from accounts.permissions import Permission
from audit import services as audit
from common.chinese import moment
from common.lists import Column
from villages.forms.filters import UserFilter
from villages.forms.users import ConfirmForm, DisableForm, LinkForm, NewUserForm, UserForm
from villages.models import Assignment, Cadre, Township
from villages.pages import ActionPage, FormPage, ListPage, Page, link, with_back
from villages.services import people
from villages.views.assignments import duty_actions, may_edit_duty
from villages.views.registry import add_links, span


class UserList(ListPage):
    permission = Permission.ACCOUNT_MANAGE
    title = "账号"
    noun = "个账号"
    filter_form = UserFilter
    sorts = {"username": ["username"], "name": ["name", "pk"], "seen": ["last_login", "pk"]}
    default_sort = "username"
    empty_text = "还没有账号。"

    def rows(self) -> QuerySet[User]:
        on_duty = Assignment.objects.on(timezone.localdate()).select_related("village", "township", "unit", "county")
        rows = User.objects.select_related("cadre").prefetch_related(
            Prefetch("cadre__assignments", on_duty, to_attr="on_duty")
        )
        if state := self.filters.value("state"):
            rows = rows.filter(is_active=state == "active")
        if self.filters.value("unlinked"):
            rows = rows.filter(cadre=None, is_administrator=False)
        if q := self.filters.value("q"):
            rows = rows.filter(Q(username__icontains=q) | Q(name__contains=q))
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def posts(user: User) -> str:
            if user.is_administrator:
                return "系统管理员"
            cadre = getattr(user, "cadre", None)
            if cadre is None:
                return "未对应干部"
            return "；".join(f"{a.place}{a.get_role_display()}" for a in cadre.on_duty) or "没有岗位"

        return [
            Column(
                "账号",
                lambda u: link(reverse("villages:user_detail", args=[u.pk]), u.username, here),
                sort="username",
                lead=True,
            ),
            Column("姓名", lambda u: u.name, sort="name"),
            Column("岗位", posts),
            Column("状态", lambda u: "启用" if u.is_active else "停用"),
            Column("最近登录", lambda u: moment(u.last_login, "从未登录"), sort="seen", css="nowrap"),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return add_links(("新建账号", reverse("villages:user_create")), here=self.here)


class UserPage(FormPage):
    """A form about one account."""

    permission = Permission.ACCOUNT_MANAGE
    form_class = ConfirmForm

    def load(self, pk: int) -> None:
        self.account = get_object_or_404(User, pk=pk)
        self.intro = f"{self.account.name}（{self.account.username}）"

    def get_success_url(self) -> str:
        return reverse("villages:user_detail", args=[self.account.pk])


class ShowsPassword(FormPage):
    """Ends by showing a new password once, in the answer itself: it is stored nowhere, not even in the session."""

    password = ""
    account: User

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if not self.password:  # refused, or the second click of a form that was taken
            return response
        return TemplateResponse(
            self.request,
            "villages/user_password.html",
            {"title": "首次登录密码", "account": self.account, "password": self.password},
        )


class UserCreate(ShowsPassword):
    permission = Permission.ACCOUNT_MANAGE
    form_class = NewUserForm
    title = "新建账号"
    button = "新建"
    intro = "保存后显示一次随机密码，请当面告诉本人；本人首次登录时必须修改。"
    success_text = "账号已建立。"

    def perform(self, form: NewUserForm) -> str:
        self.account, self.password = services.create_user(by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return reverse("villages:user_detail", args=[self.account.pk])

    def get_success_url(self) -> str:
        return reverse("villages:user_list")


class UserReset(ShowsPassword, UserPage):
    title = "重设密码"
    button = "重设密码"
    success_text = "密码已重设。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "intro": f"{self.intro}的旧密码立即失效，已登录的页面须重新登录。新密码只显示一次。"
        }

    def perform(self, form: ConfirmForm) -> None:
        self.password = services.reset_password(self.account, by=self.request.user, at=timezone.now())


class UserDetail(Page):
    permission = Permission.ACCOUNT_MANAGE
    template_name = "villages/user_detail.html"

    def load(self, pk: int) -> None:
        self.account = get_object_or_404(User.objects.select_related("cadre__township", "cadre__county"), pk=pk)
        self.title = f"账号：{self.account.name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.path
        cadre = getattr(self.account, "cadre", None)
        held = (
            Assignment.objects.filter(cadre=cadre)
            .select_related("cadre", "village", "township", "unit", "county")
            .order_by("-starts_on", "-pk")
            if cadre
            else []
        )
        locked = AccessAttempt.objects.filter(
            username=self.account.username, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
        ).exists()
        return super().get_context_data(**kwargs) | {
            "account": self.account,
            "cadre": cadre,
            "here": here,
            "duties": [
                {
                    "assignment": a,
                    "period": span(a.starts_on, a.ends_on),
                    "actions": duty_actions(a, here) if may_edit_duty(self.access, a) else [],
                }
                for a in held
            ],
            "assign_url": self._assign_url(cadre, here),
            "locked": locked,
            "is_self": self.account.pk == self.request.user.pk,
            "history": audit.history(self.account),
        }

    @staticmethod
    def _assign_url(cadre: Cadre | None, here: str) -> str:
        if cadre is None:
            return ""
        place = f"township-{cadre.township_id}" if cadre.township_id else f"county-{cadre.county_id}"
        return with_back(f"{reverse('villages:assignment_create')}?place={place}&cadre={cadre.pk}", here)


class UserUpdate(UserPage):
    title = "修改账号"
    form_class = UserForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.account.name}

    def perform(self, form: UserForm) -> None:
        services.rename_user(self.account, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class UserDisable(UserPage):
    title = "停用账号"
    button = "停用"
    form_class = DisableForm
    success_text = "账号已停用。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "intro": f"{self.intro}停用后立即不能登录，已登录的页面也会退出。岗位责任不变，请另行移交。"
        }

    def perform(self, form: DisableForm) -> None:
        services.disable_user(self.account, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class UserLink(UserPage):
    """Which cadre the account stands for. The choice is one township's: a county has thousands of people."""

    title = "对应干部"
    button = "对应"
    form_class = LinkForm
    template_name = "villages/user_link.html"
    success_text = "已对应。本人下一次打开页面时即按其岗位看到内容。"

    def load(self, pk: int) -> None:
        super().load(pk)
        wanted = self.request.GET.get("township", "")
        self.townships = list(Township.objects.visible_to(self.access))
        self.chosen = next((t for t in self.townships if str(t.pk) == wanted), None)
        if self.chosen is None and wanted != "county" and len(self.townships) == 1:
            self.chosen = self.townships[0]
        self.of_county = wanted == "county"

    def get_form_kwargs(self) -> dict[str, Any]:
        cadres = Cadre.objects.visible_to(self.access).filter(user=None, left_on=None).order_by("name", "pk")
        if self.chosen:
            cadres = cadres.filter(township=self.chosen)
        else:
            cadres = cadres.filter(township=None) if self.of_county else cadres.none()
        return super().get_form_kwargs() | {"cadres": cadres}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "townships": self.townships,
            "chosen": self.chosen,
            "of_county": self.of_county,
        }

    def perform(self, form: LinkForm) -> None:
        people.link_cadre(form.cleaned_data["cadre"], user=self.account, by=self.request.user, at=timezone.now())


class UserAction(ActionPage):
    """A button on an account's page."""

    permission = Permission.ACCOUNT_MANAGE

    def load(self, pk: int) -> None:
        self.account = get_object_or_404(User.objects.select_related("cadre"), pk=pk)

    def get_success_url(self) -> str:
        return reverse("villages:user_detail", args=[self.account.pk])


class UserEnable(UserAction):
    success_text = "账号已启用。"

    def perform(self) -> None:
        services.enable_user(self.account, by=self.request.user, at=timezone.now())


class UserUnlock(UserAction):
    success_text = "已解除登录锁定，现在可以登录。"

    def perform(self) -> None:
        services.unlock_user(self.account, by=self.request.user, at=timezone.now())


class UserUnlink(UserAction):
    success_text = "已解除对应。"

    def perform(self) -> None:
        cadre = get_object_or_404(Cadre, user=self.account)
        people.unlink_cadre(cadre, by=self.request.user, at=timezone.now())
