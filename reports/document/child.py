"""The renderer's own process: `python -m reports.document.child FD`, started and watched by bounded.py.

A fresh interpreter, never a fork: newer Pango looks fonts up in a thread of its own, which does not live on in a forked
child. It loads the faces once and then renders one document after another. It has no Django, no database and, by its
environment, no secrets; it ends when its parent ends, when nobody wants a document for a while, or when it has grown.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

IDLE_SECONDS = 900  # then it gives its memory back; the next document starts another one
DOCUMENTS = 500  # then it makes room for a fresh one
LARGE_MB = 160  # beyond it, free memory is given back to the system; below, asking for it again would cost more
GROWN_MB = 260  # so large after a document, it makes room as well
BACKSTOP_MB = 128  # of memory beyond the limit, should it grow faster than its parent looks
_PAGE = resource.getpagesize()


def resident_mb(process: int | str) -> float:
    """Memory a process has in use, 0 where the system does not tell."""
    try:
        with open(f"/proc/{process}/statm") as file:
            return int(file.read().split()[1]) * _PAGE / 2**20
    except (OSError, IndexError, ValueError):
        return 0.0


def end_with_parent(descriptor: int) -> None:
    """Leave at once when the other end of the connection is closed: a killed worker's document is nobody's any more."""

    def watch() -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # a hang-up is always reported
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def limit(cpu_seconds: int, memory_mb: int) -> None:
    """Bounds of the next document. The soft limit of CPU counts the whole life of the process, so it moves on; it ends the process."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(time.process_time()) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = (memory_mb + BACKSTOP_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def do(connection: Connection, work: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    """One document: steps while it is made, then its bytes or what went wrong."""
    from .errors import DocumentError

    def on_step(percent: int, sentence: str) -> None:
        connection.send(("step", (percent, sentence)))

    try:
        connection.send(("result", work(*arguments, on_step=on_step, **options)))
    except MemoryError:
        connection.send(("memory", None))
    except DocumentError as error:
        connection.send(("refused", error))
    except OSError as error:
        if error.filename is None and isinstance(error, ConnectionError):
            raise  # the parent is gone
        connection.send(("fault", traceback.format_exc()))
    except Exception:
        connection.send(("fault", traceback.format_exc()))


def serve(connection: Connection) -> None:
    """Documents one after another until there is a reason to end."""
    from . import pdf

    pdf.warm()
    connection.send(("ready", None))
    gc.collect()
    gc.freeze()
    gc.disable()  # during a document it costs a tenth of the time
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    for _ in range(DOCUMENTS):
        if not connection.poll(IDLE_SECONDS):
            return
        (cpu_seconds, memory_mb), work, arguments, options = connection.recv()
        limit(cpu_seconds, memory_mb)
        connection.send(("begun", None))
        do(connection, work, arguments, options)
        del work, arguments, options
        gc.collect()  # when the answer is away already
        if trim and resident_mb("self") > LARGE_MB:
            trim(0)
        if resident_mb("self") > GROWN_MB:
            return


def main(descriptor: int) -> None:
    from .errors import DocumentError

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    end_with_parent(descriptor)
    connection = Connection(descriptor)
    try:
        serve(connection)
    except DocumentError as error:  # while warming up: no fonts, no Pango
        connection.send(("refused", error))
    except (EOFError, ConnectionError):
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
