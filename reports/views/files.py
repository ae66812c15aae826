"""The files made from a summary."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from reports import services
from reports.models import Summary, SummaryFile
from reports.views.base import OneSummary
from villages.pages import ActionPage, PermissionRequired


class SummaryPdf(OneSummary, ActionPage):
    """Asks for the PDF and leads to the page of its job."""

    success_text = "已开始生成，完成后可在此下载。"

    def load(self, pk: int) -> None:
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def perform(self) -> None:
        self.job = services.request_pdf(self.summary, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.job.pk]) if hasattr(self, "job") else super().get_success_url()


class FileDownload(PermissionRequired):
    permission = Permission.SUMMARY_VIEW
    http_method_names = ["get", "head"]

    def load(self, pk: int) -> None:
        self.file = get_object_or_404(
            SummaryFile.objects.filter(summary__in=Summary.objects.visible_to(self.access)).select_related("summary"),
            pk=pk,
        )
        self.require(Permission.SUMMARY_VIEW, township_id=self.file.township_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file under its Chinese name (RFC 5987, by FileResponse)."""
        return FileResponse(
            self.file.file.open("rb"), as_attachment=True, filename=self.file.name, content_type="application/pdf"
        )
