"""Stations and outside departments."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import Column
from villages.forms.units import UnitFilter, UnitForm
from villages.models import County, Township, Unit
from villages.pages import link, with_back
from villages.services import units as services
from villages.views.registry import RecordForm, RegistryList


def may_edit_unit(access: Any, unit: Unit) -> bool:
    """A township's stations are its office's. A department of the county serves every township: it is the administrator's to change."""
    if unit.township_id is None:
        return access.is_administrator and access.may(Permission.UNIT_EDIT)
    return access.may(Permission.UNIT_EDIT, township_id=unit.township_id)


class UnitList(RegistryList):
    permission = Permission.CADRE_VIEW
    title = "站所和部门"
    noun = "个单位"
    filter_form = UnitFilter
    sorts = {"name": ["name", "pk"], "kind": ["kind", "pk"]}
    empty_text = "还没有登记单位。登记镇属站所和县级部门后，才能指定责任单位和协助单位。"

    def rows(self) -> QuerySet[Unit]:
        rows = Unit.objects.visible_to(self.access).select_related("township")
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        if q := self.filters.value("q"):
            rows = rows.filter(name__contains=q)
        return rows

    def get_columns(self) -> list[Column]:
        access, here = self.access, self.here

        def name(unit: Unit) -> str:
            if not may_edit_unit(access, unit):
                return unit.name
            return link(reverse("villages:unit_update", args=[unit.pk]), unit.name, here)

        return [
            Column("名称", name, sort="name", lead=True),
            Column("类别", lambda u: u.get_kind_display(), sort="kind"),
            Column("乡镇", lambda u: u.township.name if u.township else "—"),
            Column("职能", lambda u: u.handles or "—"),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return (
            [("登记单位", with_back(reverse("villages:unit_create"), self.here))]
            if self.access.may(Permission.UNIT_EDIT)
            else []
        )


class UnitFormPage(RecordForm):
    permission = Permission.UNIT_EDIT
    form_class = UnitForm

    def counties(self) -> QuerySet[County]:
        """Counties a unit may be registered in: those of the townships one works for."""
        counties = County.objects.filter(pk__in=self.access.county_ids).order_by("pk")
        if self.access.is_administrator:
            return counties
        return counties.filter(townships__in=self.access.townships_with(Permission.UNIT_EDIT)).distinct()

    def get_form_kwargs(self) -> dict[str, Any]:
        townships = Township.objects.filter(pk__in=self.access.townships_with(Permission.UNIT_EDIT))
        return super().get_form_kwargs() | {"townships": townships.select_related("county"), "counties": None}

    def get_success_url(self) -> str:
        return reverse("villages:unit_list")


class UnitCreate(UnitFormPage):
    title = "登记单位"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"counties": self.counties()}

    def perform(self, form: UnitForm) -> None:
        services.add_unit(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class UnitUpdate(UnitFormPage):
    title = "修改单位"

    def load(self, pk: int) -> None:
        self.unit = get_object_or_404(Unit.objects.visible_to(self.access).select_related("county"), pk=pk)
        if not may_edit_unit(self.access, self.unit):
            raise PermissionDenied

    def current(self) -> Unit:
        return self.unit

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.unit, name) for name in services.FIELDS}

    def perform(self, form: UnitForm) -> None:
        services.change_unit(
            self.unit, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
