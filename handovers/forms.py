"""Shapes of what is typed about hand-overs."""

from typing import Any

from django import forms

from common.forms import CleanTextField, DateField, LongTextField, PortalForm
from handovers.models import HandOver
from villages.forms.fields import CadreField
from villages.forms.filters import PlaceFilter
from villages.models import Village


class HandOverForm(PortalForm):
    receiver = CadreField(label="接收人", help_text="名单中没有的，请先在“干部”中登记。")
    takes_effect_on = DateField(
        label="生效日期", help_text="接收人从这一天起负责，移交人到前一天为止；权限也从这一天起变。"
    )
    reason = CleanTextField(label="交接原因", max_length=200, help_text="例如：工作调动、轮岗、换届。")
    remark = LongTextField(
        label="需要说明的事项",
        max_length=1000,
        required=False,
        rows=3,
        help_text="系统里没有、接收人要知道的。印在交接单上。",
    )

    def __init__(self, *args: Any, cadres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = cadres


class ConfirmForForm(PortalForm):
    side = forms.ChoiceField(label="替谁确认", widget=forms.RadioSelect)
    reason = CleanTextField(
        label="代为确认的原因", max_length=200, help_text="例如：已调离、没有登录账号、已当面说明。印在交接单上。"
    )

    def __init__(self, *args: Any, sides: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = sides
        if len(sides) == 1:
            self.fields["side"].initial = sides[0][0]


class CallOffForm(PortalForm):
    reason = CleanTextField(label="撤回原因", max_length=200, help_text="例如：人选有变。")


class HandOverFilter(PlaceFilter):
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *HandOver.State.choices], required=False)
    mine = forms.BooleanField(label="待我确认", required=False)
    q = forms.CharField(label="姓名", required=False, max_length=40)
    field_order = ["state", "mine", "township", "village", "q"]

    def villages(self) -> Any:
        # As the posts: known in the whole township.
        return Village.objects.filter(township_id__in=self.access.all_township_ids)
