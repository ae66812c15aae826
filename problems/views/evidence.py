"""Photos and files: sent one by one or with their form, and served to those who may see their problem."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.errors import Refused
from common.sending import send
from problems.models import Evidence, Upload
from problems.services import uploads
from villages.pages import FormPage, PermissionRequired

# Who posts progress sends photos with it; the office sends them with a milestone.
SENDERS = (Permission.PROGRESS_POST, Permission.PROBLEM_EDIT)


class TakesPhotos(FormPage):
    """A form page whose form is a PhotosForm. What came with the form is staged first, so that a refused form shows it again."""

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"user": self.request.user}
        if self.request.method == "POST":
            kwargs["data"], kwargs["photo_errors"] = stage_with_form(self.request)
        return kwargs


def stage_with_form(request: HttpRequest, name: str = "photos") -> tuple[Any, list[str]]:
    """The posted data with a token for each photo: those sent before, less those unticked, and those sent with the form itself."""
    data, errors = request.POST.copy(), []
    removed = set(data.getlist(f"{name}_remove"))
    for token in removed:
        uploads.remove_upload(token, by=request.user)
    tokens = [token for token in data.getlist(name) if token not in removed]
    files = [file for source in ("camera", "album", "papers") for file in request.FILES.getlist(f"{name}_{source}")]
    for file in files:
        if len(tokens) >= settings.UPLOAD_MAX_FILES:
            errors.append(uploads.too_many())
            break
        try:
            tokens.append(uploads.stage_upload(file, by=request.user, at=timezone.now()).token)
        except Refused as refusal:
            errors.append(f"“{file.name}”：{refusal}")
    data.setlist(name, tokens)
    return data, errors


class UploadPage(PermissionRequired):
    """Base of what a page's script asks for while a form is being filled."""

    permission = Permission.PROBLEM_VIEW

    def load(self, **kwargs: Any) -> None:
        if not any(self.access.may(permission) for permission in SENDERS):
            raise PermissionDenied


class UploadCreate(UploadPage):
    """Takes one file and answers in JSON: its token, or the sentence of refusal."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> JsonResponse:
        file = request.FILES.get("file")
        if file is None:
            return JsonResponse({"error": "没有收到文件，请重新选择。"}, status=422)
        try:
            upload = uploads.stage_upload(file, by=request.user, at=timezone.now())
        except Refused as refusal:
            return JsonResponse({"error": str(refusal)}, status=422)
        preview = reverse("problems:upload_preview", args=[upload.token]) if upload.is_photo else ""
        return JsonResponse({"token": upload.token, "name": upload.name, "preview": preview}, status=201)


class UploadRemove(UploadPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        uploads.remove_upload(token, by=request.user)
        return HttpResponse(status=204)


class UploadPreview(UploadPage):
    """The thumbnail of a staged photo, for its owner only."""

    def get(self, request: HttpRequest, token: str) -> FileResponse:
        return send(get_object_or_404(Upload, token=token, by=request.user), thumbnail=True)


class EvidencePage(PermissionRequired):
    permission = Permission.PROBLEM_VIEW
    thumbnail = False

    def load(self, pk: int) -> None:
        self.evidence = get_object_or_404(Evidence.objects.visible_to(self.access), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return send(self.evidence, thumbnail=self.thumbnail)


class EvidenceThumbnail(EvidencePage):
    thumbnail = True
