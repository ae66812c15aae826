"""A listed village of world.round with a sheet of two items, and the steps of its acceptance."""

import copy
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction

from acceptances.models import Acceptance
from acceptances.services import acceptances as services
from acceptances.services import sheets
from acceptances.services.acceptances import Loss
from inspections.services import add_survey
from rounds.models import Designation
from tests.conftest import NOON, TZ, World, make_world

D = date
BALLOTS = {"issued": 60, "returned": 58, "valid": 57, "satisfied": 41, "mostly": 12, "dissatisfied": 3, "unknown": 1}
ASKED, CHECKED, JUDGED, CONFIRMED = D(2026, 10, 8), D(2026, 10, 12), D(2026, 10, 20), D(2026, 10, 26)


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), TZ)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


class Course:
    """The steps with the people who may take them; each can be told to differ in one thing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.designation = Designation.objects.create(
            round=world.round, village=world.village, proposed_on=D(2026, 3, 2), approved_on=D(2026, 3, 5),
            approved_by_body="中共云川市委组织部",
        )  # fmt: skip
        self.sheet = sheets.set_up_sheet(round=world.round, by=world.office_clerk, at=at(D(2026, 9, 1)))
        self.items = list(self.sheet.items.all())

    def survey(self, **given: Any) -> Any:
        values = {
            "round": self.world.round, "village": self.world.village, "kind": "acceptance", "held_on": D(2026, 10, 10),
            "by": self.world.office_clerk, "at": NOON,
        }  # fmt: skip
        return add_survey(**values | BALLOTS | given)

    def losses(self, *lost: int) -> list[Loss]:
        return [Loss(item, Decimal(n), "缺一项") for item, n in zip(self.items, lost, strict=False) if n]

    def ask(self, **given: Any) -> Acceptance:
        values = {
            "statement": "班子已配齐，问题已办结。", "explanation": "方案另报。", "asked_on": ASKED,
            "by": self.world.village_secretary, "at": NOON,
        }  # fmt: skip
        return services.ask_acceptance(self.designation, **values | given)

    def check(self, acceptance: Acceptance, *lost: int, **given: Any) -> Acceptance:
        values = {
            "losses": self.losses(*lost), "checked_on": CHECKED, "checkers": "吴晓敏等三人", "check_remark": "",
            "by": self.world.office_clerk, "at": NOON,
        }  # fmt: skip
        return services.check_acceptance(acceptance, **values | given)

    def judge(self, acceptance: Acceptance, *lost: int, **given: Any) -> Acceptance:
        values = {
            "losses": self.losses(*lost), "judged_on": JUDGED, "judged_body": "中共云川市委组织部", "document_number": "",
            "judged_remark": "", "by_office": False, "by": self.world.county_reader, "at": NOON,
        }  # fmt: skip
        return services.judge_acceptance(acceptance, **values | given)

    def confirm(self, acceptance: Acceptance, verdict: str = "pass", **given: Any) -> Acceptance:
        values = {"confirmed_on": CONFIRMED, "by": self.world.party_secretary, "at": NOON}
        return services.confirm_acceptance(acceptance, verdict=verdict, **values | given)

    def judged(self, *lost: int, **ballots: int) -> Acceptance:
        self.survey(**ballots)
        return self.judge(self.check(self.ask(), 2), *lost)

    def passed(self) -> Acceptance:
        return self.confirm(self.judged(3))


@pytest.fixture(scope="module")
def base(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """World and course, made once for a module and rolled back after it."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield Course(make_world())
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def course(base: Course, db: Any) -> Course:
    """A copy, so that what one test changes in memory no other test sees."""
    return copy.deepcopy(base)


@pytest.fixture
def world(course: Course) -> World:
    return course.world
