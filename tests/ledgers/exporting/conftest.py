"""Exports of the small world and of the demo township, read back with openpyxl."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from jobs import services as jobs
from jobs.models import Job
from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.producing import write_ledger
from ledgers.writing import Book
from rounds.models import Round
from tests.conftest import TODAY
from tests.problems.conftest import desk  # noqa: F401


def silent(percent: int, step: str) -> None:
    """Nobody watches."""


def written(code: str, ask: Ask, path: Path) -> Any:
    """The workbook of a ledger, opened again."""
    book = Book()
    write_ledger(book, LEDGERS[code], ask, silent)
    book.save(path)
    return load_workbook(path)


def table(ws: Any, code: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column key, from below the header to above 合计; the hidden identity as `identity`."""
    columns = LEDGERS[code].all_columns
    top = 3 + max(len(c.heading) for c in columns)
    rows = []
    for cells in ws.iter_rows(min_row=top, values_only=True):
        if cells[0] == "合计":
            break
        row = {c.key: value for c, value in zip(columns, cells, strict=False)}
        row["identity"] = cells[len(columns)] if len(cells) > len(columns) else None
        rows.append(row)
    return rows


def total(ws: Any, code: str) -> dict[str, Any]:
    """The row 合计 by column key."""
    columns = LEDGERS[code].all_columns
    for cells in ws.iter_rows(values_only=True):
        if cells[0] == "合计":
            return {c.key: value for c, value in zip(columns, cells, strict=False)}
    raise AssertionError("no row 合计")


def run(job: Job) -> Job:
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def ask_round(world: Any) -> Any:
    """An ask of the test township's round as of the tests' day; more by keyword."""

    def ask(**more: Any) -> Ask:
        rounds = Round.objects.select_related("township__county").filter(pk=world.round.pk)
        return Ask(tuple(rounds), more.pop("as_of", TODAY), **more)

    return ask


@pytest.fixture
def demo_ask(demo_township: Any, db: Any) -> Ask:
    rounds = Round.objects.select_related("township__county").filter(township__name="清溪镇", year=2026, number=2)
    return Ask(tuple(rounds), date(2026, 10, 31))
