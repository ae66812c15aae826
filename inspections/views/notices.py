"""Rectification notices: list, the page of one, issue, sign for, answer, close."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column
from inspections import services
from inspections.forms.filters import NoticeFilter
from inspections.forms.records import CloseForm, NoticeChangeForm, NoticeForm, ReplyForm, SignForm
from inspections.models import Inspection, Notice
from inspections.services.notices import FIELDS
from inspections.views.common import NOTICE_LIGHTS
from meetings.views.common import light, link
from villages.pages import FormPage, ListPage, Page, PermissionRequired


class NoticeList(ListPage):
    permission = Permission.INSPECTION_VIEW
    title = "整改通知书"
    noun = "份通知书"
    filter_form = NoticeFilter
    sorts = {
        "number": ["year", "number", "pk"],
        "issued_on": ["issued_on", "pk"],
        "reply_due_on": ["reply_due_on", "pk"],
        "village": ["village__sort", "village_id", "-issued_on"],
    }
    empty_text = "还没有整改通知书。通知书由党建办在督查页面上发出，村里收到后在这里签收和反馈。"

    def rows(self) -> QuerySet[Notice]:
        filters = self.filters
        self.day = filters.day
        rows = filters.narrow(Notice.objects.visible_to(self.access), day="issued_on", round="inspection__round__")
        if state := filters.value("state"):
            rows = getattr(rows, state)(self.day)  # one of the form's choices, each a word of the queryset
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        return rows.select_related("village", "township")

    def get_columns(self) -> list[Column]:
        here, day = self.here, self.day

        def state(notice: Notice) -> str:
            standing = notice.state_on(day)
            return light(NOTICE_LIGHTS[standing], standing.label)

        def on(day: Any) -> str:
            return day.isoformat() if day else "—"

        columns = [
            Column("编号", lambda n: link(n.get_absolute_url(), n, here), sort="number", lead=True),
            Column("村", lambda n: n.village.name, sort="village", css="nowrap"),
            Column("状态", state),
            Column("整改要求", lambda n: n.requirement),
            Column("发出日期", lambda n: on(n.issued_on), sort="issued_on", css="nowrap"),
            Column("反馈时限", lambda n: on(n.reply_due_on), sort="reply_due_on", css="nowrap"),
            Column("签收日期", lambda n: on(n.signed_on), css="nowrap"),
            Column("反馈日期", lambda n: on(n.replied_on), css="nowrap"),
            Column("整改情况", lambda n: n.reply or "—"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda n: n.township.name))
        return columns


class NoticePage(PermissionRequired):
    """Loads one notice in scope."""

    notice: Notice

    def load(self, pk: int) -> None:
        self.notice = get_object_or_404(
            Notice.objects.visible_to(self.access).select_related("village", "township", "inspection"), pk=pk
        )

    def may(self, permission: Permission) -> bool:
        return self.access.may(permission, township_id=self.notice.township_id, village_id=self.notice.village_id)


class NoticeDetail(NoticePage, Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/notice_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = self.notice
        state = notice.state_on(self.access.on)
        answers, edits = self.may(Permission.NOTICE_ANSWER), self.may(Permission.INSPECTION_EDIT)
        return super().get_context_data(**kwargs) | {
            "title": str(notice),
            "notice": notice,
            "state": state.label,
            "light": NOTICE_LIGHTS[state],
            "may_sign": answers and not notice.signed_on,
            "may_reply": answers and bool(notice.signed_on) and not notice.closed_on,
            "may_close": edits and bool(notice.replied_on) and not notice.closed_on,
            "may_edit": edits and not notice.replied_on,
            "history": history(notice),
        }


class NoticeCreate(FormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = NoticeForm
    title = "发出整改通知书"
    button = "发出"
    success_text = "已发出整改通知书，编号已自动生成。"

    def load(self, pk: int) -> None:
        self.inspection = get_object_or_404(
            Inspection.objects.visible_to(self.access).select_related("township"), pk=pk
        )
        self.require(Permission.INSPECTION_EDIT, township_id=self.inspection.township_id)
        self.intro = f"{self.inspection}。编号按乡镇和年度自动连续编排。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"villages": self.inspection.villages.all()}

    def get_initial(self) -> dict[str, Any]:
        """The finding it follows from fills village and requirement; nonsense in the address fills nothing."""
        values: dict[str, Any] = {"issued_on": self.access.on}
        number = self.request.GET.get("finding", "")
        if number.isdecimal() and len(number) < 18:
            finding = self.inspection.findings.filter(pk=int(number)).first()
            if finding:
                values |= {"village": finding.village_id, "requirement": finding.requirement or finding.text}
        return values

    def get_success_url(self) -> str:
        return self.inspection.get_absolute_url()

    def perform(self, form: NoticeForm) -> Notice:
        return services.issue_notice(self.inspection, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class NoticeFormPage(NoticePage, FormPage):
    """A form about one notice: names it above the form, leads back to it."""

    template_name = "inspections/notice_form.html"

    def load(self, pk: int) -> None:
        super().load(pk)
        self.require(self.permission, township_id=self.notice.township_id, village_id=self.notice.village_id)

    def current(self) -> Notice:
        return self.notice

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"notice": self.notice}

    def get_success_url(self) -> str:
        return self.notice.get_absolute_url()

    def values(self, form: Any) -> dict[str, Any]:
        """Arguments of every service here."""
        return form.cleaned_data | {
            "base_version": self.base_version, "by": self.request.user, "at": timezone.now(),
        }  # fmt: skip


class NoticeUpdate(NoticeFormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = NoticeChangeForm
    title = "修改整改通知书"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.notice, name) for name in FIELDS}

    def perform(self, form: NoticeChangeForm) -> Notice:
        return services.change_notice(self.notice, **self.values(form))


class NoticeSign(NoticeFormPage):
    permission = Permission.NOTICE_ANSWER
    form_class = SignForm
    title = "签收整改通知书"
    button = "签收"
    success_text = "已签收。整改后请在反馈时限前反馈整改情况。"

    def get_initial(self) -> dict[str, Any]:
        return {"signed_on": self.access.on}

    def perform(self, form: SignForm) -> Notice:
        return services.sign_notice(self.notice, **self.values(form))


class NoticeReply(NoticeFormPage):
    permission = Permission.NOTICE_ANSWER
    form_class = ReplyForm
    title = "反馈整改情况"
    button = "反馈"
    success_text = "已反馈。"

    def get_initial(self) -> dict[str, Any]:
        return {"reply": self.notice.reply, "replied_on": self.notice.replied_on or self.access.on}

    def perform(self, form: ReplyForm) -> Notice:
        return services.reply_notice(self.notice, **self.values(form))


class NoticeClose(NoticeFormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = CloseForm
    title = "办结整改通知书"
    button = "办结"
    intro = "认可村里的反馈、不再需要整改时办结。办结后反馈不再修改。"
    success_text = "已办结。"

    def get_initial(self) -> dict[str, Any]:
        return {"closed_on": self.access.on}

    def perform(self, form: CloseForm) -> Notice:
        return services.close_notice(self.notice, **self.values(form))
