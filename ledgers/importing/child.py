"""The process that meets the workbook: `python -m ledgers.importing.child read|mark …`. It limits itself before it opens anything.

Prints nothing; the answer goes to a file as JSON: {"ok": …} or {"refused": sentence}.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from ledgers.importing import limits


def bind() -> None:
    """CPU, memory, file size, no core file. The kernel ends a process that ignores them."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * limits.UNPACKED_BYTES, 4 * limits.UNPACKED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    bind()
    task, path, answer = arguments[0], Path(arguments[1]), Path(arguments[2])
    from ledgers.importing.container import Unreadable

    done: dict[str, Any]
    try:
        if task == "read":
            from ledgers.importing.reading import read

            done = {"ok": read(path)}
        else:
            from ledgers.importing.marking import mark

            order = json.loads(Path(arguments[3]).read_text())
            mark(path, Path(arguments[4]), order["sheet"], order["header_row"], order["faults"])
            done = {"ok": {}}
    except Unreadable as unreadable:
        done = {"refused": str(unreadable)}
    except MemoryError:
        done = {"refused": limits.TOO_MUCH_MEMORY}
    answer.write_text(json.dumps(done, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
