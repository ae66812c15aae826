"""What a village's page shows of those who help it."""

from typing import Any

from django.db.models import Count, Sum

from accounts.permissions import Permission
from pairings.models import Pairing
from villages.access import Access
from villages.models import Village


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """结对帮扶: helpers of the village, newest first, with what they brought; one query."""
    if Permission.PAIRING_VIEW not in access.permissions:
        return None
    rows = (
        Pairing.objects.visible_to(access)
        .filter(village=village)
        .with_names()
        .annotate(activity_count=Count("activities"), funds=Sum("activities__funds"))
        .order_by("-starts_on", "-pk")
    )
    return "pairings/_village_section.html", {"rows": list(rows)}
