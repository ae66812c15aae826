"""Shapes of what is typed on the way from the village's asking to the look back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from acceptances.models import Acceptance, Recheck, ScoreItem
from acceptances.services.acceptances import Loss
from common.forms import CleanTextField, DateField, LongTextField, PortalForm


class AskForm(PortalForm):
    statement = LongTextField(
        label="自查情况", max_length=2000, rows=6, help_text="做了哪些整顿，班子、问题、收入有什么变化，群众怎么看。"
    )
    explanation = LongTextField(
        label="尚缺事项说明", max_length=1000, rows=3, required=False, help_text="上面列有尚缺事项的，写明情况和打算。"
    )
    asked_on = DateField(label="申请日期")


class ReturnForm(PortalForm):
    check_remark = LongTextField(label="退回原因和还要整改的事项", max_length=1000)
    checkers = CleanTextField(label="初验人员", max_length=200, required=False)
    checked_on = DateField(label="初验日期")


class ScoreForm(PortalForm):
    """Points lost on each item of the round's sheet; the table is drawn by the template."""

    head: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, items: Iterable[ScoreItem], scored: Mapping[int, tuple[Decimal, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            lost, reason = scored.get(item.pk, (Decimal(0), ""))
            self.fields[f"lost_{item.pk}"] = forms.DecimalField(
                label=f"{item.name}扣分", min_value=0, max_value=item.weight, max_digits=4, decimal_places=1,
                required=False, initial=f"{lost.normalize():f}" if lost else None,
                widget=forms.NumberInput(
                    attrs={"inputmode": "decimal", "step": "0.5", "class": "form-control", "data-weight": item.weight}
                ),
            )  # fmt: skip
            self.fields[f"reason_{item.pk}"] = CleanTextField(
                label=f"{item.name}扣分原因", max_length=200, required=False, initial=reason,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip
        self.helper.layout = Layout(*self.head)

    @property
    def rows(self) -> list[tuple[ScoreItem, Any, Any]]:
        return [(item, self[f"lost_{item.pk}"], self[f"reason_{item.pk}"]) for item in self.items]

    def values(self) -> dict[str, Any]:
        """The head fields, and `losses` for the service."""
        data = self.cleaned_data
        losses = [Loss(item, data[f"lost_{item.pk}"] or Decimal(0), data[f"reason_{item.pk}"]) for item in self.items]
        return {name: data[name] for name in self.head} | {"losses": losses}


class CheckForm(ScoreForm):
    head = ("checked_on", "checkers", "check_remark")
    checked_on = DateField(label="初验日期")
    checkers = CleanTextField(
        label="初验人员", max_length=200, help_text="例如：吴晓敏、沈佳宁和财政所、农业农村办各一人。"
    )
    check_remark = LongTextField(label="初验意见", max_length=1000, rows=3, required=False)


class JudgeForm(ScoreForm):
    head = ("judged_on", "judged_body", "document_number", "judged_remark")
    judged_on = DateField(label="县级验收日期")
    judged_body = CleanTextField(label="验收单位", max_length=60, help_text="例如：中共××市委组织部。")
    document_number = CleanTextField(label="验收文号", max_length=60, required=False)
    judged_remark = LongTextField(label="县级验收意见", max_length=1000, rows=3, required=False)

    def __init__(self, *args: Any, by_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_office:
            self.fields["document_number"].required = True
            self.fields["document_number"].help_text = "由乡镇代录的，填写县级验收文件的文号。"


class ConfirmForm(PortalForm):
    verdict = forms.ChoiceField(label="验收结论", choices=Acceptance.Verdict.choices, widget=forms.RadioSelect)
    verdict_reason = LongTextField(
        label="低于评定结论的原因", max_length=500, rows=2, required=False, help_text="结论与评定一致的不填。"
    )
    remaining = LongTextField(
        label="遗留事项", max_length=500, rows=2, required=False, help_text="基本合格的填写：还要做什么、什么时候做完。"
    )
    confirmed_on = DateField(label="结论日期", help_text="合格、基本合格的，这一天即为转化（摘帽）日期。")


class FollowUpForm(PortalForm):
    done_on = DateField(label="跟踪日期")
    people = CleanTextField(label="跟踪人员", max_length=100, required=False)
    findings = LongTextField(
        label="跟踪情况", max_length=1000, help_text="班子运转、问题有没有反复、群众有什么反映；遗留事项办到哪一步。"
    )


class RecheckForm(PortalForm):
    held_on = DateField(label="回头看日期")
    people = CleanTextField(label="回头看人员", max_length=200, required=False)
    measures_kept = forms.ChoiceField(label="措施落实了吗？", choices=Recheck.Answer.choices, widget=forms.RadioSelect)
    problems_gone = forms.ChoiceField(label="问题解决了吗？", choices=Recheck.Answer.choices, widget=forms.RadioSelect)
    people_satisfied = forms.ChoiceField(label="群众满意吗？", choices=Recheck.Answer.choices, widget=forms.RadioSelect)
    findings = LongTextField(label="具体情况", max_length=1000, help_text="写事实，不写受访人姓名。")
    result = forms.ChoiceField(
        label="结论", choices=Recheck.Result.choices, widget=forms.RadioSelect,
        help_text="认定反弹的，可在以后的轮次重新列入，与本轮记录相连。",
    )  # fmt: skip
