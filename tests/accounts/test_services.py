"""What an administrator does with accounts."""

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import User
from audit import services as audit
from common.errors import Refused
from tests.conftest import NOON


class TestCreate:
    def test_first_password_works_once_and_is_stored_nowhere(self, world):
        user, password = services.create_user(username="wangwei", name="王伟", by=world.administrator, at=NOON)

        assert user.check_password(password)
        assert user.must_change_password
        assert password not in str(list(audit.history(user).values()))
        assert len(password) >= 12

    def test_passwords_differ(self):
        assert len({services.first_password() for _ in range(50)}) == 50

    @pytest.mark.parametrize("username", ["王伟", "a", "a b", "x" * 41, ""])
    def test_username_is_plain(self, world, username):
        with pytest.raises(Refused) as refusal:
            services.create_user(username=username, name="王伟", by=None, at=NOON)
        assert refusal.value.field == "username"

    def test_the_same_name_in_capitals_is_taken(self, world):
        with pytest.raises(Refused, match="已有人使用"):
            services.create_user(username="Office_Clerk", name="某人", by=None, at=NOON)


class TestDisable:
    def test_the_last_administrator_stays(self, world):
        with pytest.raises(Refused, match="最后一个启用的系统管理员"):
            services.disable_user(world.administrator, by=world.office_clerk, at=NOON)

    def test_one_of_two_may_go_but_not_by_himself(self, world):
        second, _ = services.create_user(username="second", name="乙", is_administrator=True, by=None, at=NOON)

        with pytest.raises(Refused, match="不能停用自己"):
            services.disable_user(second, by=second, at=NOON)
        services.disable_user(second, by=world.administrator, at=NOON)

        with pytest.raises(Refused, match="最后一个"):
            services.disable_user(world.administrator, by=second, at=NOON)

    def test_twice_is_said(self, world):
        services.disable_user(world.office_clerk, by=world.administrator, at=NOON)

        with pytest.raises(Refused, match="已经停用"):
            services.disable_user(world.office_clerk, by=world.administrator, at=NOON)


class TestUnlock:
    def test_nothing_to_unlock_is_said(self, world):
        with pytest.raises(Refused, match="没有因输错密码"):
            services.unlock_user(world.office_clerk, by=world.administrator, at=NOON)

    def test_failures_are_forgotten(self, world):
        AccessAttempt.objects.create(username="office_clerk", ip_address="10.0.0.1", failures_since_start=5)

        services.unlock_user(world.office_clerk, by=world.administrator, at=NOON)

        assert not AccessAttempt.objects.exists()


class TestCommand:
    def test_makes_the_first_account_of_an_empty_installation(self, db, capsys):
        call_command("create_administrator")

        user = User.objects.get(username="admin")
        password = capsys.readouterr().out.split("：")[-1].strip()
        assert user.is_administrator
        assert user.must_change_password
        assert user.check_password(password)

    def test_a_name_already_taken_is_a_sentence(self, world):
        with pytest.raises(CommandError, match="已有人使用"):
            call_command("create_administrator", "office_clerk")
