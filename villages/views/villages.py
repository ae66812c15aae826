"""The villages: list, entry, change."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import Role
from common.lists import Column
from villages.forms.filters import VillageFilter
from villages.forms.places import NewVillageForm, VillageEditForm
from villages.models import Assignment, Township, Village
from villages.pages import link
from villages.services import places as services
from villages.views.registry import RecordForm, RegistryList, add_links

SHOWN_IN_LIST = [Role.LINKED_LEADER, Role.RESIDENT_CADRE, Role.VILLAGE_SECRETARY]


class VillageList(RegistryList):
    permission = Permission.VILLAGE_VIEW
    title = "村情"
    noun = "个村"
    filter_form = VillageFilter
    sorts = {"name": ["name", "pk"], "kind": ["kind", "sort", "pk"]}
    empty_text = "还没有登记村。请党建办经办点“登记村”，先把全乡镇的村和社区登记进来。"

    def rows(self) -> QuerySet[Village]:
        today = timezone.localdate()
        rows = (
            Village.objects.visible_to(self.access)
            .select_related("township")
            .prefetch_related(
                Prefetch(
                    "assignments",
                    Assignment.objects.on(today).filter(role__in=SHOWN_IN_LIST).select_related("cadre"),
                    to_attr="on_duty",
                )
            )
        )
        filters = self.filters
        if township := filters.value("township"):
            rows = rows.filter(township=township)
        if kind := filters.value("kind"):
            rows = rows.filter(kind=kind)
        if filters.value("model"):
            rows = rows.filter(is_model=True)
        if not filters.value("closed"):
            rows = rows.filter(Q(closed_on=None) | Q(closed_on__gt=today))
        if q := filters.value("q"):
            rows = rows.filter(Q(name__contains=q) | Q(initials__startswith=q.lower()))
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def holders(role: str) -> Any:
            return lambda v: "、".join(a.cadre.name for a in v.on_duty if a.role == role) or "—"

        columns = [
            Column("村", lambda v: link(v.get_absolute_url(), v.name, here), sort="name", lead=True),
            Column("类别", lambda v: v.get_kind_display(), sort="kind"),
            Column("党组织", lambda v: v.get_org_kind_display()),
            Column("党建示范村", lambda v: "是" if v.is_model else "—"),
            *(Column(Role(role).label, holders(role)) for role in SHOWN_IN_LIST),
        ]
        if len(self.access.all_township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda v: v.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.VILLAGE_EDIT):
            return []
        return add_links(("登记村", reverse("villages:village_create")), here=self.here)


class VillageCreate(RecordForm):
    title = "登记村"
    form_class = NewVillageForm

    def get_form_kwargs(self) -> dict[str, Any]:
        townships = Township.objects.filter(pk__in=self.access.townships_with(self.permission))
        return super().get_form_kwargs() | {"townships": townships}

    def get_initial(self) -> dict[str, Any]:
        townships = self.access.townships_with(self.permission)
        return {"township": next(iter(townships))} if len(townships) == 1 else {}

    def get_success_url(self) -> str:
        return reverse("villages:village_list")

    def perform(self, form: NewVillageForm) -> Village:
        return services.add_village(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class VillageUpdate(RecordForm):
    title = "修改村"
    form_class = VillageEditForm

    def load(self, pk: int) -> None:
        self.village = get_object_or_404(Village.objects.visible_to(self.access), pk=pk)
        self.require(self.permission, township_id=self.village.township_id, village_id=pk)

    def current(self) -> Village:
        return self.village

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.village, name) for name in VillageEditForm.base_fields}

    def get_success_url(self) -> str:
        return self.village.get_absolute_url()

    def perform(self, form: VillageEditForm) -> Village:
        return services.change_village(
            self.village, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
