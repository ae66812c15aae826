"""Problems in any state, made by the services themselves."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from problems.models import Problem
from problems.services import closing, ledger, moves
from problems.terms import Category, DeadlineKind, Degree, State
from tests.conftest import NOON, TODAY, TZ, World


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), TZ)


class Desk:
    """The office of the test township: logs problems and leads them to a state, with the people who may."""

    def __init__(self, world: World) -> None:
        self.world = world

    def log(self, on: date = date(2026, 3, 10), submit: bool = False, **given: Any) -> Problem:
        fields: dict[str, Any] = {
            "round": self.world.round,
            "village": self.world.village,
            "category": Category.INFRASTRUCTURE,
            "title": "机耕路水泥路面硬化",
            "discovered_on": on,
            "deadline_kind": DeadlineKind.DATE,
            "due_on": TODAY + timedelta(days=60),
        } | given
        by = fields.pop("by", self.world.office_clerk)
        return ledger.log_problem(by=by, at=noon(on), submit=submit, **fields)

    def accept(self, on: date = date(2026, 3, 10), **given: Any) -> Problem:
        problem = self.log(on, submit=True, **given)
        moves.accept(problem, by=self.world.commissioner, at=noon(on))
        return problem

    def ask_close(self, problem: Problem, on: date) -> None:
        closing.ask_close_out(problem, note="已完成。", by=self.world.village_secretary, at=noon(on))

    def check(self, problem: Problem, on: date) -> None:
        closing.check_close_out(problem, note="现场核实属实。", by=self.world.resident_cadre, at=noon(on))

    def close(self, problem: Problem, on: date, degree: str = Degree.FULL) -> None:
        self.ask_close(problem, on)
        self.check(problem, on)
        closing.close_out(problem, degree=degree, outcome="路面已硬化。", by=self.world.commissioner, at=noon(on))

    def in_state(self, state: str, **given: Any) -> Problem:
        """A problem brought to `state` by the moves of 10 March to 20 May."""
        w = self.world
        if state == State.DRAFT:
            return self.log(**given)
        if state in (State.SUBMITTED, State.RETURNED):
            problem = self.log(submit=True, **given)
            if state == State.RETURNED:
                moves.return_to_author(problem, reason="请补充措施", by=w.commissioner, at=noon(date(2026, 3, 12)))
            return problem
        problem = self.accept(**given)
        later = date(2026, 5, 20)
        if state == State.CLOSING:
            self.ask_close(problem, later)
            self.check(problem, later)
        elif state == State.SUSPENDED:
            moves.suspend(problem, reason="等待上级规划", by=w.commissioner, at=noon(later))
        elif state in (State.CLOSED, State.RELAPSED):
            self.close(problem, later)
            if state == State.RELAPSED:
                closing.relapse(problem, reason="群众再次反映", by=w.commissioner, at=noon(later))
        return problem


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def clock():
    """Noon of TODAY, so that pages that say "today" say the same for ever."""
    with time_machine.travel(NOON, tick=False):
        yield
