"""Signing in, staying in, being put out."""

import re

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.test import Client

from accounts import services
from tests.conftest import NOON

LOGIN = "/accounts/login/"


@pytest.fixture
def newcomer(world):
    """王伟 with the password the administrator gave him."""
    user, password = services.create_user(username="wangwei", name="王伟", by=world.administrator, at=NOON)
    return user, password


def log_in(username: str, password: str, url: str = LOGIN) -> tuple[Client, object]:
    client = Client()
    return client, client.post(url, {"username": username, "password": password})


class TestLogin:
    def test_leads_home(self, world):
        _, answer = log_in("office_clerk", "secret-office_clerk")

        assert (answer.status_code, answer.url) == (302, "/")

    @pytest.mark.parametrize(
        "to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
    )
    def test_never_leads_elsewhere(self, world, to):
        client = Client()
        answer = client.post(LOGIN, {"username": "office_clerk", "password": "secret-office_clerk", "next": to})

        assert answer.url == "/"

    def test_leads_back_to_the_page_asked_for(self, world):
        client = Client()
        asked = client.get("/villages/?kind=village")
        assert asked.url.startswith(LOGIN)

        answer = client.post(
            asked.url,
            {"username": "office_clerk", "password": "secret-office_clerk", "next": "/villages/?kind=village"},
        )

        assert answer.url == "/villages/?kind=village"

    def test_wrong_and_unknown_sound_the_same(self, world):
        _, wrong = log_in("office_clerk", "no")
        _, unknown = log_in("nobody", "no")

        sentence = "账号或密码不正确"
        assert sentence in wrong.content.decode()
        assert sentence in unknown.content.decode()

    def test_five_failures_lock_until_the_administrator_unlocks(self, world):
        for _ in range(5):
            log_in("office_clerk", "no")
        _, locked = log_in("office_clerk", "secret-office_clerk")
        assert locked.status_code == 429
        assert "暂时不能登录" in locked.content.decode()
        admin = world.client(world.administrator)
        page = admin.get(f"/villages/users/{world.office_clerk.pk}/").content.decode()
        assert "解除锁定" in page

        admin.post(f"/villages/users/{world.office_clerk.pk}/unlock/")

        _, answer = log_in("office_clerk", "secret-office_clerk")
        assert answer.status_code == 302


class TestFirstPassword:
    def test_everything_leads_to_the_password_page_until_it_is_changed(self, newcomer):
        password = newcomer[1]
        client, _ = log_in("wangwei", password)

        assert client.get("/").url == "/accounts/password/"
        assert client.post("/villages/new/", {"name": "x"}).url == "/accounts/password/"
        assert "管理员给的密码" in client.get("/accounts/password/").content.decode()

        done = client.post(
            "/accounts/password/",
            {"old_password": password, "new_password1": "qingxi-2026-shiqiao", "new_password2": "qingxi-2026-shiqiao"},
        )

        assert done.url == "/"
        assert client.get("/").status_code == 200

    def test_the_same_password_again_does_not_count(self, newcomer):
        user, password = newcomer
        client, _ = log_in("wangwei", password)

        answer = client.post(
            "/accounts/password/", {"old_password": password, "new_password1": password, "new_password2": password}
        )

        assert "新密码不能与旧密码相同" in answer.content.decode()
        user.refresh_from_db()
        assert user.must_change_password

    def test_the_page_says_nin_as_every_other_does(self, newcomer):
        client, _ = log_in("wangwei", newcomer[1])
        new = "qingxi-2026-shiqiao"

        page = client.post(
            "/accounts/password/", {"old_password": "wrong", "new_password1": new, "new_password2": new}
        ).content.decode()

        assert "旧密码不正确，请重新输入。" in page
        assert "密码不能与您的账号、姓名相近。" in page
        assert "你" not in page

    def test_leaving_is_possible(self, newcomer):
        client, _ = log_in("wangwei", newcomer[1])

        assert client.post("/accounts/logout/").url == LOGIN

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            ("short", "密码太短，至少12位。"),
            ("wangwei-2026", "密码跟 账号 太相似了。"),
            ("password1234", "这个密码太常见了。"),
            ("135790864213", "密码只包含数字。"),
        ],
    )
    def test_weak_passwords_are_refused_in_chinese(self, newcomer, password, sentence):
        client, _ = log_in("wangwei", newcomer[1])

        page = client.post(
            "/accounts/password/",
            {"old_password": newcomer[1], "new_password1": password, "new_password2": password},
        ).content.decode()

        assert sentence in page

    def test_every_rule_speaks_chinese(self):
        """A new version of Django may reword a sentence that the Chinese catalogue then lacks."""
        for text in password_validators_help_texts():
            assert not re.search("[A-Za-z]{3}", text)


class TestEndOfSession:
    def test_a_disabled_account_is_out_at_the_next_request(self, world):
        client = world.client(world.office_clerk)
        assert client.get("/villages/").status_code == 200

        services.disable_user(world.office_clerk, by=world.administrator, at=NOON)

        assert client.get("/villages/").url.startswith(LOGIN)
        _, answer = log_in("office_clerk", "secret-office_clerk")
        assert "账号或密码不正确" in answer.content.decode()

    def test_a_reset_password_ends_every_session(self, world):
        client = world.client(world.office_clerk)

        services.reset_password(world.office_clerk, by=world.administrator, at=NOON)

        assert client.get("/villages/").url.startswith(LOGIN)
