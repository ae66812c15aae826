"""Shapes of what is typed about meetings."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import QuerySet

from common.forms import CleanTextField, DateField, LongTextField, PortalForm, RowsField
from meetings.forms.fields import ProblemField, RoundField, UnitField
from meetings.models import AgendaItem, Meeting
from problems.models import Problem
from rounds.models import Round
from villages.forms.fields import CadreField, VillageField
from villages.models import Cadre, Unit, Village
from villages.pages import FilterForm


class MeetingForm(PortalForm):
    round = RoundField()
    kind = forms.ChoiceField(label="会议类型", choices=Meeting.Kind.choices)
    level = forms.ChoiceField(label="层级", choices=Meeting.Level.choices, initial=Meeting.Level.TOWNSHIP)
    village = VillageField(label="村", required=False, help_text="只有村级会议填写。")
    name = CleanTextField(label="会议名称", max_length=100, help_text="例如：第二轮后进村集中整治工作协调会。")
    held_on = DateField(label="召开日期", help_text="会议开过再登记。")
    place = CleanTextField(label="地点", max_length=60, required=False)
    chair = CadreField(label="主持人", required=False)
    departments = RowsField(
        label="参加部门", queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    attendees = CleanTextField(
        label="其他参加人员", max_length=300, required=False, help_text="例如：各驻村干部、后进村两委成员。"
    )
    subject = LongTextField(label="主要内容", max_length=500, required=False)
    deployment = forms.BooleanField(
        label="专题部署整治工作", required=False, help_text="总结中“专题研究部署”的次数按此统计。"
    )

    def __init__(
        self,
        *args: Any,
        rounds: QuerySet[Round],
        villages: QuerySet[Village],
        cadres: QuerySet[Cadre],
        units: QuerySet[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["village"].queryset = villages
        self.fields["chair"].queryset = cadres
        self.fields["departments"].queryset = units


class VillageMeetingForm(PortalForm):
    """What a village says of its own meeting, from a phone; round, kind and level follow from who says it."""

    village = VillageField(label="村", empty_label=None)
    name = CleanTextField(label="会议名称", max_length=100, help_text="例如：石桥村部署会。")
    held_on = DateField(label="召开日期", help_text="会议开过再登记。")
    chair = CadreField(label="主持人", required=False)
    place = CleanTextField(label="地点", max_length=60, required=False)
    attendees = CleanTextField(
        label="参加人员", max_length=300, required=False, help_text="例如：村两委成员、党员和村民代表共46人。"
    )
    subject = LongTextField(label="主要内容", max_length=500, help_text="传达了什么、部署了什么。")
    deployment = forms.BooleanField(label="部署整治工作", required=False, initial=True)

    def __init__(
        self, *args: Any, villages: QuerySet[Village], cadres: QuerySet[Cadre], chairs: list[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["chair"].queryset = cadres
        self.fields["chair"].choices = chairs  # those of the village first


class AgendaForm(PortalForm):
    problem = ProblemField(label="对应问题", required=False, help_text="选择后，会议结果会显示在这个问题的页面上。")
    matter = CleanTextField(label="议题", max_length=200, required=False, help_text="选了问题可不填，自动用问题名称。")
    outcome = forms.ChoiceField(label="结果", choices=AgendaItem.Outcome.choices, initial=AgendaItem.Outcome.UNRECORDED)
    decision = LongTextField(
        label="议定意见",
        max_length=500,
        required=False,
        help_text="当场议定解决的必须写明，例如：缺口32万元由市财政安排。列入督办的写做什么，不写单位和时限（系统会自动加上）。",
    )
    unit = UnitField(label="责任单位", required=False)
    lead_official = CadreField(label="牵头领导", required=False)
    due_on = DateField(label="完成时限", required=False, help_text="限期办理的填写，保存后议定意见自动列入督办。")
    PROMISE = ("unit", "lead_official", "due_on")

    def __init__(
        self,
        *args: Any,
        problems: QuerySet[Problem],
        cadres: QuerySet[Cadre],
        units: QuerySet[Unit],
        promised: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].queryset = problems
        self.fields["unit"].queryset = units
        self.fields["lead_official"].queryset = cadres
        if promised:  # the decision is a commitment already and is changed there
            for name in self.PROMISE:
                del self.fields[name]
        facts = [name for name in self.fields if name not in self.PROMISE]
        sets = [*facts] if promised else [*facts, Fieldset("限期办理的，列入督办", *self.PROMISE)]
        self.helper.layout = Layout(*sets)


class ChooseProblemsForm(PortalForm):
    """Open problems with a box each, the most pressing first."""

    problems = RowsField(
        label="未销号的问题", queryset=Problem.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选要列入议题的问题。"},
    )  # fmt: skip

    def __init__(self, *args: Any, problems: QuerySet[Problem], shown: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problems"].queryset = problems  # what may be chosen; below what is drawn
        self.fields["problems"].choices = shown


class ChooseProblemsFilter(FilterForm):
    """Which problems are drawn with a box: of one village, all or the pressing ones."""

    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, empty_label="全部")
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, villages: QuerySet[Village], **kwargs: Any) -> None:
        self.villages = villages
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["village"].queryset = self.villages


class CommitmentForm(PortalForm):
    problem = ProblemField(label="对应问题", required=False)
    text = LongTextField(
        label="督办事项", max_length=300, rows=3, help_text="写做什么、做到什么程度，不写单位和时限（系统会自动加上）。"
    )
    unit = UnitField(label="责任单位", required=False, help_text="责任单位和牵头领导至少填一项。")
    lead_official = CadreField(label="牵头领导", required=False)
    due_on = DateField(label="完成时限")

    def __init__(
        self,
        *args: Any,
        problems: QuerySet[Problem],
        cadres: QuerySet[Cadre],
        units: QuerySet[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].queryset = problems
        self.fields["lead_official"].queryset = cadres
        self.fields["unit"].queryset = units


class CommitmentChangeForm(CommitmentForm):
    kept_on = DateField(label="落实日期", required=False, help_text="还在办理的留空。")
    note = LongTextField(label="落实情况", max_length=500, required=False)
    reason = CleanTextField(
        label="修改原因", max_length=200, required=False, help_text="改动完成时限、落实日期、责任单位或牵头领导时必填。"
    )


class ReportForm(PortalForm):
    """What the unit or village says about its commitment."""

    note = LongTextField(label="办理（落实）情况", max_length=500, help_text="做了什么，结果怎样。")
    kept_on = DateField(label="落实日期", required=False, help_text="已经落实的填写日期；还在办理的留空。")
