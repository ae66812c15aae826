"""What is asked before an export: which round, of which township, as of which day."""

from __future__ import annotations

from typing import Any

from django import forms

from common.forms import DateField, PortalForm
from rounds.models import Round
from villages.models import Township


class ExportForm(PortalForm):
    """`rounds` are those in sight; a round is chosen by year and number, so that a county's townships come together."""

    round = forms.ChoiceField(label="轮次")
    township = forms.ModelChoiceField(Township.objects.none(), label="乡镇", required=False, empty_label="全部乡镇")
    as_of = DateField(label="截至日期", required=False, help_text="不填为今天。可填过去的某一天，按当天的情况导出。")
    since = DateField(
        label="本期开始日期", required=False, help_text="“本期新增、本期销号”从这一天算起；不填为轮次开始之日。"
    )

    def __init__(self, *args: Any, rounds: list[Round], periodic: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = rounds
        field: Any = self.fields["round"]
        field.choices = list(dict.fromkeys((r.key, str(r)) for r in rounds))
        townships: Any = self.fields["township"]
        ids = {r.township_id for r in rounds}
        townships.queryset = Township.objects.filter(pk__in=ids)
        if len(ids) < 2:
            del self.fields["township"]
        if not periodic:
            del self.fields["since"]

    def chosen(self) -> list[Round]:
        """The rounds asked for."""
        township = self.cleaned_data.get("township")
        return [
            r
            for r in self.rounds
            if r.key == self.cleaned_data["round"] and (township is None or r.township_id == township.pk)
        ]


class NothingToAsk(PortalForm):
    """A filtered list says all by itself."""
