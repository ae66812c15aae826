"""Filters above the lists of pairings and activities."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from pairings.models import Activity, Pairing, PairingSlot
from rounds.forms.filters import VillageRoundFilter, add_period, codes

OWN = "own:"  # leads the name of a place the office named itself


class PairingFilter(VillageRoundFilter):
    kind = forms.ChoiceField(label="结对方式", choices=codes(Pairing.Kind.choices), required=False)
    helper = forms.CharField(label="帮扶方", required=False, max_length=40)
    many = forms.BooleanField(label="多对一", required=False)
    idle = forms.BooleanField(label="久无活动", required=False)


class GapFilter(VillageRoundFilter):
    need = forms.ChoiceField(label="缺少", choices=codes(PairingSlot.Filler.choices), required=False)

    def prepare(self) -> None:
        """Places of the rounds' own naming stand behind the usual ones, by their names: two rounds may have the same."""
        super().prepare()
        rounds = [pk for pk, *_ in self.rounds]
        names = PairingSlot.objects.filter(rule__round__in=rounds).exclude(name="").order_by("name")
        own = [(f"{OWN}{name}", name) for name in names.values_list("name", flat=True).distinct()]
        self.fields["need"].choices = codes([*PairingSlot.Filler.choices, *own])

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The gaps of the place asked for."""
        need = self.value("need")
        if not need:
            return rows
        if need.startswith(OWN):
            return rows.filter(need_name=need.removeprefix(OWN))
        return rows.filter(need=need, need_name="")


class ActivityFilter(VillageRoundFilter):
    as_of = None
    kind = forms.ChoiceField(label="活动方式", choices=codes(Activity.Kind.choices), required=False)
    funded = forms.BooleanField(label="有协调资金", required=False)


add_period(ActivityFilter)
