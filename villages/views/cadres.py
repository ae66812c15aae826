"""Cadres: the directory of people, one person with duties and posts, entry and change."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import day_text
from common.lists import Column
from villages.forms.filters import CadreFilter
from villages.forms.people import CadreEditForm, CadreForm
from villages.models import Assignment, Cadre, County, PostTenure, Township, Unit, Village
from villages.pages import Page, link
from villages.services import people
from villages.views.assignments import duty_actions, may_edit_duty
from villages.views.registry import RecordForm, RegistryList, add_links, offered_places, span


class CadreList(RegistryList):
    permission = Permission.CADRE_VIEW
    title = "干部"
    noun = "人"
    filter_form = CadreFilter
    sorts = {"name": ["name", "pk"], "village": ["village__sort", "village_id", "pk"]}
    empty_text = "还没有登记干部。点“登记干部”，先登记镇、村干部和站所负责人，再指定岗位责任。"

    def rows(self) -> QuerySet[Cadre]:
        rows = Cadre.objects.visible_to(self.access).select_related("township", "village", "unit", "county")
        filters = self.filters
        if township := filters.value("township"):
            rows = rows.filter(township=township)
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        if unit := filters.value("unit"):
            rows = rows.filter(unit=unit)
        if not filters.value("left"):
            rows = rows.filter(Q(left_on=None) | Q(left_on__gt=timezone.localdate()))
        if q := filters.value("q"):
            rows = rows.filter(Q(name__contains=q) | Q(title__contains=q))
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("姓名", lambda c: link(c.get_absolute_url(), c.name, here), sort="name", lead=True),
            Column("职务", lambda c: c.title or "—"),
            Column("乡镇", lambda c: c.township.name if c.township else c.county.name),
            Column("村", lambda c: c.village.name if c.village else "—", sort="village"),
            Column("单位", lambda c: c.unit.name if c.unit else "—"),
        ]
        if self.filters.value("left"):
            columns.append(Column("离任日期", lambda c: day_text(c.left_on), css="nowrap"))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.CADRE_EDIT):
            return []
        return add_links(("登记干部", reverse("villages:cadre_create")), here=self.here)


def may_edit_cadre(access: Any, cadre: Cadre) -> bool:
    """A township's people are its clerk's; those of the county are anybody's who keeps the directory, unless they sign in here themselves."""
    if cadre.township_id:
        return access.may(Permission.CADRE_EDIT, township_id=cadre.township_id)
    return access.may(Permission.CADRE_EDIT) and (access.is_administrator or cadre.user_id is None)


class CadreDetail(Page):
    permission = Permission.CADRE_VIEW
    template_name = "villages/cadre_detail.html"

    def load(self, pk: int) -> None:
        cadres = Cadre.objects.visible_to(self.access).select_related("township", "village", "unit", "county", "user")
        self.cadre = get_object_or_404(cadres, pk=pk)
        self.title = self.cadre.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        access, here = self.access, self.request.path
        duties_held = (
            Assignment.objects.visible_to(access)
            .filter(cadre=self.cadre)
            .select_related("cadre", "village", "township", "unit", "county")
            .order_by("-starts_on", "-pk")
        )
        rows = [
            {
                "assignment": a,
                "period": span(a.starts_on, a.ends_on),
                "actions": duty_actions(a, here) if may_edit_duty(access, a) else [],
            }
            for a in duties_held
        ]
        tenures = (
            PostTenure.objects.visible_to(access)
            .filter(cadre=self.cadre)
            .select_related("post__village")
            .order_by("-started_on")
        )
        return super().get_context_data(**kwargs) | {
            "cadre": self.cadre,
            "here": here,
            "duties": rows,
            "tenures": tenures,
            "may_edit": may_edit_cadre(access, self.cadre),
            "may_manage_accounts": access.may(Permission.ACCOUNT_MANAGE),
            "history": audit.history(self.cadre),
        }


class CadreCreate(RecordForm):
    """A form for one township (or the county): when several are open, they are offered first."""

    permission = Permission.CADRE_EDIT
    form_class = CadreForm
    title = "登记干部"
    template_name = "villages/cadre_form.html"

    def load(self) -> None:
        query = self.request.GET
        self.places = offered_places(self.access, self.permission, query)
        self.township: Township | None = self.places["chosen"]
        self.county: County | None = None
        if county := query.get("county"):
            self.township = None
            self.county = next((c for c in self.places["counties"] if str(c.pk) == county), None)
            if self.county is None:
                raise Http404
        elif query.get("township") and self.township is None:
            raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        county_id = self.county.pk if self.county else None
        return super().get_form_kwargs() | choices_for(self.township, county_id)

    def get_initial(self) -> dict[str, Any]:
        return {"village": self.request.GET.get("village"), "unit": self.request.GET.get("unit")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        place = self.township or self.county
        if place:
            context["title"] = f"登记干部：{place}"
        return context | self.places | {"place": place, "chosen": self.township, "county": self.county}

    def get_success_url(self) -> str:
        return reverse("villages:cadre_list")

    def perform(self, form: CadreForm) -> Cadre:
        place = self.township or self.county
        if place is None:
            raise Http404
        return people.add_cadre(
            county=self.township.county if self.township else place,
            township=self.township,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


def choices_for(township: Township | None, county_id: int | None) -> dict[str, Any]:
    """Villages and units a person of a township, or of the county, may belong to."""
    if township is None:
        return {"villages": None, "units": Unit.objects.filter(county_id=county_id, township=None)}
    return {
        "villages": Village.objects.filter(township=township, closed_on=None),
        "units": Unit.objects.filter(township=township),
    }


class CadreUpdate(RecordForm):
    permission = Permission.CADRE_EDIT
    form_class = CadreEditForm
    title = "修改干部"

    def load(self, pk: int) -> None:
        cadres = Cadre.objects.visible_to(self.access).select_related("township", "county")
        self.cadre = get_object_or_404(cadres, pk=pk)
        if not may_edit_cadre(self.access, self.cadre):
            raise PermissionDenied

    def current(self) -> Cadre:
        return self.cadre

    def get_form_kwargs(self) -> dict[str, Any]:
        open_to = self.access.townships_with(self.permission)
        townships = Township.objects.filter(county=self.cadre.county_id, pk__in=open_to) if len(open_to) > 1 else None
        return (
            super().get_form_kwargs()
            | choices_for(self.cadre.township, self.cadre.county_id)
            | {"townships": townships}
        )

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "title", "township", "village", "unit", "left_on")
        return {name: getattr(self.cadre, name) for name in names}

    def get_success_url(self) -> str:
        return self.cadre.get_absolute_url()

    def perform(self, form: CadreEditForm) -> Cadre:
        values = {"township": self.cadre.township, "village": None} | form.cleaned_data
        return people.change_cadre(
            self.cadre, base_version=self.base_version, by=self.request.user, at=timezone.now(), **values
        )
