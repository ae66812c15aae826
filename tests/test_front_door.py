"""Before and beside the pages of the work: login by default, health, plain error pages."""

from django.test import Client

from accounts.models import User
from rectify import views


class TestFrontDoor:
    def test_health_answers_without_login(self, db):
        assert Client().get("/healthz").json() == {"ok": True}

    def test_everything_else_asks_for_login(self, db):
        answer = Client().get("/problems/?state=open")

        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/?next=/problems/")

    def test_unknown_page_is_a_plain_chinese_page(self, world):
        answer = world.client(world.office_clerk).get("/no-such-page/")

        assert answer.status_code == 404
        assert "没有找到" in answer.content.decode()

    def test_someone_without_a_post_is_told_so(self, world):
        nobody = User.objects.create_user("nobody", "无岗位", "secret-nobody")

        assert "还没有登记岗位" in world.client(nobody).get("/").content.decode()

    def test_the_error_page_needs_neither_database_nor_session(self, rf, db, django_assert_num_queries):
        request = rf.get("/problems/")

        with django_assert_num_queries(0):
            answer = views.server_error(request)

        assert answer.status_code == 500
        assert "编号" in answer.content.decode()
