"""Filters above the lists of the registry."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.roles import Role
from common.forms import DateField
from common.lists import number_named
from villages.models import CadreTraining, EconomyPath, Post, Township, Unit, Village, VillageYear
from villages.pages import FilterForm


class TownshipFilter(FilterForm):
    """The township comes first for those who see several; others are not asked."""

    township = forms.ModelChoiceField(
        label="乡镇", queryset=Township.objects.none(), required=False, empty_label="全部"
    )

    def full_clean(self) -> None:
        self.prepare()
        super().full_clean()

    def prepare(self) -> None:
        """Offer what is in scope, before anything is read from the address."""
        self.several = len(self.access.all_township_ids) > 1
        if self.several:
            self.fields["township"].queryset = Township.objects.visible_to(self.access)
        else:
            self.fields.pop("township", None)


class PlaceFilter(TownshipFilter):
    """Township and village. A county's villages are offered township by township, to keep the page small."""

    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, empty_label="全部")

    def prepare(self) -> None:
        super().prepare()
        villages = self.villages()
        if self.several:
            township, village = (number_named(self.data.get(name)) for name in ("township", "village"))
            # An address may name a village alone (a link from a record): that one is accepted without its township.
            villages = villages.filter(township_id=township) if township else villages.filter(pk=village)
        self.fields["village"].queryset = villages

    def villages(self) -> Any:
        return Village.objects.visible_to(self.access)


class VillageFilter(TownshipFilter):
    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *Village.Kind.choices], required=False)
    model = forms.BooleanField(label="党建示范村", required=False)
    closed = forms.BooleanField(label="含已撤并的村", required=False)
    q = forms.CharField(
        label="村名",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "村名或拼音首字母"}),
    )


class FiguresFilter(PlaceFilter):
    year = forms.IntegerField(label="年度", required=False, min_value=1990, max_value=2100)
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *VillageYear.State.choices], required=False)
    field_order = ["year", "state", "township", "village"]


class PathFilter(PlaceFilter):
    path = forms.ChoiceField(label="路径", choices=[("", "全部"), *EconomyPath.Path.choices], required=False)


class TrainingFilter(PlaceFilter):
    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *CadreTraining.Kind.choices], required=False)
    year = forms.IntegerField(label="年度", required=False, min_value=1990, max_value=2100)


class PostFilter(PlaceFilter):
    committee = forms.ChoiceField(label="班子", choices=[("", "全部"), *Post.Committee.choices], required=False)
    vacant = forms.BooleanField(label="只看空缺", required=False)
    as_of = DateField(label="截至", required=False)


class CadreFilter(PlaceFilter):
    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none(), required=False, empty_label="全部")
    left = forms.BooleanField(label="含已离任", required=False)
    q = forms.CharField(label="姓名或职务", required=False, max_length=40)

    def prepare(self) -> None:
        super().prepare()
        units = Unit.objects.visible_to(self.access)
        if self.several:
            township, unit = (number_named(self.data.get(name)) for name in ("township", "unit"))
            units = units.filter(Q(township_id=township) | Q(township=None) | Q(pk=unit))
        self.fields["unit"].queryset = units

    def villages(self) -> Any:
        # The people directory of a township is open to its cadres, so its villages are named here.
        return Village.objects.filter(township_id__in=self.access.all_township_ids)


class AssignmentFilter(PlaceFilter):
    role = forms.ChoiceField(label="岗位", choices=[("", "全部"), *Role.choices], required=False)
    as_of = DateField(label="哪一天在任", required=False)
    past = forms.BooleanField(label="含已结束", required=False)

    def villages(self) -> Any:
        return Village.objects.filter(township_id__in=self.access.all_township_ids)


class AbsenceFilter(FilterForm):
    q = forms.CharField(label="姓名", required=False, max_length=40)
    as_of = DateField(label="哪一天", required=False)
    past = forms.BooleanField(label="含已结束和取消", required=False)


class UserFilter(FilterForm):
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("active", "启用"), ("disabled", "停用")], required=False
    )
    unlinked = forms.BooleanField(label="没有对应干部", required=False)
    q = forms.CharField(label="账号或姓名", required=False, max_length=40)
