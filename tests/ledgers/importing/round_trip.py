"""Out and in again: what the tests of the round trip share."""

from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.importing.plan import Status
from ledgers.importing.runner import read_workbook
from ledgers.producing import write_ledger
from ledgers.services import imports
from ledgers.writing import Book
from tests.conftest import NOON, TODAY


def exported(code, round, path, *, day=TODAY):
    with Book() as book:
        write_ledger(book, LEDGERS[code], Ask((round,), day), lambda percent, step: None)
        book.save(path)
    return path


def examined(path, code, round, user, answers=None):
    return imports.examine(
        read_workbook(path), ledger=code, township=round.township, round=round, answers=answers or {}, by=user, at=NOON
    )


def told(checked):
    """What went wrong, for the message of a failing test."""
    plan = checked.plan
    return (
        checked.refusal,
        checked.questions,
        [(i.status, i.row, i.changes, i.faults, i.fixed) for i in plan.items if i.status != Status.SAME or i.fixed]
        if plan
        else None,
    )
