"""Who helps which village, and what the helpers did."""

from __future__ import annotations

from django.db.models import Q

from pairings.models import Activity, Pairing
from reports.figures.figure import Tally
from reports.figures.scope import Scope


def add(tally: Tally, scope: Scope) -> None:
    pairings = list(
        Pairing.objects.filter(Q(ends_on=None) | Q(ends_on__gte=scope.as_of), scope.mine())
        .filter(starts_on__lte=scope.as_of)
        .select_related("village", "helper_village", "helper_cadre", "helper_unit", "helped_cadre", "slot")
        .order_by("village__sort", "village_id", "pk")
    )
    tally.count("pairings", "结对帮扶", "对", (p.pk for p in pairings), "pairings:pairing_list", **scope.then)
    tally.facts["pairings"] = [
        {
            "kind": p.kind,
            "slot": p.slot.name if p.slot else "",
            "village": p.village.name,
            "helper": str(p.helper),
            "helper_title": p.helper_cadre.title if p.helper_cadre else "",
            "helped": p.helped_cadre.name if p.helped_cadre else "",
            "helped_title": p.helped_cadre.title if p.helped_cadre else "",
        }
        for p in pairings
    ]
    activities = list(
        Activity.objects.filter(scope.during("held_on"), scope.mine("pairing__round"))
        .order_by("held_on", "pk")
        .values("pk", "kind", "funds")
    )
    listed = ("pairings:activity_list", scope.period)
    tally.count("activities", "帮扶活动", "次", (a["pk"] for a in activities), listed[0], **listed[1])
    for kind in Activity.Kind:
        ids = [a["pk"] for a in activities if a["kind"] == kind]
        tally.count(f"activities.{kind}", kind.label, "次", ids, listed[0], kind=kind, **listed[1])
    tally.total(
        "activities.funds", "协调资金", "万元", ((a["pk"], a["funds"]) for a in activities), listed[0], **listed[1]
    )
