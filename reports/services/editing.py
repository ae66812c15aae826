"""The author's hand: words of his own, paragraph by paragraph."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from common.text import clean
from reports.models import Part, PartVersion, Summary
from reports.outlines import OWN_KINDS
from reports.services.drafting import past_of, require_draft, touch

MAX_PART = 5000
MAX_TITLE = 80
GONE = "这一段刚被他人删除，请刷新后再看。"
FIELDS = ["own_text", "is_own", "is_locked", "kept", "seen", "edited_by", "edited_at"]


@transaction.atomic
def edit_part(part: Part, *, text: str, base_version: int, by: Any, at: datetime) -> Part:
    """Put the author's words in place of the generated ones (RecordChanged if the part changed since `base_version`)."""
    require_draft(part.summary)
    _require_unlocked(part)
    text = clean(text)
    if not text:
        raise Refused("内容不能为空。不想要这一段时，请用“恢复自动文字”或“删除本段”。", field="text")
    limit = MAX_TITLE if part.is_heading else MAX_PART
    if len(text) > limit:
        raise Refused(f"文字过长：共{len(text)}字，最多{limit}字。", field="text")
    if part.is_heading and "\n" in text:
        raise Refused("标题只能写一行。", field="text")
    past = past_of(part, "改写段落", by=by, at=at)
    part.own_text, part.is_own, part.seen = text, True, part.generated
    part.edited_by, part.edited_at = by, at
    save_if_unchanged(part, expected_version=base_version, fields=FIELDS)
    return _noted(part, past, by=by, at=at)


@transaction.atomic
def revert_part(part: Part, *, by: Any, at: datetime, base_version: int | None = None) -> Part:
    """Back to the generated words as they are now. The author's are kept among the past versions."""
    require_draft(part.summary)
    if part.is_added:
        raise Refused("这一段是您自己添加的，没有自动文字可以恢复。")
    past = past_of(part, "恢复自动文字", by=by, at=at)
    part.own_text, part.is_own, part.seen = "", False, part.generated
    part.is_locked, part.kept = False, []
    part.edited_by, part.edited_at = by, at
    save_if_unchanged(part, expected_version=part.version if base_version is None else base_version, fields=FIELDS)
    return _noted(part, past, by=by, at=at)


@transaction.atomic
def keep_own(part: Part, *, by: Any, at: datetime, base_version: int | None = None) -> Part:
    """The author has seen what the data changed and leaves the text as it stands. `base_version` is that of the page he saw it on."""
    require_draft(part.summary)
    part.seen = part.generated
    save_if_unchanged(part, expected_version=part.version if base_version is None else base_version, fields=["seen"])
    audit.record(part.summary, "核对数据变化", by=by, at=at)
    return part


@transaction.atomic
def lock_part(part: Part, *, by: Any, at: datetime) -> Part:
    """Fix the words as they stand: no computation and no other author changes them until they are unlocked."""
    require_draft(part.summary)
    if part.is_locked:
        raise Refused("这一段已经锁定。")
    part.is_locked, part.kept = True, part.generated
    save_if_unchanged(part, expected_version=part.version, fields=["is_locked", "kept"])
    audit.record(part.summary, "锁定段落", by=by, at=at, changes=_named(part, "未锁定", "已锁定"))
    return part


@transaction.atomic
def unlock_part(part: Part, *, by: Any, at: datetime) -> Part:
    """Let the paragraph follow the data again; words of the author stay his."""
    require_draft(part.summary)
    if not part.is_locked:
        raise Refused("这一段没有锁定。")
    past = past_of(part, "解除锁定", by=by, at=at)
    part.is_locked, part.kept = False, []
    save_if_unchanged(part, expected_version=part.version, fields=["is_locked", "kept"])
    return _noted(part, past, by=by, at=at)


@transaction.atomic
def restore_version(version: PartVersion, *, by: Any, at: datetime) -> Part:
    """Put earlier words back as the author's. A paragraph that was taken away comes back at the end of its section."""
    summary = version.summary
    part = summary.parts.filter(key=version.key).first()
    if part is not None:
        part.summary = summary
        return edit_part(part, text=version.text, base_version=part.version, by=by, at=at)
    require_draft(summary)
    section = next((key for key, kind in OWN_KINDS.items() if kind == version.kind), "part.next")
    return _added(summary, version.key, section, version.text, "恢复段落", by=by, at=at)


def _require_unlocked(part: Part) -> None:
    if part.is_locked:
        raise Refused("这一段已锁定，请先解除锁定再改。", field="text")


def _named(part: Part, old: str, new: str) -> list[dict[str, str]]:
    return [{"field": part.key, "label": f"段落“{part.text[:12]}…”", "old": old, "new": new}]


