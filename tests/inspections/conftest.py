"""Facts that the tests of inspections share."""

from datetime import date
from typing import Any

import pytest

from inspections.models import Inspection, Notice
from inspections.services import add_inspection, issue_notice
from tests.conftest import NOON, World
from tests.meetings.conftest import meeting, problem, today  # noqa: F401  the same facts, the same day


def inspect(world: World, **more: Any) -> Inspection:
    values: dict[str, Any] = {
        "township": world.township, "round": world.round, "mode": Inspection.Mode.UNANNOUNCED,
        "held_on": date(2026, 6, 2), "villages": [world.village], "by": world.office_clerk, "at": NOON,
    }  # fmt: skip
    return add_inspection(**values | more)


@pytest.fixture
def inspection(world: World) -> Inspection:
    return inspect(world)


@pytest.fixture
def notice(world: World, inspection: Inspection) -> Notice:
    return issue_notice(
        inspection, village=world.village, requirement="限期补齐会议记录", issued_on=date(2026, 6, 3),
        reply_due_on=date(2026, 6, 10), by=world.commissioner, at=NOON,
    )  # fmt: skip
