"""Old workbooks go, the records of the imports stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledgers.models import Import


def clear_old(*, at: datetime, days: int = 90) -> int:
    """Files of imports that ended long ago: the records stay, the workbooks go."""
    removed = 0
    old = Import.objects.filter(at__lt=at - timedelta(days=days)).exclude(file="")
    for record in old.iterator():
        for stored in (record.file, record.cells, record.marked):
            if stored.name:
                stored.storage.delete(stored.name)
        Import.objects.filter(pk=record.pk).update(file="", cells="", marked="")
        removed += 1
    return removed
