"""Supervision slips: how many were issued in the period, how far they had risen, how many had come to their end."""

from __future__ import annotations

from reports.figures.figure import Tally
from reports.figures.scope import Scope
from supervision.models import Slip, SlipStep
from supervision.terms import Level


def add(tally: Tally, scope: Scope) -> None:
    slips = list(
        Slip.objects.filter(scope.during("issued_on"), scope.mine())
        .order_by("year", "number")
        .values("pk", "closed_on", "issued_by")
    )
    listed = "supervision:slip_list"
    tally.count("slips", "督办单", "份", (s["pk"] for s in slips), listed, **scope.period)
    by_hand = [s["pk"] for s in slips if s["issued_by"]]
    tally.count("slips.by_hand", "人工签发督办单", "份", by_hand, listed, written="hand", **scope.period)
    reached: dict[int, Level] = {}
    steps = SlipStep.objects.filter(
        scope.mine("slip__round"), scope.during("slip__issued_on"), raised_on__lte=scope.as_of
    )
    for slip, level in steps.order_by("pk").values_list("slip_id", "level"):
        found = Level(level)
        if slip not in reached or found.rank > reached[slip].rank:
            reached[slip] = found
    for level in Level:
        tally.count(
            f"slips.{level}", level.label, "份", (s["pk"] for s in slips if reached.get(s["pk"]) == level), listed,
            level=level, **scope.period, **scope.then,
        )  # fmt: skip
    ended = [s["pk"] for s in slips if s["closed_on"] and s["closed_on"] <= scope.as_of]
    tally.count("slips.closed", "督办单已办结", "份", ended, listed, state="closed", **scope.period, **scope.then)
