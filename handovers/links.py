"""What pages of villages link to (villages.handing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from handovers.models import HandOver
from villages.models import Assignment


def start(assignment: Assignment) -> tuple[str, str]:
    return "交接", reverse("handovers:handover_create", args=[assignment.pk])


def papers(duties: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """Duty → the paper by which it was taken over; one query."""
    rows = HandOver.objects.filter(successor__in=duties)
    return {row.successor_id: (str(row), row.get_absolute_url()) for row in rows if row.successor_id}
