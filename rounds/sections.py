"""What a village's page shows of its rounds."""

from typing import Any

from accounts.permissions import Permission
from rounds.models import Designation
from villages.access import Access
from villages.models import Village


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """历轮整顿: every round the village was proposed for; one query."""
    if Permission.ROUND_VIEW not in access.permissions:
        return None
    rows = (
        Designation.objects.visible_to(access)
        .filter(village=village)
        .select_related("round", "earlier__round")
        .order_by("-round__starts_on", "-pk")
    )
    return "rounds/_village_section.html", {"rows": [(d, d.state_on(access.on)) for d in rows]}
