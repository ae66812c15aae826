"""The village page shows the village's open problems, to those who may see problems, within its budget."""

from datetime import date

from problems.services import ledger, moves
from tests.conftest import NOON


def add(world, village, title):
    problem = ledger.log_problem(
        round=world.round if village.township_id == world.township.pk else world.other_round, village=village, category="legacy",
        title=title, discovered_on=date(2026, 10, 1), due_on=date(2026, 12, 1), by=world.resident_cadre, at=NOON, submit=True,
    )  # fmt: skip
    moves.accept(problem, by=world.commissioner, at=NOON)
    return problem


class TestVillageSection:
    def test_shows_open_problems_of_this_village_only(self, world, time_machine):
        time_machine.move_to(NOON)
        add(world, world.village, "宅基地界址不清")
        add(world, world.sibling, "下塘村的排水沟")

        page = world.client(world.office_clerk).get(f"/villages/{world.village.pk}/").content.decode()

        assert "宅基地界址不清" in page
        assert "下塘村的排水沟" not in page

    def test_page_stays_within_its_budget(self, world, remembering, django_assert_max_num_queries):
        for n in range(9):
            add(world, world.village, f"问题{n}")
        client = world.client(world.office_clerk)
        client.get("/villages/")  # the number of unread reminders is counted once a minute, not once a page

        with django_assert_max_num_queries(12):
            page = client.get(f"/villages/{world.village.pk}/").content.decode()

        assert "还有更多" in page
