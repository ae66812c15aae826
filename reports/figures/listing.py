"""Which villages are in the round, and the screening that found them."""

from __future__ import annotations

from typing import Any

from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from rounds.models import Designation, ScreeningVisit


def add(tally: Tally, scope: Scope) -> None:
    _designations(tally, scope)
    _screening(tally, scope)


def _designations(tally: Tally, scope: Scope) -> None:
    rows = list(
        Designation.objects.filter(scope.mine(), village_id__in=scope.villages)
        .select_related("village")
        .prefetch_related("criteria")
        .order_by("village__sort", "village_id")
    )
    turned = [d for d in rows if d.turned_round_on and d.turned_round_on <= scope.as_of]
    tally.count(
        "listed", "整治对象", "个", (d.pk for d in rows), "rounds:designation_list", state="listed", **scope.then
    )
    tally.count(
        "turned_round", "已转化", "个", (d.pk for d in turned), "rounds:designation_list",
        state="turned_round", **scope.then,
    )  # fmt: skip
    turned_ids = {d.pk for d in turned}
    tally.count(
        "rectifying", "整顿中", "个", (d.pk for d in rows if d.pk not in turned_ids), "rounds:designation_list",
        state="approved", **scope.then,
    )  # fmt: skip
    tally.facts["designations"] = [_fact(d, scope) for d in rows]


def _fact(d: Designation, scope: Scope) -> dict[str, Any]:
    return {
        "village_id": d.village_id,
        "village": d.village.name,
        "party_org": d.village.party_org,
        "kind": d.village.get_kind_display(),
        "proposed_on": iso(d.proposed_on),
        "approved_on": iso(d.approved_on),
        "body": d.approved_by_body,
        "criteria": [c.text for c in d.criteria.all()],
        "facts": d.facts,
        "listed_again": d.earlier_id is not None,
        "turned_round_on": iso(d.turned_round_on) if d.turned_round_on and d.turned_round_on <= scope.as_of else "",
    }


def _screening(tally: Tally, scope: Scope) -> None:
    """The screening precedes the round, so only the as-of day bounds it."""
    visits = list(
        ScreeningVisit.objects.filter(scope.mine(), visited_on__lte=scope.as_of)
        .order_by("visited_on", "pk")
        .values("pk", "village_id", "visited_on", "households")
    )
    to = {"to": scope.as_of.isoformat()}
    tally.distinct(
        "screened_villages", "排查村", "个", ((v["pk"], v["village_id"]) for v in visits), "rounds:screening_list", **to
    )
    tally.total(
        "screened_households", "排查走访户", "户", ((v["pk"], v["households"]) for v in visits),
        "rounds:screening_list", **to,
    )  # fmt: skip
    if visits:
        tally.facts["screening"] = {
            "first_on": iso(visits[0]["visited_on"]),
            "last_on": iso(visits[-1]["visited_on"]),
        }
