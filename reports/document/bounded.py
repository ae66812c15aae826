"""Rendering with limits: a process of its own makes the file, this one watches it and stays healthy whatever happens.

The child is warm (child.py): started for the first document, kept for the next. It cannot touch this process's database
connections; progress travels through a socket and is reported here. Bound of every document: 60 s CPU, 512 MB. A child
that goes beyond is killed, and the next document gets another one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from . import fonts
from .blocks import Document
from .child import resident_mb
from .errors import LimitExceeded
from .pdf import Step, render_pdf
from .word import render_word

CPU_SECONDS = 60
MEMORY_MB = 512
WALL_SECONDS = 220  # a child that waits for ever uses no CPU; below the worker's own limit, so that a sentence is said
START_SECONDS = 120
LOOK_SECONDS = 0.05  # how often the child's memory is looked at
SAY_AGAIN_SECONDS = 1.0
ROOT = Path(__file__).resolve().parents[2]
# The renderer gets no more of the environment than it needs: no key, no address of a database.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")


def render_pdf_bounded(document: Document, *, on_step: Step | None = None, **options: Any) -> bytes:
    """``pdf.render_pdf`` with the limits above; the same arguments, result and errors, and LimitExceeded besides."""
    return run_bounded(render_pdf, document, on_step=on_step, options=options)


def render_word_bounded(document: Document, *, on_step: Step | None = None, **options: Any) -> bytes:
    """The same for ``word.render_word``."""
    return run_bounded(render_word, document, on_step=on_step, options=options)


def run_bounded(
    work: Callable[..., bytes],
    *arguments: Any,
    on_step: Step | None = None,
    options: dict[str, Any] | None = None,
    cpu_seconds: int = CPU_SECONDS,
    memory_mb: int = MEMORY_MB,
    wall_seconds: float = WALL_SECONDS,
) -> bytes:
    """Call ``work(*arguments, on_step=…, **options)``, a function of a module, in the child and return its bytes.

    ``on_step`` runs in this process for every step the child reports; if it raises, the child is ended and the
    exception goes on.
    Raises LimitExceeded beyond a limit, the child's own DocumentError, RuntimeError (with the traceback) for anything
    else.
    """
    bounds = Bounds(cpu_seconds, memory_mb, wall_seconds)
    request = ((cpu_seconds, memory_mb), work, arguments, options or {})
    with _lock:
        for last in (False, True):
            child = _running()
            try:
                return child.do(request, bounds, on_step)
            except NotBegun:  # it had just ended by itself
                if last:
                    raise RuntimeError("the rendering process does not start") from None
    raise AssertionError


class NotBegun(Exception):
    """The child was gone before it took the document."""


class Bounds:
    """What one document may use, and the sentences for more."""

    def __init__(self, cpu_seconds: int, memory_mb: int, wall_seconds: float) -> None:
        self.memory_mb, self.wall_seconds = memory_mb, wall_seconds
        self.too_large = LimitExceeded(
            f"文稿过大，生成文件所需内存超过{memory_mb}MB。请缩小统计范围，或减少附表行数和照片后再试。"
        )
        self.too_long = LimitExceeded(
            f"文稿过大，生成文件超过{cpu_seconds}秒仍未完成。请缩小统计范围，或减少附表行数后再试。"
        )


class Child:
    """A running renderer and this end of its socket."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = socket.socketpair()
        self.folder = folder
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        with ours, theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "reports.document.child", str(theirs.fileno())],
                cwd=ROOT,
                env=environment | {"FONT_DIR": str(folder), "PYTHONIOENCODING": "utf-8"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
            self.connection = Connection(ours.detach())
        self.is_ready = False

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """Kill it and take its leave; quiet if it is gone already."""
        self.connection.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def do(self, request: Any, bounds: Bounds, on_step: Step | None) -> bytes:
        """Hand over one document and wait for its file. Whatever is not a whole answer ends the child."""
        try:
            if not self.is_ready:
                self._wait_until_ready()
            self._hand_over(request, bounds)
            kind, content = self._follow(bounds, on_step)
        except BaseException:
            self.end()
            raise
        if kind == "refused":
            raise content
        result: bytes = content
        return result

    def _hand_over(self, request: Any, bounds: Bounds) -> None:
        try:
            self.connection.send(request)
            self._receive(bounds, time.monotonic() + bounds.wall_seconds)  # "begun"
        except (EOFError, ConnectionError):
            raise NotBegun from None

    def _wait_until_ready(self) -> None:
        bounds = Bounds(0, MEMORY_MB, START_SECONDS)
        try:
            kind, content = self._receive(bounds, time.monotonic() + START_SECONDS)
        except EOFError:
            raise RuntimeError("the rendering process ended while starting") from None
        if kind == "refused":
            raise content
        self.is_ready = True

    def _follow(self, bounds: Bounds, on_step: Step | None) -> tuple[str, Any]:
        """Report the steps until there is an answer: the file, or why there is none."""
        until = time.monotonic() + bounds.wall_seconds
        last: list[tuple[int, str]] = []

        def say_again() -> None:
            if on_step and last:
                on_step(*last[-1])

        while True:
            try:
                kind, content = self._receive(bounds, until, say_again)
            except (EOFError, ConnectionError):
                raise self._cause(bounds) from None
            if kind in ("result", "refused"):
                return kind, content
            if kind == "memory":
                raise bounds.too_large
            if kind == "fault":
                raise RuntimeError(f"rendering failed in its process\n{content}")
            last = [content]
            if on_step:
                on_step(*content)

    def _receive(self, bounds: Bounds, until: float, meanwhile: Callable[[], None] = lambda: None) -> tuple[str, Any]:
        """The next message, looking at the child's memory and the clock while waiting.

        ``meanwhile`` is called every second: a long layout says nothing, and whoever cancels need not wait for its end.
        """
        again = time.monotonic() + SAY_AGAIN_SECONDS
        while True:
            if resident_mb(self.process.pid) > bounds.memory_mb:
                raise bounds.too_large
            if self.connection.poll(LOOK_SECONDS):
                break
            now = time.monotonic()
            if now > until:
                raise bounds.too_long
            if now > again:
                again = now + SAY_AGAIN_SECONDS
                meanwhile()
        message: tuple[str, Any] = self.connection.recv()
        return message

    def _cause(self, bounds: Bounds) -> Exception:
        """Why the child ended in the middle of a document."""
        status = self.process.wait()
        if status == -signal.SIGXCPU:
            return bounds.too_long
        if status == -signal.SIGKILL:  # not by us: the system was out of memory
            return bounds.too_large
        return RuntimeError(f"the rendering process ended without a result (status {status})")


_lock = threading.RLock()
_child: Child | None = None


def _running() -> Child:
    """The child of this process, started where there is none."""
    global _child
    folder = fonts.directory()
    fonts.load(folder)  # a missing folder is said here, not by a child that cannot start
    if _child is not None and not (_child.is_alive and _child.folder == folder and not _child.connection.closed):
        stop()
    if _child is None:
        _child = Child(folder)
    return _child


def child_id() -> int | None:
    """Process number of the running child, for those who measure it."""
    return _child.process.pid if _child is not None and _child.is_alive else None


@atexit.register
def stop() -> None:
    """End the child, if there is one."""
    global _child
    if _child is not None:
        _child.end()
        _child = None


def _forget() -> None:
    """In a fork: the child belongs to the parent, and our copy of its socket must not keep it alive."""
    global _child, _lock
    if _child is not None:
        _child.connection.close()
        _child.process.returncode = 0  # not ours to wait for
        _child = None
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forget)
