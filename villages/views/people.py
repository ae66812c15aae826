"""Cadres and their duties: the people directory, the responsibility chain on any day, hand-over."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import ROLE_LEVEL, Role
from audit import services as audit
from common.chinese import day_text, full_date
from common.lists import Column
from villages.forms.filters import AssignmentFilter, CadreFilter
from villages.forms.people import (
    AssignmentCorrectForm,
    AssignmentEndForm,
    AssignmentForm,
    CadreEditForm,
    CadreForm,
)
from villages.models import Assignment, Cadre, County, PostTenure, Township, Unit, Village
from villages.pages import Page, safe_back, with_back
from villages.services import duties, people
from villages.views.places import duty_actions
from villages.views.registry import RecordForm, RegistryList, add_links, cadres_for, link, links, span

PLACES: dict[str, Any] = {"county": County, "township": Township, "village": Village, "unit": Unit}


class CadreList(RegistryList):
    permission = Permission.CADRE_VIEW
    url_name = "villages:cadre_list"
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
            Column("姓名", lambda c: link(with_back(c.get_absolute_url(), here), c.name), sort="name", lead=True),
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


def offered_places(access: Any, permission: Permission, query: Any) -> dict[str, Any]:
    """The places to choose from before a form, township by township: {"townships": …} when several are open and none was chosen."""
    townships = list(Township.objects.filter(pk__in=access.townships_with(permission)).select_related("county"))
    wanted = query.get("township", "")
    chosen = next((t for t in townships if str(t.pk) == wanted), None)
    if not wanted and len(townships) == 1:
        chosen = townships[0]
    counties = County.objects.filter(pk__in=access.county_ids).order_by("pk")
    return {"townships": townships, "chosen": chosen, "counties": counties}


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


# duties


def may_edit_duty(access: Any, assignment: Assignment) -> bool:
    """Posts over a township or the county are the administrator's; those of villages and stations are the clerk's. Nobody's own."""
    if assignment.cadre.user_id == access.user.pk:
        return False
    if access.is_administrator:
        return access.may(Permission.ASSIGNMENT_EDIT)
    if duties.only_for_administrator(assignment.role):
        return False
    return may_assign_at(access, assignment.place)


def may_assign_at(access: Any, place: Any) -> bool:
    """May this user give posts at this place? Without a township (county, department) only the administrator may."""
    if access.is_administrator:
        return access.may(Permission.ASSIGNMENT_EDIT)
    township_id = duties.township_of(place)
    if township_id is None or isinstance(place, Township | County):
        return False
    village_id = place.pk if isinstance(place, Village) else None
    return access.may(Permission.ASSIGNMENT_EDIT, township_id=township_id, village_id=village_id)


class AssignmentList(RegistryList):
    permission = Permission.CADRE_VIEW
    url_name = "villages:assignment_list"
    title = "责任链"
    noun = "项"
    filter_form = AssignmentFilter
    sorts = {
        "place": ["village__sort", "village_id", "unit_id", "role", "starts_on", "pk"],
        "role": ["role", "village__sort", "village_id", "pk"],
        "starts": ["starts_on", "pk"],
    }
    default_sort = "place"
    empty_text = "还没有登记岗位责任。点“登记岗位”，为每个村指定包村领导、驻村干部和村党组织书记。"

    def rows(self) -> QuerySet[Assignment]:
        filters = self.filters
        rows = Assignment.objects.visible_to(self.access).select_related(
            "cadre", "village", "township", "unit", "county"
        )
        day = filters.value("as_of")
        if day or not filters.value("past"):
            rows = rows.on(day or timezone.localdate())
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        if township := filters.value("township"):
            rows = rows.filter(Q(township=township) | Q(village__township=township) | Q(unit__township=township))
        if role := filters.value("role"):
            rows = rows.filter(role=role)
        return rows

    def get_columns(self) -> list[Column]:
        access, here = self.access, self.here

        def actions(assignment: Assignment) -> Any:
            return links(duty_actions(assignment, here) if may_edit_duty(access, assignment) else [])

        columns = [
            Column("地方或单位", lambda a: str(a.place), sort="place", lead=True),
            Column("岗位", lambda a: a.get_role_display(), sort="role"),
            Column("干部", lambda a: link(with_back(a.cadre.get_absolute_url(), here), a.cadre.name)),
            Column("职务", lambda a: a.cadre.title or "—"),
            Column("任期", lambda a: span(a.starts_on, a.ends_on), sort="starts"),
            Column("说明", lambda a: a.note or "—"),
        ]
        if access.may(Permission.ASSIGNMENT_EDIT):
            columns.append(Column("操作", actions))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.ASSIGNMENT_EDIT):
            return []
        url = reverse("villages:assignment_create")
        if village := self.filters.value("village"):
            url += f"?place=village-{village.pk}"
        return add_links(("登记岗位", url), here=self.here)


