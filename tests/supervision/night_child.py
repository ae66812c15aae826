"""Nights for test_killed, each in a process of its own, in small batches: shot dead, where told so, before the n-th statement.

Started once; for each line of its input (database, day, guard, n or 0) it forks, so that a hundred nights need not load the portal a hundred
times. It says how the night ended and, when it came to its end, how many statements it took.
"""

import os
import signal
import sys

import django


def night(database: str, day: str, guard: str, shot_at: int) -> int:
    from django.db import connection, transaction

    from supervision import nightly

    connection.settings_dict["NAME"] = database

    statements = 0

    def count(execute, *arguments):
        """A shot falls between any two statements, however fast or slow the machine is."""
        nonlocal statements
        statements += 1
        if statements == shot_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

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
    with connection.execute_wrapper(count):
        nightly.nightly(lambda *_: None, day=day, batch=5)
    return statements


def main() -> None:
    django.setup()
    from supervision import apps, nightly  # noqa: F401 - loaded before the fork

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        database, day, guard, shot_at = line.split()
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.write(tell, str(night(database, day, guard, int(shot_at))).encode())
            except BaseException as error:
                sys.stderr.write(repr(error))
                os._exit(1)
            os._exit(0)
        os.close(tell)
        _, status = os.waitpid(pid, 0)
        with os.fdopen(told) as answer:
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {answer.read() or 0}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
