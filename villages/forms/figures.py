"""Shapes of what is typed about a village's yearly figures, economy and trainings."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm, RowsField
from villages.models import CadreTraining, EconomyPath, IncomeSource, Village, VillageYear
from villages.services import figures


def _count(name: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=str(VillageYear._meta.get_field(name).verbose_name),
        required=False,
        min_value=0,
        max_value=9_999_999,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _money(name: str, help_text: str = "") -> forms.DecimalField:
    return _amount(str(VillageYear._meta.get_field(name).verbose_name), help_text)


def _amount(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )


SOURCE = "source_"  # fields of the form, one for each kind of income


class YearForm(PortalForm):
    """One year's sheet. Empty means not known."""

    households = _count("households")
    population = _count("population")
    members = _count("members")
    members_under_35 = _count("members_under_35")
    members_60 = _count("members_60", "36至59岁的由系统算出，不用填。")
    members_away = _count("members_away")
    members_college = _count("members_college")
    members_high_school = _count("members_high_school")
    members_lower = _count("members_lower", "三项合计应等于党员数。")
    applicants = _count("applicants", "到目前为止的人数，只填数，不填人名。")
    activists = _count("activists")
    candidates = _count("candidates")
    income = _money("income", "下面填了各项来源的，这里可以不填，由系统合计。")
    operating_income = _money("operating_income")
    income_source = CleanTextField(
        label="收入来源说明",
        max_length=200,
        required=False,
        help_text="例如：厂房租金、旅游观光、精品蔬菜。不写的，按各项来源生成。",
    )
    enterprise_leaders = _count("enterprise_leaders", "本年度培养的人数。")
    sure = forms.BooleanField(label="与上年相差一半以上的数字已核对，属实", required=False, widget=forms.HiddenInput)
    reason = CleanTextField(
        label="修改原因", max_length=200, help_text="这份数据已确认。修改后要重新确认，原因记入操作记录。"
    )

    def __init__(self, *args: Any, confirmed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in IncomeSource.Kind:
            self.fields[SOURCE + kind] = _amount(f"{kind.label}（万元）")
        if not confirmed:
            del self.fields["reason"]
        groups = [
            ("人口", ["households", "population"]),
            ("党员", ["members", "members_under_35", "members_60", "members_away"]),
            ("党员文化程度", ["members_college", "members_high_school", "members_lower"]),
            ("发展党员和后备力量", ["applicants", "activists", "candidates", "enterprise_leaders"]),
            ("村集体经济收入", ["income", "operating_income", *(SOURCE + kind for kind in IncomeSource.Kind), "income_source"]),
        ]  # fmt: skip
        rest = [name for name in ("sure", "reason") if name in self.fields]
        head = ["year"] if "year" in self.fields else []
        self.helper.layout = Layout(
            *head, *(Fieldset(title, *names, css_class="figures-group") for title, names in groups), *rest
        )

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "sure":  # asked for only where there is something to be sure of
            self.fields["sure"].widget = forms.CheckboxInput()
        super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        values = self.values()
        for field, sentence in figures.contradictions(values, values.pop("sources")).items():
            self.add_error(field, sentence)
        return data

    def values(self) -> dict[str, Any]:
        """What the service takes: figures by name, sources by kind."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith(SOURCE)}
        return data | {
            "sources": {
                name.removeprefix(SOURCE): value for name, value in self.cleaned_data.items() if name.startswith(SOURCE)
            }
        }


class NewYearForm(YearForm):
    year = forms.IntegerField(label="年度", min_value=1990, max_value=2100)


class ReturnYearForm(PortalForm):
    remark = CleanTextField(label="要改什么", max_length=200, help_text="例如：党员数与统计年报不一致，请核对。")


class PathForm(PortalForm):
    path = forms.ChoiceField(label="路径", choices=EconomyPath.Path.choices)
    industry = CleanTextField(label="产业（项目）", max_length=60, help_text="例如：精品蔬菜、旅游观光、盘活闲置厂房。")
    partners = RowsField(
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
