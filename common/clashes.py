"""Two people at the same moment: a service looks and then writes, and between the two somebody else has written.

The database has the last word and lets one of them pass. The other's request is looked at again from the start (villages.pages), so that
the service answers in its own words, or simply takes the next number. What the database refuses again is told by `sentence`.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import DatabaseError, IntegrityError, OperationalError

GENERAL = "就在刚才，他人办理了同一事项，这次没有保存。请核对最新情况后再办理。"
BUSY = "系统正忙，这次没有保存。请稍等片刻，再点一次。"
_NOT_NULL = "23502"
_LOCK_NOT_GIVEN = "55P03"
_SERIALIZATION, _DEADLOCK = "40001", "40P01"


def is_clash(error: DatabaseError) -> bool:
    """May two people at once be the cause? A column left empty never is: that is a fault of the portal and stays one."""
    code = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, OperationalError):
        return code in (_SERIALIZATION, _DEADLOCK)
    return isinstance(error, IntegrityError) and code != _NOT_NULL and "NOT NULL constraint" not in str(error)


def is_busy(error: DatabaseError) -> bool:
    """Did it wait in vain for somebody else to finish? Looking again at once would only wait again."""
    code = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (code == _LOCK_NOT_GIVEN or "database is locked" in str(error))


def sentence(error: DatabaseError) -> str:
    """The constraint's own sentence where it can be told which one it was, else a general one."""
    if is_busy(error):
        return BUSY
    said = _sentences()
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:  # PostgreSQL names the constraint
        return said.get(diagnosis.constraint_name or "", GENERAL)
    # SQLite names a check, and of a unique index its columns: "UNIQUE constraint failed: app_table.one, app_table.two"
    return said.get(str(error).partition(" constraint failed: ")[2], GENERAL)


@cache
def _sentences() -> dict[str, str]:
    """What each constraint says, by its name and by its columns; columns of two constraints that say different things tell nothing."""
    found: dict[str, str] = {}
    ambiguous = set()
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            said = str(constraint.violation_error_message)
            if said == str(constraint.default_violation_error_message):
                said = GENERAL
            found[constraint.name] = said
            if names := getattr(constraint, "fields", ()):
                table = model._meta.db_table
                columns = ", ".join(f"{table}.{model._meta.get_field(name).column}" for name in names)  # type: ignore[union-attr]
                if found.setdefault(columns, said) != said:
                    ambiguous.add(columns)
    return {key: said for key, said in found.items() if key not in ambiguous}
