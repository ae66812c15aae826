"""Responsibility for problems and measures passes to another person: with a post that is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.models import save_if_unchanged
from problems.models import Measure, Problem
from problems.services.ledger import search_text
from villages.handing import pass_on
from villages.models import Cadre

VERB = "随岗位交接变更责任人"


@transaction.atomic
def pass_on_problems(
    *, owned: Iterable[int], led: Iterable[int], to: Cadre, by: Any, at: datetime, reason: str
) -> None:
    """Make `to` the owner (责任人) of the problems `owned` and the lead official (责任领导) of those `led`, whatever their state is now."""
    owned, led = set(owned), set(led)
    entries = []
    for problem in Problem.objects.with_names().select_for_update(of=("self",)).filter(pk__in=owned | led):
        fields = [name for name, keys in (("owner", owned), ("lead_official", led)) if problem.pk in keys]
        before = audit.snapshot(problem, fields)
        for name in fields:
            setattr(problem, name, to)
        problem.search_text = search_text(problem)
        problem.updated_at = at
        save_if_unchanged(problem, expected_version=problem.version, fields=[*fields, "search_text", "updated_at"])
        entries.append(
            audit.entry(problem, VERB, by=by, at=at, changes=audit.changes_since(before, problem), reason=reason)
        )
    audit.record_many(entries)


@transaction.atomic
def pass_on_measures(*, owned: Iterable[int], to: Cadre, by: Any, at: datetime, reason: str) -> None:
    """Make `to` the owner of the measures."""
    rows = Measure.objects.select_related("problem", "owner").select_for_update(of=("self",))
    pass_on(rows.filter(pk__in=set(owned)), "owner", to, verb=VERB, by=by, at=at, reason=reason)
