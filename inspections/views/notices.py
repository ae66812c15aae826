"""Rectification notices: list, the page of one, the printed sheet, issue, sign for, answer, check."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column
from inspections import services
from inspections.forms.filters import NoticeFilter
from inspections.forms.records import CheckForm, NoticeChangeForm, NoticeForm, ReplyForm, SignForm
from inspections.models import Finding, Inspection, Notice, NoticeFile
from inspections.services.notices import FIELDS
from inspections.views.common import NOTICE_LIGHTS
from meetings.views.common import light, link
from problems.views.evidence import TakesPhotos, send
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
        rows = rows.select_related("village", "township")
        # Only a list of an earlier day asks for the rounds before the present one.
        return rows.prefetch_related("rounds") if self.day < self.access.on else rows

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
            Column(
                "发出日期",
                lambda n: (
                    f"{on(n.issued_on)}，第{n.round_number}次{on(n.reissued_on)}" if n.reissued_on else on(n.issued_on)
                ),
                sort="issued_on",
            ),
            Column("反馈时限", lambda n: on(n.reply_due_on), sort="reply_due_on", css="nowrap"),
            Column("签收日期", lambda n: on(n.signed_on), css="nowrap"),
            Column("反馈日期", lambda n: on(n.replied_on), css="nowrap"),
            Column("整改情况", lambda n: n.reply or "—"),
            Column("办结日期", lambda n: on(n.closed_on), css="nowrap"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda n: n.township.name))
        return columns


class NoticePage(PermissionRequired):
    """Loads one notice in scope."""

    notice: Notice

    def load(self, pk: int) -> None:
        self.notice = get_object_or_404(
            Notice.objects.visible_to(self.access).select_related(
                "village", "township", "inspection", "signed_by", "replied_by", "checked_by"
            ),
            pk=pk,
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
        waiting = bool(notice.replied_on) and not notice.closed_on
        own = notice.replied_by_id == self.request.user.pk
        files: dict[int, list[NoticeFile]] = defaultdict(list)
        for file in notice.files.all():
            files[file.round_number].append(file)
        return super().get_context_data(**kwargs) | {
            "title": str(notice),
            "notice": notice,
            "state": state.label,
            "light": NOTICE_LIGHTS[state],
            "findings": list(notice.findings.select_related("problem")),
            "files": files[notice.round_number],
            "rounds": [
                {"row": round, "files": files[round.number]}
                for round in notice.rounds.select_related("signed_by", "replied_by", "checked_by")
            ],
            "may_sign": answers and not notice.signed_on,
            "may_reply": answers and bool(notice.signed_on) and not notice.closed_on,
            "may_check": edits and waiting and not own,
            "waits_for_another": edits and waiting and own,
            "may_edit": edits and not notice.replied_on,
            "here": self.request.get_full_path(),
            "history": history(notice),
        }


class NoticeSheet(NoticePage, Page):
    """The notice as it is printed, stamped and handed over, with the slip the village signs."""

    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/notice_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = self.notice
        return super().get_context_data(**kwargs) | {
            "title": str(notice),
            "notice": notice,
            "findings": list(notice.findings.all()),
            "sender": f"中共{notice.township.name}委员会",
        }


class NoticeFilePage(PermissionRequired):
    """A photo or file of a reply, for whoever sees the notice."""

    permission = Permission.INSPECTION_VIEW
    thumbnail = False

    def load(self, pk: int) -> None:
        self.file = get_object_or_404(NoticeFile.objects.visible_to(self.access), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return send(self.file, thumbnail=self.thumbnail)


class NoticeFileThumbnail(NoticeFilePage):
    thumbnail = True


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

    @cached_property
    def free(self) -> list[Finding]:
        """Findings of the inspection that no notice is about yet."""
        rows = self.inspection.findings.visible_to(self.access).filter(notice=None)
        return list(rows.select_related("village").order_by("village__sort", "village_id", "pk"))

    def get_form_kwargs(self) -> dict[str, Any]:
        findings = Finding.objects.filter(pk__in=[f.pk for f in self.free]).select_related("village")
        return super().get_form_kwargs() | {
            "villages": self.inspection.villages.all(),
            "findings": findings.order_by("village__sort", "village_id", "pk"),
        }

    def get_initial(self) -> dict[str, Any]:
        """One finding (`finding` in the address) or all of a village (`village`) fill the form; nonsense there fills nothing."""
        values: dict[str, Any] = {"issued_on": self.access.on}
        finding, village = self.request.GET.get("finding", ""), self.request.GET.get("village", "")
        chosen = [f for f in self.free if str(f.pk) == finding or str(f.village_id) == village]
        if chosen:
            asked = [f.requirement or f.text for f in chosen]
            numbered = [f"{n}. {text}" for n, text in enumerate(asked, 1)]
            values |= {
                "village": chosen[0].village_id,
                "findings": [f.pk for f in chosen],
                "requirement": "\n".join(numbered) if len(asked) > 1 else asked[0],
            }
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


class NoticeReply(TakesPhotos, NoticeFormPage):
    permission = Permission.NOTICE_ANSWER
    form_class = ReplyForm
    template_name = "inspections/notice_reply.html"
    title = "反馈整改情况"
    button = "反馈"
    success_text = "已反馈，等待核查。"

    def get_initial(self) -> dict[str, Any]:
        return {"reply": self.notice.reply, "replied_on": self.notice.replied_on or self.access.on}

    def perform(self, form: ReplyForm) -> Notice:
        values = self.values(form)
        return services.reply_notice(self.notice, upload_tokens=values.pop("photos"), **values)


class NoticeCheck(NoticeFormPage):
    """Good: closed. Not good: issued again with a new reply date, the round kept."""

    permission = Permission.INSPECTION_EDIT
    form_class = CheckForm
    template_name = "inspections/notice_check.html"
    title = "核查整改情况"
    button = "提交核查结果"
    intro = (
        "反馈由村里填报，须由另一人到村或查看材料后核查。合格即办结；不合格的，同一编号再次发出，村里重新签收、反馈。"
    )

    def get_initial(self) -> dict[str, Any]:
        return {"checked_on": self.access.on}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = self.notice.files.filter(round_number=self.notice.round_number)
        return super().get_context_data(**kwargs) | {"files": list(files)}

    def perform(self, form: CheckForm) -> Notice:
        values = self.values(form)
        if values.pop("verdict") == CheckForm.NOT_GOOD:
            self.success_text = "已再次发出，村里须重新签收和反馈。"
            return services.reissue_notice(self.notice, **values)
        del values["reply_due_on"], values["requirement"]
        self.success_text = "核查合格，已办结。"
        return services.close_notice(self.notice, **values)
