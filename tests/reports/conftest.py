"""Records of the test township, enough for a summary: one listed village, three problems, meetings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from meetings.models import Meeting
from problems.models import Milestone, Problem, Step
from problems.terms import NEVER_ON
from reports import services
from reports.models import Summary
from rounds.models import Designation
from tests.conftest import NOON, TZ, World

START, END = date(2026, 3, 5), date(2026, 10, 31)


@dataclass
class Desk:
    """The world with records in it."""

    world: World

    def problem(self, number: int, title: str, **values: Any) -> Problem:
        """A problem in rectification since April; closed when `closed_on` is given."""
        world, closed_on = self.world, values.pop("closed_on", None)
        degree = values.pop("degree", "full" if closed_on else "unresolved")
        standing: dict[str, Any] = {
            "state": "closed" if closed_on else "rectifying", "degree": degree, "due_on": values.pop("due_on", date(2026, 12, 15)),
            "queue_on": NEVER_ON if closed_on else date(2026, 12, 15), "closed_on": closed_on,
        }  # fmt: skip
        problem = Problem.objects.create(
            township=world.township, village=values.pop("village", world.village), round=world.round, number=number, title=title,
            category=values.pop("category", "infrastructure"), discovered_on=date(2026, 3, 20), started_on=date(2026, 4, 1),
            created_by=world.office_clerk, created_at=NOON, updated_at=NOON, **standing, **values,
        )  # fmt: skip
        opened: dict[str, Any] = {
            "problem": problem, "by": world.office_clerk, "at": NOON, "action": "accept", "since": date(2026, 4, 1),
        }  # fmt: skip
        if closed_on:
            open_ = standing | {
                "state": "rectifying",
                "degree": "unresolved",
                "closed_on": None,
                "queue_on": date(2026, 12, 15),
            }
            Step.objects.create(**opened, until=closed_on, **open_)
            Step.objects.create(**opened | {"action": "close", "since": closed_on}, **standing)
        else:
            Step.objects.create(**opened, **standing)
        return problem

    def milestone(self, problem: Problem, day: date, fact: str, kind: str = "finished") -> None:
        Milestone.objects.create(
            problem=problem, kind=kind, happened_on=day, fact=fact, by=self.world.office_clerk, at=NOON
        )

    def meeting(self, day: date, kind: str = "enlarged_committee_meeting", **values: Any) -> Meeting:
        return Meeting.objects.create(
            township=self.world.township, round=self.world.round, kind=kind, name="会议", held_on=day, **values
        )

    def draft(self, **values: Any) -> Summary:
        """A stage summary by the office clerk."""
        asked: dict[str, Any] = {
            "round": self.world.round, "kind": "stage", "starts_on": START, "ends_on": END, "as_of": END,
            "by": self.world.office_clerk, "at": NOON,
        }  # fmt: skip
        return services.draft_summary(**asked | values)


@pytest.fixture
def desk(world: World) -> Desk:
    desk = Desk(world)
    Designation.objects.create(
        round=world.round, village=world.village, proposed_on=date(2026, 3, 2), approved_on=START,
        approved_by_body="中共云川市委组织部", facts="班子议事少",
    )  # fmt: skip
    office = desk.problem(1, "村办公楼建设问题", closed_on=date(2026, 9, 30))
    desk.milestone(office, date(2026, 9, 28), "村办公楼已竣工并投入使用")
    desk.problem(2, "机耕路路面硬化")
    desk.meeting(date(2026, 3, 9), deployment=True)
    desk.meeting(date(2026, 6, 15))
    return desk


def text_of(summary: Summary) -> str:
    """What is printed, without the annexes."""
    from reports import document_model

    return (
        summary.title
        + "\n"
        + "\n".join(block.text for _, block in document_model.body_blocks(list(summary.parts.all())))
    )


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TZ)  # type: ignore[arg-type]


def signed(desk: Desk, **values: Any) -> Summary:
    """A draft, handed in and signed by the secretary."""
    summary = desk.draft(**values)
    services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)
    services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)
    return Summary.objects.get(pk=summary.pk)
