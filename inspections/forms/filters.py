"""Filters above the lists of inspections, notices, bulletins, visits and surveys."""

from django import forms

from common.lists import number_named
from inspections.models import Inspection, Survey, Visit
from meetings.forms.filters import RecordFilter, VillageRecordFilter
from meetings.models import Meeting
from rounds.forms.filters import codes
from villages.models import Cadre


class InspectionFilter(VillageRecordFilter):
    mode = forms.ChoiceField(label="督查方式", choices=codes(Inspection.Mode.choices), required=False)


class NoticeFilter(VillageRecordFilter):
    STATES = [
        ("unanswered", "未反馈（含逾期）"),
        ("late", "逾期未反馈"),
        ("answered", "已反馈"),
        ("unchecked", "已反馈待核查"),
        ("closed", "已办结"),
        ("issued_again", "曾再次发出"),
    ]

    state = forms.ChoiceField(label="状态", choices=codes(STATES), required=False)


class FindingFilter(VillageRecordFilter):
    mode = forms.ChoiceField(label="督查方式", choices=codes(Inspection.Mode.choices), required=False)
    ledger = forms.ChoiceField(
        label="问题台账", choices=codes([("in", "已列入台账"), ("out", "未列入台账")]), required=False
    )
    noticed = forms.ChoiceField(
        label="整改通知书", choices=codes([("in", "已发通知书"), ("out", "未发通知书")]), required=False
    )
    q = forms.CharField(label="内容", required=False, max_length=40)


class BulletinFilter(RecordFilter):
    WRITTEN = "written"

    kind = forms.ChoiceField(
        label="通报场合", choices=codes([(WRITTEN, "书面通报"), *Meeting.Kind.choices]), required=False
    )


class VisitFilter(VillageRecordFilter):
    cadre = forms.ModelChoiceField(label="走访人", queryset=Cadre.objects.none(), required=False, empty_label="全部")
    leader = forms.BooleanField(label="只看领导走访", required=False)

    def prepare(self) -> None:
        super().prepare()
        visits = Visit.objects.visible_to(self.access)
        if self.many_townships:
            visits = visits.filter(township_id=number_named(self.data.get("township")))
        self.fields["cadre"].queryset = Cadre.objects.filter(pk__in=visits.values("cadre_id"))


class SurveyFilter(VillageRecordFilter):
    kind = forms.ChoiceField(label="测评类别", choices=codes(Survey.Kind.choices), required=False)
    latest = forms.BooleanField(label="只看各村最近一次", required=False)
