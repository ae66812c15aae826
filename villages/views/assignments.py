"""Duties: who answers for which place, on any day; giving, correcting and ending them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import ROLE_LEVEL, Role
from common.chinese import full_date
from common.lists import Column, number_named
from villages import handing
from villages.forms.filters import AssignmentFilter
from villages.forms.people import AssignmentCorrectForm, AssignmentEndForm, AssignmentForm
from villages.models import Assignment, Cadre, County, Township, Unit, Village
from villages.pages import link, safe_back, with_back
from villages.services import duties
from villages.views.registry import RecordForm, RegistryList, add_links, cadres_for, links, offered_places, span

PLACES: dict[str, Any] = {"county": County, "township": Township, "village": Village, "unit": Unit}


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


def duty_actions(assignment: Assignment, here: str) -> list[tuple[str, str]]:
    """What may be done with a duty, by whoever may edit it; the pages ask for the right again."""
    pairs = [("更正", reverse("villages:assignment_update", args=[assignment.pk]))]
    if assignment.ends_on is None or assignment.ends_on >= timezone.localdate():
        end = ("结束", reverse("villages:assignment_end", args=[assignment.pk]))
        pairs = [*handing.action_of(assignment), end, *pairs]
    return [(label, with_back(url, here)) for label, url in pairs]


class AssignmentList(RegistryList):
    permission = Permission.CADRE_VIEW
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
            Column("干部", lambda a: link(a.cadre.get_absolute_url(), a.cadre.name, here)),
            Column("职务", lambda a: a.cadre.title or "—"),
            Column("任期", lambda a: span(a.starts_on, a.ends_on), sort="starts"),
            Column("说明", lambda a: a.note or "—"),
        ]
        if access.may(Permission.ASSIGNMENT_EDIT):
            columns.append(Column("操作", actions))
        return columns

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.GET.get("choose"):  # from 发起交接 on the list of hand-overs
            context["lead"] = "在要交接的岗位那一行点“交接”"
        return context

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
        kind, _, key = name.partition("-")
        if kind not in PLACES:
            raise Http404
        self.place = get_object_or_404(self._in_scope(kind), pk=number_named(key))
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
