"""A township's own outline: order of parts, titles, which sentences in which wording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from common.text import clean
from otherwork.models import WorkKind
from reports.language import SENTENCES
from reports.language.brief import BRACKETS
from reports.models import Outline
from reports.otherwork import put_in
from reports.outlines import OUTLINES, Plan, Use, added, changed, moved, places, plans_of

MAX_LEAD = 60
MAX_TITLE = 80
MAX_FIXED = 500
MAX_ADDED = 20
_BRACKET = re.compile(r"\{([^{}]*)\}")


def _opened(township_id: int, kind: str, base_version: int) -> tuple[Outline, tuple[Plan, ...]]:
    """The township's outline to be changed. One that nobody has changed yet has version 1, like a new row."""
    if kind not in OUTLINES:
        raise Refused("没有这一种总结。")
    outline, _ = Outline.objects.get_or_create(township_id=township_id, kind=kind)
    if outline.version != base_version:
        raise RecordChanged(outline)
    return outline, plans_of(outline, kind)


def _keep(
    outline: Outline, plans: Sequence[Plan], verb: str, changes: list[dict[str, str]], *, by: Any, at: datetime
) -> Outline:
    usual = tuple(plans) == OUTLINES[outline.kind]
    outline.parts = [] if usual else [plan.to_json() for plan in plans]
    save_if_unchanged(outline, expected_version=outline.version, fields=["parts"])
    audit.record(outline, verb, by=by, at=at, changes=changes)
    return outline


def _plan(plans: Sequence[Plan], key: str) -> Plan:
    for plan in plans:
        if plan.key == key:
            return plan
    raise Refused("提纲里已没有这一部分，请刷新后再改。")


@transaction.atomic
def change_outline_part(
    *, township_id: int, kind: str, key: str, lead: str, uses: Sequence[Use], off: bool, base_version: int, by: Any,
    at: datetime,
) -> Outline:  # fmt: skip
    """Other words, other sentences, or the part switched off (RecordChanged when somebody changed the outline since)."""
    outline, plans = _opened(township_id, kind, base_version)
    plan = _plan(plans, key)
    after = changed((plan,), key, lead=check_lead(plan, lead), uses=check_uses(plan, uses), off=off)[0]
    if off and plan.kind == "title":
        raise Refused("标题不能停用。", field="off")
    if after == plan:
        return outline
    rows = [
        {"field": key, "label": f"“{plan.lead or key}”的{label}", "old": old or "（空）", "new": new or "（空）"}
        for label, old, new in (
            ("标题或起首语", plan.lead, after.lead), ("句子", told(plan), told(after)),
            ("使用", "停用" if plan.off else "使用", "停用" if off else "使用"),
        )
        if old != new
    ]  # fmt: skip
    plans = tuple(after if p.key == key else p for p in plans)
    return _keep(outline, plans, "修改提纲", rows, by=by, at=at)


def told(plan: Plan) -> str:
    """The sentences of a part in words: 本期销号（只写事项名称）、本期进展."""
    names = []
    for use in plan.uses:
        sentence = SENTENCES[use.sentence]
        wording = sentence.variants.get(use.variant)
        names.append(f"{sentence.name}（{wording}）" if wording else sentence.name)
    return "、".join(names)


def check_lead(plan: Plan, text: str) -> str:
    """The words of a part as they may stand, or Refused."""
    text = clean(text)
    limit = MAX_TITLE if plan.kind == "title" else MAX_LEAD if plan.uses or plan.is_heading else MAX_FIXED
    if len(text) > limit:
        raise Refused(f"文字过长：共{len(text)}字，最多{limit}字。", field="lead")
    if not text and (plan.is_heading or plan.kind == "title" or not plan.uses):
        raise Refused("请填写文字。不想要这一部分时，请选“停用”。", field="lead")
    if "\n" in text and (plan.is_heading or plan.kind == "title"):
        raise Refused("标题只能写一行。", field="lead")
    unknown = [name for name in _BRACKET.findall(text) if name not in BRACKETS]
    if unknown or text.count("{") != text.count("}"):
        shown = "、".join(f"{{{name}}}" for name in BRACKETS)
        raise Refused(f"花括号里只能用：{shown}。", field="lead")
    if text and plan.kind in ("item", "point") and not text.endswith(("。", "！", "？")):
        text += "。"  # the leading clause is told from the sentences by its full stop
    return text