class AssignmentCreate(RecordForm):
    """A duty at one place. Without a place in the address the page offers the places; the form is the chosen place's."""

    permission = Permission.ASSIGNMENT_EDIT
    form_class = AssignmentForm
    template_name = "villages/assignment_form.html"
    title = "登记岗位"

    def load(self) -> None:
        self.place: Any = None
        name = self.request.GET.get("place", "")
        if not name:
            return
        kind, _, pk = name.partition("-")
        if kind not in PLACES or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
            raise Http404
        self.place = get_object_or_404(self._in_scope(kind), pk=int(pk))
        if not may_assign_at(self.access, self.place):
            raise PermissionDenied

    def _in_scope(self, kind: str) -> QuerySet[Any]:
        access = self.access
        if kind == "county":
            return County.objects.filter(pk__in=access.read_county_ids)
        if kind == "township":
            return Township.objects.visible_to(access).select_related("county")
        if kind == "village":
            named = Q(township_id__in=access.townships_with(self.permission))
            in_scope = Village.objects.visible_to(access).values("pk")
            return Village.objects.filter(named | Q(pk__in=in_scope)).select_related("township__county")
        return Unit.objects.visible_to(access).select_related("county", "township")

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.place is None:
            return super().get_form_kwargs() | {"roles": [], "cadres": Cadre.objects.none()}
        level = duties.LEVEL_OF[type(self.place)]
        return super().get_form_kwargs() | {
            "roles": [role for role in Role.values if ROLE_LEVEL[role] == level],
            "cadres": cadres_at(self.place),
        }

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {"role": asked.get("role"), "cadre": asked.get("cadre"), "starts_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"place": self.place}
        if self.place is not None:
            return context | {"title": f"登记岗位：{self.place}"}
        places = offered_places(self.access, self.permission, self.request.GET)
        chosen = places["chosen"]
        context |= places
        if chosen:
            context["villages"] = Village.objects.filter(township=chosen, closed_on=None)
            context["units"] = Unit.objects.filter(township=chosen)
        context["is_administrator"] = self.access.is_administrator
        return context

    def get_success_url(self) -> str:
        return reverse("villages:assignment_list")

    def perform(self, form: AssignmentForm) -> None:
        if self.place is None:
            raise Http404
        duties.assign(place=self.place, by=self.request.user, at=timezone.now(), **form.cleaned_data)


def cadres_at(place: Any) -> QuerySet[Cadre]:
    """People who may take a duty at a place."""
    if isinstance(place, County):
        return cadres_for(None, place.pk)
    county_id = place.township.county_id if isinstance(place, Village) else place.county_id
    return cadres_for(
        duties.township_of(place),
        county_id,
        village_id=place.pk if isinstance(place, Village) else None,
        unit_id=place.pk if isinstance(place, Unit) else None,
    )


class AssignmentPage(RecordForm):
    """A form about one duty."""

    permission = Permission.ASSIGNMENT_EDIT

    def load(self, pk: int) -> None:
        rows = Assignment.objects.visible_to(self.access).select_related(
            "cadre__user", "cadre__township", "village__township__county", "township__county", "unit__county", "county"
        )
        self.assignment = get_object_or_404(rows, pk=pk)
        if not may_edit_duty(self.access, self.assignment):
            raise PermissionDenied
        a = self.assignment
        self.intro = f"{a.place}{a.get_role_display()}：{a.cadre.with_title}，{full_date(a.starts_on)}起。"

    def current(self) -> Assignment:
        return self.assignment

    def get_success_url(self) -> str:
        return safe_back(self.request, reverse("villages:assignment_list"))


class AssignmentUpdate(AssignmentPage):
    title = "更正岗位责任"
    form_class = AssignmentCorrectForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.assignment, name) for name in ("starts_on", "ends_on", "note")}

    def perform(self, form: AssignmentCorrectForm) -> None:
        duties.change_assignment(
            self.assignment,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class AssignmentEnd(AssignmentPage):
    title = "结束岗位责任"
    button = "结束"
    form_class = AssignmentEndForm

    def get_initial(self) -> dict[str, Any]:
        return {"ends_on": timezone.localdate()}

    def perform(self, form: AssignmentEndForm) -> None:
        duties.end_assignment(
            self.assignment,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
