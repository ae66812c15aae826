"""What a village's page shows of those who help it."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse

from accounts.permissions import Permission
from pairings.figures import of_term
from pairings.models import Pairing
from villages.access import Access
from villages.models import Village


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    """结对帮扶: helpers of the village, newest first, with what they brought, and the village before and after; two queries."""
    if Permission.PAIRING_VIEW not in access.permissions:
        return None
    rows = list(
        Pairing.objects.with_names()
        .visible_to(access)
        .filter(village=village)
        .annotate(activity_count=Count("activities"), funds=Sum("activities__funds"))
        .order_by("-starts_on", "-pk")
    )
    running = [p for p in rows if p.starts_on <= access.on <= (p.ends_on or access.on)]
    figures = None
    if running:
        sheets = list(village.years.all())  # loaded already by the village's page, which is in scope
        figures = of_term(min(p.starts_on for p in running), access.on, sheets)
    gaps = f"{reverse('pairings:gap_list')}?{urlencode({'village': village.pk})}"
    return "pairings/_village_section.html", {"rows": rows, "before_after": figures, "gaps": gaps}
