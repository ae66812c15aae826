"""Every page × every actor × every place, posted to with nothing in it: who may not changes no row."""

import pytest

from tests.access.gate import fingerprint, judge, personal
from tests.access.table import PERSONAL, ROUTES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_post_answers_as_the_table_says(route, scene, clients, counted):
    before = fingerprint()
    assert counted(judge(scene, clients, route, "POST")) == []
    assert fingerprint() == before


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_post_answers_as_the_table_says(name, scene, clients, counted):
    assert counted(personal(scene, clients, name, "POST")) == []
