"""What a village's page shows of its problems."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from problems import shown
from problems.models import Problem
from villages.access import Access
from villages.models import Village

SHOWN = 8


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """问题: the village's open problems, red first; one query."""
    if Permission.PROBLEM_VIEW not in access.permissions:
        return None
    day = timezone.localdate()
    found = list(
        Problem.objects.shown_to(access).filter(village=village).open().order_by("queue_on", "pk")[: SHOWN + 1]
    )
    rows = [
        {
            "problem": p,
            "light": shown.light(p.colour_on(day)),
            "due": shown.deadline_text(p.deadline_kind, p.due_on),
            "left": shown.days_text(p.state, p.due_on, day),
        }
        for p in found[:SHOWN]
    ]
    all_url = f"{reverse('problems:problem_list')}?village={village.pk}&state=ledger"
    return "problems/_village_section.html", {"rows": rows, "more": len(found) > SHOWN, "all_url": all_url}
