"""A worker process for test_killed_process: takes the job of the given id, says so, and never comes to an end."""

import sys
import time

import django


def hang(progress):
    progress(20, "第一个在做")
    sys.stdout.write("working\n")
    sys.stdout.flush()
    time.sleep(600)


def main(job_id: int) -> None:
    django.setup()
    from jobs import registry, services

    registry.work_of = lambda kind: hang
    services.run(job_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
