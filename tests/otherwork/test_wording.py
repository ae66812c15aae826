"""The office's sentence: what it may hold, and how it reads when data is missing."""

import pytest

from common.errors import Refused
from otherwork import wording

ALL = {"per_village": True, "has_money": True, "takes_note": True}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("完成{数量}{单元}。", "花括号里只能用"),
        ("完成{数量{单位}。", "花括号里只能用"),
        ("完成{数量}}。", "花括号里只能用"),
        ("完成若干户。", "句子里要有{数量}或{次数}"),
        ("完成{数量}户。\n又完成", "只能写一行"),
        ("完成{数量}" + "很" * 200, "文字过长"),
    ],
)
def test_a_sentence_nobody_could_fill_is_refused(text, told):
    with pytest.raises(Refused, match=told) as refusal:
        wording.check(text, **ALL)
    assert refusal.value.field == "wording"


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("per_village", "在{村数}个村开展{数量}次"),
        ("has_money", "{数量}件，投入{资金}万元"),
        ("takes_note", "{数量}件，即{事项}"),
    ],
)
def test_a_place_needs_its_data_to_be_entered(flag, text):
    assert wording.check(text, **ALL) == text + "。"
    with pytest.raises(Refused, match="这一类不"):
        wording.check(text, **ALL | {flag: False})


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ({}, "完成整治12户。"),
        ({"村数": ["3"]}, "完成整治12户，涉及3个村。"),
        ({"资金": ["8"]}, "完成整治12户；投入8万元。"),
        ({"村数": ["3"], "资金": ["8"]}, "完成整治12户，涉及3个村；投入8万元。"),
    ],
)
def test_a_clause_without_data_is_left_out(values, read):
    text = "完成整治{数量}{单位}，涉及{村数}个村；投入{资金}万元。"

    assert "".join(wording.fill(text, {"数量": ["12"], "单位": ["户"]} | values)) == read


def test_a_sentence_ends_where_its_last_clause_was_left_out():
    text = "整治{数量}户，投入{资金}万元。受到好评。"

    assert "".join(wording.fill(text, {"数量": ["2"]})) == "整治2户。受到好评。"


def test_without_any_data_there_is_no_sentence():
    assert wording.fill("投入{资金}万元。", {"数量": ["2"]}) is None


def test_figures_stay_pieces_of_their_own():
    figure = object()

    assert wording.fill("整治{数量}户。", {"数量": [figure]}) == ["整治", figure, "户", "。"]
