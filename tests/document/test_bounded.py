"""The renderer's process: its limits, its end, and that nothing of it outlives a document that went wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from reports.document import bounded, child, pdf
from reports.document.errors import LimitExceeded, MissingGlyphs, PictureMissing

from . import bounded_work, sample

pytestmark = pytest.mark.pdf
ROOT = Path(__file__).resolve().parents[2]


def state_of(process: int) -> str:
    """The letter of a process's state; Z where it is gone altogether."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


class TestLimits:
    def test_the_result_is_that_of_the_plain_rendering(self, render):
        document = sample.document(3)
        made = bounded.render_pdf_bounded(document, created_at=sample.NOON, identifier="sample-1")
        assert made == render(document)

    def test_too_much_time_is_a_sentence(self):
        with pytest.raises(LimitExceeded, match="超过1秒"):
            bounded.run_bounded(bounded_work.spin, cpu_seconds=1)

    def test_the_time_of_earlier_documents_does_not_count(self):
        before = bounded.run_bounded(bounded_work.process_number, cpu_seconds=1)  # warming up took longer than this
        assert bounded.run_bounded(bounded_work.process_number, cpu_seconds=1) == before

    def test_waiting_for_ever_is_ended(self):
        with pytest.raises(LimitExceeded):
            bounded.run_bounded(bounded_work.sleep, wall_seconds=0.3)

    @pytest.mark.parametrize("work", [bounded_work.grow, bounded_work.grow_at_once])
    def test_too_much_memory_is_a_sentence(self, work):
        with pytest.raises(LimitExceeded, match="内存"):
            bounded.run_bounded(work, memory_mb=300)

    def test_a_document_error_arrives_as_itself_and_the_process_goes_on(self):
        before = bounded.run_bounded(bounded_work.process_number)
        with pytest.raises(PictureMissing, match=r"^照片“甲”已找不到。$"):
            bounded.run_bounded(bounded_work.refuse)
        with pytest.raises(MissingGlyphs, match="☎") as refusal:
            bounded.run_bounded(bounded_work.lack_glyphs)
        assert refusal.value.glyphs[0].character == "☎"
        assert bounded.run_bounded(bounded_work.process_number) == before

    def test_a_fault_of_ours_arrives_with_its_traceback(self):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            bounded.run_bounded(bounded_work.fail)

    def test_progress_is_reported_here_and_cancel_ends_the_child(self):
        seen: list[int] = []

        def listen(percent: int, _text: str) -> None:
            seen.append(os.getpid())
            if percent > 20:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bounded.render_pdf_bounded(sample.document(12), created_at=sample.NOON, identifier="x", on_step=listen)
        assert set(seen) == {os.getpid()}
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)

    @pytest.mark.parametrize("work", [bounded_work.be_killed, bounded_work.leave])
    def test_a_dead_child_is_not_a_result_and_the_next_document_has_another(self, work):
        with pytest.raises((LimitExceeded, RuntimeError)):
            bounded.run_bounded(work)
        assert int(bounded.run_bounded(bounded_work.process_number)) == bounded.child_id()

    def test_a_child_that_ended_meanwhile_is_replaced_unnoticed(self):
        first = int(bounded.run_bounded(bounded_work.process_number))
        os.kill(first, signal.SIGKILL)
        assert int(bounded.run_bounded(bounded_work.process_number)) != first

    def test_the_child_knows_no_secret(self, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "k")
        monkeypatch.setenv("DATABASE_URL", "postgres://user:word@127.0.0.1/portal")
        bounded.stop()
        names = bounded.run_bounded(bounded_work.environment).decode().split()
        assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & set(names)

    def test_the_child_ends_with_its_parent(self):
        """The parent is shot in the middle of a document, so that nobody tells the child."""
        code = (
            "import sys; from reports.document import bounded; from tests.document import bounded_work as work\n"
            "print(bounded.run_bounded(work.process_number).decode(), flush=True); bounded.run_bounded(work.spin)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        parent.stdout.close()
        until = time.monotonic() + 60
        while time.monotonic() < until and Path(f"/proc/{child}").exists() and "Z" not in state_of(child):
            time.sleep(0.05)
        assert "Z" in state_of(child)


class TestMemory:
    """What the renderer gives back after a document."""

    @pytest.mark.parametrize(("resident", "trims", "documents"), [(120, 0, 3), (200, 3, 3), (300, 1, 1)])
    def test_it_is_trimmed_when_large_and_ends_when_it_has_grown(self, monkeypatch, resident, trims, documents):
        trimmed, done = [], []

        class Line:
            """Three documents, then silence."""

            left = 3

            def poll(self, _seconds):
                self.left -= 1
                return self.left >= 0

            def recv(self):
                return (60, 512), None, (), {}

            def send(self, _message):
                pass

        monkeypatch.setattr(pdf, "warm", lambda: None)
        monkeypatch.setattr(child, "limit", lambda *_: None)
        monkeypatch.setattr(child, "do", lambda *_: done.append(1))
        monkeypatch.setattr(child, "resident_mb", lambda _process: resident)
        monkeypatch.setattr(child.ctypes, "CDLL", lambda _name: SimpleNamespace(malloc_trim=trimmed.append))
        monkeypatch.setattr(child, "gc", SimpleNamespace(collect=int, freeze=int, disable=int))

        child.serve(Line())

        assert (len(trimmed), len(done)) == (trims, documents)
