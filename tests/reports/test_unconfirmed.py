"""Yearly figures the office has not confirmed: counted as reported, and named to the author with the list where they wait."""

from datetime import date

import pytest

from tests.conftest import NOON
from villages.models import VillageYear
from villages.services import figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(desk):
    return VillageYear.objects.create(
        village=desk.world.village, year=2026, members=40, members_60=20, members_under_35=5, income="15.30",
        state="reported", reported_by=desk.world.village_secretary, reported_on=date(2026, 10, 20),
    )  # fmt: skip


def named(desk):
    client = desk.world.client(desk.world.office_clerk)
    summary = desk.draft()
    page = client.get(summary.get_absolute_url())
    return client, page.context["waiting"], page.content.decode()


def test_is_named_once_with_the_list_where_it_waits(desk, sheet):
    client, waiting, page = named(desk)

    assert [gap["missing"] for gap in waiting] == ["石桥村2026年度数据尚未确认"]
    assert page.count("石桥村2026年度数据尚未确认") == 1
    listed = client.get(waiting[0]["url"])
    assert listed.context["paging"].total == 1
    assert sheet.get_absolute_url() in listed.content.decode()


def test_confirmed_it_is_no_longer_named(desk, sheet):
    figures.confirm_year(sheet, by=desk.world.office_clerk, at=NOON)
    assert named(desk)[1] == []


def test_who_only_reads_is_not_asked_to_confirm(desk, sheet):
    summary = desk.draft()
    page = desk.world.client(desk.world.party_secretary).get(summary.get_absolute_url())
    assert "尚未确认" not in page.content.decode()
