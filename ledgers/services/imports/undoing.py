"""An import is taken back as a whole, as long as nothing of it was changed or used since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from audit import services as audit
from common.errors import Refused
from ledgers.models import Import
from ledgers.services.imports.steps import UNDO, Progress, State, ask_for, move
from problems.models import Problem
from problems.services import assisting


@transaction.atomic
def start_undo(record: Import, *, by: Any, at: datetime) -> None:
    move(record, to=State.UNDOING, expected=[State.APPLIED])
    ask_for(record, UNDO, f"撤销导入：{record.name}", by=by, at=at)


def undo(progress: Progress, *, import_id: int, user_id: int, at: str) -> dict[str, Any]:
    """The job behind 撤销: takes back everything, as long as nothing was changed since."""
    record = Import.objects.select_related("township").get(pk=import_id)
    user, moment = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    link = {"url": record.get_absolute_url(), "label": "查看结果"}
    if record.state != State.UNDOING:
        return link
    progress(10, "核对导入后有没有改动")
    try:
        with transaction.atomic():
            take_back(record, by=user, at=moment)
            progress(95, "保存")
    except Refused as refusal:
        record.refresh_from_db()
        move(record, to=State.APPLIED, values={"refusal": str(refusal)[:500]}, expected=[State.UNDOING])
    return link


def _groups(touched: Sequence[Mapping[str, Any]]) -> dict[type[models.Model], list[Mapping[str, Any]]]:
    found: dict[type[models.Model], list[Mapping[str, Any]]] = {}
    for one in touched:
        found.setdefault(apps.get_model(one["model"]), []).append(one)
    return found


@transaction.atomic
def take_back(record: Import, *, by: Any, at: datetime) -> None:
    """Delete what the import made and put back what it changed. Refused when anything of it was changed or used since."""
    # A record touched twice by the import is put back to what it was first, and must stand as it was left last.
    touched: dict[tuple[str, int], dict[str, Any]] = {}
    for one in record.done.get("touched", []):
        key = (one["model"], one["pk"])
        if key in touched:
            touched[key]["version"] = max(touched[key]["version"], one["version"])
            if touched[key]["was"] is not None and one["was"] is not None:
                touched[key]["was"] = one["was"] | touched[key]["was"]
        else:
            touched[key] = dict(one)
    groups = _groups(list(touched.values()))
    made = {model: {o["pk"] for o in ones if o["was"] is None} for model, ones in groups.items()}
    for model, ones in groups.items():
        now = dict(
            model._default_manager.select_for_update()
            .filter(pk__in=[o["pk"] for o in ones])
            .values_list("pk", "version")
        )
        for one in ones:
            if now.get(one["pk"]) != one["version"]:
                raise Refused(f"“{one['label']}”在导入后有改动，不能撤销整次导入。请逐条修改。")
    for model, keys in made.items():
        _refuse_used(model, keys, made)
    for model, ones in groups.items():
        _put_back(model, [o for o in ones if o["was"] is not None], by=by, at=at, name=record.name)
    for model in reversed(list(groups)):
        rows = list(model._default_manager.filter(pk__in=made[model]))
        audit.record_many([audit.entry(row, f"撤销导入“{record.name[:30]}”，删除", by=by, at=at) for row in rows])
        try:
            model._default_manager.filter(pk__in=made[model]).delete()
        except ProtectedError:
            raise Refused("导入的记录已被其他记录引用，不能撤销整次导入。") from None
    move(record, to=State.UNDONE, values={"undone_by": by, "undone_at": at, "refusal": ""}, expected=[State.UNDOING])
    audit.record(record, "撤销导入", by=by, at=at)


# Written together with the record itself.
# A later entry or close-out moves the problem's version, by which the undo has been refused before.
_OWN_PARTS = {
    "problems.step",
    "problems.assistance",
    "problems.progressentry",
    "problems.closerequest",
    "ledgers.backfill",
}


def _refuse_used(model: type[models.Model], keys: set[int], made: Mapping[type[models.Model], set[int]]) -> None:
    """Somebody's later record must not vanish with ours: nothing may hang on it but what the import made."""
    if not keys:
        return
    for relation in model._meta.related_objects:
        other = relation.related_model
        if isinstance(other, str) or other._meta.label_lower in _OWN_PARTS:
            continue
        if relation.many_to_many or not hasattr(relation.field, "attname"):
            field: Any = relation.field
            rows = field.remote_field.through._default_manager.filter(**{f"{field.m2m_reverse_field_name()}__in": keys})
            hanging = set(rows.values_list(f"{field.m2m_field_name()}_id", flat=True))
        else:
            hanging = set(
                other._default_manager.filter(**{f"{relation.field.name}__in": keys}).values_list("pk", flat=True)
            )
        if hanging - made.get(other, set()):
            raise Refused(
                f"导入的{model._meta.verbose_name}已有后续的{other._meta.verbose_name}，不能撤销整次导入。请逐条处理。"
            )


def _put_back(
    model: type[models.Model], ones: Sequence[Mapping[str, Any]], *, by: Any, at: datetime, name: str
) -> None:
    if not ones:
        return
    rows = {row.pk: row for row in model._default_manager.filter(pk__in=[o["pk"] for o in ones])}
    columns, entries = {"version"}, []
    for one in ones:
        row = rows[one["pk"]]
        plain = [n for n in one["was"] if not model._meta.get_field(n).many_to_many]
        shown = [n for n in plain if n not in ("search_text", "queue_on", "yellow_on", "details")]
        before = audit.snapshot(row, shown)
        for field_name, value in one["was"].items():
            meta: Any = model._meta.get_field(field_name)
            if meta.many_to_many:
                getattr(row, field_name).set(value)
                continue
            setattr(row, meta.attname, value if isinstance(value, dict) else meta.to_python(value))
            columns.add(field_name)
        row.version += 1  # type: ignore[attr-defined]
        entries.append(
            audit.entry(row, f"撤销导入“{name[:30]}”", by=by, at=at, changes=audit.changes_since(before, row))
        )
    model._default_manager.bulk_update(rows.values(), sorted(columns), batch_size=500)
    if model is Problem:
        assisting.follow(dict.fromkeys(rows, timezone.localdate(at)))
    audit.record_many(entries)
