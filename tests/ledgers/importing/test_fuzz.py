"""Mutated workbooks through the reader: never an exception but Refused, never beyond the bounds.

The normal run takes FUZZ workbooks (default 60), each in a process of its own as in the portal; the long one forks them:
FUZZ=20000 FUZZ_SEED=… pytest tests/ledgers/importing/test_fuzz.py -s -k mutant.
"""

import collections
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.errors import Refused
from ledgers.importing import runner
from ledgers.importing.context import Context
from ledgers.importing.importers import IMPORTERS
from ledgers.importing.plan import wanted
from ledgers.importing.runner import read_workbook
from ledgers.importing.table import read_table
from ledgers.services import imports
from tests.conftest import NOON
from tests.workbooks import make

COUNT = int(os.environ.get("FUZZ", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
FORKED = COUNT > 500


class Forks:
    """Stands in for starting Python anew: what the child told, how it ended, and the most memory and time any of them took."""

    def __init__(self):
        self.peak, self.slowest = 0, 0.0
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fork_reader.py"))], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=runner.ROOT,
            env={"PATH": os.defpath, "PYTHONPATH": str(runner.ROOT), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2",
                 "OPENPYXL_DEFUSEDXML": "False", "OPENPYXL_LXML": "False"},
        )  # fmt: skip

    def run(self, command, **_options):
        path, answer = command[4:6]
        self.process.stdin.write(f"{path}\t{answer}\n")
        self.process.stdin.flush()
        code, memory, seconds = self.process.stdout.readline().split()
        self.peak, self.slowest = max(self.peak, int(memory)), max(self.slowest, float(seconds))
        return subprocess.CompletedProcess(command, int(code))


def mutants(count, seed):
    """Bytes of the zip, bytes of one XML part, whole attributes and values, parts cut or doubled."""
    dice = random.Random(seed)
    bases = [make.saved(make.book()), *(one[0]() for one in make.OFFICES.values()), make.shared()]
    for _ in range(count):
        base = dice.choice(bases)
        way = dice.random()
        if way < 0.3:
            content = bytearray(base)
            for _ in range(dice.randint(1, 12)):
                content[dice.randrange(len(content))] = dice.randrange(256)
            yield bytes(content)
            continue
        parts = make.parts(base)
        name = dice.choice([n for n in parts if n.endswith((".xml", ".rels"))])
        content = bytearray(parts[name])
        if way < 0.55:
            for _ in range(dice.randint(1, 8)):
                content[dice.randrange(len(content))] = dice.randrange(256)
        elif way < 0.8:
            text = content.decode("utf-8", "replace")
            numbers = list(make.re.finditer(r'"(\d+|[A-Z]+\d+)"', text))
            for m in dice.sample(numbers, min(3, len(numbers))):
                text = text.replace(
                    m.group(0), dice.choice(['"0"', '"-1"', '"99999999999"', '"XFD1048576"', '"x"', '""']), 1
                )
            content = bytearray(text.encode())
        elif way < 0.9:
            at = dice.randrange(len(content))
            content = content[:at] + content[at : at + dice.randint(1, 400)] * dice.randint(0, 5) + content[at:]
        else:
            content = content[: dice.randrange(len(content))]
        parts[name] = bytes(content)
        if dice.random() < 0.1:
            parts.pop(dice.choice(list(parts)))
        yield make.zipped(parts)


@pytest.mark.django_db
def test_no_mutant_gets_through_as_an_error(world, tmp_path, monkeypatch):
    told = collections.Counter()
    forks = Forks() if FORKED else None
    if forks:
        monkeypatch.setattr(runner.subprocess, "run", forks.run)
    path = tmp_path / "m.xlsx"
    slowest = 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    for content in mutants(COUNT, SEED):
        path.write_bytes(content)
        start = time.monotonic()
        try:
            workbook = read_workbook(path)
        except Refused as refusal:
            told[str(refusal)[:40]] += 1
        else:
            checked = imports.examine(
                workbook,
                ledger="B",
                township=world.township,
                round=world.round,
                answers={},
                by=world.office_clerk,
                at=NOON,
            )
            told[checked.refusal[:40] or "检查完毕"] += 1
        slowest = max(slowest, time.monotonic() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    if forks:
        forks.process.stdin.close()
        forks.process.stdout.close()
        forks.process.wait()
        peak = forks.peak
    sys.stdout.write(f"{dict(told)}; slowest {slowest:.1f} s; child peak {peak} MB\n")
    assert sum(told.values()) == COUNT
    assert told["检查完毕"]  # the mutants are not all hopeless
    assert slowest < 45
    assert peak <= max(before, 512)  # the figure is of all children of this process, other tests' too


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_any_cells_at_all_can_be_checked(seed, world):
    """Cells of every kind in every column of every ledger: a plan or a refusal, never an exception."""
    dice = random.Random(seed)
    odd = [
        None, "", "　", "=1+1", "石桥", "石桥村、下塘村", ["n", "1e400"], ["n", "nan"], ["n", "-5"], ["n", "46086"],
        ["e", "#REF!"], ["f"], ["b", True], ["d", "2026-03-05"], ["t", "09:30:00"], "2026.13.45", "3月", "99999999999999999999",
        "（）", "（职务）", "、、、", "1.\n2.\n3.", "一二三" * 200, "\u202e反", "😀", "姓名（职务）（副）", "至", "2026.3.1至", "-", "/", "5号",
    ]  # fmt: skip
    for code, one in IMPORTERS.items():
        known = [w for w in wanted(one()) if w.key not in ("reason",)]
        head = [[n, w.label] for n, w in enumerate(known, 1)]
        rows = [[1, head]] + [
            [r, [[c, v] for c, v in ((n, dice.choice(odd)) for n in range(1, len(known) + 1)) if v is not None]]
            for r in range(2, 60)
        ]
        book = {
            "sheets": [{"title": "表", "hidden": False, "rows": rows, "merged": [], "hidden_rows": []}],
            "date1904": False,
        }
        checked = imports.examine(
            book, ledger=code, township=world.township, round=world.round, answers={}, by=world.office_clerk, at=NOON
        )
        assert checked.plan or checked.questions or checked.refusal
        imports.report_of(checked)


@pytest.mark.django_db
def test_the_reader_needs_a_table(world):
    ctx = Context(township=world.township, round=world.round, at=NOON, by=None, answers={}, learned={})
    book = {"sheets": [{"title": "表", "hidden": False, "rows": [], "merged": [], "hidden_rows": []}]}

    assert read_table(book, wanted(IMPORTERS["B"]()), answers={}) == (None, [])
    assert ctx.villages
