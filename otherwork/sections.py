"""What a village's page shows of its other work."""

from typing import Any

from accounts.permissions import Permission
from villages.access import Access
from villages.models import Village


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """其他工作: the way to the village's entries and to a new one; no query, the page has many sections."""
    if Permission.OTHERWORK_VIEW not in access.permissions:
        return None
    may_post = access.may(Permission.OTHERWORK_POST, township_id=village.township_id, village_id=village.pk)
    return "otherwork/_village_section.html", {"village": village, "may_post": may_post}
