"""The files made from a summary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common import papers
from jobs.models import Job
from reports.models import Summary, SummaryFile
from reports.services.files import job_key, request_file
from reports.views.base import OneSummary
from villages.pages import ActionPage, PermissionRequired

MEDIA_TYPES = {SummaryFile.Format.PDF: papers.PDF, SummaryFile.Format.WORD: papers.DOCX}


def offers(summary: Summary, files: list[SummaryFile]) -> list[dict[str, Any]]:
    """For each format: the file of the present text, or the job that is making it, or where to ask for it."""
    made = {file.format: file for file in files if file.summary_version == summary.version}
    keys = {job_key(summary.pk, summary.version, name): name for name in SummaryFile.Format if name not in made}
    jobs = {keys[str(job.key)]: job for job in Job.objects.filter(key__in=keys)} if keys else {}
    return [
        {
            "label": format.label,
            "file": made.get(format),
            "job": jobs.get(format),
            "url": reverse(
                f"reports:summary_{'pdf' if format == SummaryFile.Format.PDF else 'word'}", args=[summary.pk]
            ),
        }
        for format in SummaryFile.Format
    ]


class SummaryFileRequest(OneSummary, ActionPage):
    """Asks for a file and leads to the page of its job."""

    format = SummaryFile.Format.PDF
    success_text = "已开始生成，完成后可在此下载。"

    def load(self, pk: int) -> None:
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def perform(self) -> None:
        self.job = request_file(self.summary, format=self.format, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.job.pk]) if hasattr(self, "job") else super().get_success_url()


class SummaryPdf(SummaryFileRequest):
    format = SummaryFile.Format.PDF


class SummaryWord(SummaryFileRequest):
    format = SummaryFile.Format.WORD


class FileDownload(PermissionRequired):
    permission = Permission.SUMMARY_VIEW
    http_method_names = ["get", "head"]

    def load(self, pk: int) -> None:
        self.file = get_object_or_404(
            SummaryFile.objects.filter(summary__in=Summary.objects.visible_to(self.access)).select_related("summary"),
            pk=pk,
        )
        self.require(Permission.SUMMARY_VIEW, township_id=self.file.township_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The file under its Chinese name (RFC 5987, by FileResponse)."""
        try:
            stored = self.file.file.open("rb")
        except FileNotFoundError:
            messages.error(request, f"文件“{self.file.name}”已不在磁盘上，请管理员从备份中恢复。")
            return redirect(self.file.summary)
        return FileResponse(
            stored, as_attachment=True, filename=self.file.name, content_type=MEDIA_TYPES[self.file.format]
        )
