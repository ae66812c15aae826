"""Every page × every actor × every place, posted to with nothing in it: who may not changes no row."""

import pytest

from tests.access.gate import fingerprint, judge, personal
from tests.access.table import PERSONAL, RECORDS, ROUTES

pytestmark = pytest.mark.django_db
NEAR = ("own", "sibling", "foreign")


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_post_answers_as_the_table_says(route, scene, clients, counted):
    before = fingerprint()
    places = [p for p in NEAR if p in scene.places_of(route.record)] if route.record in RECORDS else ()
    assert counted(judge(scene, clients, route, "POST", places=places)) == []
    assert fingerprint() == before


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_post_answers_as_the_table_says(name, scene, clients, counted):
    assert counted(personal(scene, clients, name, "POST")) == []
