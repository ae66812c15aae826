"""manage.py import_ledger: checks a workbook like the page does, prints the same report, and imports it when told to and nothing is refused."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from common.errors import Refused
from jobs.models import Job
from jobs.services import run
from ledgers.importing.importers import IMPORTERS
from ledgers.models import Import
from ledgers.services import imports
from rounds.models import Round
from villages.access import access_of
from villages.models import Township


class Command(BaseCommand):
    help = "检查并导入台账（A、B、C、E、F、H、I）。只检查不写入；加 --apply 才导入。有退回的行时返回 1，一行也不写入。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--township", required=True, help="乡镇名称")
        parser.add_argument("--ledger", required=True, choices=list(IMPORTERS))
        parser.add_argument("--round", type=int, help="第几轮；不填为当前轮次")
        parser.add_argument("--year", type=int, help="年度；不填为最近的一年")
        parser.add_argument("--as", dest="user", required=True, help="以哪个账号导入")
        parser.add_argument("--reason", default="", help="修改原因（修改责任人、时限等时必填）")
        parser.add_argument("--accept-suggested", action="store_true", help="有疑问的列和名称按最可能的答案处理")
        parser.add_argument("--apply", action="store_true", help="检查通过后导入")

    def handle(self, *args: Any, **options: Any) -> None:
        township, round, user = self._who(options)
        if not options["file"].is_file():
            raise CommandError(f"没有这个文件：{options['file']}")
        at = timezone.now()
        try:
            with options["file"].open("rb") as stream:
                record = imports.receive(
                    File(stream, name=options["file"].name), township=township, round=round, ledger=options["ledger"],
                    by=user, at=at,
                )  # fmt: skip
            record = self._work(record)
            while record.state == Import.State.ASKING and options["accept_suggested"]:
                if not all(q["suggested"] for q in record.report["questions"]):
                    break  # nothing is likely enough: the question is printed for a person to answer on the page
                answers = {q["key"]: q["suggested"] for q in record.report["questions"]}
                imports.answer(record, answers, by=user, at=at)
                record = self._work(record)
            self._print(record)
            if record.state != Import.State.CHECKED or record.report["counts"]["refused"]:
                sys.exit(1)
            if options["apply"] and (record.report["counts"]["new"] or record.report["counts"]["changed"]):
                imports.start_apply(record, by=user, at=at, reason=options["reason"])
                record = self._work(record)
                if record.state != Import.State.APPLIED:
                    self.stdout.write(record.refusal)
                    sys.exit(1)
                self.stdout.write("已导入。")
        except Refused as refusal:
            self.stdout.write(str(refusal))
            sys.exit(1)

    @staticmethod
    def _who(options: dict[str, Any]) -> tuple[Township, Round | None, User]:
        townships = list(Township.objects.filter(name=options["township"]).select_related("county"))
        if len(townships) != 1:
            raise CommandError("没有这个乡镇，或有几个同名的乡镇。")
        rounds = Round.objects.filter(township=townships[0])
        if options["round"]:
            rounds = rounds.filter(number=options["round"])
        if options["year"]:
            rounds = rounds.filter(year=options["year"])
        round = rounds.select_related("township").current(timezone.localdate()).first()
        importer = IMPORTERS[options["ledger"]]
        if importer.needs_round and round is None:
            raise CommandError("没有这一轮次，请核对 --round 和 --year。")
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError("没有这个账号，或账号已停用。")
        # The command asks for the same right as the page.
        if not access_of(user, timezone.localdate()).may(importer.permission, township_id=townships[0].pk):
            raise CommandError(f"{user}没有导入{townships[0]}{importer().ledger.name}的权限。")
        return townships[0], round, user

    @staticmethod
    def _work(record: Import) -> Import:
        """The job is done here and now, so that the command ends with the result. A worker that took it first is waited for by nobody: its row says so."""
        record.refresh_from_db()
        if record.job_id:
            run(record.job_id)
            if error := Job.objects.values_list("error", flat=True).get(pk=record.job_id):
                raise Refused(error)
        return Import.objects.get(pk=record.pk)

    def _print(self, record: Import) -> None:
        out = self.stdout.write
        if record.state == Import.State.UNREADABLE:
            out(f"无法读取：{record.refusal}")
            return
        report = record.report
        for note in report.get("notes", []):
            out(note)
        for question in report.get("questions", []):
            options = "；".join(label for _value, label in question["options"])
            out(f"请确认：{question['label']}（{options}）")
        counts = report.get("counts", {})
        if counts:
            out(
                f"新增{counts['new']}，修改{counts['changed']}，相同{counts['same']}，冲突{counts['conflict']}，退回{counts['refused']}"
            )
        for row in report.get("changed", []):
            for change in row["changes"]:
                out(f"第{row['row']}行 {row['label']} {change['label']}：{change['old']} → {change['new']}")
        for row in report.get("conflicts", []):
            for change in row["changes"]:
                out(f"冲突 第{row['row']}行 {change['label']}：系统中 {change['old']}，表中 {change['new']}")
        for fault in report.get("faults", []):
            out(f"退回 {report['sheet']} 第{fault['row']}行 {fault['sentence']}")
