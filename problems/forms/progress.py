"""What is typed about progress, and the field that takes photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from problems.services import uploads
from problems.terms import FactKind

PHOTOS_HELP = "可不传。照片自动缩小并去掉拍摄地点；也可传 PDF、Word、Excel，每个不超过20 MB。"


class PhotosInput(forms.Widget):
    """Staged photos with a box to drop each, and file inputs for camera, album and papers; its value is the list of tokens.

    Works by itself; static/js/photos.js adds shrinking, progress and retry.
    """

    needs_multipart_form = True
    use_fieldset = True
    by: Any = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str) -> str:
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {
            "name": name,
            "id": (attrs or {}).get("id", name),
            "invalid": "is-invalid" in (attrs or {}).get("class", ""),
            "staged": uploads.staged(value or [], by=self.by) if self.by else [],
            "limit": settings.UPLOAD_MAX_FILES,
            "megabytes": settings.UPLOAD_MAX_BYTES // 1024 // 1024,
        }
        return render_to_string("problems/_phone_photos.html", context)


class PhotosField(forms.Field):
    """The tokens of staged photos and files. Whose they are is checked by the service, in the transaction of the record."""

    widget = PhotosInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", f"照片和材料（最多{settings.UPLOAD_MAX_FILES}个）")
        kwargs.setdefault("help_text", PHOTOS_HELP)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        tokens = list(dict.fromkeys(value or []))
        if len(tokens) > settings.UPLOAD_MAX_FILES:
            raise forms.ValidationError(uploads.too_many(), code="too_many")
        return tokens


class PhotosForm(PortalForm):
    """A form with photos. The page (problems.views.evidence.TakesPhotos) stages what came with it and says what was refused."""

    photos = PhotosField()

    def __init__(self, *args: Any, user: Any, photo_errors: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].widget.by = user
        self.photo_errors = photo_errors

    def clean_photos(self) -> list[str]:
        if self.photo_errors:
            raise forms.ValidationError(list(self.photo_errors))
        return self.cleaned_data["photos"]


class ProgressForm(PhotosForm):
    text = LongTextField(label="进展情况", max_length=2000, rows=5)
    happened_on = DateField(label="日期", help_text="事情发生的那天，可填以前的日期。")
    field_order = ["text", "photos", "happened_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["placeholder"] = (
            "做了什么、结果怎样。例如：上门与12户商谈，9户已签协议，余3户对青苗补偿有意见，周五再谈。"
        )
        self.fields["happened_on"].initial = timezone.localdate


class MilestoneForm(PhotosForm):
    kind = forms.ChoiceField(label="类别", choices=FactKind.choices)
    fact = CleanTextField(
        label="事实",
        max_length=100,
        help_text="一句话写明结果，会写入工作总结。例如：征地协议已签订、办公楼竣工并投入使用。",
    )
    happened_on = DateField(label="日期")
    field_order = ["kind", "fact", "happened_on", "photos"]
