"""What every page of one summary begins with."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from reports.models import Summary
from villages.pages import PermissionRequired

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
