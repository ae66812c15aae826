"""The table itself: it names every address, and nothing that is not there."""

import pytest

from accounts.roles import Role
from tests.access.gate import listed, patterns
from tests.access.table import COLUMNS, RECORDS, ROUTES, _roles

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def test_every_route_of_the_urlconf_is_in_the_table():
    assert sorted(listed()) == sorted({name for name, _ in patterns()})


def test_an_unlisted_route_is_found():
    """Control: an address without a line is named."""
    from django.urls import path

    extra = path("exports/", lambda request: None, name="export")

    assert {name for name, _ in patterns([extra])} - set(listed()) == {"export"}


def test_every_role_has_a_column():
    assert set(COLUMNS) == {*Role.values, "administrator"}


def test_every_record_of_the_table_is_made(scene):
    made = set().union(*scene.records.values())

    assert {route.record for route in ROUTES} - {""} <= made
    assert set(RECORDS) <= made


def test_administrators_reach_no_business_record():
    """Places, people, duties and accounts; nothing else."""
    reached = {kind for kind, record in RECORDS.items() if "administrator" in record.seen_by}

    assert reached == {
        "cadre",
        "assignment",
        "absence",
        "handover",
        "unit",
        "township",
        "county",
        "account",
        "linked_account",
    }


def test_a_line_with_a_mark_too_few_is_refused():
    with pytest.raises(ValueError, match="one mark for each"):
        _roles("xxx xxx xx xx xxx x x")
