"""What the pages of the registry have in common."""

from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import day_text
from common.lists import Column
from villages.models import Cadre, County, Township, Village
from villages.pages import FormPage, ListPage, Tab, link, with_back

TABS = (
    Tab("村", "villages:village_list", Permission.VILLAGE_VIEW),
    Tab("村情数据", "villages:figures_list", Permission.VILLAGE_VIEW),
    Tab("班子岗位", "villages:post_list", Permission.VILLAGE_VIEW),
    Tab("集体经济", "villages:economy_list", Permission.VILLAGE_VIEW),
    Tab("干部培训", "villages:training_list", Permission.VILLAGE_VIEW),
    Tab("责任链", "villages:assignment_list", Permission.CADRE_VIEW),
    Tab("岗位交接", "handovers:handover_list", Permission.CADRE_VIEW),
    Tab("外出代行", "villages:absence_list", Permission.CADRE_VIEW),
    Tab("干部", "villages:cadre_list", Permission.CADRE_VIEW),
    Tab("站所和部门", "villages:unit_list", Permission.CADRE_VIEW),
)


def links(pairs: list[tuple[str, str]]) -> SafeString | str:
    """(label, url) of small links in one cell, or a dash."""
    if not pairs:
        return "—"
    return format_html_join(" ", '<a class="nowrap" href="{1}">{0}</a>', pairs)


def span(start: date, end: date | None) -> str:
    """A period as lists show it."""
    return f"{day_text(start)} 至 {day_text(end, '今')}"


def village_column(here: str) -> Column:
    """The village of a record, as the first column."""
    return Column(
        "村",
        lambda r: link(r.village.get_absolute_url(), r.village.name, here),
        sort="village",
        css="nowrap",
        lead=True,
    )


class RegistryList(ListPage):
    """A list of the registry with the tabs to its neighbours."""

    template_name = "villages/list.html"
    tabs = TABS

    def placed(self, rows: QuerySet[Any], prefix: str = "village") -> QuerySet[Any]:
        """The rows of the township and village chosen in the filter."""
        if township := self.filters.value("township"):
            rows = rows.filter(**{f"{prefix}__township": township})
        if village := self.filters.value("village"):
            rows = rows.filter(**{prefix: village})
        return rows

    def may_at(self, permission: Permission, village: Village) -> bool:
        return self.access.may(permission, township_id=village.township_id, village_id=village.pk)


class VillageRecordList(RegistryList):
    """A list of records that belong to a village; its edit links appear where the visitor may use them."""

    permission = Permission.VILLAGE_VIEW
    edit_name = ""

    def edit_column(self) -> list[Column]:
        if not self.access.may(Permission.FIGURES_EDIT):
            return []
        here = self.here

        def cell(record: Any) -> Any:
            if not self.may_at(Permission.FIGURES_EDIT, record.village):
                return "—"
            return link(reverse(self.edit_name, args=[record.pk]), "修改", here)

        return [Column("操作", cell, css="nowrap")]

    def add_action(self, label: str, url_name: str) -> list[tuple[str, str]]:
        """The button to add a record: only when one village is chosen or the visitor has just one, because the form is the village's."""
        if not self.access.may(Permission.FIGURES_EDIT):
            return []
        village = self.filters.value("village")
        if village is None and not self.access.township_ids and len(self.access.village_ids) == 1:
            village = Village.objects.filter(pk__in=self.access.village_ids).first()
        if village is None or not self.may_at(Permission.FIGURES_EDIT, village):
            return []
        return [(f"{label}（{village}）", with_back(reverse(url_name, args=[village.pk]), self.here))]


class RecordForm(FormPage):
    """A form that edits one record and shows the record's history below."""

    template_name = "villages/record_form.html"
    permission = Permission.VILLAGE_EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if (record := self.current()) is not None:
            context["history"] = audit.history(record)
        return context


class VillageForm(RecordForm):
    """A form below one village: the village is loaded by scope and the right asked for there."""

    permission = Permission.FIGURES_EDIT
    village: Village

    def load(self, village: int) -> None:
        self.enter(get_object_or_404(Village.objects.visible_to(self.access).select_related("township"), pk=village))

    def enter(self, village: Village) -> None:
        """Stand in a village that is in scope: 403 without the right there."""
        self.village = village
        self.require(self.permission, township_id=village.township_id, village_id=village.pk)

    def get_success_url(self) -> str:
        return reverse("villages:village_detail", args=[self.village.pk])


def cadres_for(
    township_id: int | None, county_id: int, *, village_id: int | None = None, unit_id: int | None = None
) -> QuerySet[Cadre]:
    """People a form at a place offers: those of the township and of the county above it, the place's own first; nobody who has left."""
    of_place = Q(pk__in=[])
    if village_id:
        of_place |= Q(village_id=village_id)
    if unit_id:
        of_place |= Q(unit_id=unit_id)
    rows = Cadre.objects.filter(county_id=county_id).filter(Q(township_id=township_id) | Q(township=None))
    rows = rows.filter(Q(left_on=None) | Q(left_on__gt=timezone.localdate()))
    return rows.order_by(
        Case(When(of_place, then=Value(0)), When(township_id=None, then=Value(2)), default=Value(1)), "pk"
    )


def offered_places(access: Any, permission: Permission, query: Any) -> dict[str, Any]:
    """The places to choose from before a form, township by township: {"townships": …} when several are open and none was chosen."""
    townships = list(Township.objects.filter(pk__in=access.townships_with(permission)).select_related("county"))
    wanted = query.get("township", "")
    chosen = next((t for t in townships if str(t.pk) == wanted), None)
    if not wanted and len(townships) == 1:
        chosen = townships[0]
    counties = County.objects.filter(pk__in=access.county_ids).order_by("pk")
    return {"townships": townships, "chosen": chosen, "counties": counties}


def add_links(*pairs: tuple[str, str], here: str) -> list[tuple[str, str]]:
    """Buttons above a list that lead back to it."""
    return [(label, with_back(url, here)) for label, url in pairs]
