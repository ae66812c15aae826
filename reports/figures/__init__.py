"""The figures of a summary: computed once from the records, as plain data, each knowing what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reports.figures import (
    acceptances,
    coordination,
    economy,
    inspections,
    listing,
    members,
    organisation,
    otherwork,
    pairings,
    problems,
    supervision,
)
from reports.figures.figure import Figure, Figures, Rule, Tally
from reports.figures.scope import Scope, iso
from rounds.models import Designation, Round

__all__ = ["Figure", "Figures", "Rule", "Scope", "compute"]

# In the order of the paper. Each module adds its figures and facts with a fixed number of queries, whatever the number of rows.
NOUNS = (
    listing,
    organisation,
    pairings,
    problems,
    coordination,
    inspections,
    supervision,
    members,
    economy,
    acceptances,
    otherwork,
)


def compute(
    rounds: Round | Sequence[Round],
    *,
    kind: str,
    starts_on: date,
    ends_on: date,
    as_of: date,
    compared_with: date | None = None,
) -> Figures:
    """Everything a summary of this round and period states, as of a day.

    Of several townships' rounds (they share year and number) the figures count all; what sentences would name one by one is left out.
    """
    those = (rounds,) if isinstance(rounds, Round) else tuple(rounds)
    if len({r.key for r in those}) != 1:
        raise ValueError("rounds of one year and number are counted together, and at least one of them")
    listed = Designation.objects.filter(round__in=those).listed_on(as_of).select_related("village")
    villages = {d.village_id: d.village for d in listed.order_by("village__sort", "village_id")}
    scope = Scope(those, kind, starts_on, ends_on, as_of, villages, compared_with)
    common = {"round": those[0].key}
    tally = Tally(common | {"township": str(those[0].township_id)} if scope.is_one else common)
    for noun in NOUNS:
        noun.add(tally, scope)
    return Figures(_about(scope), tally.figures, tally.facts)


def _about(scope: Scope) -> dict[str, object]:
    round = scope.round
    township = round.township
    return {
        "round_id": round.pk,
        "township_id": township.pk,
        "township": township.name,
        "township_kind": township.kind,
        "county": township.county.name,
        "committee": township.county.party_committee,
        "campaign": round.campaign,
        "year": round.year,
        "number": round.number,
        "label": round.label,
        "deployed_by": round.deployed_by,
        "aim": round.aim,
        "round_starts_on": iso(round.starts_on),
        "round_ends_on": iso(round.ends_on),
        "income_threshold": str(round.income_threshold),
        "kind": scope.kind,
        "starts_on": iso(scope.starts_on),
        "ends_on": iso(scope.ends_on),
        "as_of": iso(scope.as_of),
        "compared_with": iso(scope.compared_with),
        "villages": [v.name for v in scope.villages.values()],
        "communities": sum(v.kind == v.Kind.COMMUNITY for v in scope.villages.values()),
    }
