"""What a form says of a field left out or out of bounds, in the words of an office."""

from django import forms

from common.forms import DateField, PortalForm


class Sheet(PortalForm):
    held_on = DateField(label="日期")
    lost = forms.IntegerField(label="扣分", min_value=0, max_value=10)
    own = forms.CharField(label="原因", error_messages={"required": "请写明原因。"})


def said(**data):
    return {name: errors[0] for name, errors in Sheet(data).errors.items()}


def test_left_out():
    assert said() == {"held_on": "这一项必填。", "lost": "这一项必填。", "own": "请写明原因。"}


def test_out_of_bounds():
    assert said(held_on="2026-03-05", lost="20", own="晚") == {"lost": "不能大于10。"}
    assert said(held_on="2026-03-05", lost="-1", own="晚") == {"lost": "不能小于0。"}
