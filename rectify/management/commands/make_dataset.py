"""manage.py make_dataset: a synthetic county of any size, for measuring."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rectify.dataset import Size, make


class Command(BaseCommand):
    help = "生成测量用的模拟数据：乡镇、村、问题及其办理记录、进展、措施。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--townships", type=int, default=1, help="乡镇数")
        parser.add_argument("--villages", type=int, default=20, help="村总数")
        parser.add_argument("--problems", type=int, default=300, help="问题总数")
        parser.add_argument("--seed", type=int, default=1, help="随机种子；同一种子得到同样的内容")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["townships"] < 1 or options["villages"] < options["townships"] or options["problems"] < 0:
            raise CommandError("乡镇至少1个，村不能少于乡镇，问题不能为负数。")
        started = time.perf_counter()
        size = Size(options["townships"], options["villages"], options["problems"])
        make(size, seed=options["seed"], today=timezone.localdate(), say=self.stdout.write)
        self.stdout.write(f"用时 {time.perf_counter() - started:.1f} 秒。")
