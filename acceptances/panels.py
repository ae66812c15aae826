"""What a designation's page shows of its acceptance."""

from __future__ import annotations

from typing import Any

from acceptances.models import Acceptance
from accounts.permissions import Permission
from rounds.models import Designation
from villages.access import Access


def of_designation(designation: Designation, access: Access) -> tuple[str, dict[str, Any]] | None:
    """验收: every attempt with its scores, and the button that begins one; one query."""
    if not designation.approved_on or Permission.ROUND_VIEW not in access.permissions:
        return None
    rows = list(Acceptance.objects.filter(designation=designation).with_scores().order_by("-attempt"))
    standing = designation.removed_on is None and designation.turned_round_on is None
    running = any(row.is_running for row in rows)
    return "acceptances/_designation_panel.html", {
        "rows": rows,
        "designation": designation,
        "standing": standing,
        "may_ask": standing
        and not running
        and access.may(
            Permission.ACCEPTANCE_ASK,
            township_id=designation.round.township_id,
            village_id=designation.village_id,
        ),
    }
