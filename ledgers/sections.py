"""What a problem's page shows of this app: that it was taken over from an old ledger."""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission
from ledgers.models import Backfill
from problems.models import Problem
from villages.access import Access


def of_problem(problem: Problem, access: Access) -> tuple[str, dict[str, Any]] | None:
    """补录: from which file and row, who brought and who confirmed it; one query."""
    found = Backfill.objects.filter(problem=problem).select_related("record__by", "record__applied_by").first()
    if found is None:
        return None
    # The import's page is the office's; others read where the row comes from.
    opens = access.may(Permission.MEETING_EDIT, township_id=problem.township_id)
    return "ledgers/_problem_backfill.html", {"backfill": found, "record": found.record, "opens": opens}
