"""Filters above the lists of pairings and activities."""

from django import forms

from pairings.models import Activity, Pairing, PairingSlot
from rounds.forms.filters import VillageRoundFilter, add_period, codes


class PairingFilter(VillageRoundFilter):
    kind = forms.ChoiceField(label="结对方式", choices=codes(Pairing.Kind.choices), required=False)
    helper = forms.CharField(label="帮扶方", required=False, max_length=40)
    many = forms.BooleanField(label="多对一", required=False)
    idle = forms.BooleanField(label="久无活动", required=False)


class GapFilter(VillageRoundFilter):
    need = forms.ChoiceField(label="缺少", choices=codes(PairingSlot.Filler.choices), required=False)


class ActivityFilter(VillageRoundFilter):
    as_of = None
    kind = forms.ChoiceField(label="活动方式", choices=codes(Activity.Kind.choices), required=False)
    funded = forms.BooleanField(label="有协调资金", required=False)


add_period(ActivityFilter)
