"""Visits to villages and households: list with totals, a short form for the phone."""

from typing import Any

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column
from inspections import services
from inspections.forms.filters import VisitFilter
from inspections.forms.records import OfficeVisitForm, VisitForm
from inspections.models import Visit
from inspections.views.common import TABS
from meetings.services.rules import round_of_day
from meetings.views.common import cadres_of, villages_for
from villages.models import Cadre
from villages.pages import FormPage, ListPage, Page, link, with_back


class VisitList(ListPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "走访记录"
    template_name = "inspections/visit_list.html"
    noun = "次走访"
    filter_form = VisitFilter
    sorts = {"visited_on": ["visited_on", "pk"], "village": ["village__sort", "village_id", "-visited_on"]}
    empty_text = "还没有走访记录。走访后登记去了哪个村、入了多少户。"

    def rows(self) -> QuerySet[Visit]:
        filters = self.filters
        rows = filters.narrow(Visit.objects.visible_to(self.access), day="visited_on")
        if filters.value("leader"):
            rows = rows.by_leaders()
        for name in ("village", "cadre"):
            if value := filters.value(name):
                rows = rows.filter(**{name: value})
        return rows.select_related("village", "cadre", "township")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows, only = self.rows().order_by(), self.only()
        if only:
            rows = rows.filter(pk__in=only)
        return context | {"households": rows.aggregate(n=Sum("households"))["n"] or 0}

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("走访日期", lambda v: v.visited_on.isoformat(), sort="visited_on", css="nowrap"),
            Column("村", lambda v: link(v.get_absolute_url(), v.village.name, here), sort="village", lead=True),
            Column("走访人", lambda v: v.cadre.with_title),
            Column("入户数", lambda v: str(v.households), css="num"),
            Column("了解情况", lambda v: v.note or "—"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda v: v.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.VISIT_POST):
            return []
        return [("登记走访", with_back(reverse("inspections:visit_create"), self.here))]


class VisitDetail(Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/visit_detail.html"

    def load(self, pk: int) -> None:
        self.visit = load_visit(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "title": "走访记录",
            "visit": self.visit,
            "may_edit": may_correct(self, self.visit),
            "history": history(self.visit),
        }


def load_visit(page: Any, pk: int) -> Visit:
    rows = Visit.objects.visible_to(page.access).select_related("village", "township", "round", "cadre")
    return get_object_or_404(rows, pk=pk)


def may_correct(page: Any, visit: Visit) -> bool:
    """Who went, while his post lasts, and the office."""
    place = {"township_id": visit.township_id, "village_id": visit.village_id}
    own = visit.cadre.user_id == page.request.user.pk
    return page.access.may(Permission.INSPECTION_EDIT, **place) or (
        own and page.access.may(Permission.VISIT_POST, **place)
    )


class VisitFormPage(FormPage):
    permission = Permission.VISIT_POST

    @property
    def asks_who(self) -> bool:
        """The office records for others; everybody else his own visits."""
        return self.access.may(Permission.INSPECTION_EDIT)

    def get_form_class(self) -> type[VisitForm]:
        return OfficeVisitForm if self.asks_who else VisitForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"villages": villages_for(self.access, Permission.VISIT_POST)}
        if self.asks_who:
            kwargs["cadres"] = cadres_of(self.access, self.access.townships_with(Permission.VISIT_POST))
        return kwargs

    def get_success_url(self) -> str:
        return reverse("inspections:visit_list")

    def values(self, form: VisitForm) -> dict[str, Any]:
        """Arguments of both services: the round is that of the day, nobody is asked for it."""
        values = form.cleaned_data | {"by": self.request.user, "at": timezone.now()}
        values["round"] = round_of_day(values["village"].township_id, values["visited_on"])
        return values


class VisitCreate(VisitFormPage):
    title = "登记走访"
    success_text = "已登记走访。"

    def get_initial(self) -> dict[str, Any]:
        """The village one came from, else the one village of one's post."""
        own = min(self.access.village_ids) if len(self.access.village_ids) == 1 else None
        return {"visited_on": self.access.on, "village": self.request.GET.get("village") or own}

    def perform(self, form: VisitForm) -> Visit:
        values = self.values(form)
        values.setdefault("cadre", Cadre.objects.filter(user_id=self.request.user.pk).first())
        return services.record_visit(township=values["village"].township, **values)


class VisitUpdate(VisitFormPage):
    title = "修改走访记录"

    def load(self, pk: int) -> None:
        self.visit = load_visit(self, pk)
        if not may_correct(self, self.visit):
            self.require(Permission.INSPECTION_EDIT, township_id=self.visit.township_id)

    def current(self) -> Visit:
        return self.visit

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.visit, name) for name in ("village", "cadre", "visited_on", "households", "note")}

    def get_success_url(self) -> str:
        return self.visit.get_absolute_url()

    def perform(self, form: VisitForm) -> Visit:
        values = self.values(form)
        values.setdefault("cadre", self.visit.cadre)
        return services.change_visit(self.visit, base_version=self.base_version, **values)
