"""Filters above the lists of meetings and of what follows from them; inspections build on them too."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from common.forms import DateField
from common.lists import number_named
from meetings.models import AgendaItem, Commitment, Meeting
from rounds.forms.filters import RoundFilter, VillageRoundFilter, add_period, codes
from villages.models import Unit


class RecordFilter(RoundFilter):
    """What every list of dated records of a round is filtered by: round, township, the days from and to, “as of”."""

    def narrow(self, rows: QuerySet[Any], *, day: str, round: str = "round__") -> QuerySet[Any]:
        """Apply the shared filters; the arguments name the lookups from the row to its day and its round."""
        rows = self.of_round(rows, round)
        for name, lookup in (("from", "gte"), ("to", "lte"), ("as_of", "lte")):
            if limit := self.value(name):
                rows = rows.filter(**{f"{day}__{lookup}": limit})
        return rows


add_period(RecordFilter)


class VillageRecordFilter(RecordFilter, VillageRoundFilter):
    """Also by village."""


def offer_units(form: VillageRecordFilter) -> None:
    """Units in scope. Who sees several townships chooses one first, as with villages."""
    units = Unit.objects.visible_to(form.access)
    if form.many_townships:
        units = units.filter(Q(township_id=None) | Q(township_id=number_named(form.data.get("township"))))
    form.fields["unit"].queryset = units


def unit_field(label: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=Unit.objects.none(), required=False, empty_label="全部")


class MeetingFilter(VillageRecordFilter):
    kind = forms.ChoiceField(label="会议类型", choices=codes(Meeting.Kind.choices), required=False)
    level = forms.ChoiceField(label="层级", choices=codes(Meeting.Level.choices), required=False)
    unit = unit_field("参加部门")
    deployment = forms.BooleanField(label="专题部署整治工作", required=False)

    def prepare(self) -> None:
        super().prepare()
        offer_units(self)


class AgendaFilter(VillageRecordFilter):
    kind = forms.ChoiceField(label="会议类型", choices=codes(Meeting.Kind.choices), required=False)
    outcome = forms.ChoiceField(
        label="结果", choices=codes([("recorded", "已记录结果"), *AgendaItem.Outcome.choices]), required=False
    )
    part = forms.ChoiceField(
        label="部分", choices=codes([("matters", "研究议定的事项"), ("reviews", "听取落实情况")]), required=False
    )


class CommitmentFilter(VillageRecordFilter):
    # 未落实 and 已落实 include the late ones, so that the two add up to all.
    STATES = [
        ("open", "未落实（含逾期）"),
        (Commitment.State.LATE, "逾期未落实"),
        ("kept", "已落实（含逾期落实）"),
        (Commitment.State.KEPT_LATE, "逾期落实"),
    ]

    state = forms.ChoiceField(label="状态", choices=codes(STATES), required=False)
    unit = unit_field("责任单位")
    due_from = DateField(label="时限从", required=False)
    due_to = DateField(label="时限到", required=False)

    def prepare(self) -> None:
        super().prepare()
        offer_units(self)
