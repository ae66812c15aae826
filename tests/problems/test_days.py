"""Measures and assisting units as they stood on a past day."""

from datetime import date

import pytest

from problems.models import Assistance, Measure
from problems.services import ledger, measures
from reports.figures import compute
from tests.problems.conftest import noon

MARCH, MAY, JUNE = date(2026, 3, 20), date(2026, 5, 10), date(2026, 6, 10)

pytestmark = pytest.mark.django_db


def figures_on(world, day):
    return compute(world.round, kind="stage", starts_on=date(2026, 3, 5), ends_on=day, as_of=day)


def add(problem, world, on, **given):
    return measures.add_measure(
        problem, text="硬化路面", due_on=date(2026, 9, 30), by=world.resident_cadre, at=noon(on), **given
    )


class TestMeasures:
    def test_count_from_the_day_they_were_added(self, world, desk):
        problem = desk.accept()
        add(problem, world, MARCH)
        add(problem, world, JUNE)

        assert figures_on(world, MARCH).figures["measures"].value == 1
        assert figures_on(world, MAY).figures["measures"].value == 1
        assert figures_on(world, JUNE).figures["measures"].value == 2
        client = world.client(world.office_clerk)
        assert client.get(f"/problems/measures/?as_of={MAY}").context["paging"].total == 1
        assert client.get("/problems/measures/").context["paging"].total == 2

    def test_entered_late_counts_from_its_own_first_day(self, world, desk):
        problem = desk.accept()
        begun = add(problem, world, JUNE, starts_on=MAY)
        done = add(problem, world, JUNE)
        measures.finish_measure(done, done_on=MAY, by=world.resident_cadre, at=noon(JUNE))

        assert set(Measure.objects.known_on(MAY)) == {begun, done}
        assert not Measure.objects.known_on(MARCH).exists()


class TestAssistingUnits:
    def edit(self, problem, world, units, on):
        ledger.edit_problem(
            problem, base_version=problem.version, assisting_units=units, by=world.office_clerk, at=noon(on)
        )
        problem.refresh_from_db()

    def stations(self, world, day):
        return figures_on(world, day).facts["stations"]

    def test_a_past_day_has_the_units_of_that_day(self, world, desk):
        problem = desk.accept()
        self.edit(problem, world, [world.station], MAY)
        assert (self.stations(world, MARCH), self.stations(world, MAY)) == ([], ["自然资源所"])

        self.edit(problem, world, [], JUNE)
        assert (self.stations(world, MAY), self.stations(world, JUNE)) == (["自然资源所"], [])
        [row] = Assistance.objects.all()
        assert (row.since, row.until) == (MAY, JUNE)

    def test_an_edit_that_leaves_them_writes_nothing(self, world, desk):
        problem = desk.accept(assisting_units=[world.station])
        self.edit(problem, world, [world.station], JUNE)

        [row] = Assistance.objects.all()
        assert (row.since, row.until) == (date(2026, 3, 10), None)
