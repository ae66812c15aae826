"""Slips in the summary: each figure counts what its list shows, and the sentence says it."""

from datetime import date

import pytest

from reports.figures import compute
from supervision.models import InboxItem
from tests.problems.conftest import noon
from tests.supervision.conftest import FRIDAY, MONDAY

pytestmark = pytest.mark.django_db
D = date


def figures(world, as_of):
    return compute(world.round, kind="monthly", starts_on=D(2026, 10, 1), ends_on=D(2026, 11, 30), as_of=as_of)


def test_each_figure_counts_its_list_and_a_past_day_stays_as_it_was(world, desk, night, time_machine):
    desk.accept(due_on=D(2026, 10, 20))
    late, soon = desk.accept(due_on=D(2026, 10, 29)), desk.accept(due_on=D(2026, 11, 4))
    night(FRIDAY)
    desk.close(late, MONDAY)
    night(D(2026, 11, 5))
    time_machine.move_to(noon(D(2026, 11, 6)), tick=False)
    client = world.client(world.office_clerk)

    for as_of, expected in (
        (FRIDAY, {"slips": 3, "slips.red": 1, "slips.yellow": 1, "slips.blue": 1, "slips.closed": 0}),
        (D(2026, 11, 5), {"slips": 3, "slips.red": 1, "slips.yellow": 2, "slips.blue": 0, "slips.closed": 1}),
    ):
        found = figures(world, as_of)
        assert {key: found[key].value for key in expected} == expected
        for key, value in expected.items():
            answer = client.get(found[key].url)
            assert answer.context_data["paging"].total == value, key
    assert InboxItem.objects.filter(user=world.village_secretary, object_id=soon.pk).exists()


def test_the_sentence(world, desk, night):
    from reports.services import draft_summary
    from tests.reports.conftest import text_of

    desk.accept(due_on=D(2026, 10, 20))
    night(FRIDAY)
    values = {"round": world.round, "kind": "monthly", "starts_on": D(2026, 10, 1), "ends_on": D(2026, 10, 31)}
    summary = draft_summary(**values, as_of=D(2026, 10, 31), by=world.office_clerk, at=noon(D(2026, 10, 31)))

    assert "对临近时限和逾期的事项发出督办单1份，其中升至红色督办1份。" in text_of(summary)
