"""A query whose SQL is made once and asked many times.

Django writes the SQL of a queryset anew for every request. For a UNION of a dozen parts that takes longer than the database needs to
answer it. `Compiled` writes it once for each thread, with marks where the keys belong, and from then on only puts in the keys:

    @Compiled
    def names(village: int, day: date) -> QuerySet: return Assignment.objects.on(day).filter(village_id=village).values_list(...)

    names(village=3, day=today)  → list of tuples

The function is called with marks instead of values, so it may hand its arguments to filters only and must not look at them; every value
that differs between calls has to be an argument.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

# Values that no record has, by which the places of the arguments are found again among the parameters of the SQL.
_KEY_MARK = 8_888_888_888_888_000
_DAY_MARK = date(8888, 1, 1)


class Compiled:
    """See above. Arguments annotated `date` are days, all others whole numbers (keys); None stands for a key that nothing has."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self.days = {
            name: parameter.annotation in (date, "date")
            for name, parameter in inspect.signature(build).parameters.items()
        }
        self.local = threading.local()

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        if values.keys() != self.days.keys():
            raise TypeError(f"{self.build.__name__}() takes {', '.join(self.days)}")
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self.local, "connection", None) is not connection:
            self._compile(connection)
        local = self.local
        prepared = {
            name: connection.ops.adapt_datefield_value(value) if self.days[name] else value or 0
            for name, value in values.items()
        }
        parameters = [prepared[name] if name else fixed for name, fixed in local.parameters]
        with connection.cursor() as cursor:
            cursor.execute(local.sql, parameters)
            found = cursor.fetchall()
        if local.converters:
            found = [tuple(row) for row in local.compiler.apply_converters(found, local.converters)]
        return found

    def _compile(self, connection: Any) -> None:
        marks = {
            name: _DAY_MARK + timedelta(days=n) if day else _KEY_MARK + n
            for n, (name, day) in enumerate(self.days.items())
        }
        compiler = self.build(**marks).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = {mark: name for name, mark in marks.items()}
        names |= {connection.ops.adapt_datefield_value(marks[name]): name for name, day in self.days.items() if day}
        placed = [(names.get(parameter, "") if _hashable(parameter) else "", parameter) for parameter in parameters]
        if missing := self.days.keys() - {name for name, _ in placed}:
            raise TypeError(f"{self.build.__name__}() does not use {', '.join(sorted(missing))} as it stands")
        local = self.local
        local.sql, local.parameters, local.compiler = sql, placed, compiler
        local.converters = compiler.get_converters([row[0] for row in compiler.select[: compiler.col_count]])
        local.connection = connection


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
