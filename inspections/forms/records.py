"""Shapes of what is typed about inspections, notices, bulletins, visits and surveys."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import QuerySet

from common.forms import CleanTextField, DateField, LongTextField, PortalForm, RowsField
from common.lists import number_named
from inspections.models import Finding, Inspection, Survey
from inspections.models.question import MOST_QUESTIONS, QUESTION_LENGTH
from inspections.services.surveys import ANSWERS, Answers, ballot_faults, too_many
from meetings.forms.fields import MeetingField, ProblemField, RoundField
from meetings.models import Meeting
from problems.forms.progress import PhotosForm
from problems.models import Problem
from rounds.models import Round
from villages.forms.fields import CadreField, VillageField
from villages.models import Cadre, Village


class InspectionForm(PortalForm):
    round = RoundField()
    mode = forms.ChoiceField(label="督查方式", choices=Inspection.Mode.choices)
    meeting = MeetingField(label="所在会议", required=False, help_text="只有例会督查填写，例如在周前工作例会上督查。")
    held_on = DateField(label="督查时间")
    leader = CadreField(label="带队领导", required=False)
    people = CleanTextField(label="督查人员", max_length=200, required=False)
    villages = RowsField(label="督查村", queryset=Village.objects.none(), widget=forms.CheckboxSelectMultiple)
    summary = LongTextField(label="总体情况", max_length=1000, required=False)

    def __init__(
        self,
        *args: Any,
        rounds: QuerySet[Round],
        meetings: QuerySet[Meeting],
        cadres: QuerySet[Cadre],
        leaders: list[Any],
        villages: QuerySet[Village],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["meeting"].queryset = meetings
        self.fields["leader"].queryset = cadres
        self.fields["leader"].choices = leaders  # those of township and county first
        self.fields["villages"].queryset = villages


class FindingForm(PortalForm):
    village = VillageField(label="村", empty_label=None)
    text = LongTextField(label="发现问题", max_length=500)
    requirement = LongTextField(label="整改要求", max_length=500, required=False, rows=3)
    problem = ProblemField(label="关联问题", required=False, help_text="台账中已有的问题；选择后会显示在问题页面上。")

    def __init__(self, *args: Any, villages: QuerySet[Village], problems: QuerySet[Problem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["problem"].queryset = problems


class FindingsField(RowsField):
    def label_from_instance(self, obj: Finding) -> str:
        return f"{obj.village}：{obj.text}"


class NoticeForm(PortalForm):
    village = VillageField(label="村", empty_label=None)
    findings = FindingsField(
        label="写入通知书的发现问题", queryset=Finding.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text="只勾选这个村的；勾选的会印在通知书上。",
    )  # fmt: skip
    requirement = LongTextField(label="整改要求", max_length=1000)
    issued_on = DateField(label="发出日期")
    reply_due_on = DateField(label="反馈时限", help_text="村里应在这一天前反馈整改情况。")

    def __init__(self, *args: Any, villages: QuerySet[Village], findings: QuerySet[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["findings"].queryset = findings
        if not findings:
            del self.fields["findings"]


class NoticeChangeForm(PortalForm):
    requirement = LongTextField(label="整改要求", max_length=1000)
    issued_on = DateField(label="发出日期")
    reply_due_on = DateField(label="反馈时限")
    reason = CleanTextField(label="修改原因", max_length=200, required=False, help_text="改动反馈时限时必填。")


class SignForm(PortalForm):
    signed_on = DateField(label="签收日期")


class ReplyForm(PhotosForm):
    reply = LongTextField(label="整改情况", max_length=1000, rows=6, help_text="做了什么，结果怎样，还差什么。")
    replied_on = DateField(label="反馈日期")
    field_order = ["reply", "photos", "replied_on"]


class CheckForm(PortalForm):
    """What somebody else found when he looked whether the reply is true."""

    GOOD, NOT_GOOD = "good", "not_good"

    verdict = forms.ChoiceField(
        label="核查结果", choices=[(GOOD, "合格，办结"), (NOT_GOOD, "不合格，再次发出")], widget=forms.RadioSelect
    )
    checked_on = DateField(label="核查日期")
    note = LongTextField(
        label="核查情况",
        max_length=500,
        required=False,
        help_text="怎样核查的、看到什么。不合格的必须写明哪里没有整改到位。",
    )
    reply_due_on = DateField(label="新的反馈时限", required=False, help_text="只有不合格、再次发出的填写。")
    requirement = LongTextField(
        label="新的整改要求", max_length=1000, required=False, rows=3, help_text="不填则沿用原来的要求。"
    )


class InspectionsField(RowsField):
    def label_from_instance(self, obj: Inspection) -> str:
        return f"{obj}（{'、'.join(village.name for village in obj.villages.all())}）"


class BulletinForm(PortalForm):
    round = RoundField()
    meeting = MeetingField(
        label="通报会议", required=False, help_text="在会议上通报的选择会议，通报日期即会议日期；书面通报不选。"
    )
    reported_on = DateField(label="通报日期", required=False, help_text="书面通报填写；选了会议可不填。")
    inspections = InspectionsField(
        label="涉及督查", queryset=Inspection.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    content = LongTextField(label="通报内容", max_length=1000, required=False)

    def __init__(
        self,
        *args: Any,
        rounds: QuerySet[Round],
        meetings: QuerySet[Meeting],
        inspections: QuerySet[Inspection],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["meeting"].queryset = meetings
        self.fields["inspections"].queryset = inspections


class VisitForm(PortalForm):
    """Short, for a leader's phone: he records his own visits and is not asked who went."""

    village = VillageField(label="村")
    visited_on = DateField(label="走访日期", help_text="走访后再登记。")
    households = forms.IntegerField(
        label="入户数", min_value=0, max_value=9999, help_text="只记户数，不记户主姓名。",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = LongTextField(label="了解情况", max_length=1000, required=False)

    def __init__(self, *args: Any, villages: QuerySet[Village], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages


class OfficeVisitForm(VisitForm):
    """The office records for others."""

    cadre = CadreField(label="走访人")
    field_order = ("village", "cadre")

    def __init__(self, *args: Any, cadres: QuerySet[Cadre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cadre"].queryset = cadres


def _ballots(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=20000, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )


class SurveyForm(PortalForm):
    """The whole, and a line for each question. A line without any count is no question that was asked: the usual ones stand there unasked."""

    SPARE = 2
    layout = Layout(
        "round",
        "village",
        "kind",
        "held_on",
        Row(*(Column(name, css_class="col-6 col-md-4") for name in ("issued", "returned", "valid"))),
        Row(
            *(Column(name, css_class="col-6 col-md-3") for name in ("satisfied", "mostly", "dissatisfied", "unknown")),
        ),
    )

    round = RoundField()
    village = VillageField(label="村")
    kind = forms.ChoiceField(label="测评类别", choices=Survey.Kind.choices)
    held_on = DateField(label="测评日期")
    issued = _ballots("发出票")
    returned = _ballots("收回票")
    valid = _ballots("有效票")
    satisfied = _ballots("满意")
    mostly = _ballots("基本满意")
    dissatisfied = _ballots("不满意")
    unknown = _ballots("不了解")

    def __init__(
        self,
        *args: Any,
        rounds: QuerySet[Round],
        villages: QuerySet[Village],
        present: Sequence[Answers],
        usual: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["village"].queryset = villages
        asked = {answers.text for answers in present}
        texts = [answers.text for answers in present] + [text for text in usual if text not in asked]
        self.count = min(max(len(texts), self._sent()) + self.SPARE, MOST_QUESTIONS)
        for n in range(1, self.count + 1):
            self.fields[f"question_{n}"] = CleanTextField(
                label=f"第{n}题", max_length=QUESTION_LENGTH, required=False, initial=texts[n - 1] if n <= len(texts) else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip
            for name in ANSWERS:
                self.fields[f"{name}_{n}"] = forms.IntegerField(
                    label=f"第{n}题{self.fields[name].label}", min_value=0, max_value=20000, required=False,
                    initial=getattr(present[n - 1], name) if n <= len(present) else None,
                    widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
                )  # fmt: skip

    def _sent(self) -> int:
        """How many lines the post carries, so that a refused form shows them all again."""
        lines = [name[9:] for name, value in self.data.items() if name.startswith("question_") and value]
        return max((number_named(line, 3) or 0 for line in lines), default=0)

    @property
    def lines(self) -> list[tuple[int, Any, list[tuple[str, Any]]]]:
        """(number, the text's field, (label, field) of each count), for the template."""
        return [
            (n, self[f"question_{n}"], [(str(self.fields[name].label), self[f"{name}_{n}"]) for name in ANSWERS])
            for n in range(1, self.count + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """Counts without a text, and a question with some of its counts only, are refused where they stand.

        What does not add up is told with them, so that one look at the paper mends it all; the service holds the same rules.
        """
        data = super().clean() or {}
        valid, questions = data.get("valid"), []
        for fault in list(ballot_faults(data)):
            self.add_error(fault.field, str(fault))
        for n in range(1, self.count + 1):
            names = [f"{name}_{n}" for name in ANSWERS]
            text, counts = data.pop(f"question_{n}", ""), [data.pop(name, None) for name in names]
            if any(name in self.errors for name in (f"question_{n}", *names)):
                continue
            if all(count is None for count in counts):
                continue
            if not text:
                self.add_error(f"question_{n}", "有票数，没有写题目，请补上。")
            for name, count in zip(names, counts, strict=True):
                if count is None:
                    self.add_error(name, "没有填，没有票的填0。")
            if None not in counts:
                question = Answers(text, *counts)
                if text:
                    questions.append(question)
                if valid is not None and (said := too_many(question, valid)):
                    self.add_error(f"question_{n}", said)
        return data | {"questions": questions}
