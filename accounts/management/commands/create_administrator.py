"""The first account of an empty installation; also the way back in when every administrator's password is lost."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import services
from accounts.models import User
from common.errors import Refused


class Command(BaseCommand):
    help = "建立一个系统管理员账号；不输入密码时生成一个随机密码，首次登录时须修改。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="admin", help="账号，不写为 admin")
        parser.add_argument("--name", default="系统管理员", help="姓名")
        parser.add_argument("--ask-password", action="store_true", help="在终端输入密码，不用随机密码")

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._ask(options["username"], options["name"]) if options["ask_password"] else None
        try:
            user, first = services.create_user(
                username=options["username"],
                name=options["name"],
                is_administrator=True,
                password=password,
                must_change_password=password is None,
                by=None,
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"已建立系统管理员账号：{user.username}")
        if password is None:
            self.stdout.write(f"首次登录密码（只显示这一次）：{first}")

    def _ask(self, username: str, name: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError("--ask-password 须在终端中使用。")
        password = getpass.getpass("密码：")
        if password != getpass.getpass("再输入一次："):
            raise CommandError("两次输入的密码不一致。")
        try:
            validate_password(password, User(username=username, name=name))
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from None
        return password
