"""The way from a village's page to its file."""

from typing import Any

from villages.access import Access
from villages.models import Village


def of_village(village: Village, access: Access) -> tuple[str, dict[str, Any]] | None:
    return "archives/_village_section.html", {"village": village}
