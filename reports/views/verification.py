"""Whether a signed paper is genuine: asked by anybody who holds it, without login."""

from __future__ import annotations

import hashlib
from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView

from accounts.permissions import Permission
from common.errors import Refused
from reports.models import Summary
from reports.services import verification
from reports.services.verification import Answer, Standing
from villages.pages import PortalRequest

TOO_LARGE = "文件过大，不能比对。请选择签发时下载的原文件。"


class Digest(FileUploadHandler):
    """Takes the first file of the form as a digest while it arrives: nothing of it is kept, in memory or on disk."""

    sha256 = ""
    too_large = False
    _hash: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self._hash is not None:
            raise SkipFile
        super().new_file(*args, **kwargs)
        self._hash = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.too_large = True
            raise SkipFile
        self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> None:
        if not self.too_large:
            self.sha256 = self._hash.hexdigest()


# The form is read by our own handler, which must be set before anything looks at it: so the CSRF check comes after it, not in the middleware.
@method_decorator([login_not_required, csrf_exempt], name="dispatch")
class Verify(TemplateView):
    template_name = "reports/verify.html"
    http_method_names = ["get", "head", "post"]
    request: PortalRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        self.upload = Digest(request)
        request.upload_handlers = [self.upload]
        return csrf_protect(super().dispatch)(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.GET.get("code", "")
        return self.answered(code) if code else self.shown()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.POST.get("code", "")
        if not code.strip():
            return self.shown(error="请填写文稿最后一页上的验证码。", status=422)
        if self.upload.too_large:
            return self.shown(code=code, error=TOO_LARGE, status=422)
        return self.answered(code, sha256=self.upload.sha256)

    def answered(self, code: str, *, sha256: str = "") -> HttpResponse:
        try:
            verification.admit(get_client_ip_address(self.request) or "", at=timezone.now())
        except Refused as refusal:
            return self.shown(code=code, error=str(refusal), status=429)
        return self.shown(code=code, answer=verification.verify(code, sha256=sha256))

    def shown(
        self, *, code: str = "", answer: Answer | None = None, error: str = "", status: int = 200
    ) -> HttpResponse:
        known = answer is not None and answer.standing != Standing.UNKNOWN
        context = {
            "title": "核对文稿",
            "code": code[:40],
            "answer": answer,
            "error": error,
            "known": known,
            "summary_url": self.summary_url(answer) if known and answer else "",
        }
        return self.render_to_response(context, status=status)

    def summary_url(self, answer: Answer) -> str:
        """For a reader who may open the summary in the portal anyway."""
        if not self.request.user.is_authenticated or answer.issue is None:
            return ""
        summary, access = answer.issue.summary, self.request.access
        may = access.may(Permission.SUMMARY_VIEW, township_id=summary.township_id)
        seen = may and Summary.objects.visible_to(access).filter(pk=summary.pk).exists()
        return summary.get_absolute_url() if seen else ""
