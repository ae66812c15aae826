"""What is typed about summaries."""

from __future__ import annotations

from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from reports.models import Part, Summary
from reports.services.editing import MAX_PART, MAX_TITLE
from rounds.forms.filters import RoundFilter, codes
from rounds.models import Round

SECTIONS = [
    ("part.work", "主要做法及成效（工作情况）"),
    ("part.shortfalls", "存在问题与困难"),
    ("part.next", "下步工作打算"),
]


class RoundChoice(forms.ModelChoiceField):
    """A round; with several townships in scope the township stands before it."""

    several = False

    def label_from_instance(self, obj: Round) -> str:
        place = f"{obj.township} " if self.several else ""
        return f"{place}{obj}（{obj.starts_on}至{obj.ends_on}）"


class SummaryForm(PortalForm):
    round = RoundChoice(label="轮次", queryset=Round.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="种类", choices=Summary.Kind.choices, initial=Summary.Kind.STAGE)
    starts_on = DateField(
        label="起始日期",
        required=False,
        help_text="起止日期不填时按种类自动取：周报为本周，月报为本月，季报为本季度，阶段性、年度总结从本轮开始到今天。",
    )
    ends_on = DateField(label="截止日期", required=False)
    as_of = DateField(
        label="数据截至", required=False, help_text="数字按这一天的情况统计。不填时取截止日期，最晚到今天。"
    )

    def __init__(self, *args: Any, rounds: Any, several: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["round"]
        field.several = several
        field.queryset = rounds


class SummaryFilter(RoundFilter):
    as_of = None
    kind = forms.ChoiceField(label="种类", choices=codes(Summary.Kind.choices), required=False)
    state = forms.ChoiceField(label="状态", choices=codes(Summary.State.choices), required=False)


class PartForm(PortalForm):
    text = LongTextField(label="内容", max_length=MAX_PART, rows=10)

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if part.is_heading:
            self.fields["text"] = CleanTextField(label="标题", max_length=MAX_TITLE)
        elif part.kind in (Part.Kind.ITEM, Part.Kind.POINT):
            self.fields["text"].help_text = "序号（一是、（一）等）自动生成，不用写。第一句话作为这一条的小标题。"


class OwnPartForm(PortalForm):
    section = forms.ChoiceField(label="加在哪一部分", choices=SECTIONS)
    text = LongTextField(
        label="内容",
        max_length=MAX_PART,
        rows=6,
        help_text="序号自动生成，不用写。加在这一部分的末尾，加好后可以上移。",
    )


class RecomputeForm(PortalForm):
    as_of = DateField(label="数据截至", help_text="改成更晚的日期，就用那一天的数据重算。您改写过的文字都会保留。")


class ReturnForm(PortalForm):
    reason = LongTextField(label="退回原因", max_length=500, rows=3)


class WithdrawForm(PortalForm):
    reason = LongTextField(label="撤回原因", max_length=500, rows=3)


class IssuedFileForm(PortalForm):
    file = forms.FileField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        help_text="PDF 或 Word（docx），最大 20 MB。PDF 请从 Word、WPS 另存，不要用扫描件：扫描件不能检索，也无法核对。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )
    note = CleanTextField(
        label="说明", max_length=200, required=False, help_text="例如：第3页按县委组织部意见改了一处文字。"
    )
