"""Shapes of what is typed about pairings."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms

from common.errors import Refused
from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from pairings.models import DUTIES, Pairing, PairingSlot
from pairings.services.requirements import OwnSlot, check_own
from rounds.forms.fields import InScopeForm
from villages.forms.fields import CadreField, VillageField
from villages.models import Unit

SPARE = 3  # empty rows for places of the office's own; three more stand there after each save
OWN_HINT = (
    '<p class="quiet">上面没有的，在这里写名称并选由谁落实，例如：科技特派员，由“干部结对”落实。'
    "由结对落实的，登记结对时选明落实哪一项才算落实。清空名称即去掉这一项；保存后可再加。</p>"
)


class SlotField(forms.ModelChoiceField):
    """A place the round names itself, with how it is filled."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=PairingSlot.objects.none(), **kwargs)

    def label_from_instance(self, obj: PairingSlot) -> str:
        return obj.full


class HelperFields(InScopeForm):
    """Who helps: one of village, cadre and unit, as the kind says. Which place that fills is asked where the round names places itself."""

    kind = forms.ChoiceField(label="结对方式", choices=Pairing.Kind.choices)
    slot = SlotField(label="落实哪一项要求", required=False, empty_label="不专门落实某一项")
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

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        if not choices["slot"]:
            del self.fields["slot"]


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
        widget=forms.CheckboxSelectMultiple, help_text="前四项即“四个一”。一项都没有时，只要求每村至少有一对结对。",
    )  # fmt: skip
    idle_days = forms.IntegerField(
        label="多少天没有活动算久无活动",
        min_value=7,
        max_value=365,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, own: Sequence[PairingSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [
            ("", "请选择"),
            ("一对结对", [(kind.value, kind.label) for kind in Pairing.Kind]),
            ("村里的一个责任关系", list(DUTIES.items())),
        ]
        rows = []
        self.rows = range(1, len(own) + SPARE + 1)
        for row in self.rows:
            slot = own[row - 1] if row <= len(own) else None
            self.fields[f"own_pk_{row}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=slot.pk if slot else None
            )
            self.fields[f"own_name_{row}"] = CleanTextField(
                label="名称", max_length=PairingSlot.MAX_NAME, required=False, initial=slot.name if slot else ""
            )
            self.fields[f"own_way_{row}"] = forms.ChoiceField(
                label="由谁落实", choices=ways, required=False, initial=slot.filled_by if slot else ""
            )
            rows.append(Div(f"own_pk_{row}", f"own_name_{row}", f"own_way_{row}", css_class="slot-row"))
        self.helper.layout = Layout("needed", Fieldset("自己定的要求", HTML(OWN_HINT), *rows), "idle_days")

    def own(self) -> list[OwnSlot]:
        """The office's own places as typed; an emptied name takes the place away."""
        data, asked = self.cleaned_data, []
        for row in self.rows:
            pk, name, way = (data.get(f"own_{part}_{row}") for part in ("pk", "name", "way"))
            if name or not pk:
                asked.append(OwnSlot(name or "", way or "", pk))
        return asked

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_own(self.own())
            except Refused as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return data