def check_uses(plan: Plan, uses: Sequence[Use]) -> tuple[Use, ...]:
    """The sentences as they may stand, each once, the usual wording unnamed; or Refused."""
    if uses and not plan.uses and plan.kind in ("title", "addressee", "heading1", "heading2"):
        raise Refused("标题下面的各段才能放句子。", field="add")
    kept: dict[str, Use] = {}
    for use in uses:
        sentence = SENTENCES.get(use.sentence)
        if sentence is None:
            raise Refused("没有这一句，请重新选择。", field="add")
        if use.variant and use.variant not in sentence.variants:
            raise Refused("没有这种写法，请重新选择。")
        if sentence.key in kept:
            raise Refused(f"“{sentence.name}”在这一段里已经有了。", field="add")
        kept[sentence.key] = use
    if plan.uses and not kept:
        raise Refused("至少保留一句。不想要这一段时，请选“停用”。")
    return tuple(kept.values())


@transaction.atomic
def add_outline_part(
    *, township_id: int, kind: str, under: str, lead: str, sentence: str = "", base_version: int, by: Any, at: datetime
) -> Plan:
    """A paragraph of the office's own at the end of a heading: fixed words, or a leading clause with a sentence from the records.

    It stands in every paper of this kind that is drafted or computed anew; its words are changed like those of any other part.
    """
    outline, plans = _opened(township_id, kind, base_version)
    if under not in places(plans):
        raise Refused("请选择加在哪一部分。", field="under")
    if sum(plan.is_added for plan in plans) >= MAX_ADDED:
        raise Refused(f"自己加的段落最多{MAX_ADDED}段，请先删去不用的。")
    uses = (Use(sentence),) if sentence else ()
    plan = Plan("", places(plans)[under], "", uses)
    after, new = added(plans, under, check_lead(plan, lead), check_uses(plan, uses))
    heading = _plan(plans, under).lead
    rows = [
        {"field": new.key, "label": f"“{heading}”下的段落", "old": "（空）", "new": audit.show(new.lead or told(new))}
    ]
    _keep(outline, after, "添加提纲段落", rows, by=by, at=at)
    return new


@transaction.atomic
def put_other_work_in(
    *, township_id: int, kind: str, place: str, base_version: int, by: Any, at: datetime
) -> Plan:  # fmt: skip
    """Print the township's other work of a place in the papers of a kind (again): its part switched on, given the sentence, or added."""
    outline, plans = _opened(township_id, kind, base_version)
    if place not in WorkKind.Place.values:
        raise Refused("没有这一部分。")
    after, part = put_in(plans, kind, place)
    if part is None:
        raise Refused("这种总结的提纲里没有可以放这一句的部分，请在提纲里另加一段。")
    if after == plans:
        raise Refused("提纲里已有这一句，不需再写入。")
    if sum(plan.is_added for plan in after) > MAX_ADDED:
        raise Refused(f"自己加的段落最多{MAX_ADDED}段，请先删去不用的。")
    old = next((plan for plan in plans if plan.key == part.key), None)
    before = "（空）" if old is None else f"停用：{told(old)}" if old.off else told(old)
    rows = [{"field": part.key, "label": f"“{part.lead or '正文段'}”的句子", "old": before, "new": told(part)}]
    _keep(outline, after, "其他工作写进提纲", rows, by=by, at=at)
    return part


@transaction.atomic
def remove_outline_part(
    *, township_id: int, kind: str, key: str, base_version: int, by: Any, at: datetime
) -> Outline:  # fmt: skip
    """Take away a part the office added; one of the portal's is switched off instead, so that it can come back."""
    outline, plans = _opened(township_id, kind, base_version)
    plan = _plan(plans, key)
    if not plan.is_added:
        raise Refused("系统提纲里的部分不能删除，不用时请在“修改”里选“停用”。")
    rows = [{"field": key, "label": "提纲段落", "old": audit.show(plan.lead or told(plan)), "new": "（空）"}]
    return _keep(outline, [p for p in plans if p.key != key], "删除提纲段落", rows, by=by, at=at)


@transaction.atomic
def move_outline_part(
    *, township_id: int, kind: str, key: str, up: bool, base_version: int, by: Any, at: datetime
) -> Outline:
    """One place up or down; a heading takes along what stands under it. At the end of the row nothing happens."""
    outline, plans = _opened(township_id, kind, base_version)
    plan = _plan(plans, key)
    after = moved(plans, key, up=up)
    if after == tuple(plans):
        return outline
    rows = [{"field": key, "label": f"“{plan.lead or key}”的位置", "old": "原处", "new": "上移" if up else "下移"}]
    return _keep(outline, after, "移动提纲", rows, by=by, at=at)


@transaction.atomic
def reset_outline(*, township_id: int, kind: str, base_version: int, by: Any, at: datetime) -> Outline:
    """Back to the outline the portal brings."""
    outline, _ = _opened(township_id, kind, base_version)
    if not outline.parts:
        raise Refused("现在用的就是系统提纲。")
    return _keep(outline, OUTLINES[kind], "恢复系统提纲", [], by=by, at=at)
