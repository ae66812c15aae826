"""Kinds and entries of the test township."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from otherwork.models import WorkEntry, WorkKind
from otherwork.services import entries, kinds
from tests.conftest import NOON, World


@dataclass
class Office:
    world: World

    def kind(self, **values: Any) -> WorkKind:
        given: dict[str, Any] = {
            "township": self.world.township, "name": "庭院整治", "unit": "户", "starts_on": date(2026, 1, 1),
            "by": self.world.office_clerk, "at": NOON,
        }  # fmt: skip
        return kinds.add_kind(**given | values)

    def entry(self, kind: WorkKind, quantity: Any = 3, day: date = date(2026, 6, 1), **values: Any) -> WorkEntry:
        given: dict[str, Any] = {
            "kind": kind, "village": self.world.village if kind.per_village else None, "happened_on": day,
            "quantity": Decimal(quantity), "by": self.world.office_clerk, "at": NOON,
        }  # fmt: skip
        return entries.add_entry(**given | values)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)
