"""Workbooks made in a line or two, and an import carried from upload to result."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from jobs.services import run
from ledgers.models import Import
from ledgers.services import imports
from problems.services import ledger as problem_services
from problems.services import moves
from tests.conftest import NOON, World

HEAD = ["序号", "村", "问题类别", "问题描述", "发现时间", "整改时限", "责任人", "备注"]


def workbook(
    rows: Sequence[Sequence[Any]], *, head: Sequence[str] = HEAD, title: str = "清溪镇问题清单（2026年第二轮）"
) -> bytes:
    """A plain ledger: title, header, rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Office:
    """A clerk with imports to do; jobs run at once."""

    world: World

    def upload(self, content: bytes, ledger: str = "B", by: str = "office_clerk", name: str = "台账.xlsx") -> Import:
        record = imports.receive(
            SimpleUploadedFile(name, content), township=self.world.township, round=self.world.round, ledger=ledger,
            by=getattr(self.world, by), at=NOON,
        )  # fmt: skip
        return self.work(record)

    def work(self, record: Import) -> Import:
        """Run the job the import waits for."""
        record.refresh_from_db()
        if record.job_id:
            run(record.job_id)
            job = Job.objects.get(pk=record.job_id)
            assert job.state == Job.State.DONE, (job.error, job.step)
        return Import.objects.get(pk=record.pk)

    def answer(self, record: Import, **given: str) -> Import:
        """Answer every question: as suggested, unless `given` (by key) says otherwise."""
        answers = {q["key"]: q["suggested"] for q in record.report["questions"]} | given
        imports.answer(record, answers, by=self.world.office_clerk, at=NOON)
        return self.work(record)

    def apply(self, record: Import, **options: Any) -> Import:
        imports.start_apply(record, by=self.world.office_clerk, at=NOON, **options)
        return self.work(record)

    def undo(self, record: Import) -> Import:
        imports.start_undo(record, by=self.world.office_clerk, at=NOON)
        return self.work(record)

    def problem(self, title: str = "饮水管网老化", **fields: Any) -> Any:
        values = {
            "village": self.world.village, "category": "infrastructure", "discovered_on": date(2026, 3, 5),
            "due_on": date(2026, 12, 1), "submit": True,
        } | fields  # fmt: skip
        problem = problem_services.log_problem(
            round=self.world.round, title=title, by=self.world.office_clerk, at=NOON, **values
        )
        moves.accept(problem, by=self.world.commissioner, at=NOON)
        return problem


@pytest.fixture
def office(world, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("jobs.services.send", lambda job_id: None)
    return Office(world)
