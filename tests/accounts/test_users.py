"""The administrator's pages about accounts (they live in villages, beside the cadres accounts stand for)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.conftest import NOON
from villages.models import Cadre
from villages.services import people


@pytest.fixture
def admin(world):
    return world.client(world.administrator)


class TestCreate:
    def test_the_password_is_shown_once_and_works(self, world, admin, send):
        answer = send(admin, "/villages/users/new/", username="wangwei", name="王伟")

        shown = re.search(r'class="password">([^<]+)<', answer.content.decode()).group(1)
        user = User.objects.get(username="wangwei")
        assert user.check_password(shown)
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert shown not in admin.get(f"/villages/users/{user.pk}/").content.decode()

    def test_double_click_makes_one_account_with_one_password(self, admin):
        form = {
            "submission": admin.get("/villages/users/new/").context["submission"],
            "username": "wangwei", "name": "王伟",
        }  # fmt: skip
        admin.post("/villages/users/new/", form)
        password = User.objects.get(username="wangwei").password

        second = admin.post("/villages/users/new/", form)

        user = User.objects.get(username="wangwei")
        assert second.url == f"/villages/users/{user.pk}/"
        assert user.password == password

    def test_a_taken_name_is_a_sentence_at_the_field(self, admin, send):
        answer = send(admin, "/villages/users/new/", username="office_clerk", name="某人")

        assert "已有人使用" in str(answer.context["form"].errors["username"])


class TestDetail:
    def test_shows_posts_and_no_business_data(self, world, admin):
        page = admin.get(f"/villages/users/{world.village_secretary.pk}/").content.decode()

        assert "村党组织书记" in page
        assert "石桥村" in page
        assert "问题" not in page

    def test_reset_shows_a_new_password_once(self, world, admin, send):
        answer = send(admin, f"/villages/users/{world.office_clerk.pk}/password/")

        shown = re.search(r'class="password">([^<]+)<', answer.content.decode()).group(1)
        world.office_clerk.refresh_from_db()
        assert world.office_clerk.check_password(shown)
        assert world.office_clerk.must_change_password

    def test_disable_and_enable(self, world, admin, send):
        url = f"/villages/users/{world.office_clerk.pk}/"

        send(admin, url + "disable/", reason="调离")
        world.office_clerk.refresh_from_db()
        assert not world.office_clerk.is_active
        assert "原因：调离" in admin.get(url).content.decode()

        admin.post(url + "enable/")
        world.office_clerk.refresh_from_db()
        assert world.office_clerk.is_active

    def test_the_last_administrator_is_refused_with_a_sentence(self, world, admin, send):
        answer = send(admin, f"/villages/users/{world.administrator.pk}/disable/")

        assert answer.status_code == 422
        assert "不能停用自己" in answer.content.decode()

    def test_link_and_unlink(self, world, admin, send):
        user = User.objects.create_user("wangwei", "王伟", "x")
        cadre = people.add_cadre(county=world.county, township=world.township, name="王伟", by=None, at=NOON)

        send(admin, f"/villages/users/{user.pk}/link/?township={world.township.pk}", cadre=cadre.pk)
        cadre.refresh_from_db()
        assert cadre.user == user

        admin.post(f"/villages/users/{user.pk}/unlink/")
        cadre.refresh_from_db()
        assert cadre.user is None

    def test_a_cadre_who_has_an_account_is_not_offered(self, world, admin, send):
        user = User.objects.create_user("wangwei", "王伟", "x")
        taken = Cadre.objects.get(user=world.office_clerk)

        answer = send(admin, f"/villages/users/{user.pk}/link/?township={world.township.pk}", cadre=taken.pk)

        assert answer.status_code == 422

    def test_an_account_without_cadre_sees_nothing(self, world):
        user = User.objects.create_user("wangwei", "王伟", "x")

        assert world.client(user).get("/villages/").status_code == 403


class TestList:
    def test_filters(self, world, admin):
        User.objects.create_user("wangwei", "王伟", "x")
        User.objects.filter(pk=world.stranger.pk).update(is_active=False)

        def total(query: str) -> int:
            return admin.get(f"/villages/users/?{query}").context["paging"].total

        assert total("q=wangw") == total("unlinked=on") == total("state=disabled") == 1
        assert total("") == User.objects.count()

    def test_few_queries(self, world, admin):
        for url in ("/villages/users/?size=100", f"/villages/users/{world.office_clerk.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                admin.get(url)
            assert len(queries) <= 12


class TestRights:
    def test_only_the_administrator(self, world):
        pk = world.village_secretary.pk
        pages = ["", "new/", f"{pk}/", f"{pk}/edit/", f"{pk}/password/", f"{pk}/disable/", f"{pk}/link/"]
        for who in (world.office_clerk, world.party_secretary, world.county_reader):
            client = world.client(who)
            for page in pages:
                assert client.get(f"/villages/users/{page}").status_code == 403
            for action in ("enable", "unlock", "unlink"):
                assert client.post(f"/villages/users/{pk}/{action}/").status_code == 403

    def test_administrator_sees_no_business(self, world, admin):
        for url in ("/villages/", f"/villages/{world.village.pk}/", "/villages/figures/", "/villages/posts/"):
            assert admin.get(url).status_code == 403
