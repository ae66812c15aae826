"""CPU time and memory of the nightly run over a county, on SQLite and, where it is to be had, on PostgreSQL.

    [POSTGRES_URL=postgres://user@host:port/postgres] python -m bench.nightly [--townships 100 --villages 3000 --problems 60000]

Makes the data (rectify.dataset) in a database of its own, then does two nights, each in a fresh process: the first writes everything at once,
which never happens in an office, the second what one more day brings. CPU counts the process and the database's own process.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

NIGHTS = (date(2026, 10, 29), date(2026, 10, 30))


def child(day: str) -> None:
    """One night in this process; prints what it cost."""
    import django

    django.setup()
    from django.db import connection

    from bench.pages import database_cpu
    from supervision.nightly import nightly

    statements = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    before, start, clock = database_cpu(), time.process_time(), time.monotonic()
    with connection.execute_wrapper(count):
        result = nightly(lambda *_: None, day=day)
    print(
        json.dumps(
            {
                "vendor": connection.vendor,
                "cpu": time.process_time() - start,
                "database": database_cpu() - before,
                "seconds": time.monotonic() - clock,
                "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "statements": statements,
                "counts": result["counts"],
            }
        )
    )


def prepare(townships: int, villages: int, problems: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from rectify.dataset import Size, make

    call_command("migrate", verbosity=0)
    make(Size(townships, villages, problems, progress_each=0), seed=7, today=NIGHTS[0])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def measure(database: str, folder: Path, sizes: list[str]) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bench.settings", "DATA_DIR": str(folder), "DATABASE_URL": database,
    }  # fmt: skip

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "bench.nightly", *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    run("--prepare", *sizes)
    for day in NIGHTS:
        found = json.loads(run("--night", day.isoformat()).splitlines()[-1])
        print(
            f"{found['vendor']:11} {day}: {found['cpu']:.1f} s CPU + {found['database']:.1f} s in the database's process "
            f"({found['seconds']:.0f} s on the clock), peak {found['mb']:.0f} MB, {found['statements']} statements; {found['counts']}"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--townships", type=int, default=100)
    parser.add_argument("--villages", type=int, default=3000)
    parser.add_argument("--problems", type=int, default=60_000)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--night", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        return prepare(options.townships, options.villages, options.problems)
    if options.night:
        return child(options.night)
    sizes = [
        "--townships", str(options.townships), "--villages", str(options.villages), "--problems", str(options.problems),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/nightly.sqlite3", Path(folder), sizes)
    server = os.environ.get("POSTGRES_URL", "")
    if not server:
        print("PostgreSQL: not measured, POSTGRES_URL is not set")
        return None
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_nightly")
        connection.execute("CREATE DATABASE bench_nightly")
    with tempfile.TemporaryDirectory() as folder:
        measure(server.rsplit("/", 1)[0] + "/bench_nightly", Path(folder), sizes)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE bench_nightly")
    return None


if __name__ == "__main__":
    main()
