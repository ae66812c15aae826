"""Every page × every actor × every place, asked for: the answer of the table, nothing foreign in it, nothing written by reading."""

import pytest
from django.db import connection

from tests.access.gate import address, judge, knock, personal
from tests.access.table import KINDS, PERSONAL, ROUTES

pytestmark = [pytest.mark.django_db, pytest.mark.services]

# On the second database the queries differ, the pages do not: one actor for each level of post is enough there.
ONE_EACH = ("village_secretary", "office_clerk", "station", "county_reader", "administrator")


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_page_answers_as_the_table_says(route, scene, clients, counted):
    actors = [scene.actors[name] for name in ONE_EACH] if connection.vendor == "postgresql" else ()
    assert counted(judge(scene, clients, route, "GET", actors=actors)) == []


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_page_answers_as_the_table_says(name, scene, clients, counted):
    assert counted(personal(scene, clients, name, "GET")) == []


def test_head_writes_nothing(scene, clients):
    wrong = {}
    for route in ROUTES:
        if 200 not in KINDS[route.kind][0]:
            continue
        role = sorted(route.roles - {"administrator"} or route.roles)[0]
        answer = knock(clients[role], "HEAD", address(scene, route, "own"))
        if answer.wrote or answer.status not in (200, 404):  # 404: what is one's own is somebody else's here
            wrong[route.name] = (answer.status, answer.wrote)
    assert wrong == {}
