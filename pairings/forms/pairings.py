"""Shapes of what is typed about pairings."""

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from pairings.models import Pairing, PairingSlot
from rounds.forms.fields import CadreField, InScopeForm, VillageField
from villages.models import Unit


class HelperFields(InScopeForm):
    """Who helps: one of village, cadre and unit, as the kind says."""

    kind = forms.ChoiceField(label="结对方式", choices=Pairing.Kind.choices)
    helper_village = VillageField(
        label="帮扶村", required=False, empty_label="不填", help_text="“强村带弱村”填这一项。"
    )
    helper_cadre = CadreField(
        label="帮扶人", required=False, empty_label="不填", help_text="“书记带书记”“干部结对”填这一项，老干部也可以选。"
    )
    helper_unit = forms.ModelChoiceField(
        label="帮扶单位",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="不填",
        help_text="“机关单位结对”填这一项。",
    )
    helped_cadre = CadreField(
        label="被帮带人", required=False, empty_label="不填", help_text="“书记带书记”填被带的村书记。"
    )
    matters = LongTextField(label="帮扶事项", max_length=500, rows=3, required=False)
    starts_on = DateField(label="开始日期")


class PairingForm(HelperFields):
    village = VillageField(label="被帮扶村", empty_label="请选择")
    field_order = ["village"]


class PairingChangeForm(HelperFields):
    pass


class PairingEndForm(PortalForm):
    ends_on = DateField(label="结束日期")
    reason = CleanTextField(label="原因", max_length=200)


class RuleForm(PortalForm):
    needed = forms.MultipleChoiceField(
        label="每个整顿村应落实", choices=PairingSlot.Filler.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="前四项即“四个一”。一项不选时，只要求每村至少有一对结对。",
    )  # fmt: skip
    idle_days = forms.IntegerField(
        label="多少天没有活动算久无活动",
        min_value=7,
        max_value=365,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
