"""Shapes of what is typed about entries: one form whose fields follow from the kind."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from otherwork.models import WorkKind


def _decimal(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=10, decimal_places=2, min_value=Decimal(0), **kwargs)


# １２．５（户）as an input method gives it: the full-width signs stand in the order of the plain ones.
PLAIN = {0xFEE0 + sign: sign for sign in range(0x21, 0x7F)}


class QuantityField(forms.DecimalField):
    """A number, also when its unit is written after it (1次) or its digits are full-width."""

    def __init__(self, *, unit: str, **kwargs: Any) -> None:
        super().__init__(max_digits=10, decimal_places=2, min_value=Decimal(0), label=f"数量（{unit}）", **kwargs)
        self.unit = unit.translate(PLAIN)

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = value.translate(PLAIN).strip().removesuffix(self.unit)
        return super().to_python(value)


class EntryForm(PortalForm):
    """`villages` is None where the village is settled (one's only one, or the entry's); else what may be chosen. `funds`: the entry's amounts by source."""

    happened_on = DateField(label="日期")

    def __init__(
        self,
        *args: Any,
        kind: WorkKind,
        villages: Any = None,
        funds: Mapping[str, str] | None = None,
        series: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if villages is not None:
            self.fields["village"] = forms.ModelChoiceField(label="村", queryset=villages, empty_label="请选择")
        if kind.counting == WorkKind.Counting.LATEST:
            self.fields["happened_on"].label = "统计日期"
        keypad = {"inputmode": "numeric" if kind.whole else "decimal", "autocomplete": "off"}
        self.fields["quantity"] = QuantityField(unit=kind.unit, widget=forms.TextInput(attrs=keypad))
        if kind.takes_note:
            self.fields["note"] = LongTextField(label="内容", max_length=300, rows=3, required=False)
        funds = funds or {}
        # A source the office gave up since stays in the form of an entry that names it.
        self.sources = list(dict.fromkeys([*kind.sources, *funds])) if kind.has_money else list(funds)
        money = {"inputmode": "decimal", "autocomplete": "off"}
        for n, source in enumerate(self.sources):
            self.fields[f"fund_{n}"] = _decimal(
                label=f"{source}（万元）",
                required=False,
                initial=funds.get(source),
                widget=forms.TextInput(attrs=money),
            )
        if series:
            self.fields["another"] = forms.BooleanField(label="保存后接着登记下一条", required=False)
        order = ["village", "happened_on", "quantity", "note"]
        amounts = [f"fund_{n}" for n in range(len(self.sources))]
        plain = [Field(name) for name in order if name in self.fields]
        self.order_fields([*order, *amounts, "another"])
        self.helper.layout = Layout(*plain, Div(*amounts, css_class="pair"), *(["another"] if series else []))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["funds"] = {
            source: amount for n, source in enumerate(self.sources) if (amount := data.pop(f"fund_{n}", None))
        }
        return data


class VoidForm(PortalForm):
    reason = CleanTextField(label="作废原因", max_length=200)
