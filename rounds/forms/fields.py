"""Bases of the forms of rounds and pairings."""

from typing import Any

from django import forms

from common.forms import PortalForm


class InScopeForm(PortalForm):
    """A form whose choices the page hands in by field name: `choices={"village": queryset}`."""

    def __init__(self, *args: Any, choices: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (choices or {}).items():
            if name in self.fields:
                self.fields[name].queryset = rows


class SeriesForm(InScopeForm):
    """A form entered many times in a row: 24 calendar items, twelve visits."""

    another = forms.BooleanField(label="保存后接着登记下一条", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "another"])
