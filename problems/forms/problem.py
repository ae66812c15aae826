"""The form of a problem: the common fields, and the few its category asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.permissions import Permission
from common.forms import CleanTextField, DateField, LongTextField, PortalForm, RowsField
from problems.categories import DETAILS
from problems.models import KeyProject, Problem
from problems.services import ledger
from problems.terms import LEDGER_STATES, DeadlineKind, Severity, Source
from rounds.models import Designation, LinkedCampaign, Round
from villages.access import Access
from villages.forms.near import People, grouped
from villages.models import Cadre, Unit, Village


class FastSelect(forms.Select):
    """A select drawn in Python: Django draws each option with a template, which counts with two hundred of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        parts = [f"<select{flatatt(self.build_attrs(self.attrs, {**(attrs or {}), 'name': name}))}>"]
        for key, label in self.choices:
            if isinstance(label, list | tuple):
                parts.append(f'<optgroup label="{escape(key)}">')
                parts += [self._option(k, text, chosen) for k, text in label]
                parts.append("</optgroup>")
            else:
                parts.append(self._option(key, label, chosen))
        parts.append("</select>")
        return mark_safe("".join(parts))  # noqa: S308 - every value was escaped

    @staticmethod
    def _option(key: Any, label: Any, chosen: str) -> str:
        mark = " selected" if str(key) == chosen else ""
        return f'<option value="{escape(key)}"{mark}>{escape(label)}</option>'


class Choices:
    """What the form offers: rows in scope only, as querysets for the check and as plain pairs for drawing.

    `problem` (when one is edited) keeps its own round and people on offer even when they have left since. `near` are the villages it may be about,
    as far as that is known: their people come first.
    """

    def __init__(
        self,
        access: Access,
        permission: Permission,
        day: date,
        problem: Problem | None = None,
        near: Collection[int] = (),
    ) -> None:
        self.problem = problem
        in_scope = Village.objects.filter(access.villages_with(permission))
        if problem:
            self.rounds = [problem.round]
            townships: Iterable[int] = [problem.township_id]
        else:
            townships = access.all_township_ids
            running = list(Round.objects.filter(township_id__in=townships).select_related("township").current(day))
            newest: dict[int, Round] = {}
            for round in running:
                newest.setdefault(round.township_id, round)
            self.rounds = [r for r in running if r.ends_on >= day] or list(newest.values())
        listed = Designation.objects.filter(
            village=OuterRef("pk"), round__in=[r.pk for r in self.rounds], removed_on=None
        ).exclude(approved_on=None)
        self.villages: QuerySet[Village] = in_scope.filter(township_id__in=townships).filter(
            Q(closed_on=None) | Q(pk=problem.village_id if problem else None)
        )
        self._listed = Exists(listed)
        here = Q(township_id__in=townships)
        people = [pk for pk in (problem.owner_id, problem.lead_official_id) if pk] if problem else []
        self.people: QuerySet[Cadre] = Cadre.objects.visible_to(access).filter(
            Q(pk__in=people) | (Q(left_on=None) & (here | Q(township=None)))
        )
        self.named = People(self.people, near, day)
        self.units: QuerySet[Unit] = Unit.objects.visible_to(access).filter(here | Q(township=None))
        self.key_projects = KeyProject.objects.filter(here)
        self.campaigns = LinkedCampaign.objects.filter(round__in=[r.pk for r in self.rounds])

    def village_pairs(self) -> list[Any]:
        rows = self.villages.annotate(listed=self._listed).values_list("pk", "name", "listed", "township__name")
        several = len({row[3] for row in rows}) > 1
        groups: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
        for pk, name, listed, township in rows.order_by("township_id", "sort", "pk"):
            groups[bool(listed)].append((pk, f"{township}{name}" if several else name))
        return [("", "请选择"), *grouped([("本轮整顿村", groups[True]), ("其他村", groups[False])])]


