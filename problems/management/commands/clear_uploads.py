"""Clear away photos and files that were sent but never became part of a record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from problems.services import uploads


class Command(BaseCommand):
    help = "清理超过三天仍未提交的照片和文件，以及没有记录的残留文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=uploads.KEPT_DAYS, help="保留天数")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, files = uploads.clear_uploads(at=timezone.now(), days=options["days"])
        self.stdout.write(f"已清理未提交的照片和文件{rows}个、残留文件{files}个。")
