"""Abstract parts of models. No tables live here."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.dispatch import Signal

from common.errors import Refused

# A record was written by save_if_unchanged, which is an update and sends none of Django's own signals: sender is its model, `instance` the record.
saved = Signal()


class Versioned(models.Model):
    """A record that two people may edit at once: every save names the version it was based on."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class RecordChanged(Exception):
    """The record was changed by somebody else since the form was opened. `current` is the record as it is now."""

    def __init__(self, current: models.Model) -> None:
        self.current = current
        super().__init__("您打开此页后，他人已修改了这条记录。")


def save_if_unchanged(instance: Versioned, *, expected_version: int, fields: list[str]) -> None:
    """Write `fields` of the instance if the row still has `expected_version`; the check and the write are one statement.

    Raises RecordChanged with the row as it is now. Works on SQLite and PostgreSQL alike (no row lock is needed).
    """
    manager = type(instance)._default_manager
    values = {name: getattr(instance, name) for name in fields}
    changed = manager.filter(pk=instance.pk, version=expected_version).update(version=expected_version + 1, **values)
    if not changed:
        current = manager.filter(pk=instance.pk).first()
        if current is None:
            raise Refused("他人已删除这条记录，这次没有保存。")
        raise RecordChanged(current)
    instance.version = expected_version + 1
    saved.send(sender=type(instance), instance=instance)


def save_all_if_unchanged(instances: Iterable[Versioned], *, field: str, value: Any) -> None:
    """Give `field` of many records the same value, each as `save_if_unchanged` would: one statement for those of one version."""
    groups: dict[tuple[type[Versioned], int], dict[Any, Versioned]] = defaultdict(dict)
    for instance in instances:
        groups[type(instance), instance.version][instance.pk] = instance
    for (model, version), group in groups.items():
        rows = model._default_manager.filter(pk__in=group)
        if rows.filter(version=version).update(**{field: value, "version": version + 1}) != len(group):
            current = model._default_manager.in_bulk(group)
            if gone := group.keys() - current.keys():
                raise Refused(f"他人已删除“{group[min(gone)]}”，这次没有保存。")
            # The version does not tell: one save of somebody else made of it what this statement made of the others.
            raise RecordChanged(
                next((row for row in current.values() if getattr(row, field) != value), current[min(group)])
            )
        for instance in group.values():
            setattr(instance, field, value)
            instance.version = version + 1
            saved.send(sender=model, instance=instance)
