"""Who answered for a village on a day."""

from datetime import date

import pytest

from common.errors import Refused
from tests.conftest import NOON
from villages import chain
from villages.models import Cadre
from villages.services import duties

JUNE = date(2026, 6, 1)


def names(village, day):
    return {
        rung.role: [holder.assignment.cadre.name for holder in rung.holders]
        for rung in chain.chain_on(chain.duties_of(village), day)
    }


def test_the_chain_is_read_as_of_a_day(world, duty, cadre):
    old = duty(cadre=cadre("孙涛"), place=world.sibling)
    duties.hand_over(old, to_cadre=cadre("赵磊"), on=JUNE, by=None, at=NOON)

    assert names(world.sibling, date(2026, 5, 31))["resident_cadre"] == ["孙涛"]
    assert names(world.sibling, JUNE)["resident_cadre"] == ["赵磊"]
    assert names(world.sibling, JUNE)["party_secretary"] == ["党委书记甲"]
    # Without anybody: a gap that is shown, where a village must have somebody; else left out.
    assert names(world.sibling, JUNE)["linked_leader"] == []
    assert "first_secretary" not in names(world.sibling, JUNE)


def test_the_page_shows_the_day_and_the_past(world, duty, cadre):
    old = duty(cadre=cadre("孙涛"), place=world.sibling)
    duties.hand_over(old, to_cadre=cadre("赵磊"), on=JUNE, note="工作调动", by=None, at=NOON)
    client = world.client(world.party_secretary)

    may = client.get(f"/villages/{world.sibling.pk}/chain/?on=2026-05-31")
    june = client.get(f"/villages/{world.sibling.pk}/chain/?on=2026年6月1日")

    def on_rung(page):
        [rung] = [r for r in page.context["rungs"] if r.role == "resident_cadre"]
        return [h.assignment.cadre.name for h in rung.holders]

    assert "2026年5月31日的责任链" in may.content.decode()
    assert on_rung(may) == ["孙涛"]
    assert on_rung(june) == ["赵磊"]
    assert "工作调动" in june.content.decode()
    assert "这一天没有人担任" in june.content.decode()


def test_a_nonsense_day_is_named(world):
    page = world.client(world.party_secretary).get(f"/villages/{world.village.pk}/chain/?on=2026-13-45")

    assert page.status_code == 200
    assert "请填写正确的日期" in page.content.decode()


def test_out_of_scope(world):
    assert world.client(world.stranger).get(f"/villages/{world.village.pk}/chain/").status_code == 404
    assert world.client(world.users["station"]).get(f"/villages/{world.village.pk}/chain/").status_code == 403


def test_few_queries(world, django_assert_max_num_queries, duty, cadre):
    for n in range(10):
        duty(cadre=cadre(f"干部{n}"))
    client = world.client(world.party_secretary)

    with django_assert_max_num_queries(12):
        client.get(f"/villages/{world.village.pk}/chain/")


def test_one_village_has_one_secretary(world, duty):
    with pytest.raises(Refused, match="一个岗位不能同时有两个人"):
        duty(cadre=Cadre.objects.get(user=world.village_clerk), role="village_secretary")
