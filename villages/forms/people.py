"""Shapes of what is typed about cadres, their duties and posts."""

from typing import Any

from django import forms

from accounts.roles import Role
from common.forms import CleanTextField, DateField, PortalForm
from villages.forms.fields import CadreField
from villages.models import Post, Township, Unit, Village


class CadreForm(PortalForm):
    name = CleanTextField(label="姓名", max_length=40)
    title = CleanTextField(label="职务", max_length=60, required=False, help_text="例如：党委委员、组织委员。")
    village = forms.ModelChoiceField(
        label="所在村", queryset=Village.objects.none(), required=False, empty_label="无", help_text="村干部填写。"
    )
    unit = forms.ModelChoiceField(
        label="所在单位",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="无",
        help_text="站所、部门人员填写。",
    )

    def __init__(self, *args: Any, villages: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if villages is None:  # a cadre of the county belongs to no village
            self._without("village")
        else:
            self.fields["village"].queryset = villages

    def _without(self, name: str) -> None:
        del self.fields[name]
        self.helper.layout = self.helper.build_default_layout(self)


class CadreEditForm(CadreForm):
    township = forms.ModelChoiceField(
        label="所属乡镇",
        queryset=Township.objects.none(),
        required=False,
        empty_label="无（县级干部）",
        help_text="调到别的乡镇时改这里，并清空所在村和单位。",
    )
    left_on = DateField(
        label="离任日期",
        required=False,
        help_text="退休、调出后填写；还担任岗位的，先移交。填写后不再出现在选择名单中。",
    )
    field_order = ["name", "title", "township", "village", "unit", "left_on"]

    def __init__(self, *args: Any, townships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if townships is None:
            self._without("township")
        else:
            self.fields["township"].queryset = townships


class AssignmentForm(PortalForm):
    role = forms.ChoiceField(label="岗位")
    cadre = CadreField(label="干部", help_text="名单中没有的，请先在“干部”中登记。")
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False, help_text="不知道的不填。")
    note = CleanTextField(label="说明", max_length=200, required=False, help_text="例如：组长、分管方面、依据的文件。")

    def __init__(self, *args: Any, roles: list[str], cadres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "请选择"), *((role, Role(role).label) for role in roles)]
        self.fields["cadre"].queryset = cadres


class AssignmentCorrectForm(PortalForm):
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False)
    note = CleanTextField(label="说明", max_length=200, required=False)
    reason = CleanTextField(label="更正原因", max_length=200, help_text="例如：日期登记有误。")


class AssignmentEndForm(PortalForm):
    ends_on = DateField(label="结束日期", help_text="任职的最后一天。到这一天结束，本人就不再看到这里的记录。")
    reason = CleanTextField(label="原因", max_length=200, help_text="例如：轮换、调离、任务完成。")


class PostForm(PortalForm):
    committee = forms.ChoiceField(label="班子", choices=Post.Committee.choices)
    title = CleanTextField(label="岗位", max_length=40, help_text="例如：书记、副书记、主任、委员。")
    sort = forms.IntegerField(label="排序", min_value=0, max_value=999, initial=0, help_text="数字小的排在前面。")


class TakePostForm(PortalForm):
    cadre = CadreField(label="任职人", required=False, empty_label="请选择")
    name = CleanTextField(
        label="名单中没有的，写姓名", max_length=40, required=False, help_text="保存后自动登记为本村干部。"
    )
    started_on = DateField(label="任职日期")

    def __init__(self, *args: Any, cadres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cadre"].queryset = cadres

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("cadre")) == bool(data.get("name")):
            self.add_error("cadre", "请选择任职人，或者填写姓名，二者填一项。")
        return data


class LeavePostForm(PortalForm):
    ended_on = DateField(label="离任日期", help_text="从这一天起岗位空缺。")
    reason = CleanTextField(label="离任原因", max_length=60, help_text="例如：换届、辞职、免职、退休。")


class TenureForm(PortalForm):
    started_on = DateField(label="任职日期")
    ended_on = DateField(label="离任日期", required=False)
    end_reason = CleanTextField(label="离任原因", max_length=60, required=False)
