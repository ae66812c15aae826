"""Counties, townships, villages."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import Role
from audit.models import Entry
from common.chinese import amount
from common.forms import DateField
from common.lists import Column
from villages import chain, handing, sections
from villages.forms.filters import VillageFilter
from villages.forms.places import (
    CountyForm,
    NewTownshipForm,
    NewVillageForm,
    TownshipForm,
    VillageEditForm,
)
from villages.models import (
    Assignment,
    Cadre,
    CadreTraining,
    County,
    EconomyPath,
    Post,
    PostTenure,
    Township,
    Village,
    VillageYear,
)
from villages.pages import ListPage, Page, with_back
from villages.services import places as services
from villages.views.registry import RecordForm, RegistryList, add_links, link, links

SHOWN_IN_LIST = [Role.LINKED_LEADER, Role.RESIDENT_CADRE, Role.VILLAGE_SECRETARY]
MAX_HISTORY = 100
OPEN_HISTORY = 8


class VillageList(RegistryList):
    permission = Permission.VILLAGE_VIEW
    url_name = "villages:village_list"
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
            Column("村", lambda v: link(with_back(v.get_absolute_url(), here), v.name), sort="name", lead=True),
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
        posts = posts_of(village)
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


def duty_actions(assignment: Assignment, here: str) -> list[tuple[str, str]]:
    """What may be done with a duty, by whoever may edit it; the pages ask for the right again."""
    pairs = [("更正", reverse("villages:assignment_update", args=[assignment.pk]))]
    if assignment.ends_on is None or assignment.ends_on >= timezone.localdate():
        end = ("结束", reverse("villages:assignment_end", args=[assignment.pk]))
        pairs = [*handing.action_of(assignment), end, *pairs]
    return [(label, with_back(url, here)) for label, url in pairs]


def posts_of(village: Village) -> list[dict[str, Any]]:
    """The posts of a village with holder or vacancy today: one query, because a village's page holds many other things."""
    today = timezone.localdate()
    tenures: dict[int, list[PostTenure]] = {}
    posts: dict[int, Post] = {}
    for row in (
        Post.objects.filter(village=village)
        .order_by("sort", "pk", "tenures__started_on", "tenures__pk")
        .values_list(
            "pk", "committee", "title", "tenures__pk", "tenures__started_on", "tenures__ended_on",
            "tenures__end_reason", "tenures__cadre_id", "tenures__cadre__name",
        )
    ):  # fmt: skip
        pk, committee, title, tenure_pk, started_on, ended_on, reason, cadre_pk, name = row
        posts.setdefault(pk, Post(pk=pk, village=village, committee=committee, title=title))
        held = tenures.setdefault(pk, [])
        if tenure_pk:
            cadre = Cadre(pk=cadre_pk, name=name)
            held.append(
                PostTenure(pk=tenure_pk, cadre=cadre, started_on=started_on, ended_on=ended_on, end_reason=reason)
            )
    return [{"post": post, **standing(tenures[pk], today)} for pk, post in posts.items()]


def standing(tenures: list[PostTenure], day: date) -> dict[str, Any]:
    """How a post stood on a day: who held it, or since when and why it was vacant; `earlier` are the other tenures begun by then."""
    begun = [t for t in tenures if t.started_on <= day]
    holder = next((t for t in begun if t.ended_on is None or t.ended_on > day), None)
    last = begun[-1] if begun and not holder else None
    return {
        "holder": holder,
        "vacant_since": last.ended_on if last else None,
        "why": last.end_reason if last else "",
        "earlier": [t for t in begun if t is not holder],
    }


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


class TownshipList(ListPage):
    permission = Permission.TOWNSHIP_EDIT
    title = "乡镇"
    noun = "个乡镇"
    empty_text = "还没有乡镇。先点“登记县（市、区）”，再点“登记乡镇”，然后在“岗位责任”中指定党建办经办。"

    def rows(self) -> QuerySet[Township]:
        return Township.objects.visible_to(self.access).select_related("county")

    def get_columns(self) -> list[Column]:
        here = self.here

        def duties(township: Township) -> Any:
            return links(
                [
                    ("查看岗位", f"{reverse('villages:assignment_list')}?township={township.pk}"),
                    (
                        "登记岗位",
                        with_back(f"{reverse('villages:assignment_create')}?place=township-{township.pk}", here),
                    ),
                ]
            )

        def county(township: Township) -> Any:
            url = reverse("villages:county_update", args=[township.county_id])
            return link(with_back(url, here), township.county.name)

        return [
            Column(
                "乡镇",
                lambda t: link(with_back(reverse("villages:township_update", args=[t.pk]), here), t.name),
                lead=True,
            ),
            Column("类别", lambda t: t.get_kind_display()),
            Column("县（市、区）", county),
            Column("岗位", duties),
        ]

    def actions(self) -> list[tuple[str, str]]:
        pairs = [
            ("登记乡镇", reverse("villages:township_create")),
            ("登记县（市、区）", reverse("villages:county_create")),
        ]
        return add_links(*(pairs if self.access.county_ids else reversed(pairs)), here=self.here)


class TownshipForms(RecordForm):
    permission = Permission.TOWNSHIP_EDIT

    def get_success_url(self) -> str:
        return reverse("villages:township_list")


class TownshipCreate(TownshipForms):
    title = "登记乡镇"
    form_class = NewTownshipForm

    def get_form_kwargs(self) -> dict[str, Any]:
        counties = County.objects.filter(pk__in=self.access.county_ids).order_by("pk")
        return super().get_form_kwargs() | {"counties": counties}

    def get_initial(self) -> dict[str, Any]:
        counties = self.access.county_ids
        return {"county": next(iter(counties))} if len(counties) == 1 else {}

    def perform(self, form: NewTownshipForm) -> None:
        services.add_township(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class TownshipUpdate(TownshipForms):
    title = "修改乡镇"
    form_class = TownshipForm

    def load(self, pk: int) -> None:
        self.township = get_object_or_404(Township.objects.visible_to(self.access), pk=pk)

    def current(self) -> Township:
        return self.township

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.township.name, "kind": self.township.kind}

    def perform(self, form: TownshipForm) -> None:
        services.change_township(
            self.township, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class CountyCreate(TownshipForms):
    title = "登记县（市、区）"
    form_class = CountyForm

    def perform(self, form: CountyForm) -> None:
        services.add_county(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class CountyUpdate(TownshipForms):
    title = "修改县（市、区）"
    form_class = CountyForm

    def load(self, pk: int) -> None:
        self.county = get_object_or_404(County, pk=pk, pk__in=self.access.county_ids)

    def current(self) -> County:
        return self.county

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.county.name, "party_committee": self.county.party_committee}

    def perform(self, form: CountyForm) -> None:
        services.change_county(
            self.county, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
