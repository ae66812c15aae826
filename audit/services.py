"""Writing the record of what was done. Call inside the transaction of the change itself."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.db import models, transaction

from audit.models import Entry
from common import chinese

MAX_SHOWN = 300


def display(instance: models.Model, name: str) -> str:
    """The value of one field as a person reads it: a choice's label, a day, a related record's name."""
    if getattr(instance._meta.get_field(name), "choices", None):
        return str(getattr(instance, f"get_{name}_display")())
    return show(getattr(instance, name))


def label(instance: models.Model, name: str) -> str:
    """The Chinese name of a field."""
    return str(getattr(instance._meta.get_field(name), "verbose_name", name))


def show(value: Any) -> str:
    """Any plain value in Chinese; long texts are cut, because the record itself holds the whole."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return chinese.moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return chinese.amount(value)
    if isinstance(value, list | tuple | set):
        return "、".join(show(v) for v in value) or "（空）"
    if isinstance(value, dict):
        return "；".join(f"{k}：{show(v)}" for k, v in value.items()) or "（空）"
    text = str(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def _whole(instance: models.Model, name: str) -> str:
    """As `display`, but a text uncut: what was changed may lie behind the cut."""
    value = getattr(instance, name)
    plain = isinstance(value, str) and not getattr(instance._meta.get_field(name), "choices", None)
    return value if plain and value else display(instance, name)


def snapshot(instance: models.Model, fields: Iterable[str]) -> dict[str, str]:
    """Field → display string, taken before a change and given to `changes_since` after it."""
    return {name: _whole(instance, name) for name in fields}


def changes_since(before: dict[str, str], instance: models.Model) -> list[dict[str, str]]:
    """What differs from the snapshot, in the form `Entry.changes` keeps."""
    rows = []
    for name, old in before.items():
        new = _whole(instance, name)
        if new != old:
            # Both from a little before the first difference, when that lies behind the cut.
            first = next(n for n, (a, b) in enumerate(zip_longest(old, new)) if a != b)
            start = first - 20 if show(old) == show(new) else 0
            shown = {side: show("…" * bool(start) + text[start:]) for side, text in (("old", old), ("new", new))}
            rows.append({"field": name, "label": label(instance, name), **shown})
    return rows


def record(
    obj: models.Model,
    verb: str,
    *,
    by: Any,
    at: datetime,
    changes: list[dict[str, str]] | None = None,
    reason: str = "",
    township_id: int | None = None,
) -> Entry:
    """Write one entry for `obj`. `by` is a user, or None for the portal itself. Must run inside a transaction (RuntimeError otherwise)."""
    [written] = record_many([entry(obj, verb, by=by, at=at, changes=changes, reason=reason, township_id=township_id)])
    return written


def record_many(entries: Iterable[Entry]) -> list[Entry]:
    """Write the entries of many changes at once, in the transaction of the changes (RuntimeError otherwise)."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit entry is written in the transaction of the change it records")
    return Entry.objects.bulk_create(entries, batch_size=1000)


def entry(
    obj: models.Model,
    verb: str,
    *,
    by: Any,
    at: datetime,
    changes: list[dict[str, str]] | None = None,
    reason: str = "",
    township_id: int | None = None,
) -> Entry:
    """The entry of one change, not yet written: for `record_many`."""
    return Entry(
        at=at,
        by=by,
        by_name=str(by) if by else "系统",
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        object_label=str(obj)[:200],
        township_id=township_id if township_id is not None else getattr(obj, "township_id", None),
        changes=changes or [],
        reason=reason,
    )


def history(obj: models.Model, limit: int = 100) -> models.QuerySet[Entry]:
    """The newest entries of one record, newest first; one query."""
    return Entry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)[:limit]


def took_part(obj: models.Model, user: Any) -> bool:
    """Does the record name this user, also where somebody else has since corrected what he did?"""
    return Entry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk, by=user).exists()
