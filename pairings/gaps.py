"""Where help is missing: listed villages without what their round asks for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pairings.models import Pairing
from rounds.models import Designation
from villages.models import Assignment

if TYPE_CHECKING:
    from villages.access import Access


def missing_slots(access: Access, day: date) -> QuerySet[Any]:
    """One row for each listed village and each place not filled on a day: `need` is how it is filled, `need_name` its own name if it has one.

    A village whose round names no places misses something (`need` empty) when nobody at all is paired with it. Villages turned round and
    rounds that are over need nothing any more. One query, counted and paged by the database.
    """
    paired = Pairing.objects.on(day).filter(round=OuterRef("round_id"), village=OuterRef("village_id"))
    usual = paired.filter(kind=OuterRef("need"), slot=None)
    named = paired.filter(slot=OuterRef("need_slot"))
    held = Assignment.objects.on(day).filter(village=OuterRef("village_id"), role=OuterRef("need"))
    return (
        Designation.objects.in_state(Designation.State.APPROVED, day)
        .visible_to(access)
        .filter(round__ends_on__gte=day)
        .annotate(
            need=F("round__pairing_rule__slots__filled_by"),
            need_name=F("round__pairing_rule__slots__name"),
            need_slot=F("round__pairing_rule__slots__pk"),
        )
        .filter(
            (Q(need=None) & ~Exists(paired))
            | (Q(need_name="") & ~Exists(usual) & ~Exists(held))
            | (~Q(need_name="") & Q(need__isnull=False) & ~Exists(named) & ~Exists(held))
        )
    )
