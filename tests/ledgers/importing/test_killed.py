"""kill -9 at random statements of the application: all rows or none, and a second attempt finishes the work once."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.ledgers.importing.conftest import workbook

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("KILLS", "2"))  # the long run: KILLS=20
ROWS = 300

PREPARE = """
import sys
from datetime import datetime
from django.core.files import File
from django.utils import timezone
from tests.conftest import make_world
from ledgers.services import imports
from ledgers.models import Import
from jobs import services
services.send = lambda job_id: None
world = make_world()
at = timezone.now()
with open(sys.argv[-1] if sys.argv[-1].endswith(".xlsx") else {path!r}, "rb") as stream:
    record = imports.receive(File(stream, name="a.xlsx"), township=world.township, round=world.round, ledger="B", by=world.office_clerk, at=at)
record.refresh_from_db()
services.run(record.job_id)
record = Import.objects.get()
assert record.state == "checked", record.refusal
imports.start_apply(record, by=world.office_clerk, at=at)
print(record.pk)
"""
AGAIN = """
from datetime import timedelta
from django.utils import timezone
from jobs import models, services
from ledgers.models import Import
models.Job.objects.filter(state="running").update(heartbeat_at=timezone.now() - models.HEARTBEAT_LIMIT - timedelta(seconds=1))
record = Import.objects.get()
services.run(record.job_id)
record.refresh_from_db()
print(record.state)
"""


def counts(database: Path) -> tuple[int, int, int, str]:
    """(problems, steps, audit entries of problems, state of the import), read by another process."""
    with sqlite3.connect(database) as db:
        one = lambda sql: db.execute(sql).fetchone()[0]  # noqa: E731
        return (
            one("select count(*) from problems_problem"),
            one("select count(*) from problems_step"),
            one("select count(*) from audit_entry where object_type = 'problems.problem'"),
            one("select state from ledgers_import"),
        )


def test_an_application_shot_at_random_moments_is_all_or_nothing(tmp_path):
    (tmp_path / "base").mkdir()
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        workbook([[n, "石桥村", "基础设施", f"村道破损第{n}段", "2026.3.5", "2026.12.31", "", ""] for n in range(ROWS)])
    )

    def environment(folder: Path) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        return kept | {
            "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "tests.ledgers.importing.killed_settings", "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "k" * 50,
        }  # fmt: skip

    def manage(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(folder), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    manage(tmp_path / "base", "migrate", "--run-syncdb", "--verbosity", "0")
    key = manage(tmp_path / "base", "shell", "-c", PREPARE.format(path=str(path))).splitlines()[-1]

    def apply(folder: Path, shot_at: int = 0) -> int:
        """Apply the import, dying before a statement where told so; returns how many statements a whole application takes."""
        worker = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("killed_import.py")), key, str(shot_at)],
            cwd=ROOT, env=environment(folder), capture_output=True, text=True,
        )  # fmt: skip
        assert worker.returncode == (-signal.SIGKILL if shot_at else 0), worker.stderr
        return 0 if shot_at else int(worker.stdout)

    whole = shutil.copytree(tmp_path / "base", tmp_path / "whole")
    statements = apply(whole)
    complete = counts(whole / "portal.sqlite3")
    assert complete == (ROWS, 2 * ROWS, 2 * ROWS, "applied")

    dice, cut = random.Random(20261031), 0
    for n in range(KILLS):
        folder = shutil.copytree(tmp_path / "base", tmp_path / f"run{n}")
        apply(folder, shot_at=dice.randint(1, statements))
        left = counts(folder / "portal.sqlite3")
        assert left in ((0, 0, 0, "applying"), complete), left
        cut += left[0] == 0
        assert manage(folder, "shell", "-c", AGAIN).splitlines()[-1] == "applied"
        assert counts(folder / "portal.sqlite3") == complete
    assert cut  # the shots hit it at work
