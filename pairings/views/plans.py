"""The plan of a pairing: its matters, entered and changed from the pairing's page."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from audit.services import history
from pairings.forms.activities import PlanItemChangeForm, PlanItemForm
from pairings.models import Pairing, PlanItem
from pairings.services import plans as services
from pairings.views.activities import OfPairing
from pairings.views.pairings import NAMES


class PlanItemCreate(OfPairing):
    form_class = PlanItemForm
    title = "登记帮扶计划事项"
    success_text = "已列入帮扶计划。"

    def load(self, pk: int) -> None:
        rows = Pairing.objects.visible_to(self.access).select_related(*NAMES)
        self.pairing = get_object_or_404(rows, pk=pk)
        self.allow()

    def perform(self, form: PlanItemForm) -> None:
        services.add_plan_item(pairing=self.pairing, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class PlanItemUpdate(OfPairing):
    form_class = PlanItemChangeForm
    title = "修改帮扶计划事项"

    def load(self, pk: int) -> None:
        rows = PlanItem.objects.visible_to(self.access).select_related(*(f"pairing__{name}" for name in NAMES))
        self.item = get_object_or_404(rows, pk=pk)
        self.pairing = self.item.pairing
        self.allow()

    def current(self) -> PlanItem:
        return self.item

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.item, name) for name in services.FIELDS}

    def perform(self, form: PlanItemChangeForm) -> None:
        services.change_plan_item(
            self.item, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"record": self.item, "history": history(self.item)}
