"""From the author's hand to the Party secretary's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.permissions import Permission
from common import chinese
from common.lists import number_named
from common.models import RecordChanged
from reports import annexes, document_model, services
from reports.figures import Figures
from reports.forms import ReturnForm, SignForm
from reports.models import Summary
from reports.views.base import OneSummary, State, gaps_of
from reports.views.issue import warning_of
from villages.pages import ActionPage, FormPage


class SummarySubmit(OneSummary, ActionPage):
    permission = Permission.SUMMARY_DRAFT
    success_text = "已送签。签发前如需修改，请先退回。"

    def perform(self) -> None:
        services.submit_for_sign(self.summary, base_version=self.base_version, by=self.request.user, at=timezone.now())


class SummarySign(OneSummary, FormPage):
    """Asks once more, and says what the signature fixes: it cannot be taken back, only withdrawn for all to see.

    The version in the address is the one that was read: a text that came in since is read first.
    """

    permission = Permission.SUMMARY_SIGN
    form_class = SignForm
    template_name = "reports/sign_form.html"
    title = "签发工作总结"
    button = "签发"
    success_text = "已签发，内容已固定。正式文件正在生成，稍后刷新本页下载。"

    def current(self) -> Summary:
        return self.summary

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read = number_named(request.GET.get("base_version"), 9)
        if self.summary.state != State.REVIEW:
            return self.not_now("已签发，不用再签。" if self.summary.is_frozen else "还在起草，送签后才能签发。")
        if read and read != self.summary.version:
            return self.not_now("您打开之后又有修改，请看清最新内容后再签发。")
        return super().get(request, *args, **kwargs)

    def not_now(self, why: str) -> HttpResponse:
        messages.error(self.request, f"这份总结{why}")
        return redirect(self.get_success_url())

    def show_change(self, form: SignForm, changed: RecordChanged) -> HttpResponse:
        """Nobody signs by a second click what he has not read."""
        return self.not_now("您打开之后又有修改，请看清最新内容后再签发。")

    def perform(self, form: SignForm) -> str:
        services.sign(self.summary, base_version=self.base_version, by=self.request.user, at=timezone.now())
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        summary = self.summary
        parts = list(summary.parts.all())
        figures = Figures.from_json(summary.figures)
        gaps = gaps_of(summary, parts)
        blocks = [block for _, block in document_model.body_blocks(parts, figures)]
        runs = [run for block in blocks for run in getattr(block, "runs", ())]
        printed = summary.files.filter(summary_version=summary.version).exclude(pages=None).first()
        return super().get_context_data(**kwargs) | {
            "summary": summary,
            "period": chinese.period(summary.starts_on, summary.ends_on),
            "counted": sum(1 for run in runs if run.figure),
            "typed": sum(1 for run in runs if run.mark == "typed"),
            "length": sum(len(getattr(block, "text", "")) for block in blocks),
            "pages": printed.pages if printed else None,
            "annexes": [title for title, _ in annexes.tables(summary, figures)],
            "missing": [gap for gap in gaps if not gap["waits"]],
            "waiting": [gap for gap in gaps if gap["waits"]],
            "changed": [part for part in parts if part.has_changed],
            "is_author": summary.author_id == self.request.user.pk,
            "warning": warning_of(document_model.document(summary, parts)),
        }


class SummaryReturn(OneSummary, FormPage):
    """Either of the two people may take it back: the secretary with remarks, the author to mend what he noticed himself."""

    form_class = ReturnForm
    title = "退回修改"
    button = "退回"
    success_text = "已退回起草。"

    def load(self, pk: int) -> None:
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def perform(self, form: ReturnForm) -> str:
        services.return_summary(
            self.summary, reason=form.cleaned_data["reason"], by=self.request.user, at=timezone.now()
        )
        return self.get_success_url()
