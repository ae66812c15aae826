"""A process for test_killed: applies the import of the given id; the test shoots it somewhere on the way."""

import sys

import django


def main(import_id: int) -> None:
    django.setup()
    from jobs.services import run
    from ledgers.models import Import

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    run(Import.objects.get(pk=import_id).job_id)
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
