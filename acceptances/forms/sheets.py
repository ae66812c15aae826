"""Shapes of the score sheet and of the round's rules of acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row
from django import forms
from django.db.models import QuerySet

from acceptances.models import ScoreSheet
from acceptances.services import sheets
from common.forms import CleanTextField, LinesField, PortalForm
from rounds.models import Round

SPARE = 3
MOST = 30


class SourceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: ScoreSheet) -> str:
        return f"沿用{obj.round}评分表"


class SetUpForm(PortalForm):
    source = SourceField(
        label="从哪里开始", queryset=ScoreSheet.objects.none(), required=False, empty_label="标准评分表（9项，100分）"
    )

    def __init__(self, *args: Any, sources: QuerySet[ScoreSheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources


class SheetForm(PortalForm):
    """The whole sheet at once, because its weights have to add up; an emptied line is left out, spare lines take new items."""

    def __init__(self, *args: Any, present: Sequence[sheets.Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = min(max(len(present), self._sent()) + SPARE, MOST)
        for n in range(1, self.count + 1):
            row = present[n - 1] if n <= len(present) else None
            self.fields[f"name_{n}"] = CleanTextField(
                label=f"第{n}项名称", max_length=40, required=False, initial=row.name if row else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip
            self.fields[f"standard_{n}"] = CleanTextField(
                label=f"第{n}项评分标准", max_length=300, required=False, initial=row.standard if row else "",
                widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
            )  # fmt: skip
            self.fields[f"weight_{n}"] = forms.IntegerField(
                label=f"第{n}项分值", min_value=1, max_value=100, required=False, initial=row.weight if row else None,
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )  # fmt: skip
        self.helper.layout = Layout(Div())  # the lines are drawn by the template

    def _sent(self) -> int:
        """How many lines the post carries, so that a refused form shows them all again."""
        lines = [name[5:] for name, value in self.data.items() if name.startswith("name_") and value]
        return max((int(line) for line in lines if line.isdecimal() and len(line) < 4), default=0)

    @property
    def lines(self) -> list[tuple[int, Any, Any, Any]]:
        return [(n, self[f"name_{n}"], self[f"standard_{n}"], self[f"weight_{n}"]) for n in range(1, self.count + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, self.count + 1):
            name, weight = data.get(f"name_{n}"), data.get(f"weight_{n}")
            if name and not weight and f"weight_{n}" not in self.errors:
                self.add_error(f"weight_{n}", "请填写分值。")
            if not name and (weight or data.get(f"standard_{n}")) and f"name_{n}" not in self.errors:
                self.add_error(f"name_{n}", "请填写项目名称；不要这一项的，把标准和分值也清空。")
        return data

    def rows(self) -> list[sheets.Row]:
        data = self.cleaned_data
        return [
            sheets.Row(data[f"name_{n}"], data[f"standard_{n}"], data[f"weight_{n}"])
            for n in range(1, self.count + 1)
            if data[f"name_{n}"]
        ]


def _number(label: str, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, **more)


class SettingsForm(PortalForm):
    layout = Layout(
        Fieldset(
            "得分", Row(Column("pass_score", css_class="col-sm-6"), Column("conditional_score", css_class="col-sm-6"))
        ),
        Fieldset("民主测评", "dissatisfied_limit", "satisfaction_formula", "usual_questions"),
        Fieldset(
            "跟踪巩固",
            Row(Column("follow_up_months", css_class="col-sm-6"), Column("follow_up_every", css_class="col-sm-6")),
        ),
    )

    pass_score = _number("合格分数线", 100)
    conditional_score = _number("基本合格分数线", 100, help_text="低于这个分数为不合格。")
    dissatisfied_limit = _number("不满意票上限（%）", 100, help_text="不满意票占有效票超过这个比例，直接认定不合格。")
    satisfaction_formula = forms.ChoiceField(
        label="满意率算法", choices=Round.Formula.choices, widget=forms.RadioSelect
    )
    usual_questions = LinesField(
        label="常用测评题目", max_length=2500, required=False, rows=5,
        help_text="每行一题。登记测评时先列出这些题目；测评表不分题的留空。",
    )  # fmt: skip
    follow_up_months = _number("跟踪期（月）", 36)
    follow_up_every = _number("每几个月跟踪一次", 36)
