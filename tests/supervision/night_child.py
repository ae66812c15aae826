"""Nights for test_killed, each in a process of its own: in small batches, slowly enough to be shot in the middle.

Started once; for each line of its input (database, day, guard) it forks, so that a hundred nights need not load the portal a hundred times.
It says which process does the night, and how that process ended.
"""

import os
import signal
import sys
import time

import django


def night(database: str, day: str, guard: str) -> None:
    from django.db import connection, transaction

    from supervision import nightly

    connection.settings_dict["NAME"] = database

    def slowly(execute, sql, params, many, context):
        """Every statement takes its time, so that shots fall between any two of them."""
        time.sleep(0.002)
        return execute(sql, params, many, context)

    class Shot(nightly.Night):
        """Shot at the worst moment: a batch of problems is done, the cursor has not moved."""

        def move(self, run, end):
            if run.phase == nightly.Phase.PROBLEMS:
                os.kill(os.getpid(), signal.SIGKILL)
            super().move(run, end)

    class ShotUnguarded(nightly.Night):
        """The control: the cursor moves on in a transaction of its own, and the shot falls before the batch is done."""

        def step(self):
            run = nightly.NightlyRun.objects.get(day=self.day)
            phase, cursor = nightly.Phase(run.phase), run.cursor
            with transaction.atomic():
                end, _ = self.do(phase, cursor)
                transaction.set_rollback(True)
            self.move(run, end)
            run.save()
            if phase == nightly.Phase.PROBLEMS:
                os.kill(os.getpid(), signal.SIGKILL)
            with transaction.atomic():
                self.do(phase, cursor)
            return run

    if guard != "guarded":
        nightly.Night = {"shot": Shot, "shot-unguarded": ShotUnguarded}[guard]
    with connection.execute_wrapper(slowly):
        nightly.nightly(lambda *_: None, day=day, batch=5)


def main() -> None:
    django.setup()
    from supervision import apps, nightly  # noqa: F401 - loaded before the fork

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                night(*line.split())
            except BaseException as error:
                sys.stderr.write(repr(error))
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
