"""Several short lists of one record in one query, for pages whose budget of queries is small."""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, Field, QuerySet, Value
from django.db.models.functions import Cast


def equal_columns(rows: QuerySet[Any], columns: dict[str, Field[Any, Any]], **given: Any) -> QuerySet[Any, Any]:
    """`rows` as tuples of `columns`, ready for a UNION. Columns not given are empty: null for days, else "" or 0.

    Every column is cast, because PostgreSQL must not guess the type of an empty one.
    """
    made = {}
    for name, field in columns.items():
        empty = (
            Value(None)
            if isinstance(field, DateField) or field.null
            else Value("" if field.empty_strings_allowed else 0)
        )
        made[f"part_{name}"] = Cast(given.get(name, empty), field)
    return rows.order_by().annotate(**made).values_list(*made)
