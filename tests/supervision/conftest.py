"""Nights in the test township."""

from datetime import date
from typing import Any

import pytest

from supervision.models import NightlyRun
from supervision.nightly import nightly
from tests.problems.conftest import desk  # noqa: F401

FRIDAY = date(2026, 10, 30)
SATURDAY = date(2026, 10, 31)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def night():
    """Do the night before a day; with a small batch, so that every phase has several."""

    def night(day: date = FRIDAY, batch: int = 2) -> dict[str, Any]:
        return nightly(lambda *_: None, day=day.isoformat(), batch=batch)

    return night


def again(day: date = FRIDAY) -> None:
    """The same night once more from its beginning, as if nothing had been noted."""
    NightlyRun.objects.filter(day=day).delete()
    nightly(lambda *_: None, day=day.isoformat(), batch=2)
