"""Trainings of village cadres: how many were chosen for which course, never who."""

from typing import Any

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from common.chinese import day_text
from common.lists import Column
from villages.forms.figures import TrainingForm
from villages.forms.filters import TrainingFilter
from villages.models import CadreTraining
from villages.pages import TotalsPage
from villages.services import figures as services
from villages.views.registry import VillageForm, VillageRecordList, village_column


class TrainingList(TotalsPage, VillageRecordList):
    edit_name = "villages:training_update"
    title = "村干部培训"
    noun = "条"
    filter_form = TrainingFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "chosen_on"],
        "chosen": ["chosen_on", "pk"],
        "people": ["people", "pk"],
    }
    default_sort = "-chosen"
    empty_text = "还没有登记村干部培训。打开一个村的“产业、培训和人员”，点“登记培训”。"

    def rows(self) -> QuerySet[CadreTraining]:
        rows = self.placed(CadreTraining.objects.visible_to(self.access).select_related("village"))
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        if year := self.filters.value("year"):
            rows = rows.filter(chosen_on__year=year)
        return rows

    def totals(self, rows: QuerySet[CadreTraining]) -> str:
        return f"合计{rows.order_by().aggregate(n=Sum('people'))['n']}人次"

    def get_columns(self) -> list[Column]:
        return [
            village_column(self.here),
            Column("类别", lambda t: t.get_kind_display()),
            Column("名称", lambda t: t.name),
            Column("确定人选", lambda t: day_text(t.chosen_on), sort="chosen", css="nowrap"),
            Column("开班", lambda t: day_text(t.starts_on), css="nowrap"),
            Column("人数", lambda t: str(t.people), sort="people", css="num nowrap"),
            *self.edit_column(),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return self.add_action("登记培训", "villages:training_create")


class TrainingForms(VillageForm):
    form_class = TrainingForm

    def get_success_url(self) -> str:
        return reverse("villages:village_records", args=[self.village.pk])


class TrainingCreate(TrainingForms):
    title = "登记培训"

    def perform(self, form: TrainingForm) -> None:
        services.add_training(village=self.village, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class TrainingUpdate(TrainingForms):
    title = "修改培训"

    def load(self, pk: int) -> None:
        trainings = CadreTraining.objects.visible_to(self.access).select_related("village__township")
        self.record = get_object_or_404(trainings, pk=pk)
        self.enter(self.record.village)

    def current(self) -> CadreTraining:
        return self.record

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in TrainingForm.base_fields}

    def perform(self, form: TrainingForm) -> None:
        services.change_training(
            self.record, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
