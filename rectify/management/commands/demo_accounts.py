"""manage.py demo_accounts: who can be tried in the demo."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from rectify.demo.place import PASSWORD, SHOWN_ACCOUNTS


class Command(BaseCommand):
    help = "列出演示账号。没有演示账号时不输出。"

    def handle(self, *args: Any, **options: Any) -> None:
        names = dict(
            User.objects.filter(username__in=[a for a, _ in SHOWN_ACCOUNTS], is_active=True).values_list(
                "username", "name"
            )
        )
        if not names:
            return
        self.stdout.write(f"演示账号（密码均为 {PASSWORD}）：")
        for account, use in SHOWN_ACCOUNTS:
            if account in names:
                self.stdout.write(f"  {account:<14}{names[account]}  {use}")
