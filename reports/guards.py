"""What was signed cannot be changed, not even past the services: triggers in the database refuse it, on SQLite and PostgreSQL alike.

They are put in place after every `migrate` rather than by one migration: SQLite rebuilds a table when a column is added, and its triggers
go with the old one.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

# table → columns no UPDATE may touch; None: the whole row is written once and for ever, and not removed either.
GUARDED: dict[str, tuple[str, ...] | None] = {
    "reports_issue": None,
    "reports_withdrawal": None,
    "reports_issuedfile": None,
    "reports_summaryfile": ("summary_id", "summary_version", "format", "file", "sha256", "size"),
}
REFUSAL = "this row is frozen"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _statements(vendor: str) -> list[str]:
    found = [_FUNCTION] if vendor == "postgresql" else []
    for table, columns in GUARDED.items():
        of = f" OF {', '.join(columns)}" if columns else ""
        for event in (f"UPDATE{of}", *([] if columns else ["DELETE"])):
            name = f"{table}_{event.split()[0].lower()}_refused"
            if vendor == "postgresql":
                found += [
                    f"DROP TRIGGER IF EXISTS {name} ON {table}",
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION reports_refuse()",
                ]
            else:
                found += [
                    f"DROP TRIGGER IF EXISTS {name}",
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {table}'); END",
                ]
    return found


def put_in_place(*, using: str = "default", **_kwargs: Any) -> None:
    """After `migrate`: the triggers as they are today. Nothing happens while the tables do not exist (a migration taken back)."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return
    if not set(GUARDED) <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)
