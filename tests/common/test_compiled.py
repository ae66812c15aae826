"""Queries whose SQL is made once: each call gets the rows of its own keys."""

from datetime import date

import pytest
from django.db.models import QuerySet

from common.compiled import Compiled
from tests.conftest import TODAY
from villages.models import Assignment, Village

pytestmark = pytest.mark.django_db


@Compiled
def posts(village: int, day: date) -> QuerySet:
    held = Assignment.objects.on(day).filter(village_id=village).order_by()
    names = Village.objects.filter(pk=village).order_by()
    return held.values_list("role", "starts_on").union(names.values_list("name", "closed_on"), all=True)


class TestCompiled:
    def test_gives_each_call_its_own_rows_with_days_as_days(self, world):
        for village in (world.village, world.sibling):
            held = Assignment.objects.on(TODAY).filter(village=village)
            expected = {*held.values_list("role", "starts_on"), (village.name, None)}
            assert set(posts(village=village.pk, day=TODAY)) == expected
            assert any(isinstance(since, date) for _, since in expected) or village == world.sibling
        assert set(posts(village=world.village.pk, day=date(1999, 1, 1))) == {(world.village.name, None)}

    def test_is_one_query_and_no_key_is_nobody(self, world, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert posts(village=None, day=TODAY) == []

    def test_an_argument_that_does_not_reach_the_sql_is_a_mistake(self, world):
        lost = Compiled(lambda village, other: Village.objects.filter(pk=village).values_list("pk"))
        with pytest.raises(TypeError, match="other"):
            lost(village=1, other=2)
        with pytest.raises(TypeError, match="village, other"):
            lost(village=1)
