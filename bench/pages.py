"""CPU time and queries of the main pages, beside a bare Django view in the same run.

    DATABASE_URL=… python -m bench.pages [--problems 6000] [--requests 40]

Makes the data it needs (make_dataset) in the database named by DATABASE_URL (default: a SQLite file in DATA_DIR), then asks each page one
at a time, in this process, and adds the CPU time of the database's own process where it has one. Prints a table: CPU milliseconds a
request (application + database), the ratio to the bare view, queries, kilobytes over the wire. Figures compare within one run only.
"""

# ruff: noqa: E402 - Django must be set up before its models are imported
import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from problems.models import Problem
from problems.terms import OPEN_STATES, State
from rectify.dataset import Size, make

TICKS = os.sysconf("SC_CLK_TCK")


def database_cpu() -> float:
    """CPU seconds of this connection's PostgreSQL backend so far; 0 for SQLite, whose work is ours already."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(ask: Any, n: int) -> tuple[float, int, int]:
    """(CPU ms a request, queries of one request, bytes of one response) after three requests of warming up."""
    for _ in range(3):
        ask()
    with CaptureQueriesContext(connection) as captured:
        response = ask()
    queries = len(captured)  # now: the next request clears the log
    assert response.status_code in (200, 302), response.status_code
    samples = []
    cpu = database_cpu()
    for _ in range(n):
        t = time.process_time()
        ask()
        samples.append(time.process_time() - t)
    own = statistics.median(samples)
    return (own + (database_cpu() - cpu) / n) * 1000, queries, len(response.content)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--townships", type=int, default=10)
    parser.add_argument("--villages", type=int, default=300)
    parser.add_argument("--problems", type=int, default=6000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", help="also write {page: [CPU ms, queries, kB]} to this file")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not User.objects.filter(username=f"s{options.seed}-county").exists():
        size = Size(options.townships, options.villages, options.problems)
        make(size, seed=options.seed, today=timezone.localdate())
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    clerk = User.objects.filter(username__startswith=f"s{options.seed}-clerk-").order_by("pk").first()
    secretary = User.objects.filter(username__startswith=f"s{options.seed}-secretary-").order_by("pk").first()
    county = User.objects.get(username=f"s{options.seed}-county")
    assert clerk
    assert secretary
    township = clerk.cadre.township_id
    village = secretary.cadre.village_id
    problem = Problem.objects.filter(township_id=township, state=State.RECTIFYING).order_by("queue_on", "id").first()
    mine = Problem.objects.filter(village_id=village, state__in=OPEN_STATES).first()
    assert problem
    assert mine

    def client(user: User | None) -> Client:
        client = Client(headers={"accept-encoding": "gzip"})
        if user:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    nobody, as_clerk, as_secretary, as_county = client(None), client(clerk), client(secretary), client(county)

    def post_progress() -> Any:
        page = as_secretary.get(f"/problems/{mine.pk}/progress/new/")
        form = {
            "submission": page.context_data["submission"],
            "text": "已召开会议商定办法。",
            "happened_on": timezone.localdate().isoformat(),
        }
        return lambda: as_secretary.post(f"/problems/{mine.pk}/progress/new/", form)

    pages: list[tuple[str, Any]] = [
        ("bare view, 50 rows", lambda: nobody.get(f"/bench/bare/{township}/")),
        ("ledger, 50 rows", lambda: as_clerk.get("/problems/")),
        ("ledger of the county, 50 rows", lambda: as_county.get("/problems/")),
        ("ledger, search of two characters", lambda: as_clerk.get("/problems/?q=管网")),
        ("county ledger, search of two characters", lambda: as_county.get("/problems/?q=管网")),
        ("problem", lambda: as_clerk.get(f"/problems/{problem.pk}/")),
        ("home of a clerk", lambda: as_clerk.get("/")),
        ("home of a village secretary", lambda: as_secretary.get("/")),
        ("home of the county", lambda: as_county.get("/")),
    ]
    total = Problem.objects.count()
    print(f"{connection.vendor}, {total} problems, median of {options.requests} requests, c=1")
    print(f"{'page':42}{'CPU ms':>8}{'/bare':>8}{'queries':>9}{'kB':>7}")
    base = 0.0
    figures: dict[str, tuple[float, int, float]] = {}
    for name, ask in pages:
        cpu, queries, size = measure(ask, options.requests)
        base = base or cpu
        figures[name] = (cpu, queries, size / 1000)
        print(f"{name:42}{cpu:8.1f}{cpu / base:8.2f}{queries:9}{size / 1000:7.1f}")
    # A save: the form is fetched unmeasured, its POST measured.
    samples, db = [], 0.0
    send = post_progress()
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code == 302
        saves = len(captured)
    for _ in range(options.requests):
        send = post_progress()
        before, t = database_cpu(), time.process_time()
        assert send().status_code == 302
        samples.append(time.process_time() - t)
        db += database_cpu() - before
    cpu = (statistics.median(samples) + db / options.requests) * 1000
    print(f"{'saving a progress entry':42}{cpu:8.1f}{cpu / base:8.2f}{saves:9}{'':>7}")
    figures["saving a progress entry"] = (cpu, saves, 0.0)
    if options.json:
        Path(options.json).write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
