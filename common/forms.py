"""Form parts shared by every page: one look, clean text, Chinese dates, typed text that is never lost."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from common import papers
from common import text as texts
from common.errors import Refused


class CleanTextField(forms.CharField):
    """One line of text a person types: cleaned, checked for private numbers."""

    def __init__(self, **kwargs: Any) -> None:
        self.text_limit = kwargs.pop("max_length", 200)
        kwargs.setdefault("strip", True)
        super().__init__(**kwargs)
        if "maxlength" not in self.widget.attrs and not isinstance(self.widget, forms.HiddenInput):
            self.widget.attrs["maxlength"] = self.text_limit

    def to_python(self, value: Any) -> str:
        return texts.clean(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        texts.validate_text(value, self.text_limit)


class LongTextField(CleanTextField):
    """Several lines of text. No maxlength in the browser: a pasted text is refused with a sentence, not cut silently."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 4)
        kwargs.setdefault("max_length", 5000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.widget.attrs.pop("maxlength", None)


class LinesField(LongTextField):
    """A list of short texts, a line each; empty lines are left out. The value is the list."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [line for part in text.splitlines() if (line := part.strip())]


class DateField(forms.DateField):
    """A day. The browser's own picker where there is one; 2026-3-5, 2026.3.5 and 2026年3月5日 are read too."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": "请填写正确的日期，例如 2026-08-30。"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日"])
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 1950 <= value.year <= 2100:
            raise forms.ValidationError("年份应在1950年至2100年之间。", code="year")


class RowsField(forms.ModelMultipleChoiceField):
    """Many rows with a box each. A key no column can hold is refused here: Django asks the database for it, which fails."""

    def _check_values(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else ():
            if len(str(key)) > 18:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(key)[:20] + "…"}
                )
        return super()._check_values(value)


class PaperField(forms.FileField):
    """A photo or file, checked and decoded here, before the transaction of its record: the value is a `papers.Paper`."""

    default_error_messages = {"required": "请选择文件。", "empty": "文件是空的，请重新选择。"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        try:
            return papers.receive(file) if file else file
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from None


DASHES = forms.ModelChoiceField(None).empty_label  # type: ignore[arg-type]
REQUIRED = forms.Field.default_error_messages["required"]


class PortalForm(forms.Form):
    """Base of every form. The page draws the form tag, the submission token and the buttons (templates/common/form.html).

    `layout` may be set by a subclass with crispy-forms layout objects; else fields come in order.
    """

    layout: Any = None
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Where a form says no word of its own for "none of them", Django's line of dashes would stand.
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
                field.empty_label = "请选择" if field.required else "不选"
            # Django's own sentences speak of fields and values.
            if field.error_messages["required"] == REQUIRED:
                field.error_messages["required"] = "这一项必填。"
            field.error_messages.setdefault("min_value", "不能小于%(limit_value)s。")
            field.error_messages.setdefault("max_value", "不能大于%(limit_value)s。")
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False
        if self.layout is not None:
            self.helper.layout = self.layout

    def error_list(self) -> list[tuple[str, str, str]]:
        """(field id or "", label, sentence) for every error, for the summary on top of the page."""
        rows = []
        for name, errors in self.errors.items():
            for error in errors:
                if name == "__all__":
                    rows.append(("", "", str(error)))
                else:
                    bound = self[name]
                    rows.append((bound.id_for_label, str(bound.label), str(error)))
        return rows
