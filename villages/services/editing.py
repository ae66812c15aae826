"""What every edit of a record in the registry has in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from audit import services as audit
from common.errors import Refused
from common.models import Versioned, save_if_unchanged


def change(
    record: Versioned,
    values: dict[str, Any],
    *,
    verb: str,
    base_version: int,
    by: Any,
    at: datetime,
    reason: str = "",
    township_id: int | None = None,
) -> bool:
    """Write `values` if the record still has `base_version` (RecordChanged otherwise) and note what differs; False when nothing does."""
    before = audit.snapshot(record, values)
    for name, value in values.items():
        setattr(record, name, value)
    changes = audit.changes_since(before, record)
    if not changes:
        return False
    save_if_unchanged(record, expected_version=base_version, fields=list(values))
    audit.record(record, verb, by=by, at=at, changes=changes, reason=reason, township_id=township_id)
    return True


@contextmanager
def unique_or_refused(sentence: str, *, field: str | None = None) -> Iterator[None]:
    """The database has the last word when two people write the same thing at once: its refusal becomes a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused(sentence, field=field) from None
