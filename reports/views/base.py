"""What every page of one summary begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from accounts.permissions import Permission
from reports.models import Part, Summary
from villages.pages import PermissionRequired, with_back

State = Summary.State
LIGHTS = {
    State.DRAFT: "light-grey",
    State.REVIEW: "light-yellow",
    State.SIGNED: "light-green",
    State.WITHDRAWN: "light-red",
}


class OneSummary(PermissionRequired):
    """Loads one summary in scope, then asks for the right at its township."""

    permission = Permission.SUMMARY_VIEW
    needs: Permission | None = None

    def load(self, pk: int) -> None:
        self.take(pk)

    def take(self, pk: int) -> None:
        self.summary = get_object_or_404(
            Summary.objects.visible_to(self.access).select_related(
                "township", "round__township", "author", "signed_by"
            ),
            pk=pk,
        )
        self.require(self.needs or self.permission, township_id=self.summary.township_id)

    def get_success_url(self) -> str:
        return self.summary.get_absolute_url()


def gaps_of(summary: Summary, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """What the figures lack and may still have entered, with the page where it is done; `waits`: it is there, but nobody confirmed it."""
    by_key = {part.key: part for part in parts}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for gap in summary.missing:
        name, _, waiting = gap["entered"].partition("?")
        here = f"round={summary.round.key}&township={summary.township_id}"
        try:
            url = with_back(f"{reverse(name)}?{waiting}{'&' if waiting else ''}{here}", summary.get_absolute_url())
        except NoReverseMatch:
            url = ""
        rows.setdefault(
            (gap["missing"], url),
            {"missing": gap["missing"], "url": url, "part": by_key.get(gap["part"]), "waits": bool(waiting)},
        )
    return list(rows.values())
