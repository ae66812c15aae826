"""Shapes of what is typed about the leading group, papers, calendar, linked campaigns and practices."""

import re

from django import forms
from django.core.exceptions import ValidationError

from common.forms import CleanTextField, DateField, LongTextField, PaperField, PortalForm
from rounds.forms.fields import InScopeForm, SeriesForm
from rounds.models import DocumentItem, LeadingGroupSeat, RoundDocument
from villages.forms.fields import CadreField

# What people paste before an item: “1.”, “1、”, “（1）”, “一、”, “一是”.
_NUMBERING = re.compile(
    r"^\s*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]?\s*[.、．)）]|[一二三四五六七八九十]{1,3}是)\s*"
)


class SeatForm(SeriesForm):
    cadre = CadreField(label="姓名", empty_label="请选择", help_text="名单里没有的，先到“干部”登记。")
    position = forms.ChoiceField(label="组内职务", choices=LeadingGroupSeat.Position.choices)
    starts_on = DateField(label="开始日期", help_text="领导小组成立或调整的日期。")


class SeatChangeForm(PortalForm):
    position = forms.ChoiceField(label="组内职务", choices=LeadingGroupSeat.Position.choices)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False)


class SeatEndForm(PortalForm):
    ends_on = DateField(label="结束日期", help_text="最后一天在任的日期。")
    reason = CleanTextField(label="原因", max_length=200, help_text="例如：职务调整。")


class DocumentForm(PortalForm):
    kind = forms.ChoiceField(label="类别", choices=RoundDocument.Kind.choices)
    topic = forms.ChoiceField(label="内容", choices=RoundDocument.Topic.choices)
    title = CleanTextField(label="标题", max_length=120, help_text="不用加书名号。")
    issuer = CleanTextField(label="发文单位", max_length=60, required=False)
    number = CleanTextField(label="文号", max_length=60, required=False)
    issued_on = DateField(label="印发日期")
    measures = LongTextField(
        label="条目",
        max_length=20000,
        rows=8,
        required=False,
        help_text="文件中的具体措施，每行一条；总结里“××项措施”按条目数计算。没有可不填。",
    )

    def clean_measures(self) -> list[str]:
        """One item a line, without the numbers people paste along."""
        lines = [_NUMBERING.sub("", line).strip() for line in self.cleaned_data["measures"].splitlines()]
        items = [line for line in lines if line]
        limit = DocumentItem._meta.get_field("text").max_length or 0
        for number, item in enumerate(items, start=1):
            if len(item) > limit:
                raise ValidationError(f"第{number}条过长：共{len(item)}字，每条最多{limit}字。", code="too_long")
        if len(items) > 99:
            raise ValidationError(f"条目过多：共{len(items)}条，最多99条。", code="too_many")
        return items


class DocumentFileForm(PortalForm):
    file = PaperField(
        label="选择文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"}),
        help_text="PDF、Word（docx）、Excel（xlsx）或扫描照片，每个最大20 MB。",
    )


class CalendarForm(SeriesForm):
    title = CleanTextField(label="事项", max_length=120)
    due_on = DateField(label="完成时限")
    owner = CadreField(label="责任人", required=False, empty_label="未定")


class CalendarChangeForm(InScopeForm):
    title = CleanTextField(label="事项", max_length=120)
    due_on = DateField(label="完成时限")
    owner = CadreField(label="责任人", required=False, empty_label="未定")
    reason = CleanTextField(label="变动原因", max_length=200, required=False, help_text="改了完成时限或责任人时填写。")


class FinishForm(PortalForm):
    done_on = DateField(label="完成日期")


class ReasonForm(PortalForm):
    reason = CleanTextField(label="原因", max_length=200)


class CampaignForm(PortalForm):
    name = CleanTextField(label="名称", max_length=60, help_text="例如：村级组织换届。")
    note = CleanTextField(label="主要内容", max_length=100, required=False, help_text="例如：双争一满意。")


class PracticeForm(PortalForm):
    name = CleanTextField(label="做法名称", max_length=60, help_text="例如：书记议事日。")
    recorded_on = DateField(label="总结日期")
    description = LongTextField(label="主要内容", max_length=500, rows=3, required=False)
    result = LongTextField(label="成效", max_length=500, rows=3, required=False)
