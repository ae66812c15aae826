"""Filters above the list of entries."""

from __future__ import annotations

from datetime import date

from django import forms

from common.forms import DateField
from common.lists import number_named
from otherwork.models import WorkKind
from rounds.forms.filters import add_period
from villages.models import Township, Village
from villages.pages import FilterForm


class EntryFilter(FilterForm):
    """Township for those who see several; kind, village, period, source of money; the standing of a day; struck-out ones on demand."""

    township = forms.ModelChoiceField(
        label="乡镇", queryset=Township.objects.none(), required=False, empty_label="全部"
    )
    kind = forms.ModelChoiceField(label="类别", queryset=WorkKind.objects.none(), required=False, empty_label="全部")
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, empty_label="全部")
    source = forms.CharField(label="资金来源", required=False, max_length=20)
    q = forms.CharField(label="内容", required=False, max_length=40)
    latest = forms.BooleanField(label="只看各村最近一次", required=False)
    as_of = DateField(label="截至", required=False)
    void = forms.BooleanField(label="只看已作废", required=False)

    def prepare(self) -> None:
        townships = Township.objects.visible_to(self.access)
        self.many_townships = len(self.access.all_township_ids) > 1
        self.fields["kind"].queryset = WorkKind.objects.visible_to(self.access)
        villages = Village.objects.visible_to(self.access)
        if not self.many_townships:
            del self.fields["township"]
        else:
            self.fields["township"].queryset = townships
            chosen = number_named(self.data.get("township"))
            if chosen is not None:
                villages = villages.filter(township_id=chosen)
                self.fields["kind"].queryset = self.fields["kind"].queryset.filter(township_id=chosen)
            else:  # thousands of villages are no list to choose from
                del self.fields["village"]
        if "village" in self.fields:
            self.fields["village"].queryset = villages
        self.order_fields(["township", "kind", "village", "from", "to"])

    @property
    def day(self) -> date:
        return self.value("as_of") or self.access.on


add_period(EntryFilter)
