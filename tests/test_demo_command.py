"""The demo is loaded into an empty portal only."""

import pytest
from django.core.management import CommandError, call_command

from problems.models import Problem
from rectify.dataset import Size, make
from tests.conftest import TODAY


class TestLoadDemo:
    def test_refuses_a_database_with_other_data(self, world):
        world.county.name = "别处县"  # not the demo's own county
        world.county.save()

        with pytest.raises(CommandError, match="只能载入空库"):
            call_command("load_demo")

        assert not Problem.objects.exists()


@pytest.mark.django_db
class TestMakeDataset:
    def test_makes_as_many_rows_as_asked_and_the_same_words_for_the_same_seed(self):
        counts = make(Size(townships=2, villages=6, problems=40), seed=3, today=TODAY)
        titles = list(Problem.objects.order_by("pk").values_list("title", flat=True))
        make(Size(townships=2, villages=6, problems=40), seed=3 + 1, today=TODAY)

        assert (counts["乡镇"], counts["村"], counts["问题"], counts["进展"]) == (2, 6, 40, 160)
        assert titles != list(Problem.objects.order_by("pk").values_list("title", flat=True))[40:]
