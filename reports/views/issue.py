"""The page of a signed summary: the frozen text, its files, the issued version, its withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from reports import services
from reports.document import preview
from reports.document.blocks import Annex, Block, Document, SmallPrint, Table
from reports.document.errors import DocumentError
from reports.figures import Figures
from reports.forms import IssuedFileForm, WithdrawForm
from reports.models import Issue, IssuedFile, Summary
from reports.services import freezing
from reports.views.base import LIGHTS, OneSummary, State
from reports.views.files import offers
from villages.access import Access
from villages.pages import ActionPage, FormPage, PermissionRequired, with_back

ANNEX_ROWS = 30
Link = Callable[[str], str | None]


def issue_context(summary: Summary, access: Access, here: str) -> dict[str, Any]:
    """What `reports/issue_detail.html` shows. Everything on the paper comes from what was frozen."""
    issue = Issue.objects.select_related("withdrawal__by").get(summary=summary)
    figures = Figures.from_json(issue.figures)
    may_sign = access.may(Permission.SUMMARY_SIGN, township_id=summary.township_id)
    may_draft = access.may(Permission.SUMMARY_DRAFT, township_id=summary.township_id)
    signed = summary.state == State.SIGNED

    def link(key: str) -> str | None:
        figure = figures.figures.get(key)
        return with_back(figure.url, here) if figure and figure.url else None

    body, annexes, foot = _divided(issue.document)
    files = list(summary.files.filter(summary_version=summary.version))
    replacement = Summary.objects.filter(replaces=summary).only("pk", "title").first()
    return {
        "title": issue.title,
        "summary": summary,
        "issue": issue,
        "withdrawal": getattr(issue, "withdrawal", None),
        "is_intact": freezing.is_intact(issue),
        "period": chinese.period(summary.starts_on, summary.ends_on),
        "state_light": LIGHTS[State(summary.state)],
        "paper_title": issue.document.title,
        "paper": _html(body, link),
        "annexes": [_annex(annex, blocks, link) for annex, blocks in annexes],
        "foot": _html(foot, link),
        "files": files,
        "offers": offers(summary, files),
        "issued_files": list(issue.issued_files.select_related("by")),
        "replacement": replacement,
        "may_print": may_draft or may_sign,
        "may_upload": (may_draft or may_sign) and signed,
        "may_withdraw": may_sign and signed,
        "may_start_again": may_draft and not signed and replacement is None,
        "history": history(summary, 30),
    }


def warning_of(document: Document) -> str:
    """What would keep the text from being signed, for the author before he hands it in; "" where nothing would."""
    try:
        return freezing.unprintable(document)
    except DocumentError as error:
        return str(error)


def _html(blocks: list[Block], link: Link) -> SafeString:
    return mark_safe("".join(preview.block_html(b, link) for b in blocks))  # noqa: S308 - escaped by block_html


def _divided(document: Document) -> tuple[list[Block], list[tuple[Annex, list[Block]]], list[Block]]:
    """The text, the annexes, and the small print that stands behind them."""
    body: list[Block] = []
    annexes: list[tuple[Annex, list[Block]]] = []
    foot: list[Block] = []
    for block in document.blocks:
        if isinstance(block, SmallPrint):
            foot.append(block)
        elif isinstance(block, Annex):
            annexes.append((block, []))
        else:
            (annexes[-1][1] if annexes else body).append(block)
    return body, annexes, foot


def _annex(annex: Annex, blocks: list[Block], link: Link) -> dict[str, Any]:
    """The first rows of its tables; all of them stand in the file."""
    cut = [replace(b, rows=b.rows[:ANNEX_ROWS], foot=()) if isinstance(b, Table) else b for b in blocks]
    left_out = sum(max(0, len(b.rows) - ANNEX_ROWS) for b in blocks if isinstance(b, Table))
    return {"number": annex.number, "title": annex.title, "html": _html(cut, link), "left_out": left_out}


class SummaryWithdraw(OneSummary, FormPage):
    permission = Permission.SUMMARY_SIGN
    form_class = WithdrawForm
    title = "撤回签发稿"
    button = "撤回"
    intro = (
        "撤回后，原文、文件和验证码都保留，核对页会显示“已撤回”。撤回不能取消；需要更正时，可据此重新起草一份再签发。"
    )
    success_text = "已撤回。核对页会告诉查询的人。"

    def perform(self, form: WithdrawForm) -> str:
        services.withdraw(self.summary, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.get_success_url()


class SummaryStartAgain(OneSummary, ActionPage):
    permission = Permission.SUMMARY_DRAFT
    success_text = "已另起草一份，文字与撤回稿相同。改好后重新送签。"

    def perform(self) -> None:
        self.draft = services.start_again(self.summary, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        draft = getattr(self, "draft", None) or Summary.objects.filter(replaces=self.summary).first()
        return (draft or self.summary).get_absolute_url()


class IssuedFileCreate(OneSummary, FormPage):
    """The office that keeps the paper or the secretary who signed it."""

    form_class = IssuedFileForm
    title = "上传正式签发件"
    button = "上传"
    intro = "把最后定稿的 Word 或 PDF 放在生成的文件旁边，作为正式签发件保存。再次上传时，以前的仍保留，并注明已更换。"
    success_text = "已上传。"

    def load(self, pk: int) -> None:
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def perform(self, form: IssuedFileForm) -> str:
        services.add_issued_file(self.summary, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.get_success_url()


class IssuedFileDownload(PermissionRequired):
    permission = Permission.SUMMARY_VIEW
    http_method_names = ["get", "head"]

    def load(self, pk: int) -> None:
        self.kept = get_object_or_404(
            IssuedFile.objects.filter(issue__summary__in=Summary.objects.visible_to(self.access)).select_related(
                "issue__summary"
            ),
            pk=pk,
        )
        self.require(Permission.SUMMARY_VIEW, township_id=self.kept.township_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        """Always as a download: what a person sent is never shown as a page of ours."""
        response = FileResponse(
            self.kept.file.open("rb"), as_attachment=True, filename=self.kept.name, content_type=self.kept.media_type
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
