"""Facts that the tests of meetings share: a problem of each village, a coordination meeting."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from meetings.models import Meeting
from meetings.services import hold_meeting
from problems.models import Problem
from tests.conftest import NOON, World
from villages.models import Village


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The demo's as-of day, so that “overdue” and “not yet” mean the same on every day the tests run."""
    with time_machine.travel(NOON, tick=False):
        yield


def problem_of(world: World, village: Village, number: int, **more: Any) -> Problem:
    """A problem in rectification, straight into the table: its own rules are tested elsewhere."""
    round = world.round if village.township_id == world.township.pk else world.other_round
    values: dict[str, Any] = {
        "township": village.township, "village": village, "round": round, "number": number,
        "category": "infrastructure", "title": f"{village}机耕路资金缺口", "discovered_on": date(2026, 2, 10),
        "state": "rectifying", "due_on": date(2026, 9, 30), "created_by": world.office_clerk,
        "created_at": NOON, "updated_at": NOON,
    }  # fmt: skip
    return Problem.objects.create(**values | more)


@pytest.fixture
def problem(world: World) -> Problem:
    return problem_of(world, world.village, 1)


@pytest.fixture
def meeting(world: World) -> Meeting:
    return hold_meeting(
        township=world.township, round=world.round, kind=Meeting.Kind.COORDINATION, level=Meeting.Level.COUNTY,
        name="后进村整治协调会", held_on=date(2026, 5, 18), by=world.office_clerk, at=NOON,
    )  # fmt: skip
