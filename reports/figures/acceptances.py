"""Whether villages may leave the list: who asked, what was scored, the verdicts, and how it held afterwards."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from acceptances.models import Acceptance, FollowUp, Recheck
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso

LISTED = "acceptances:acceptance_list"


def add(tally: Tally, scope: Scope) -> None:
    """As of the day: what was confirmed by then. Two queries, and two for what follows a verdict."""
    rows = list(
        Acceptance.objects.filter(scope.mine("designation__round"), asked_on__lte=scope.as_of)
        .with_scores()
        .select_related("designation__village")
        .order_by("designation__village__sort", "designation__village_id", "attempt")
    )
    settled = [a for a in rows if a.confirmed_on and a.confirmed_on <= scope.as_of]
    until = {"to": iso(scope.as_of)}
    tally.count("accepted", "验收得出结论", "个", (a.pk for a in settled), LISTED, state="settled", **until)
    for verdict in Acceptance.Verdict:
        tally.count(
            f"accepted.{verdict}", f"验收{verdict.label}", "个", (a.pk for a in settled if a.verdict == verdict), LISTED,
            verdict=verdict, **until,
        )  # fmt: skip
    if scope.is_one:
        for a in settled:
            key = f"accepted.{a.designation.village_id}.score"
            label = f"{a.designation.village.name}验收得分"
            tally.total(key, label, "分", [(a.pk, a.score)], LISTED, only=True)
    tally.facts["accepted"] = [_fact(a) for a in settled]
    ended = {a.pk for a in settled}
    waiting = [a for a in rows if a.pk not in ended and not _returned(a, scope)]
    tally.facts["accepting"] = [
        {"village": a.designation.village.name, "checked": bool(a.checked_on and a.checked_on <= scope.as_of)}
        for a in waiting
    ]
    _afterwards(tally, scope)


def _returned(acceptance: Acceptance, scope: Scope) -> bool:
    return bool(
        acceptance.state == Acceptance.State.RETURNED and acceptance.checked_on and acceptance.checked_on <= scope.as_of
    )


def _fact(a: Any) -> dict[str, Any]:
    return {
        "village": a.designation.village.name,
        "village_id": a.designation.village_id,
        "verdict": a.verdict,
        "asked_on": iso(a.asked_on),
        "checked_on": iso(a.checked_on),
        "township_score": "" if a.township_score is None else f"{a.township_score.normalize():f}",
        "judged_on": iso(a.judged_on),
        "body": a.judged_body,
        "number": a.document_number,
        "on": iso(a.confirmed_on),
        "remaining": a.remaining,
    }


def _afterwards(tally: Tally, scope: Scope) -> None:
    """Looks that the township took in the period at villages of earlier rounds and of this one."""
    here = Q(acceptance__designation__round__township_id__in=scope.township_ids)
    looks = list(
        FollowUp.objects.filter(here, scope.during("done_on"))
        .order_by("done_on", "pk")
        .values_list("pk", "acceptance__designation__village")
    )
    # Rows of earlier rounds too: the link names them and no round.
    listed: dict[str, Any] = {"list_name": "acceptances:follow_up_list", "only": True, "round": None}
    tally.distinct("follow_ups.villages", "跟踪巩固的村", "个", looks, **listed)
    tally.count("follow_ups", "跟踪巩固", "次", (pk for pk, _ in looks), **listed)
    back = list(
        Recheck.objects.filter(here, scope.during("held_on"))
        .order_by("held_on", "pk")
        .values("pk", "result", "held_on", "acceptance__designation__village__name")
    )
    tally.count("rechecks", "回头看", "次", (r["pk"] for r in back), "acceptances:recheck_list", only=True, round=None)
    tally.facts["rechecks"] = [
        {"village": r["acceptance__designation__village__name"], "on": iso(r["held_on"]), "result": r["result"]}
        for r in back
    ]
