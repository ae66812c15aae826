"""A process for test_killed: applies the import of the given id and, where told so, is shot dead before its n-th statement."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def main(import_id: int, shot_at: int = 0) -> None:
    django.setup()
    from django.db import connection

    from jobs.services import run
    from ledgers.models import Import

    statements = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == shot_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    job = Import.objects.get(pk=import_id).job_id
    with connection.execute_wrapper(count):
        run(job)
    sys.stdout.write(f"{statements}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
