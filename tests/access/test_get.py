"""Every page × every actor × every place, asked for: the answer of the table, nothing foreign in it, nothing written by reading."""

import pytest

from tests.access.gate import Visitor, address, judge, knock, personal
from tests.access.table import KINDS, PERSONAL, ROUTES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_page_answers_as_the_table_says(route, scene, clients, counted):
    assert counted(judge(scene, clients, route, "GET")) == []


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_page_answers_as_the_table_says(name, scene, clients, counted):
    assert counted(personal(scene, clients, name, "GET")) == []


def test_head_writes_nothing(scene, clients):
    wrote = {}
    for route in ROUTES:
        if 200 not in KINDS[route.kind][0]:
            continue
        role = sorted(route.roles - {"administrator"} or route.roles)[0]
        client = clients[role]
        assert isinstance(client, Visitor)
        answer = knock(client, "HEAD", address(scene, route, "own"))
        if answer.wrote or answer.status >= 500:
            wrote[route.name] = answer
    assert wrote == {}
