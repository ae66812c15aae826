"""Time and memory of writing ledger B, beside bare openpyxl writing the same styled cells in the same run.

    DATABASE_URL=… python -m bench.ledgers [--rows 20000] [--runs 3]

Makes the data it needs in the database named by DATABASE_URL (default: a SQLite file in DATA_DIR). “Bare” is what a careful programmer
would write without this app: openpyxl's write-only mode, one cell object a value, styles made once and shared, the finished values already
in memory. Each side is measured in a process of its own, alternating, CPU seconds; memory is the peak resident set of the writing process
less that of the same process before it wrote.
"""

# ruff: noqa: E402 - Django must be set up before its models are imported
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ledgers import identity
from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.producing import CHUNK, chunks, write_ledger
from ledgers.writing import Book
from problems.models import Problem
from rectify.dataset import Size, make
from rounds.models import Round

LIMIT_RATIO, LIMIT_MB = 1.6, 150


def megabytes() -> float:
    """Peak resident set of this process; not ru_maxrss, which a child inherits from its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def asked(rows: int) -> tuple[Ask, list[int]]:
    ledger = LEDGERS["B"]
    ask = Ask(tuple(Round.objects.select_related("township__county")), timezone.localdate())
    keys = ledger.keys(ask)
    keys = (keys * (rows // max(1, len(keys)) + 1))[:rows] if len(keys) < rows else keys[:rows]
    return Ask(ask.rounds, ask.as_of, keys=tuple(keys)), keys


def ours(rows: int, path: Path) -> dict[str, float]:
    """Everything: keys, queries, rows, identities, heights, file."""
    before = megabytes()
    started = time.process_time()
    ask, _ = asked(rows)
    with Book() as book:
        write_ledger(book, LEDGERS["B"], ask, lambda percent, step: None)
        book.save(path)
    return {"seconds": time.process_time() - started, "mb": megabytes() - before, "peak": megabytes()}


def bare(rows: int, path: Path) -> dict[str, float]:
    """The same values in the same looks, taken from memory."""
    ledger = LEDGERS["B"]
    ask, keys = asked(rows)
    lines: list[Any] = []
    for first, some in chunks(keys):
        for line in ledger.lines(some, ask, first):
            lines.append((*line.values, identity.sign("B", line.pk or 0, line.version, line.township_id)))
    started = time.process_time()
    workbook = Workbook(write_only=True)
    ws: Any = workbook.create_sheet("B")
    styler = Book()
    styler.workbook = workbook
    sheet = styler.sheet("looks", [10.0])
    styles = [sheet.look_of(c) for c in ledger.columns]
    number_style, token_style = sheet.look_of(ledger.all_columns[0]).number, sheet.look(frame=False).text
    for number, values in enumerate(lines, 1):
        row = []
        cell = WriteOnlyCell(ws, number)
        cell._style = number_style
        row.append(cell)
        for value, look in zip(values, styles, strict=False):
            cell = WriteOnlyCell(ws, value)
            cell._style = look.day if isinstance(value, date) else look.number if isinstance(value, int) else look.text
            row.append(cell)
        cell = WriteOnlyCell(ws, values[-1])
        cell._style = token_style
        row.append(cell)
        ws.append(row)
    workbook.save(path)
    return {"seconds": time.process_time() - started, "mb": 0.0, "peak": 0.0}


def child(side: str, rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return {"ours": ours, "bare": bare}[side](rows, Path(folder) / "b.xlsx")


def measured(side: str, rows: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ledgers", "--side", side, "--rows", str(rows)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--side", choices=["ours", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    if options.side:
        print(json.dumps(child(options.side, options.rows)))
        return
    call_command("migrate", verbosity=0)
    if Problem.objects.count() < options.rows:
        make(Size(10, 300, options.rows * 5 // 4), seed=options.seed, today=timezone.localdate(), say=print)
    ask, _ = asked(min(options.rows, 2 * CHUNK))
    with CaptureQueriesContext(connection) as captured, Book() as book:
        write_ledger(book, LEDGERS["B"], ask, lambda percent, step: None)
    taken: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(options.runs):
        for side in taken:
            taken[side].append(measured(side, options.rows))
    own, plain = (statistics.median(r["seconds"] for r in taken[side]) for side in ("ours", "bare"))
    memory = max(r["mb"] for r in taken["ours"])
    made = {
        "rows": options.rows, "ours_s": round(own, 2), "bare_s": round(plain, 2), "ratio": round(own / plain, 2),
        "memory_mb": round(memory), "queries_per_chunk": len(captured) / 2,
    }  # fmt: skip
    print(f"ledger B, {options.rows} rows: {own:.2f} s, bare openpyxl {plain:.2f} s")
    print(f"ratio {own / plain:.2f} (limit {LIMIT_RATIO}), memory +{memory:.0f} MB, "
        f"{max(r['peak'] for r in taken['ours']):.0f} MB with Django and all (limit {LIMIT_MB}), "
          f"{made['queries_per_chunk']:g} queries for each {CHUNK} rows")  # fmt: skip
    if options.json:
        Path(options.json).write_text(json.dumps(made))


if __name__ == "__main__":
    main()
