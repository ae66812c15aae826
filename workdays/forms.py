"""Shape of one holiday as the announcement writes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, PortalForm
from workdays.holidays import OWN, STATUTORY

_DAY = re.compile(r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?")
_BESIDE = re.compile(r"（[^（）]*）|\([^()]*\)|上班|[\s、，,；;。和及]")


class DaysField(CleanTextField):
    """Days in a row of words: 9月20日（星期日）、10月10日（星期六）. A day without a year belongs to the year of the form."""

    year: int = 0

    def clean(self, value: Any) -> list[date]:  # type: ignore[override]
        text = super().clean(value)
        found = []
        for year, month, day in _DAY.findall(_BESIDE.sub(" ", text)):
            try:
                found.append(date(int(year or self.year), int(month), int(day)))
            except ValueError:
                raise forms.ValidationError(f"没有{month}月{day}日这一天。") from None
        if _BESIDE.sub("", _DAY.sub("", text)):
            raise forms.ValidationError("请填写日期，例如：9月20日、10月10日。")
        return found


class HolidayForm(PortalForm):
    name = forms.ChoiceField(label="节日", choices=[(n, n) for n in (*STATUTORY, OWN)])
    own_name = CleanTextField(
        label="名称", max_length=20, required=False, help_text="节日选“其他”时填写，例如：三月三、台风停工。"
    )
    starts_on = DateField(label="放假第一天")
    ends_on = DateField(label="放假最后一天")
    worked = DaysField(
        label="调休上班日",
        required=False,
        max_length=200,
        help_text="照通知填写，例如：9月20日、10月10日；没有就不填。",
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worked"].year = year

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("name") == OWN and not self.errors.get("own_name"):
            if not values.get("own_name"):
                self.add_error("own_name", "请填写名称。")
            elif values["own_name"] in STATUTORY:
                self.add_error("own_name", "这是法定节日，请在上面选择它。")
        return values
