"""docs/sample-coverage.md is true: every route, title, figure, fact, sentence and part of the outline it names is there, and no row is empty."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from reports.figures import compute
from reports.language import SENTENCES
from reports.outlines import OUTLINES
from tests.access.gate import patterns
from tests.conftest import TODAY

TABLE = Path(settings.BASE_DIR) / "docs" / "sample-coverage.md"
# Sentences of the sample by part; a table that skips one fails.
SENTENCES_OF_PART = {0: 2, 1: 8, 2: 16, 3: 6, 4: 5, 5: 4, 6: 1}


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


ROWS = rows(TABLE.read_text(encoding="utf-8"))


def test_names_every_sentence_of_the_sample_and_leaves_no_cell_empty():
    named = {tuple(map(int, row[0].split("."))) for row in ROWS}

    assert named == {(part, n) for part, last in SENTENCES_OF_PART.items() for n in range(1, last + 1)}
    for row in ROWS:
        assert len(row) == 6, row
        assert all(row[:5]), row
        assert row[5] in ("", "yes"), row


def test_routes_exist_and_are_called_what_the_table_calls_them():
    views = {name: getattr(pattern.callback, "view_class", None) for name, pattern in patterns()}
    for row in ROWS:
        assert codes(row[2]), row
        for entered in row[2].split(";"):
            title, _, _rest = entered.strip().partition(" ")
            [route] = codes(entered)
            assert route in views, row
            said = getattr(views[route], "title", "")
            assert not isinstance(said, str) or said in ("", title), (route, said, title)


def test_sentences_and_parts_of_the_outline_exist():
    functions = {f"{s.function.__module__.rpartition('.')[2]}.{s.function.__name__}" for s in SENTENCES.values()}
    parts = {plan.key for plans in OUTLINES.values() for plan in plans}
    for row in ROWS:
        if row[5] == "yes":
            continue
        assert codes(row[4]), row
        for code in codes(row[4]):
            known = parts if code.startswith("outline:") else functions
            assert code.removeprefix("outline:") in known, row


@pytest.mark.django_db
def test_figures_and_facts_exist(demo_township, db):
    round = demo_township.round
    figures = compute(round, kind="stage", starts_on=round.starts_on, ends_on=round.ends_on, as_of=TODAY)
    keys = {re.sub(r"\.\d+", "", key) for key in figures.figures}
    facts = set(figures.facts) | {f"scope.{name}" for name in figures.scope}
    for row in ROWS:
        for code in codes(row[3]):
            known = facts if code.startswith("fact:") else keys
            assert code.removeprefix("fact:") in known, row


def test_a_wrong_row_is_found():
    """Control: a row that names what is not there fails each check."""
    [row] = rows("| 9.9 | x | 登记会议 `meetings:nothing` | `no.figure` | `opening.nothing` | |")

    assert codes(row[2])[0] not in {name for name, _ in patterns()}
    assert codes(row[4])[0] not in {f"opening.{s.function.__name__}" for s in SENTENCES.values()}
