"""Home pages: what is mine, what is due, what is red; every number opens the list it counts."""

import re

import pytest
from django.test import Client

from accounts.models import User
from problems.services import moves
from supervision.services import inbox
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def home(account: str) -> tuple[Client, str]:
    client = Client()
    client.force_login(User.objects.get(username=account), backend="django.contrib.auth.backends.ModelBackend")
    return client, client.get("/").content.decode()


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOON, tick=False)


class TestHome:
    @pytest.mark.parametrize(
        "account",
        ["dangjianban", "wuxiaomin", "chenzhiyuan", "linhaiyan", "wangwei", "xianji", "ziranziyuan", "panyongfu"],
    )
    def test_every_number_equals_the_list_it_opens(self, demo_township, db, account):
        client, page = home(account)
        tiles = re.findall(r'href="([^"]+)"><strong>(\d+)</strong><span>', page)
        todo = re.findall(r'href="([^"]+)"><span>[^<]+</span> <strong>(\d+)</strong>', page)

        assert len(tiles) == 5
        for url, number in tiles + todo:
            answer = client.get(url.replace("&amp;", "&"))
            assert answer.status_code == 200, url
            assert answer.context["paging"].total == int(number), url

    def test_a_number_follows_its_records(self, demo_township, db):
        _client, before = home("wuxiaomin")
        moves.suspend(demo_township.problem[16], reason="等待上级资金", by=demo_township.user["wu"], at=NOON)
        _client, after = home("wuxiaomin")

        assert "<strong>1</strong><span>红灯·逾期" in before
        assert "<strong>0</strong><span>红灯·逾期" in after

    def test_a_village_secretary_finds_his_open_problem_and_reports_in_two_taps(self, demo_township, db):
        _client, page = home("xugensheng")

        assert "连续两年以上未发展党员" in page
        assert f"/problems/{demo_township.problem[14].pk}/progress/new/" in page
        assert "下塘村" not in page

    def test_a_slip_stays_on_the_page_when_its_reminder_has_been_read(self, demo_township, db):
        secretary = User.objects.get(username="panyongfu")
        inbox.mark_read(user=secretary, at=NOON)
        client, page = home("panyongfu")
        waiting = re.search(r'href="([^"]+)"><span>督办单待反馈</span> <strong>(\d+)</strong>', page)

        assert "未读提醒" not in page
        assert waiting is not None
        assert client.get(waiting[1]).context["paging"].total == int(waiting[2]) > 0

    def test_county_sees_townships_side_by_side(self, demo_township, db):
        _client, page = home("xianji")

        assert "各乡镇情况" in page
        assert "白石镇" in page

    def test_administrator_sees_accounts_and_no_business(self, demo_township, db):
        _client, page = home("admin")

        assert "启用的账号" in page
        assert "饮用水管网" not in page
        assert "问题台账" not in page

    @pytest.mark.parametrize("account", ["dangjianban", "wuxiaomin", "xugensheng", "xianji"])
    def test_runs_at_most_twelve_queries(self, demo_township, db, account, django_assert_max_num_queries):
        client, _page = home(account)

        with django_assert_max_num_queries(12):
            client.get("/")

    def test_day_is_written_in_chinese(self, demo_township, db):
        assert "2026年10月31日" in home("wuxiaomin")[1]
