"""Filters above the lists of meetings and of what follows from them; inspections build on them too."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from common.chinese import numeral
from common.forms import DateField
from meetings.models import AgendaItem, Commitment, Meeting
from rounds.models import Round
from villages.models import Township, Unit, Village
from villages.pages import FilterForm


class RecordFilter(FilterForm):
    """What every list of dated records of a round is filtered by: round, township, days, and “as of”.

    Subclasses add their own fields; `village` and `unit`, where they have them, offer what is in the visitor's scope.
    """

    round = forms.ChoiceField(label="轮次", required=False)
    township = forms.ModelChoiceField(
        label="乡镇", queryset=Township.objects.none(), required=False, empty_label="全部"
    )
    as_of = DateField(label="截至", required=False)
    field_order = ("round", "township", "kind", "mode", "level", "outcome", "state", "village", "unit")

    def full_clean(self) -> None:
        self._offer()
        super().full_clean()

    def _offer(self) -> None:
        """Choices in scope. A reader of one township is not asked which."""
        rounds = Round.objects.visible_to(self.access).values_list("year", "number").distinct()
        self.fields["round"].choices = [
            ("", "全部"),
            *((f"{year}-{number}", f"{year}年第{numeral(number)}轮") for year, number in rounds),
        ]
        if len(self.access.all_township_ids) > 1:
            self.fields["township"].queryset = Township.objects.visible_to(self.access)
        else:
            del self.fields["township"]
        if "village" in self.fields:
            self.fields["village"].queryset = Village.objects.visible_to(self.access)
        if "unit" in self.fields:
            self.fields["unit"].queryset = Unit.objects.visible_to(self.access)

    def narrow(
        self, rows: QuerySet[Any], *, day: str, round: str = "round", township: str = "township"
    ) -> QuerySet[Any]:
        """Apply the shared filters; the arguments name the lookups from the row to its day, round and township."""
        if key := self.value("round"):
            year, _, number = key.partition("-")
            rows = rows.filter(**{f"{round}__year": int(year), f"{round}__number": int(number)})
        if "township" in self.fields and (place := self.value("township")):
            rows = rows.filter(**{township: place})
        for name, lookup in (("from", "gte"), ("to", "lte"), ("as_of", "lte")):
            if limit := self.value(name):
                rows = rows.filter(**{f"{day}__{lookup}": limit})
        return rows


# "from" is a word of Python and cannot be written as an attribute.
RecordFilter.declared_fields["from"] = DateField(label="日期从", required=False)
RecordFilter.declared_fields["to"] = DateField(label="日期到", required=False)


def village_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, empty_label="全部")


def unit_field(label: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=Unit.objects.none(), required=False, empty_label="全部")


class MeetingFilter(RecordFilter):
    kind = forms.ChoiceField(label="会议类型", choices=[("", "全部"), *Meeting.Kind.choices], required=False)
    level = forms.ChoiceField(label="层级", choices=[("", "全部"), *Meeting.Level.choices], required=False)
    village = village_field()
    unit = unit_field("参加部门")
    deployment = forms.BooleanField(label="专题部署整治工作", required=False)


class AgendaFilter(RecordFilter):
    kind = forms.ChoiceField(label="会议类型", choices=[("", "全部"), *Meeting.Kind.choices], required=False)
    outcome = forms.ChoiceField(label="结果", choices=[("", "全部"), *AgendaItem.Outcome.choices], required=False)
    village = village_field()


class CommitmentFilter(RecordFilter):
    class State:
        """`open` and `kept` include the late ones, so that they add up to all."""

        CHOICES = [
            ("open", "未落实（含逾期）"),
            (Commitment.State.LATE, "逾期未落实"),
            ("kept", "已落实（含逾期落实）"),
            (Commitment.State.KEPT_LATE, "逾期落实"),
        ]

    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *State.CHOICES], required=False)
    village = village_field()
    unit = unit_field("责任单位")
    due_from = DateField(label="时限从", required=False)
    due_to = DateField(label="时限到", required=False)
