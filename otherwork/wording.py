"""The sentence of a kind: words of the office with places for figures, e.g. “完成庭院整治{数量}{单位}，涉及{村数}个村，投入资金{资金}万元。”

A clause (between ，；。) whose place has no data is left out by itself, so that no paper ever says “0万元”. What fills a place is any sequence
of pieces: plain text in a preview, figures with their links in a summary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import Refused
from common.text import clean

# name → what it becomes, as the form explains it
PLACES = {
    "数量": "数量合计",
    "单位": "计量单位",
    "次数": "登记次数",
    "村数": "涉及几个村",
    "村": "各村村名",
    "资金": "资金合计（万元）",
    "来源": "各项来源的资金",
    "事项": "登记的内容（前三条）",
}
OF_VILLAGES = {"村数", "村"}
OF_MONEY = {"资金", "来源"}
COUNTS = {"数量", "次数"}
MAX_WORDING = 200

_PLACE = re.compile(r"\{([^{}]*)\}")
_CLAUSE = re.compile(r"[^，；。]*[，；。]|[^，；。]+$")
_STRENGTH = {"": 0, "，": 1, "；": 2, "。": 3}


def usual(name: str, *, per_village: bool, has_money: bool) -> str:
    """The sentence a kind gets when the office writes none."""
    villages = "，涉及{村数}个村" if per_village else ""
    money = "，投入资金{资金}万元" if has_money else ""
    return f"开展{name}{{数量}}{{单位}}{villages}{money}。"


def places_in(text: str) -> list[str]:
    return _PLACE.findall(text)


def check(text: str, *, per_village: bool, has_money: bool, takes_note: bool) -> str:
    """The sentence as it may be kept, with its full stop; Refused with what is wrong."""
    text = clean(text)
    if len(text) > MAX_WORDING:
        raise Refused(f"文字过长：共{len(text)}字，最多{MAX_WORDING}字。", field="wording")
    if "\n" in text:
        raise Refused("句子只能写一行。", field="wording")
    names = places_in(text)
    unknown = [name for name in names if name not in PLACES]
    if unknown or len(names) != text.count("{") or len(names) != text.count("}"):
        shown = "、".join(f"{{{name}}}" for name in PLACES)
        raise Refused(f"花括号里只能用：{shown}。", field="wording")
    if not COUNTS & set(names):
        raise Refused("句子里要有{数量}或{次数}，否则总结中没有数字。", field="wording")
    for allowed, group, sentence in (
        (per_village, OF_VILLAGES, "这一类不按村登记，句子里不能用{村数}和{村}。"),
        (has_money, OF_MONEY, "这一类不登记资金，句子里不能用{资金}和{来源}。"),
        (takes_note, {"事项"}, "这一类不填写内容，句子里不能用{事项}。"),
    ):
        if not allowed and group & set(names):
            raise Refused(sentence, field="wording")
    if not text.endswith("。"):
        text = text.rstrip("，；、") + "。"
    return text


def fill(text: str, values: Mapping[str, Sequence[Any]]) -> list[Any] | None:
    """The sentence as pieces; None when no clause has all its data. `values` gives each place its pieces, an empty one has no data."""
    kept: list[tuple[list[Any], str]] = []
    for clause in _CLAUSE.findall(text):
        words, mark = (clause[:-1], clause[-1]) if clause[-1] in _STRENGTH else (clause, "")
        if any(not values.get(name) for name in places_in(words)):
            if kept and _STRENGTH[mark] > _STRENGTH[kept[-1][1]]:
                kept[-1] = (kept[-1][0], mark)  # the sentence ends where its last clause was left out
            continue
        kept.append((_filled(words, values), mark))
    if not kept:
        return None
    out: list[Any] = []
    for pieces, mark in kept[:-1]:
        out += [*pieces, mark]
    return [*out, *kept[-1][0], "。"]


def _filled(words: str, values: Mapping[str, Sequence[Any]]) -> list[Any]:
    pieces: list[Any] = []
    for n, part in enumerate(_PLACE.split(words)):
        if n % 2:
            pieces += values[part]
        elif part:
            pieces.append(part)
    return pieces
