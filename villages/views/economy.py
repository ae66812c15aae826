"""Ways of the villages to more income: the list of all, and one path."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from common.chinese import day_text
from common.lists import Column
from villages.forms.figures import PathForm
from villages.forms.filters import PathFilter
from villages.models import EconomyPath, Village
from villages.services import figures as services
from villages.views.registry import VillageForm, VillageRecordList, village_column


class EconomyList(VillageRecordList):
    edit_name = "villages:path_update"
    title = "集体经济路径"
    noun = "项"
    filter_form = PathFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "started_on"],
        "path": ["path", "village__sort", "pk"],
        "started": ["started_on", "pk"],
    }
    default_sort = "village"
    empty_text = "还没有登记集体经济路径。打开一个村的“产业、培训和人员”，点“登记路径”。"

    def rows(self) -> QuerySet[EconomyPath]:
        rows = EconomyPath.objects.visible_to(self.access).select_related("village").prefetch_related("partners")
        rows = self.placed(rows)
        if path := self.filters.value("path"):
            rows = rows.filter(path=path)
        return rows

    def get_columns(self) -> list[Column]:
        return [
            village_column(self.here),
            Column("路径", lambda p: p.get_path_display(), sort="path"),
            Column("产业（项目）", lambda p: p.industry),
            Column("联建村", lambda p: "、".join(v.name for v in p.partners.all()) or "—"),
            Column("开始日期", lambda p: day_text(p.started_on), sort="started", css="nowrap"),
            Column("成效", lambda p: p.result or "—"),
            *self.edit_column(),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return self.add_action("登记路径", "villages:path_create")


class PathForms(VillageForm):
    form_class = PathForm

    def get_form_kwargs(self) -> dict[str, Any]:
        # Partners are named, not opened: a village secretary may name the neighbour he works with.
        others = Village.objects.filter(township=self.village.township_id, closed_on=None).exclude(pk=self.village.pk)
        return super().get_form_kwargs() | {"villages": others}

    def get_success_url(self) -> str:
        return reverse("villages:village_records", args=[self.village.pk])


class PathCreate(PathForms):
    title = "登记集体经济路径"

    def perform(self, form: PathForm) -> None:
        services.add_path(village=self.village, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class PathUpdate(PathForms):
    title = "修改集体经济路径"

    def load(self, pk: int) -> None:
        paths = EconomyPath.objects.visible_to(self.access).select_related("village__township")
        self.record = get_object_or_404(paths, pk=pk)
        self.enter(self.record.village)

    def current(self) -> EconomyPath:
        return self.record

    def get_initial(self) -> dict[str, Any]:
        record = self.record
        return {name: getattr(record, name) for name in ("path", "industry", "started_on", "result")} | {
            "partners": list(record.partners.all())
        }

    def perform(self, form: PathForm) -> None:
        services.change_path(
            self.record, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
