"""What is done with a rectification notice, step by step: issue, correct, sign for, answer, check."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from inspections import services
from inspections.forms.records import CheckForm, NoticeChangeForm, NoticeForm, ReplyForm, SignForm
from inspections.models import Finding, Inspection, Notice
from inspections.services.notices import FIELDS
from inspections.views.notices import NoticePage
from problems.views.evidence import TakesPhotos
from villages.pages import FormPage


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

    def get_initial(self) -> dict[str, Any]:
        return {"signed_on": self.access.on}

    def perform(self, form: SignForm) -> Notice:
        notice = services.sign_notice(self.notice, **self.values(form))
        late = notice.reply_due_on < self.access.on
        self.success_text = "已签收。" + (
            "已过反馈时限，请尽快反馈整改情况。" if late else "整改后请在反馈时限前反馈整改情况。"
        )
        return notice


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
