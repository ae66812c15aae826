"""Remove the workbooks of imports that ended long ago; what was imported and the record of it stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from ledgers.services import imports


class Command(BaseCommand):
    help = "清理过期的导入文件（默认保存90天），导入的记录和结果不受影响。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=90, help="保留天数")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已清理{imports.clear_old(at=timezone.now(), days=options['days'])}次导入的文件。")
