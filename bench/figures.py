"""CPU seconds and queries of the figures of a summary: a township of 3,000 problems, a county of 100 townships and 60,000.

    python -m bench.figures            # builds what it measures in an empty database of its own, about two minutes

The bounds: a township within 0.5 s and 60 queries, a county within 5 s and no more queries than a township.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--townships", type=int, default=100)
    parser.add_argument("--problems", type=int, default=60_000)
    parser.add_argument("--keep", help="directory whose database is used, and filled when it is empty")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        os.environ["DATA_DIR"] = options.keep or fresh
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
        import django

        django.setup()
        prepare(options.townships, options.problems)
        return report()


def prepare(townships: int, problems: int) -> None:
    """A county, and one large township of another county."""
    from django.core.management import call_command
    from django.utils import timezone

    from problems.models import Problem
    from rectify.dataset import Size, make

    call_command("migrate", verbosity=0)
    if not Problem.objects.exists():
        today = timezone.localdate()
        make(Size(townships, 20 * townships, problems), seed=1, today=today)
        make(Size(1, 40, 3000), seed=2, today=today)


def report() -> int:
    from django.utils import timezone

    from rounds.models import Round

    today = timezone.localdate()
    counties: dict[int, list[Round]] = {}
    for round in Round.objects.filter(year=today.year).select_related("township__county").order_by("pk"):
        counties.setdefault(round.township.county_id, []).append(round)
    failed = False
    for rounds in sorted(counties.values(), key=len):
        one = len(rounds) == 1
        seconds, queries, problems = measure(rounds[0] if one else rounds, today)
        most = 0.5 if one else 5.0
        ok = seconds <= most and queries <= 60
        failed |= not ok
        name = "one township" if one else f"{len(rounds)} townships"
        print(f"{name:>15} {problems:>7} problems {seconds:6.2f} s CPU (≤ {most}) {queries:>4} queries (≤ 60)"
              f" {'ok' if ok else 'TOO SLOW'}")  # fmt: skip
    return int(failed)


def measure(rounds: object, today: object) -> tuple[float, int, int]:
    """The best of three: CPU seconds of this process, queries, problems counted."""
    from datetime import timedelta

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from reports.figures import compute

    start = today.replace(month=3, day=5)  # type: ignore[attr-defined]
    asked = {
        "kind": "stage", "starts_on": start, "ends_on": today, "as_of": today,
        "compared_with": today - timedelta(days=30),  # type: ignore[operator]
    }  # fmt: skip
    best, problems = float("inf"), 0
    for _ in range(3):
        began = time.process_time()
        figures = compute(rounds, **asked)  # type: ignore[arg-type]
        best = min(best, time.process_time() - began)
        problems = int(figures["problems"].value)
    with CaptureQueriesContext(connection) as queries:
        compute(rounds, **asked)  # type: ignore[arg-type]
    return best, len(queries), problems


if __name__ == "__main__":
    sys.exit(main())
