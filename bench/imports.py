"""CPU time and queries of checking and applying imports: ledger B beside bare openpyxl reading the same file in the same run, then C, E, F, H, I.

    DATABASE_URL=… python -m bench.imports [--rows 2000 20000] [--others 2000]

Everything happens in a transaction that is rolled back. The check counts the child process that reads the workbook and the comparison; bare
reading is openpyxl in read-only mode over every cell, in this process, imports not counted.
"""

# ruff: noqa: E402 - Django must be set up before its models are imported
import argparse
import os
import resource
import tempfile
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

import openpyxl
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledgers.importing.importers.base import Writer
from ledgers.importing.plan import Status
from ledgers.importing.runner import read_workbook
from ledgers.services import imports
from problems.services import bulk
from tests.conftest import make_world
from villages.models import Cadre

HEAD = [
    "序号", "村", "问题类别", "问题描述", "问题来源", "发现时间", "涉及户数", "难易程度", "整改目标", "整改措施", "责任单位", "责任人",
    "整改时限", "备注",
]  # fmt: skip


def workbook(path: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("问题清单")
    sheet.append(["清溪镇问题清单（2026年第二轮）"])
    sheet.append(HEAD)
    for n in range(1, rows + 1):
        sheet.append(
            [
                n, ["石桥村", "下塘村"][n % 2], "基础设施建设问题", f"第{n}段村道破损，群众出行和农产品运输不便", "走访（入户走访）",
                "2026年3月5日", n % 90, "较难", "完成路面硬化，验收合格", "1.争取项目资金\n2.组织施工并验收", "自然资源所",
                "徐根生（村党支部书记）", "2026年12月31日", "",
            ]
        )  # fmt: skip
    book.save(path)


def cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def bare(path: Path) -> float:
    start = cpu()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = sum(1 for row in book.active.iter_rows(values_only=True) for value in row if value is not None)
    book.close()
    assert cells
    return cpu() - start


def measure(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / "b.xlsx"
        workbook(path, rows)
        world = make_world()
        Cadre.objects.create(county=world.county, township=world.township, name="徐根生", title="村党支部书记")
        at = timezone.now()

        def examine():
            return imports.examine(
                read, ledger="B", township=world.township, round=world.round, answers={}, by=world.office_clerk, at=at
            )

        small = Path(folder) / "small.xlsx"
        workbook(small, 5)
        read = read_workbook(small)
        examine()  # a worker has read a ledger before: first imports are counted on neither side
        limit = bare(path)
        start = cpu()
        read = read_workbook(path)
        reading = cpu() - start
        with CaptureQueriesContext(
            connection,
        ) as asked:
            checked = examine()
        check = cpu() - start
        plan = checked.plan
        assert plan, (checked.refusal, checked.questions)
        assert len(plan.of(Status.NEW)) == rows, plan.faults[:3]
        start = cpu()
        with CaptureQueriesContext(connection) as written, transaction.atomic():
            checked.importer.apply(plan, Writer(checked.context, world.office_clerk, at, ""))
        apply = cpu() - start
        again = CaptureQueriesContext(connection)
        start = cpu()
        with again:
            same = examine()
        recheck = cpu() - start
        assert len(same.plan.of(Status.SAME)) == rows
        goal = 2 * limit
        print(
            f"{rows:>6} rows: bare reading {limit:.2f} s; check {check:.2f} s CPU (reading {reading:.2f}), ratio {check / limit:.1f}"
            f" (goal ≤ {goal:.2f} s); {len(asked)} queries; apply {apply:.2f} s, {len(written)} queries;"
            f" check against {rows} known rows {recheck:.2f} s, {len(again)} queries;"
            f" child peak {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB"
        )
        transaction.set_rollback(True)


def other_rows(code: str, n: int) -> list[object]:
    village = ["石桥村", "下塘村"][n % 2]
    day = date(2026, 3, 5) + timedelta(days=n % 200)
    return {
        "C": [n % 50 + 1, f"第{n}项任务", "按时完成", "自然资源所", "", "2026.6.30", "2026年6月20日完成：已办结"],
        "E": [village, "机关单位结对", f"帮扶单位{n}局", "", "", "项目帮扶"],
        "F": [
            day.isoformat(),
            f"督查{n // 4}组",
            "暗访",
            village,
            f"1.第{n}条\n2.台账不全",
            "1.补齐\n2.更新",
            "2026.10.20",
        ],
        "H": [
            f"第{n // 3}次协调会",
            "2026.5.18",
            f"第{n}件事",
            "自然资源所",
            "2026.6.30",
            "2026年6月20日：已办",
            "已落实",
        ],
        "I": [village, 1990 + n // 2, 420, 46, 24, 15.3],
    }[code]


OTHERS = {
    "C": ["对应问题编号", "任务", "完成标准", "责任单位", "责任人", "起止时间", "完成情况"],
    "E": ["村", "结对方式", "帮扶方", "姓名", "职务", "帮扶事项"],
    "F": ["督查时间", "督查人员", "督查方式", "村", "发现问题", "整改要求", "反馈时限"],
    "H": ["会议名称", "召开时间", "跟踪督办事项", "责任单位", "完成时限", "落实情况", "状态"],
    "I": ["村名", "年份", "总户数", "党员数", "60岁以上党员", "集体经济收入（万元）"],
}


def measure_other(code: str, rows: int) -> None:
    """The check asks a question for each unknown unit; they are answered as suggested, as a clerk would. A village has one sheet a year, so I has few rows."""
    rows = min(rows, 74) if code == "I" else rows
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / "other.xlsx"
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("台账")
        sheet.append(["清溪镇台账"])
        sheet.append(OTHERS[code])
        for n in range(rows):
            sheet.append(other_rows(code, n))
        book.save(path)
        world = make_world()
        at = timezone.now()
        if code == "C":
            new = [
                bulk.NewProblem({"village": world.village, "category": "infrastructure", "title": f"问题{n}",
                                 "discovered_on": date(2026, 3, 1), "due_on": date(2026, 12, 31)})
                for n in range(50)
            ]  # fmt: skip
            bulk.log_problems(new, round=world.round, by=world.office_clerk, at=at, submit=True)
        read, answers = read_workbook(path), {}

        def examine():
            return imports.examine(
                read, ledger=code, township=world.township, round=world.round, answers=answers, by=world.office_clerk,
                at=at,
            )  # fmt: skip

        answers |= {q["key"]: q["suggested"] for q in examine().questions}
        start = cpu()
        with CaptureQueriesContext(connection) as asked:
            checked = examine()
        check = cpu() - start
        plan = checked.plan
        assert plan, checked.refusal
        assert not checked.questions, checked.questions[:2]
        assert len(plan.of(Status.NEW)) == rows, plan.faults[:3]
        start = cpu()
        with CaptureQueriesContext(connection) as written, transaction.atomic():
            checked.importer.apply(plan, Writer(checked.context, world.office_clerk, at, "核对更正"))
        print(
            f"{code} {rows:>6} rows: check {check:.2f} s CPU without reading, {len(asked)} queries;"
            f" apply {cpu() - start:.2f} s, {len(written)} queries"
        )
        transaction.set_rollback(True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[2000, 20_000])
    parser.add_argument("--others", type=int, default=2000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(connection.vendor)
    for rows in options.rows:
        measure(rows)
    for code in OTHERS if options.others else ():
        measure_other(code, options.others)


if __name__ == "__main__":
    main()