@transaction.atomic
def add_own_part(summary: Summary, *, section: str, text: str, by: Any, at: datetime) -> Part:
    """A paragraph of the author's own at the end of a section (key of its heading: part.work, part.shortfalls, part.next)."""
    require_draft(summary)
    if section not in OWN_KINDS:
        raise Refused("请选择加在哪一部分。", field="section")
    text = clean(text)
    if not text:
        raise Refused("请填写内容。", field="text")
    if len(text) > MAX_PART:
        raise Refused(f"文字过长：共{len(text)}字，最多{MAX_PART}字。", field="text")
    return _added(summary, _new_key(summary), section, text, "添加段落", by=by, at=at)


def _new_key(summary: Summary) -> str:
    """own.4: never one that a paragraph taken away had, or their histories would mix."""
    keys = [*summary.parts.values_list("key", flat=True), *summary.versions.values_list("key", flat=True)]
    return f"own.{1 + max((int(key.split('.')[1]) for key in keys if key.startswith('own.')), default=0)}"


def _added(summary: Summary, key: str, section: str, text: str, verb: str, *, by: Any, at: datetime) -> Part:
    # The summary's row is the gate: two authors who add at once come one after the other.
    Summary.objects.filter(pk=summary.pk).update(version=F("version") + 1)
    if summary.parts.filter(key=key).exists():
        key = _new_key(summary)
    place = _end_of(list(summary.parts.all()), section)
    Part.objects.filter(summary=summary, order__gte=place).update(order=F("order") + 1)
    part = Part.objects.create(
        summary=summary, key=key, order=place, kind=OWN_KINDS[section],
        own_text=text, is_own=True, edited_by=by, edited_at=at,
    )  # fmt: skip
    audit.record(summary, verb, by=by, at=at, changes=_named(part, "（空）", audit.show(text)))
    touch(summary)
    return part


def _end_of(parts: list[Part], section: str) -> int:
    """The order number behind the last part below a first-level heading; the closing paragraph belongs to none."""
    inside, last = False, 0
    for part in parts:
        if part.kind == Part.Kind.HEADING1:
            inside = part.key == section
        if inside and part.kind != Part.Kind.PARAGRAPH:
            last = part.order
    if not last:
        raise Refused("这份总结没有这一部分。", field="section")
    return last + 1


@transaction.atomic
def remove_own_part(part: Part, *, by: Any, at: datetime) -> None:
    """Take away a paragraph the author added; its words stay in the record of what was done."""
    require_draft(part.summary)
    if not part.is_added:
        raise Refused("这一段来自数据，不能删除；可以改写。")
    _require_unlocked(part)
    past_of(part, "删除段落", by=by, at=at).save()
    audit.record(part.summary, "删除段落", by=by, at=at, changes=_named(part, audit.show(part.text), "（空）"))
    if not Part.objects.filter(pk=part.pk).delete()[0]:
        raise Refused(GONE)
    touch(part.summary)


@transaction.atomic
def move_part(part: Part, *, up: bool, by: Any, at: datetime) -> Part:
    """Change places with the neighbour of the same kind under the same heading; at the end of the row nothing happens."""
    require_draft(part.summary)
    if part.is_heading or part.kind == Part.Kind.PARAGRAPH:
        raise Refused("只有分条叙述的段落可以移动。")
    row = list(part.summary.parts.all())
    here = next((i for i, p in enumerate(row) if p.pk == part.pk), None)
    if here is None:
        raise Refused(GONE)
    step = -1 if up else 1
    other = here + step
    while 0 <= other < len(row) and row[other].kind == part.kind and not row[other].text:
        other += step  # an empty part is not seen, so moving past it must not look like nothing happened
    if not 0 <= other < len(row) or row[other].kind != part.kind:
        return part
    row.insert(other, row.pop(here))
    for order, p in enumerate(row, 1):
        p.order = order
    Part.objects.bulk_update(row, ["order"])
    audit.record(part.summary, "移动段落", by=by, at=at)
    touch(part.summary)
    return row[other]


def _noted(part: Part, past: PartVersion, *, by: Any, at: datetime) -> Part:
    """Keep the words that stood, and say what was done."""
    summary = part.summary
    if past.text and past.text != part.text:
        past.save()
    if part.kind == Part.Kind.TITLE:
        summary.title = part.text
        summary.save(update_fields=["title"])
    audit.record(
        summary, past.replaced, by=by, at=at,
        changes=[{"field": part.key, "label": "段落", "old": audit.show(past.text), "new": audit.show(part.text)}],
    )  # fmt: skip
    touch(summary)
    return part
