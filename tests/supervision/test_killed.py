"""kill -9 for real: the night is shot before random statements and started again until it is through. No slip and no digest line is lost or doubled.

Two nights follow each other, so that slips are written and raised. KILLED_NIGHTS=10 does it ten times (default: once), each time with ten shots.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import prepare

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = int(os.environ.get("KILLED_NIGHTS", "1"))
SHOTS = 10
PREPARE = """
from datetime import date
from rectify.dataset import Size, make
make(Size(1, 4, 48, progress_each=0), seed=3, today=date(2026, 10, 30))
"""
NIGHTS = ("2026-10-29", "2026-10-30")


def written(path: Path) -> dict[str, list[tuple]]:
    """Everything the nights left behind. Numbers are looked at apart: in which order batches were committed is the same, gaps are not allowed."""
    with sqlite3.connect(path / "portal.sqlite3") as database:

        def rows(query: str) -> list[tuple]:
            return sorted(database.execute(query).fetchall())

        return {
            "slips": rows("select problem_id, due_on, level, year, number, issued_on from supervision_slip"),
            "steps": rows(
                "select s.problem_id, p.level, p.raised_on, p.reply_due_on from supervision_slipstep p join supervision_slip s on s.id = p.slip_id"
            ),
            "history": rows(
                "select s.problem_id, a.verb from audit_entry a join supervision_slip s on s.id = a.object_id"
                " where a.object_type = 'supervision.slip'"
            ),
            "lines": rows("select user_id, kind, object_id, reason, since, note from supervision_inboxitem"),
            "digests": rows("select user_id, day, total, lines from supervision_digest"),
            "runs": rows("select day, phase, counts from supervision_nightlyrun"),
        }


class Nights:
    """A database, and processes that do nights on copies of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.base = folder, folder / "base"
        self.base.mkdir()
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.environment = kept | {
            "DATA_DIR": str(self.base), "DJANGO_SETTINGS_MODULE": "rectify.settings_test", "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "k" * 50,
        }  # fmt: skip
        commands = [["shell", "-c", PREPARE]]
        if not prepare.fresh_tables(self.base / "portal.sqlite3"):
            commands.insert(0, ["migrate", "--verbosity", "0"])
        for command in commands:
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=True, capture_output=True
            )
        self.starter = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("night_child.py"))], cwd=ROOT, env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        assert self.answer() == "ready"

    def answer(self) -> str:
        assert self.starter.stdout is not None
        return self.starter.stdout.readline().strip()

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.base, self.folder / name))

    def work(self, folder: Path, day: str, guard: str = "guarded", shot_at: int = 0) -> tuple[bool, int]:
        """Do the night in a process of its own, which dies before its `shot_at`-th statement. (Did it come to its end?, how many it took)

        `guard`: "shot" and "shot-unguarded" kill themselves at the worst moment, the second without what guards the night.
        """
        assert self.starter.stdin is not None
        self.starter.stdin.write(f"{folder / 'portal.sqlite3'} {day} {guard} {shot_at}\n")
        code, statements = map(int, self.answer().split())
        assert code in ((0, -signal.SIGKILL) if shot_at or guard != "guarded" else (0,))
        return code == 0, statements

    def end(self) -> None:
        self.starter.stdin.close()  # type: ignore[union-attr]
        self.starter.wait(timeout=60)
        self.starter.stdout.close()  # type: ignore[union-attr]

    def shot(self, name: str, dice: random.Random, days: dict[str, int]) -> tuple[dict[str, list[tuple]], int]:
        """Nights (day → how many statements it takes) with ten shots among them, then left alone until they end: (what is there, shots that fell at work)."""
        folder, hits = self.copy(name), 0
        for day, statements in days.items():
            for _ in range(SHOTS // len(days)):
                # Each start gets some batches further, so that the shots spread over the whole night.
                ended, _ = self.work(folder, day, shot_at=max(1, int(statements * dice.uniform(0.02, 0.3))))
                hits += not ended
                if ended:
                    break
            assert self.work(folder, day)[0]
        return written(folder), hits

    def shot_once(self, name: str, day: str, guard: str) -> dict[str, list[tuple]]:
        """One night that is shot at the worst moment, and then left alone until it ends."""
        folder = self.copy(name)
        assert not self.work(folder, day, guard)[0]
        assert self.work(folder, day)[0]
        return written(folder)


@pytest.fixture(scope="module")
def nights(django_db_setup, tmp_path_factory):
    nights = Nights(tmp_path_factory.mktemp("nights"))
    yield nights
    nights.end()


@pytest.fixture(scope="module")
def whole(nights):
    """The two nights without a shot: what must be there after each, and how many statements each took."""
    folder = nights.copy("whole")
    return [(day, nights.work(folder, day)[1], written(folder)) for day in NIGHTS]


def test_a_night_shot_ten_times_loses_and_doubles_nothing(nights, whole):
    expected = whole[-1][2]
    assert len(expected["slips"]) >= 10
    assert len(expected["digests"]) >= 8
    dice = random.Random(20261030)
    for n in range(RUNS):
        found, hits = nights.shot(f"run{n}", dice, {day: statements for day, statements, _ in whole})
        assert hits >= SHOTS // 3  # they hit it at work
        assert found == expected


def test_without_the_guard_the_same_shot_loses_a_batch(nights, whole):
    """Control: the cursor moved apart from the batch. What is compared above notices the slips and lines that never came."""
    day, _, expected = whole[0]

    guarded = nights.shot_once("guarded", day, "shot")
    unguarded = nights.shot_once("control", day, "shot-unguarded")

    assert guarded == expected
    assert len(unguarded["slips"]) < len(expected["slips"])
    assert len(unguarded["lines"]) < len(expected["lines"])
