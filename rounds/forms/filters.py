"""Filters above the lists of rounds; the lists of pairings build on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from common import chinese
from common.forms import DateField
from common.lists import number_named
from rounds.models import CalendarItem, Designation, LeadingGroupSeat, Round, RoundDocument
from villages.models import Village
from villages.pages import FilterForm

ANY = ("", "全部")


def codes(value: Any) -> list[tuple[str, str]]:
    return [ANY, *value]


class RoundFilter(FilterForm):
    """Round (its year and number, “2026-2”), township for those who see several, and the day as of which the list stands."""

    round = forms.ChoiceField(label="轮次", required=False)
    township = forms.ChoiceField(label="乡镇", required=False)
    as_of = DateField(label="截至", required=False)

    def prepare(self) -> None:
        self.rounds = list(
            Round.objects.visible_to(self.access).values_list("pk", "township_id", "township__name", "year", "number")
        )
        keys = {(year, number): None for _, _, _, year, number in self.rounds}
        townships = {pk: name for _, pk, name, _, _ in self.rounds}
        self.fields["round"].choices = [
            ANY,
            *(
                (f"{year}-{number}", f"{year}年第{chinese.numeral(number)}轮")
                for year, number in sorted(keys, reverse=True)
            ),
        ]
        self.many_townships = len(townships) > 1
        if self.many_townships:
            self.fields["township"].choices = [ANY, *((str(pk), name) for pk, name in sorted(townships.items()))]
        else:
            del self.fields["township"]

    @property
    def day(self) -> date:
        """The day the list stands for: the one asked for, else today."""
        return self.value("as_of") or self.access.on

    @property
    def target(self) -> tuple[int, int] | None:
        """(round, township) a button above the list writes into: the newest round that fits, when it is clear whose."""
        fitting = [
            (pk, township)
            for pk, township, _, year, number in self.rounds
            if self.value("round") in (None, f"{year}-{number}") and self.value("township") in (None, str(township))
        ]
        return fitting[0] if len({township for _, township in fitting}) == 1 else None

    def of_round(self, rows: QuerySet[Any], prefix: str = "round__") -> QuerySet[Any]:
        """The rows of the round and township asked for; `prefix` leads from the row to its round."""
        if key := self.value("round"):
            year, _, number = key.partition("-")
            rows = rows.filter(**{f"{prefix}year": int(year), f"{prefix}number": int(number)})
        if township := self.value("township"):
            rows = rows.filter(**{f"{prefix}township_id": int(township)})
        return rows


class VillageRoundFilter(RoundFilter):
    """Also by village. Who sees several townships chooses one first: thousands of villages are no list to choose from."""

    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, empty_label="全部")
    field_order = ["round", "township", "village"]

    def prepare(self) -> None:
        super().prepare()
        villages = Village.objects.visible_to(self.access)
        if self.many_townships:
            township, village = (number_named(self.data.get(name)) for name in ("township", "village"))
            if township:
                villages = villages.filter(township_id=township)
            elif village:  # an address may name a village alone
                villages = villages.filter(pk=village)
            else:
                del self.fields["village"]
                return
        self.fields["village"].queryset = villages


class DesignationFilter(VillageRoundFilter):
    STATES = [("listed", "列入（审定后未调出）"), *Designation.State.choices]
    state = forms.ChoiceField(label="状态", choices=codes(STATES), required=False)
    criterion = forms.IntegerField(label="认定情形序号", min_value=1, max_value=99, required=False)
    again = forms.BooleanField(label="重新列入", required=False)
    adjusted = forms.BooleanField(label="动态调整（调入、调出）", required=False)


class ScreeningFilter(VillageRoundFilter):
    as_of = None  # visits are events: the two days say which (`from` is a word of Python, so they are added below)


class SeatFilter(RoundFilter):
    position = forms.ChoiceField(label="组内职务", choices=codes(LeadingGroupSeat.Position.choices), required=False)


class DocumentFilter(RoundFilter):
    as_of = None
    kind = forms.ChoiceField(label="类别", choices=codes(RoundDocument.Kind.choices), required=False)
    topic = forms.ChoiceField(label="内容", choices=codes(RoundDocument.Topic.choices), required=False)
    to = DateField(label="印发不晚于", required=False)


class CampaignFilter(RoundFilter):
    as_of = None


class CalendarFilter(RoundFilter):
    state = forms.ChoiceField(label="状态", choices=codes(CalendarItem.State.choices), required=False)
    q = forms.CharField(label="事项", required=False, max_length=40)


class PracticeFilter(RoundFilter):
    as_of = None
    to = DateField(label="总结不晚于", required=False)


def add_period(form: type[FilterForm]) -> None:
    """Give a filter the days `from` and `to`, as every list of events takes them in the address."""
    form.base_fields["from"] = DateField(label="起", required=False)
    form.base_fields["to"] = DateField(label="止", required=False)


def in_period(form: FilterForm, rows: QuerySet[Any], day: str) -> QuerySet[Any]:
    """The rows between the days asked for, both included; `day` leads from the row to its day."""
    for name, lookup in (("from", "gte"), ("to", "lte")):
        if limit := form.value(name):
            rows = rows.filter(**{f"{day}__{lookup}": limit})
    return rows


add_period(ScreeningFilter)
