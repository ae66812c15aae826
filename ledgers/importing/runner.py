"""Starting the child and understanding how it ended. The only way from the portal to a workbook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from common.errors import Refused
from ledgers.importing import limits

ROOT = Path(__file__).resolve().parent.parent.parent


def read_workbook(path: Path) -> dict[str, Any]:
    """The cells of a workbook as plain data (see reading.py). Refused with a sentence when it is not one or goes beyond a bound."""
    return _run("read", path)


def mark_workbook(path: Path, target: Path, *, sheet: str, header_row: int, faults: list[dict[str, Any]]) -> None:
    """Write the marked copy of the workbook to `target`. Refused as in `read_workbook`."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as order:
        json.dump({"sheet": sheet, "header_row": header_row, "faults": faults}, order)
        order.flush()
        _run("mark", path, order.name, str(target))


def _run(task: str, path: Path, *more: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", "ledgers.importing.child", task, str(path), str(answer), *more]
        # Nothing of the portal's environment: the child needs no key and no database.
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": folder,
            "LC_ALL": "C.UTF-8",
            "MALLOC_ARENA_MAX": "2",
            # The container was searched for document types, so the parsers in C are as safe as the slow ones and twice as fast.
            "OPENPYXL_DEFUSEDXML": "False",
            "OPENPYXL_LXML": "False",
        }
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter and module
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=limits.WALL_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Refused(limits.TOO_SLOW) from None
        if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise Refused(limits.TOO_SLOW)
        try:
            told = json.loads(answer.read_text())
        except (
            OSError,
            ValueError,
        ):  # died without a word: no memory even for the sentence, or a crash inside a library
            raise Refused(limits.TOO_MUCH_MEMORY if ended.returncode else limits.CANNOT_READ) from None
    if "refused" in told:
        raise Refused(told["refused"])
    return told["ok"]
