"""manage.py export_ledger: one ledger of a round as a workbook, without the web pages."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import Refused
from ledgers import files
from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.producing import place_name, write_ledger
from ledgers.services.exports import note_export
from ledgers.writing import Book
from rounds.models import Round


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不是日期，例如 2026-10-31") from None


class Command(BaseCommand):
    help = "导出台账：编号 A—K、L1，见“台账”页面。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ledger", choices=list(LEDGERS), help="台账编号")
        parser.add_argument("--township", help="乡镇名称；不填为全部乡镇")
        parser.add_argument("--round", type=int, required=True, help="第几轮")
        parser.add_argument("--year", type=int, help="年度；不填为最近的一年")
        parser.add_argument("--as-of", type=day, help="截至日期，不填为今天")
        parser.add_argument("--since", type=day, help="“本期”开始日期（汇总表）")
        parser.add_argument("--out", type=Path, required=True, help="保存为")

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = Round.objects.filter(number=options["round"]).select_related("township__county")
        if options["township"]:
            rounds = rounds.filter(township__name=options["township"])
        if options["year"]:
            rounds = rounds.filter(year=options["year"])
        found = list(rounds.order_by("-year", "township_id"))
        if not found:
            raise CommandError("没有这个乡镇的这一轮次，请核对 --township、--round 和 --year。")
        found = [r for r in found if r.year == found[0].year]
        if options["township"] and len({r.township_id for r in found}) > 1:
            raise CommandError(f"有{len(found)}个乡镇名为{options['township']}，无法确定是哪一个。")
        if not options["out"].absolute().parent.is_dir():
            raise CommandError(f"目录不存在：{options['out'].absolute().parent}")
        ledger = LEDGERS[options["ledger"]]
        ask = Ask(tuple(found), options["as_of"] or timezone.localdate(), since=options["since"])
        try:
            with Book() as book:
                rows = write_ledger(book, ledger, ask, lambda percent, step: None)
                with files.whole_file(options["out"].absolute()) as aside:
                    book.save(aside)
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        note_export(
            found[0], by=None, at=timezone.now(), ledger=ledger, place=f"{place_name(ask)}（截至{ask.as_of}，命令行）",
            words="", rows=rows, township_id=found[0].township_id if len(found) == 1 else None,
        )  # fmt: skip
        self.stdout.write(f"已导出{ledger.name}{rows}{ledger.noun}：{options['out']}")
