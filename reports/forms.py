"""What is typed about summaries."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from accounts.models import User
from common.errors import Refused
from common.forms import CleanTextField, DateField, LongTextField, PaperField, PortalForm
from reports.language import SENTENCES
from reports.language.brief import BRACKETS
from reports.models import Part, Summary
from reports.outlines import Plan, Use, places
from reports.services.editing import MAX_PART, MAX_TITLE
from reports.services.outlining import MAX_FIXED, check_lead, check_uses
from rounds.forms.filters import RoundFilter, codes
from rounds.models import Round
from villages.pages import FilterForm

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
    mine = forms.BooleanField(label="我起草的", required=False)


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


class SignForm(PortalForm):
    """Asks nothing: the page says what is signed, the button signs it."""


class WithdrawForm(PortalForm):
    reason = LongTextField(label="撤回原因", max_length=500, rows=3)


class IssuedFileForm(PortalForm):
    file = PaperField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        help_text="PDF 或 Word（docx），最大 20 MB。PDF 请从 Word、WPS 另存，不要用扫描件：扫描件不能检索，也无法核对。",
    )
    note = CleanTextField(
        label="说明", max_length=200, required=False, help_text="例如：第3页按县委组织部意见改了一处文字。"
    )


GROUPS = {
    "opening": "开头", "organisation": "组织领导", "rectifying": "整改推进", "results": "成效", "shortfalls": "问题和困难",
    "next": "下步打算", "period": "本期变化", "bulletin": "通报", "acceptance": "验收", "closing": "结尾",
    "otherwork": "其他工作",
}  # fmt: skip
LEFT_OUT = "-"


class OutlinePartForm(PortalForm):
    """One part of an outline: its words, and each sentence with its place and wording."""

    lead = CleanTextField(label="标题或起首语", required=False, max_length=MAX_FIXED)
    off = forms.BooleanField(label="停用（这一部分不写进总结）", required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        shown = "、".join(f"{{{name}}}" for name in BRACKETS)
        self.fields["lead"].help_text = f"序号自动生成，不用写。可用：{shown}，写进总结时换成本镇本轮的实际内容。"
        if not plan.uses and not plan.is_heading and plan.kind != Part.Kind.TITLE:
            self.fields["lead"] = LongTextField(label="文字", max_length=MAX_FIXED, rows=3)
        if plan.kind == Part.Kind.TITLE:
            del self.fields["off"]
        for place, use in enumerate(plan.uses, 1):
            sentence = SENTENCES[use.sentence]
            wordings = list(sentence.variants.items()) or [("on", "写")]
            self.fields[f"as_{place}"] = forms.ChoiceField(
                label=sentence.name, choices=[*wordings, (LEFT_OUT, "不写")], required=False,
                initial=use.variant or wordings[0][0],
            )  # fmt: skip
            self.fields[f"at_{place}"] = forms.IntegerField(
                label="次序", initial=place, min_value=1, max_value=99, required=False,
                widget=forms.NumberInput(attrs={"aria-label": f"“{sentence.name}”的次序"}),
            )  # fmt: skip
        if plan.uses:
            self.fields["add"] = forms.ChoiceField(
                label="再加一句（放在最后）", choices=by_group({use.sentence for use in plan.uses}), required=False
            )
        plain = [name for name in self.fields if name in ("lead", "off")]
        rows = [Div(f"as_{n}", f"at_{n}", css_class="use-row") for n in range(1, len(plan.uses) + 1)]
        more = ["add"] if plan.uses else []
        self.helper.layout = Layout(*plain, *rows, *more)  # the base drew up its layout before these fields were known

    def uses(self) -> list[Use]:
        """The sentences in the order asked for."""
        data = self.cleaned_data
        kept = []
        for place, use in enumerate(self.plan.uses, 1):
            usual = next(iter(SENTENCES[use.sentence].variants), "on")
            wording = data.get(f"as_{place}") or usual
            if wording != LEFT_OUT:
                kept.append(
                    (data.get(f"at_{place}") or place, place, Use(use.sentence, "" if wording == usual else wording))
                )
        added = [Use(data["add"])] if data.get("add") else []
        return [use for _, _, use in sorted(kept, key=lambda row: row[:2])] + added

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.setdefault("off", False)
        try:
            if "lead" in data:
                data["lead"] = check_lead(self.plan, data["lead"])
            if not self.errors:
                check_uses(self.plan, self.uses())
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return data


def by_group(used: Container[str] = ()) -> list[Any]:
    """The sentences to choose from, in the groups an office knows."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for sentence in SENTENCES.values():
        if sentence.key not in used:
            groups.setdefault(GROUPS[sentence.key.partition(".")[0]], []).append((sentence.key, sentence.name))
    return [("", "不加"), *groups.items()]


class OutlinePartAddForm(PortalForm):
    """A part of the office's own."""

    under = forms.ChoiceField(label="加在哪一部分", help_text="放在这一部分的最后，添加后可以上移。")
    lead = LongTextField(label="文字", max_length=MAX_FIXED, rows=3, required=False)
    add = forms.ChoiceField(
        label="由台账写一句", choices=by_group, required=False,
        help_text="不选：上面的文字原样写进每份总结。选了：上面的文字作起首语（可不填），后面由台账数据成句，没有数据时整段不写。",
    )  # fmt: skip

    def __init__(self, *args: Any, plans: Sequence[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places(plans)
        self.fields["under"].choices = [(p.key, p.lead) for p in plans if p.key in self.places]
        shown = "、".join(f"{{{name}}}" for name in BRACKETS)
        self.fields["lead"].help_text = f"序号自动生成，不用写。可用：{shown}。"

    def asked(self) -> tuple[str, str, tuple[Use, ...]]:
        data = self.cleaned_data
        return data["under"], data["lead"], (Use(data["add"]),) if data["add"] else ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            under, lead, uses = self.asked()
            try:
                data["lead"] = check_lead(Plan("", self.places[under], "", uses), lead)
            except Refused as refusal:
                self.add_error("lead", str(refusal))
        return data


class ScheduleForm(PortalForm):
    is_on = forms.BooleanField(label="每月第一个工作日自动起草上月月报", required=False)
    author = forms.ModelChoiceField(
        label="初稿交给谁", queryset=User.objects.none(), required=False, empty_label="请选择",
        help_text="能起草总结的岗位：党建办经办、组织委员等。初稿署这个人起草。",
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["author"].queryset = people


class CompareFilter(FilterForm):
    """Two sides, each a summary or a day."""

    round = forms.ChoiceField(label="轮次", required=False)
    earlier = forms.ChoiceField(label="前一份总结", required=False)
    earlier_on = DateField(label="或前一个日期", required=False)
    later = forms.ChoiceField(label="后一份总结", required=False)
    later_on = DateField(label="或后一个日期", required=False)

    def __init__(self, *args: Any, rounds: list[Round], several: bool, **kwargs: Any) -> None:
        self.rounds, self.several = rounds, several
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        field = self.fields["round"]
        field.choices = [(str(r.pk), f"{r.township} {r}" if self.several else str(r)) for r in self.rounds]

    @property
    def round_chosen(self) -> Round | None:
        key = self.value("round")
        return next((r for r in self.rounds if str(r.pk) == key), None)

    def offer(self, papers: list[Summary]) -> None:
        """The summaries of the round; what the address asks for is read again against them."""
        choices = [("", "不选，按日期")]
        choices += [(str(s.pk), f"{s.get_kind_display()}，截至{s.as_of}（{s.get_state_display()}）") for s in papers]
        for name in ("earlier", "later"):
            self.fields[name].choices = choices
        self.full_clean()