class ProblemForm(PortalForm):
    """Log or edit. `reason` stands in the form only when the problem has been accepted, deadline fields only while it has not."""

    round = forms.ModelChoiceField(label="轮次", queryset=Round.objects.none(), widget=FastSelect)
    village = forms.ModelChoiceField(
        label="村",
        queryset=Village.objects.none(),
        widget=FastSelect,
        error_messages={"invalid_choice": "这个村不在您可以登记的范围内，请重新选择。"},
    )
    title = CleanTextField(
        label="问题名称", max_length=100, help_text="一句话说清是什么事，例如：机耕路水泥路面硬化资金缺口。"
    )
    description = LongTextField(
        label="问题描述", required=False, rows=5, help_text="基本情况、原因、群众诉求。请勿填写身份证号、银行卡号。"
    )
    discovered_on = DateField(label="发现时间")
    place = CleanTextField(label="地点", max_length=100, required=False)
    households = forms.IntegerField(
        label="涉及户数",
        required=False,
        min_value=0,
        max_value=100000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "请填写整数。", "min_value": "不能小于0。", "max_value": "户数过大，请核对。"},
    )
    severity = forms.ChoiceField(label="难易程度", choices=Severity.choices, initial=Severity.MEDIUM)
    source = forms.ChoiceField(label="问题来源", choices=Source.choices, initial=Source.SCREENING)
    source_event = CleanTextField(
        label="来源说明",
        max_length=200,
        required=False,
        help_text="例如：市委第二巡察组2026年4月反馈。请勿写信访人姓名。",
    )
    key_project = forms.ModelChoiceField(
        label="重点工程",
        queryset=KeyProject.objects.none(),
        widget=FastSelect,
        required=False,
        help_text="同一工程在几个村引起的问题选同一个，总结会合并写。",
    )
    new_key_project = CleanTextField(
        label="新的重点工程", max_length=80, required=False, help_text="上面没有时填写名称，保存后各村都能选到。"
    )
    linked_campaign = forms.ModelChoiceField(
        label="结合工作", queryset=LinkedCampaign.objects.none(), widget=FastSelect, required=False
    )
    target = LongTextField(label="整改目标", max_length=500, required=False, rows=2)
    lead_official = forms.ModelChoiceField(
        label="责任领导", queryset=Cadre.objects.none(), widget=FastSelect, required=False
    )
    owner = forms.ModelChoiceField(label="责任人", queryset=Cadre.objects.none(), widget=FastSelect, required=False)
    responsible_unit = forms.ModelChoiceField(
        label="责任单位", queryset=Unit.objects.none(), widget=FastSelect, required=False
    )
    assisting_units = RowsField(
        label="协助单位", queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    deadline_kind = forms.ChoiceField(
        label="时限方式", choices=DeadlineKind.choices, initial=DeadlineKind.DATE, widget=forms.RadioSelect
    )
    due_on = DateField(
        label="整改时限", required=False, help_text="限期整改须填写。立行立改审核通过时自动计算，长期坚持不填。"
    )
    reason = LongTextField(label="修改原因", max_length=500, required=False, rows=2)
    submit = forms.BooleanField(label="保存后立即提交审核（不勾选则存为草稿）", required=False, initial=True)

    FACTS = ("round", "village", "title", "description", "discovered_on", "place", "households", "severity")
    ORIGIN = ("source", "source_event", "key_project", "new_key_project", "linked_campaign")
    WORK = ("target", "lead_official", "owner", "responsible_unit", "assisting_units")

    def __init__(self, *args: Any, category: str, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        self.problem = problem = choices.problem
        self.accepted = bool(problem and problem.state in LEDGER_STATES)
        self._offer(choices)
        for detail in DETAILS[category]:
            self.fields[detail.field_name] = detail.form_field()
        end: list[str] = []
        if problem:
            del self.fields["submit"], self.fields["round"]
        else:
            end.append("submit")
        if self.accepted:
            del self.fields["deadline_kind"], self.fields["due_on"]
            self.fields["reason"].help_text = "更换责任领导或责任人、改变类别、修改已销号的问题时必填。"
            end.append("reason")
        else:
            del self.fields["reason"]
        sets = [
            Fieldset("基本情况", *(n for n in self.FACTS if n in self.fields), css_class="form-part"),
            Fieldset("分类信息", *(d.field_name for d in DETAILS[category]), css_class="form-part"),
            Fieldset("来源和关联", *self.ORIGIN, css_class="form-part"),
            Fieldset("目标和责任", *self.WORK, css_class="form-part"),
        ]
        if not self.accepted:
            sets.append(Fieldset("时限", "deadline_kind", "due_on", css_class="form-part"))
        self.helper.layout = Layout(*sets, *end)

    def _offer(self, choices: Choices) -> None:
        fields: dict[str, Any] = self.fields
        fields["round"].queryset = Round.objects.filter(pk__in=[r.pk for r in choices.rounds])
        several = len({r.township_id for r in choices.rounds}) > 1
        fields["round"].choices = [(r.pk, f"{r.township}{r}" if several else str(r)) for r in choices.rounds]
        if choices.rounds:
            fields["round"].initial = choices.rounds[0].pk
        if len(choices.rounds) == 1:
            fields["round"].widget = forms.HiddenInput()
        fields["village"].queryset = choices.villages
        fields["village"].choices = choices.village_pairs()
        people = choices.named.pairs("未明确")
        for name in ("lead_official", "owner"):
            fields[name].queryset = choices.people
            fields[name].choices = people
        units = [(pk, name) for pk, name in choices.units.values_list("pk", "name")]
        for name in ("responsible_unit", "assisting_units"):
            fields[name].queryset = choices.units
        fields["responsible_unit"].choices = [("", "未明确"), *units]
        fields["assisting_units"].choices = units
        for name, rows in (("key_project", choices.key_projects), ("linked_campaign", choices.campaigns)):
            fields[name].queryset = rows
            fields[name].choices = [("", "没有"), *rows.values_list("pk", "name")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        discovered, due, kind = data.get("discovered_on"), data.get("due_on"), data.get("deadline_kind")
        if discovered and due and kind == DeadlineKind.DATE and due < discovered:
            self.add_error("due_on", "整改时限不能早于发现时间。")
        if kind == DeadlineKind.DATE and not due and data.get("submit") and "due_on" not in self.errors:
            self.add_error("due_on", "限期整改的问题须填写整改时限后才能提交审核。")
        if data.get("key_project") and data.get("new_key_project"):
            self.add_error("new_key_project", "已选择重点工程，不必再填新的；要新增，请把上面改为“没有”。")
        owner, offered = data.get("owner"), self.initial.get("owner")
        if owner and not self.problem and owner.pk == offered and "village" in self.changed_data:
            # He was preselected for the village the page began with; nobody chose him for this one.
            self.add_error("owner", "村已改选，责任人还是原来那个村的书记，请重新选择。")
        return data

    @property
    def details(self) -> dict[str, Any]:
        return {d.name: self.cleaned_data.get(d.field_name) for d in DETAILS[self.category]}

    def facts(self) -> dict[str, Any]:
        """The cleaned values as the services take them."""
        taken = (*ledger.FIELDS, "assisting_units", "deadline_kind", "due_on")
        values = {name: self.cleaned_data[name] for name in taken if name in self.cleaned_data}
        return values | {"category": self.category, "details": self.details}


def initial_of(problem: Problem) -> dict[str, Any]:
    """A problem's values as the form takes them; its relations by key."""
    values = {name: getattr(problem, name) for name in (*ledger.FIELDS, "deadline_kind", "due_on")}
    values["assisting_units"] = [unit.pk for unit in problem.assisting_units.all()]
    return values | {
        detail.field_name: problem.details.get(detail.name) for detail in DETAILS.get(problem.category, ())
    }
