"""Shapes of what is typed about a village's yearly figures, economy and trainings."""

from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from villages.models import CadreTraining, EconomyPath, Village, VillageYear


def _count(name: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=str(VillageYear._meta.get_field(name).verbose_name),
        required=False,
        min_value=0,
        max_value=9_999_999,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _money(name: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=str(VillageYear._meta.get_field(name).verbose_name),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )


class YearForm(PortalForm):
    """One year's sheet. Empty means not known."""

    households = _count("households")
    population = _count("population")
    members = _count("members")
    members_60 = _count("members_60")
    members_under_35 = _count("members_under_35")
    members_away = _count("members_away")
    applicants = _count("applicants", "到目前为止的人数，只填数，不填人名。")
    enterprise_leaders = _count("enterprise_leaders", "本年度培养的人数。")
    income = _money("income")
    operating_income = _money("operating_income")
    income_source = CleanTextField(
        label="收入来源", max_length=200, required=False, help_text="例如：厂房租金、旅游观光、精品蔬菜。"
    )


class NewYearForm(YearForm):
    year = forms.IntegerField(label="年度", min_value=1990, max_value=2100)
    field_order = ["year"]


class PathForm(PortalForm):
    path = forms.ChoiceField(label="路径", choices=EconomyPath.Path.choices)
    industry = CleanTextField(label="产业（项目）", max_length=60, help_text="例如：精品蔬菜、旅游观光、盘活闲置厂房。")
    partners = forms.ModelMultipleChoiceField(
        label="联建村",
        queryset=Village.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="多村联建时选择。",
    )
    started_on = DateField(label="开始日期")
    result = LongTextField(label="成效", max_length=500, required=False, rows=3)

    def __init__(self, *args: Any, villages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partners"].queryset = villages


class TrainingForm(PortalForm):
    kind = forms.ChoiceField(label="类别", choices=CadreTraining.Kind.choices)
    name = CleanTextField(label="名称", max_length=100, help_text="例如：2026年秋季村干部学历教育。")
    chosen_on = DateField(label="确定人选的日期")
    starts_on = DateField(label="开班日期", required=False)
    people = forms.IntegerField(label="人数", min_value=1, max_value=9999, help_text="只填人数，不填人名。")
