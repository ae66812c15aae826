"""Is the search box quick at 60,000 problems? Its time beside that of the ledger page, in one run, on SQLite and on PostgreSQL.

    [POSTGRES_URL=postgres://user@host:port/postgres] python -m bench.search [--problems 60000] [--requests 15]

Makes 100 townships with 3,000 villages and the problems, and 10,000 meetings and 10,000 entries of other work beside them; then asks
the ledger and the box one after the other, as the clerk of a township and as the reader of the county, with words that are found often,
seldom and never. Prints CPU milliseconds (application + database), the ratio to the ledger of the same person, and queries.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = {"often": "资金", "seldom": "石桥", "pinyin": "sq", "two words": "机耕路 硬化", "never": "没有此词"}


def measure_all(problems: int, requests: int) -> None:
    """In a process of its own, with the database named in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    from datetime import date

    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from accounts.models import User
    from bench.pages import measure
    from meetings.models import Meeting
    from otherwork.models import WorkEntry, WorkKind
    from rectify.dataset import Size, make
    from rounds.models import Round
    from villages.models import Village

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    make(Size(100, 3000, problems), seed=7, today=timezone.localdate())
    day, user = date(2026, 6, 1), User.objects.order_by("pk").first()
    kinds = {
        r.township_id: WorkKind.objects.create(
            township_id=r.township_id, name="三会一课", unit="次", wording="{数量}次。", starts_on=day
        )
        for r in Round.objects.all()
    }
    rounds = {r.township_id: r.pk for r in Round.objects.all()}
    villages = list(Village.objects.values_list("pk", "township_id"))
    some = [villages[n % len(villages)] for n in range(10_000)]
    Meeting.objects.bulk_create(
        [
            Meeting(
                township_id=t, round_id=rounds[t], kind="other", name="工作例会", subject="研究资金和进度", held_on=day
            )
            for _, t in some
        ],
        batch_size=1000,
    )
    WorkEntry.objects.bulk_create(
        [
            WorkEntry(
                kind=kinds[t], village_id=v, happened_on=day, quantity=1, note="支委会1次", created_by=user,
                created_at=timezone.now(),
            )
            for v, t in some
        ],
        batch_size=1000,
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    clerk = User.objects.filter(username__startswith="s7-clerk-").order_by("pk")[0]
    for name, who in (("clerk", clerk), ("county", User.objects.get(username="s7-county"))):
        client = Client(headers={"accept-encoding": "gzip"})
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        ledger, queries, _ = measure(lambda c=client: c.get("/problems/"), requests)
        print(f"{name + ': ledger page':34}{ledger:9.1f}{'':8}{queries:9}")
        for kind, words in WORDS.items():
            ms, queries, _ = measure(lambda c=client, w=words: c.get("/search/", {"q": w}), requests)
            print(f"{name + ': search, ' + kind:34}{ms:9.1f}{ms / ledger:8.2f}{queries:9}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--problems", type=int, default=60_000)
    parser.add_argument("--requests", type=int, default=15)
    parser.add_argument("--here", action="store_true", help="measure the database named by DATABASE_URL")
    options = parser.parse_args()
    if options.here:
        measure_all(options.problems, options.requests)
        return
    for name, server in (("SQLite", ""), ("PostgreSQL", os.environ.get("POSTGRES_URL", ""))):
        if name == "PostgreSQL" and not server:
            print("PostgreSQL: not measured, POSTGRES_URL is not set")
            continue
        with tempfile.TemporaryDirectory() as temporary:
            address = f"sqlite:///{Path(temporary) / 'search.sqlite3'}"
            if server:
                import psycopg

                with psycopg.connect(server, autocommit=True) as connection:
                    connection.execute("DROP DATABASE IF EXISTS bench_search")
                    connection.execute("CREATE DATABASE bench_search")
                address = server.rsplit("/", 1)[0] + "/bench_search"
            print(f"{name:34}{'CPU ms':>9}{'ratio':>8}{'queries':>9}", flush=True)
            command = [sys.executable, "-m", "bench.search", "--here", "--problems", str(options.problems)]
            subprocess.run(
                [*command, "--requests", str(options.requests)],
                env=os.environ | {"DATA_DIR": temporary, "DATABASE_URL": address}, check=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
