"""For the long run of test_fuzz: forks the child for each path it is told, from a process that has openpyxl loaded already.

The same function under the same bounds as `ledgers.importing.child`, without a start of Python for each of 20,000 workbooks.
"""

import os
import sys

import openpyxl  # noqa: F401 - loaded once, for all children

from ledgers.importing import child, reading  # noqa: F401


def main() -> None:
    for line in sys.stdin:
        path, answer = line.rstrip("\n").split("\t")
        pid = os.fork()
        if not pid:
            try:
                os._exit(child.main(["read", path, answer]))
            except BaseException:
                os._exit(1)
        _, status, used = os.wait4(pid, 0)
        sys.stdout.write(
            f"{os.waitstatus_to_exitcode(status)} {used.ru_maxrss // 1024} {used.ru_utime + used.ru_stime:.2f}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
