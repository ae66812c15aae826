"""Which units helped with a problem, and when: kept beside the present ones, so that a past day can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from problems.models import Assistance, Problem


@transaction.atomic
def follow(days: Mapping[int, date]) -> None:
    """Bring the dated rows of these problems (key → day of the change) in line with their present assisting units.

    Called after every write of `assisting_units`; calling it again changes nothing.
    """
    if not days:
        return
    present = set(
        Problem.assisting_units.through.objects.filter(problem__in=days).order_by("pk").values_list("problem_id", "unit_id")
    )  # fmt: skip
    held = {(row.problem_id, row.unit_id): row for row in Assistance.objects.filter(problem__in=days, until=None)}
    ended = [row for key, row in held.items() if key not in present]
    for row in ended:
        row.until = max(row.since, days[row.problem_id])
    if ended:
        Assistance.objects.bulk_update(ended, ["until"], batch_size=500)
    begun = sorted(present - held.keys())
    if begun:
        Assistance.objects.bulk_create(
            (Assistance(problem_id=problem, unit_id=unit, since=days[problem]) for problem, unit in begun),
            batch_size=500,
        )
