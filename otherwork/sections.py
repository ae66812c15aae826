"""What a village's page shows of its other work."""

from typing import Any

from accounts.permissions import Permission
from otherwork.models import WorkEntry
from villages.access import Access
from villages.models import Village

SHOWN = 5


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """其他工作: the newest entries of the village; one query."""
    if Permission.OTHERWORK_VIEW not in access.permissions:
        return None
    rows = WorkEntry.objects.visible_to(access).counted().filter(village=village).select_related("kind", "village")
    may_post = access.may(Permission.OTHERWORK_POST, township_id=village.township_id, village_id=village.pk)
    return "otherwork/_village_section.html", {"rows": list(rows[:SHOWN]), "village": village, "may_post": may_post}
