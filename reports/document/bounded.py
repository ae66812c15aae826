"""Rendering with limits: a forked child makes the file, the parent watches it and stays healthy whatever happens.

The child inherits the imported modules, but makes its own font map (pdf.ready says why); it cannot touch the parent's database
connections because progress travels through a pipe and is reported by the parent. Bound of issue "bad input": 60 s
CPU, 512 MB.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import os
import resource
import select
import signal
import struct
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from . import errors
from .blocks import Document
from .errors import DocumentError, LimitExceeded
from .pdf import Step, ready, render_pdf

CPU_SECONDS = 60
MEMORY_MB = 512
WALL_SECONDS = 600  # a child that waits for ever uses no CPU; nothing waits that long on a busy machine either
LOOK_SECONDS = 0.05  # how often the parent looks at the child's memory
_HEADER = struct.Struct("!cI")
_PAGE = resource.getpagesize()
log = logging.getLogger(__name__)


def render_pdf_bounded(document: Document, *, on_step: Step | None = None, **options: Any) -> bytes:
    """``pdf.render_pdf`` with the limits above; the same arguments, result and errors, and LimitExceeded besides."""
    ready()
    return run_bounded(lambda step: render_pdf(document, on_step=step, **options), on_step=on_step)


def run_bounded(
    work: Callable[[Step], bytes],
    *,
    on_step: Step | None = None,
    cpu_seconds: int = CPU_SECONDS,
    memory_mb: int = MEMORY_MB,
    wall_seconds: float = WALL_SECONDS,
) -> bytes:
    """Run ``work(step)`` in a child process and return its bytes.

    ``on_step`` runs in this process for every step the child reports; if it raises, the child is ended and the
    exception goes on.
    Raises LimitExceeded beyond a limit, the child's own DocumentError, RuntimeError (with the traceback) for anything
    else.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads of a worker only send heartbeats
        child = os.fork()
    if child == 0:
        os.close(reader)
        _child(work, writer, cpu_seconds)
    os.close(writer)
    try:
        return _watch(child, reader, on_step, memory_mb, time.monotonic() + wall_seconds, cpu_seconds)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _send(writer: int, kind: bytes, content: bytes) -> None:
    data = memoryview(_HEADER.pack(kind, len(content)) + content)
    while data:
        data = data[os.write(writer, data) :]


def _child(work: Callable[[Step], bytes], writer: int, cpu_seconds: int) -> NoReturn:
    """Do the work and leave by ``_exit``: nothing of the parent's (connections, temporary folders) may be cleaned up
    here."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: do not outlive a killed worker
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
        gc.freeze()
        gc.disable()  # a tenth of the time, and the process ends anyway
        try:
            result = work(lambda percent, text: _send(writer, b"S", json.dumps([percent, text]).encode()))
            _send(writer, b"R", result)
            status = 0
        except MemoryError:
            _send(writer, b"M", b"")
        except DocumentError as error:
            _send(writer, b"E", json.dumps([type(error).__name__, str(error)]).encode())
        except BaseException:
            _send(writer, b"X", traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _resident_mb(process: int) -> float:
    """Memory a process has in use, 0 where the system does not tell."""
    try:
        with open(f"/proc/{process}/statm") as file:
            return int(file.read().split()[1]) * _PAGE / 2**20
    except (OSError, IndexError, ValueError):
        return 0.0


def _watch(child: int, reader: int, on_step: Step | None, memory_mb: int, until: float, cpu_seconds: int) -> bytes:
    """Read the child's messages until its result, looking at its memory and the clock in between."""
    too_large = LimitExceeded(
        f"文稿过大,生成文件所需内存超过{memory_mb}MB。请缩小统计范围,或减少附表行数和照片后再试。"
    )
    too_long = LimitExceeded(f"文稿过大,生成文件超过{cpu_seconds}秒仍未完成。请缩小统计范围,或减少附表行数后再试。")
    buffer = bytearray()
    while True:
        if select.select([reader], [], [], LOOK_SECONDS)[0]:
            piece = os.read(reader, 1 << 20)
            if not piece:
                break
            buffer += piece
            while (message := _take(buffer)) is not None:
                kind, content = message
                if kind == b"R":
                    return content
                if kind == b"S" and on_step:
                    on_step(*json.loads(content))
                elif kind == b"M":
                    raise too_large
                elif kind == b"E":
                    raise _rebuilt(*json.loads(content))
                elif kind == b"X":
                    raise RuntimeError(f"rendering failed in the child process\n{content.decode()}")
        if _resident_mb(child) > memory_mb:
            raise too_large
        if time.monotonic() > until:
            raise too_long
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        raise too_long
    raise RuntimeError(f"the rendering process ended without a result (status {status})")


def _take(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Cut one whole message off the buffer."""
    if len(buffer) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack_from(buffer)
    end = _HEADER.size + length
    if len(buffer) < end:
        return None
    content = bytes(buffer[_HEADER.size : end])
    del buffer[:end]
    return kind, content


def _rebuilt(name: str, sentence: str) -> DocumentError:
    """The child's error as the same class here."""
    cls = getattr(errors, name, DocumentError)
    error: DocumentError = cls.__new__(cls)
    error.args = (sentence,)
    return error
