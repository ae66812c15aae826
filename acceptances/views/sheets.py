"""The round's score sheet: shown, set up, changed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from acceptances.forms.sheets import SetUpForm, SheetForm
from acceptances.models import ScoreSheet
from acceptances.services import sheets as services
from accounts.permissions import Permission
from audit.services import history
from rounds.models import Round
from villages.pages import FormPage, Page


def load_round(page: Any, pk: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(page.access).select_related("township"), pk=pk)


class SheetDetail(Page):
    permission = Permission.ROUND_VIEW
    template_name = "acceptances/sheet_detail.html"

    def load(self, pk: int) -> None:
        self.round = load_round(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round = self.round
        sheet = ScoreSheet.objects.filter(round=round).select_related("copied_from__round").first()
        may_edit = self.access.may(Permission.ROUND_EDIT, township_id=round.township_id)
        return super().get_context_data(**kwargs) | {
            "title": f"{round.township.name}{round}验收评分表",
            "round": round,
            "sheet": sheet,
            "items": list(sheet.items.all()) if sheet else [],
            "used": bool(sheet and services.is_used(sheet)),
            "may_edit": may_edit,
            "history": history(sheet) if sheet else [],
        }


class SheetPage(FormPage):
    permission = Permission.ROUND_EDIT
    template_name = "acceptances/sheet_form.html"

    def load(self, pk: int) -> None:
        self.round = load_round(self, pk)
        self.require(Permission.ROUND_EDIT, township_id=self.round.township_id)

    def get_success_url(self) -> str:
        return reverse("acceptances:sheet_detail", args=[self.round.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"round": self.round}


class SheetCreate(SheetPage):
    form_class = SetUpForm
    template_name = "acceptances/form.html"
    title = "建立验收评分表"
    button = "建立"
    intro = "建立后可以调整项目、标准和分值；第一个村评分以后，本轮不再改动。"
    success_text = "已建立评分表。"

    def sources(self) -> QuerySet[ScoreSheet]:
        sheets = ScoreSheet.objects.filter(round__township_id=self.round.township_id).exclude(round=self.round)
        return sheets.select_related("round")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"sources": self.sources()}

    def get_initial(self) -> dict[str, Any]:
        return {"source": self.sources().first()}

    def perform(self, form: SetUpForm) -> ScoreSheet:
        return services.set_up_sheet(
            round=self.round, copied_from=form.cleaned_data["source"], by=self.request.user, at=timezone.now()
        )


class SheetUpdate(SheetPage):
    form_class = SheetForm
    title = "修改验收评分表"
    intro = "各项分值合计100分。清空一行即去掉这一项，空行可以增加项目。"

    def load(self, pk: int) -> None:
        super().load(pk)
        self.sheet = get_object_or_404(ScoreSheet.objects.select_related("round"), round=self.round)

    def current(self) -> ScoreSheet:
        return self.sheet

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"present": services.rows_of(self.sheet)}

    def perform(self, form: SheetForm) -> ScoreSheet:
        return services.change_sheet(
            self.sheet, rows=form.rows(), base_version=self.base_version, by=self.request.user, at=timezone.now()
        )
