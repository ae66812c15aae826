"""The job of every day: monthly drafts that are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from reports import services


def monthly_drafts(progress: Callable[[int, str], None], *, day: str) -> dict[str, Any]:
    """Write the drafts due by that day; a second delivery finds them written."""
    progress(10, "按设置起草月报")
    made = services.draft_of_the_month(today=date.fromisoformat(day), at=timezone.now())
    return {"drafted": [summary.pk for summary in made]}
