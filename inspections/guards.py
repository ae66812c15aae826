"""No question has more answers than its survey has valid ballots, not even past the services: triggers hold what needs two rows.

A CHECK sees one row only. As those of reports.guards they are put in place after every `migrate`: SQLite rebuilds a table when a column is
added, and its triggers go with the old one. These name another table as well, over which SQLite refuses to rebuild that one: they are taken
away before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connections

SURVEYS, QUESTIONS = "inspections_survey", "inspections_surveyquestion"
NAME = "survey_question_sum"
_QUESTION_TOO_MANY = """
NEW.satisfied + NEW.mostly + NEW.dissatisfied + NEW.unknown
> (SELECT valid FROM inspections_survey WHERE id = NEW.survey_id {lock})
"""
_SURVEY_TOO_FEW = """
EXISTS (SELECT 1 FROM inspections_surveyquestion q
WHERE q.survey_id = NEW.id AND q.satisfied + q.mostly + q.dissatisfied + q.unknown > NEW.valid)
"""
# name of the trigger → event, table, what must not be
_GUARDS = {
    "survey_question_insert_sum": ("INSERT", QUESTIONS, _QUESTION_TOO_MANY),
    "survey_question_update_sum": ("UPDATE", QUESTIONS, _QUESTION_TOO_MANY),
    "survey_valid_sum": ("UPDATE OF valid", SURVEYS, _SURVEY_TOO_FEW),
}


def _removals(vendor: str) -> list[str]:
    on = " ON {table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}" for name, (_, table, _) in _GUARDS.items()]


def _statements(vendor: str) -> list[str]:
    found = _removals(vendor)
    for name, (event, table, wrong) in _GUARDS.items():
        if vendor == "postgresql":
            # The survey is locked while the question is looked at, so that its ballots cannot be lowered meanwhile.
            found += [
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {wrong.format(lock='FOR SHARE')} THEN RAISE EXCEPTION '{NAME}' "
                f"USING ERRCODE = 'check_violation', CONSTRAINT = '{NAME}'; END IF; RETURN NEW; END $$",
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            ]
        else:
            found.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {wrong.format(lock='')} "
                f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
            )
    return found


def take_away(*, using: str = "default", **_kwargs: Any) -> None:
    """Before `migrate`, which may rebuild either table."""
    _run(using, _removals)


def put_in_place(*, using: str = "default", **_kwargs: Any) -> None:
    """After `migrate`: the triggers as they are today."""
    _run(using, _statements)


def _run(using: str, statements: Callable[[str], list[str]]) -> None:
    """Nothing happens while the tables do not exist: a new database, or a migration taken back."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return
    if not {SURVEYS, QUESTIONS} <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)
