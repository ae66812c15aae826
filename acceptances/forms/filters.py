"""Filters above the lists of acceptances, follow-ups and looks back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from acceptances.models import Acceptance, FollowUp, Recheck
from rounds.forms.filters import VillageRoundFilter, add_period, codes


class AcceptanceFilter(VillageRoundFilter):
    as_of = None
    STATES = [("running", "办理中"), *Acceptance.State.choices]
    state = forms.ChoiceField(label="状态", choices=codes(STATES), required=False)
    verdict = forms.ChoiceField(
        label="结论", choices=codes([("passed", "合格和基本合格"), *Acceptance.Verdict.choices]), required=False
    )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = self.of_round(rows, "designation__round__")
        if village := self.value("village"):
            rows = rows.filter(designation__village=village)
        if state := self.value("state"):
            rows = rows.running() if state == "running" else rows.filter(state=state)
        if verdict := self.value("verdict"):
            rows = rows.passed() if verdict == "passed" else rows.filter(verdict=verdict)
        return rows


class FollowUpFilter(VillageRoundFilter):
    state = forms.ChoiceField(label="状态", choices=codes(FollowUp.State.choices), required=False)


class RecheckFilter(VillageRoundFilter):
    as_of = None
    result = forms.ChoiceField(label="结论", choices=codes(Recheck.Result.choices), required=False)


add_period(AcceptanceFilter)
add_period(RecheckFilter)
