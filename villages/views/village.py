"""The page of one village and its tabs: overview, responsibility chain on any day, records."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.models import Entry
from common.chinese import amount
from common.forms import DateField
from villages import chain, handing, sections
from villages.models import Assignment, Cadre, CadreTraining, EconomyPath, Village, VillageYear
from villages.pages import Page, with_back
from villages.standing import posts_of
from villages.views.assignments import duty_actions

MAX_HISTORY = 100
OPEN_HISTORY = 8


class VillagePage(Page):
    """A page about one village; its tabs hold what would be too long for one."""

    permission = Permission.VILLAGE_VIEW
    tab = ""

    def load(self, pk: int) -> None:
        self.village = get_object_or_404(
            Village.objects.visible_to(self.access).select_related("township__county"), pk=pk
        )
        self.require(self.permission, township_id=self.village.township_id, village_id=pk)
        self.title = self.village.name

    def may(self, permission: Permission) -> bool:
        return self.access.may(permission, township_id=self.village.township_id, village_id=self.village.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = self.village.pk
        tabs = [
            {"label": "概况", "url": reverse("villages:village_detail", args=[pk]), "here": self.tab == "overview"},
            {"label": "责任链", "url": reverse("villages:village_chain", args=[pk]), "here": self.tab == "chain"},
            {
                "label": "产业、培训和人员",
                "url": reverse("villages:village_records", args=[pk]),
                "here": self.tab == "records",
            },
        ]
        return super().get_context_data(**kwargs) | {
            "village": self.village,
            "tabs": tabs,
            "here": self.request.path,
            "may_edit": self.may(Permission.VILLAGE_EDIT),
            "may_keep_figures": self.may(Permission.FIGURES_EDIT),
        }


class VillageDetail(VillagePage):
    template_name = "villages/village_detail.html"
    tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        village, here = self.village, self.request.path
        assignments = chain.duties_of(village)
        today = timezone.localdate()
        may_assign = self.may(Permission.ASSIGNMENT_EDIT)
        held = [_duty(a, here, may_assign and a.village_id is not None) for a in assignments if chain.held_on(a, today)]
        earlier = [_duty(a, here, False) for a in assignments if not chain.held_on(a, today) and a.village_id]
        earlier.sort(key=lambda row: row["starts_on"], reverse=True)
        posts = posts_of(village, today)
        prefetch_related_objects([village], "years")  # sections below read them too
        years = list(village.years.all())
        return super().get_context_data(**kwargs) | {
            "chain": held,
            "earlier": earlier,
            "may_assign": may_assign,
            "assign_url": with_back(f"{reverse('villages:assignment_create')}?place=village-{village.pk}", here),
            "posts": posts,
            "vacant": sum(1 for post in posts if not post["holder"]),
            "years": [_year(y) for y in years],
            "sections": sections.sections_of(village, self.access),
            **_history([village], [a for a in assignments if a.village_id], [post["post"] for post in posts], years),
        }


def read_day(text: str, default: date) -> tuple[date, str]:
    """The day asked for in the address; nonsense gives the default and a sentence."""
    try:
        return DateField(required=False).clean(text) or default, ""
    except ValidationError as error:
        return default, error.messages[0]


class VillageChain(VillagePage):
    """The responsibility chain as it was on any day, and under it everybody who ever stood in it."""

    template_name = "villages/village_chain.html"
    tab = "chain"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        village, today = self.village, timezone.localdate()
        asked = self.request.GET.get("on", "")
        day, wrong = read_day(asked, today)
        all_duties = chain.duties_of(village)
        papers = handing.papers_of([a.pk for a in all_duties])
        past = sorted(all_duties, key=lambda a: (a.starts_on, a.pk), reverse=True)
        here = self.request.get_full_path()
        return super().get_context_data(**kwargs) | {
            "day": day,
            "today": today,
            "wrong_day": wrong,
            "here_full": here,
            "rungs": chain.chain_on(all_duties, day),
            "past": [{"duty": a, "on_day": chain.held_on(a, day), "paper": papers.get(a.pk)} for a in past],
            "may_assign": self.may(Permission.ASSIGNMENT_EDIT),
            "assign_url": with_back(f"{reverse('villages:assignment_create')}?place=village-{village.pk}", here),
        }


class VillageRecords(VillagePage):
    template_name = "villages/village_records.html"
    tab = "records"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        village = self.village
        paths = list(EconomyPath.objects.filter(village=village).prefetch_related("partners"))
        trainings = list(CadreTraining.objects.filter(village=village))
        people = list(Cadre.objects.filter(village=village, left_on=None))
        return super().get_context_data(**kwargs) | {
            "paths": paths,
            "trainings": trainings,
            "people": people,
            "may_edit_people": self.may(Permission.CADRE_EDIT),
            **_history(paths, trainings),
        }


def _duty(assignment: Assignment, here: str, may_edit: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "role": assignment.get_role_display(),
        "cadre": assignment.cadre,
        "cadre_url": with_back(assignment.cadre.get_absolute_url(), here),
        "starts_on": assignment.starts_on,
        "ends_on": assignment.ends_on,
        "note": assignment.note,
        "actions": [],
    }
    if may_edit:
        row["actions"] = duty_actions(assignment, here)
    return row


def _year(sheet: VillageYear) -> dict[str, Any]:
    def shown(value: Any) -> str:
        return "—" if value is None else str(value)

    return {
        "sheet": sheet,
        "counts": [
            shown(sheet.households),
            shown(sheet.population),
            shown(sheet.members),
            shown(sheet.members_60),
            shown(sheet.members_under_35),
            shown(sheet.members_away),
            shown(sheet.applicants),
            shown(sheet.enterprise_leaders),
        ],
        "income": amount(sheet.income),
        "operating_income": amount(sheet.operating_income),
    }


def _history(*groups: list[Any]) -> dict[str, list[Entry]]:
    """What was done to the village and to the records shown with it, newest first, in one query; the older part is folded away."""
    condition = Q(pk__in=[])
    for records in groups:
        if records:
            condition |= Q(object_type=records[0]._meta.label_lower, object_id__in=[r.pk for r in records])
    entries = list(Entry.objects.filter(condition)[:MAX_HISTORY])
    return {"history": entries[:OPEN_HISTORY], "older": entries[OPEN_HISTORY:]}
