"""What is typed about the criteria of close-out (销号标准)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from common.forms import CleanTextField, PortalForm
from common.lists import number_named
from problems.forms.progress import PhotosForm
from problems.services.criteria import MOST


class CriteriaForm(PortalForm):
    """As many lines as a problem may have; empty ones are left out. `base` names the criteria the editor saw."""

    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = []
        for n in range(1, MOST + 1):
            self.fields[f"text_{n}"] = CleanTextField(label=f"第{n}条", max_length=100, required=False)
            self.fields[f"wants_{n}"] = forms.BooleanField(label="须有照片或文件", required=False)
            rows.append(Div(f"text_{n}", f"wants_{n}", css_class="criterion-row"))
        self.helper.layout = Layout("base", *rows)

    @property
    def lines(self) -> list[tuple[str, bool]]:
        data = self.cleaned_data
        return [(data[f"text_{n}"], data[f"wants_{n}"]) for n in range(1, MOST + 1)]

    @property
    def seen(self) -> list[int]:
        return [key for text in self.cleaned_data["base"].split(",") if (key := number_named(text)) is not None]


def initial_of(lines: Sequence[tuple[str, bool]], keys: Sequence[int]) -> dict[str, Any]:
    """The form as it opens."""
    initial: dict[str, Any] = {"base": ",".join(map(str, keys))}
    for n, (text, wants) in enumerate(lines, 1):
        initial |= {f"text_{n}": text, f"wants_{n}": wants}
    return initial


class CriterionFilesForm(PhotosForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = "照片自动缩小并去掉拍摄地点；也可传 PDF、Word、Excel，每个不超过20 MB。"
