"""Kinds of other work: the list, one with what was entered, making and changing one with a preview of its sentence."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.errors import Refused
from common.lists import Column, number_named
from otherwork import panels, wording
from otherwork.forms.kinds import KindForm, StartForm, TownshipKindForm
from otherwork.models import WorkKind
from otherwork.services import kinds as services
from otherwork.shown import in_use_text
from otherwork.starting import STARTING
from villages.models import Township, Village
from villages.pages import FormPage, ListPage, Page, Tab, link, with_back

# What a sentence is tried with while nobody has entered anything yet.
SAMPLE = {"数量": ["12"], "次数": ["5"], "村数": ["3"], "资金": ["8"], "事项": ["“第一项内容”“第二项内容”"]}


TABS = (
    Tab("登记", "otherwork:entry_list", Permission.OTHERWORK_VIEW),
    Tab("类别", "otherwork:kind_list", Permission.OTHERWORK_VIEW),
)


class KindList(ListPage):
    permission = Permission.OTHERWORK_VIEW
    tabs = TABS
    title = "其他工作类别"
    noun = "类"
    sorts = {"name": ["name", "pk"], "entries": ["entry_count", "pk"]}
    empty_text = "还没有类别。点“从常用类别中选”启用几类，或点“新增类别”自己建一类，建好后各村就可以登记。"

    def rows(self) -> QuerySet[WorkKind]:
        counted = Count("entries", filter=Q(entries__is_void=False))
        return WorkKind.objects.visible_to(self.access).select_related("township").annotate(entry_count=counted)

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.townships_with(Permission.OTHERWORK_KIND_EDIT):
            return []
        return [
            ("新增类别", with_back(reverse("otherwork:kind_create"), self.here)),
            ("从常用类别中选", with_back(reverse("otherwork:kind_start"), self.here)),
        ]

    def get_columns(self) -> list[Column]:
        here, day = self.here, self.access.on

        def name(k: WorkKind) -> str:
            return link(k.get_absolute_url(), k.name, here)

        columns = [
            Column("类别", name, sort="name", lead=True, css="nowrap"),
            Column("单位", lambda k: k.unit, css="nowrap"),
            Column("谁登记", lambda k: "各村" if k.per_village else "乡镇", css="nowrap"),
            Column("总结中的位置", lambda k: k.get_place_display()),
            Column("总结中的句子", lambda k: k.wording),
            Column("登记数", lambda k: str(k.entry_count), sort="entries", css="num"),  # type: ignore[attr-defined]
            Column("使用", lambda k: in_use_text(k, day)),
        ]
        if len(self.access.all_township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda k: k.township.name))
        return columns


class KindDetail(Page):
    permission = Permission.OTHERWORK_VIEW
    template_name = "otherwork/kind_detail.html"

    def load(self, pk: int) -> None:
        rows = WorkKind.objects.visible_to(self.access).select_related("township")
        self.kind = get_object_or_404(rows, pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, access = self.kind, self.access
        here = self.request.path
        listed = reverse("otherwork:entry_list")
        may_edit = access.may(Permission.OTHERWORK_KIND_EDIT, township_id=kind.township_id)
        return super().get_context_data(**kwargs) | {
            "title": kind.name,
            "kind": kind,
            "in_use": in_use_text(kind, access.on),
            "entries": f"{listed}?kind={kind.pk}",
            "edit": with_back(reverse("otherwork:kind_update", args=[kind.pk]), here) if may_edit else "",
            "post": with_back(reverse("otherwork:entry_create", args=[kind.pk]), here)
            if kind.takes(access.on) and may_enter(kind, access)
            else "",
            "panels": panels.panels_of(kind, access, self.request),
            "history": history(kind),
        }


def may_enter(kind: WorkKind, access: Any) -> bool:
    """May the visitor enter this kind somewhere? A township's own entries are the office's."""
    if access.may(Permission.OTHERWORK_POST, township_id=kind.township_id):
        return True
    return kind.per_village and any(
        grant.village_id
        and grant.township_id == kind.township_id
        and access.may(Permission.OTHERWORK_POST, township_id=kind.township_id, village_id=grant.village_id)
        for grant in access.grants
    )


class KindFormPage(FormPage):
    """“看效果” shows the sentence and saves nothing; with JavaScript it follows the typing (static/js/otherwork.js)."""

    permission = Permission.OTHERWORK_KIND_EDIT
    template_name = "otherwork/kind_form.html"
    township: Township | None = None

    def get_success_url(self) -> str:
        return reverse("otherwork:kind_list")

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form, tried=self.tried(form)))

    def tried(self, form: KindForm) -> dict[str, str]:
        """The sentence with all data, and with the least there can be; or what is wrong with it."""
        data, flags = form.cleaned_data, form.flags()
        if "wording" in form.errors:
            return {"wrong": str(form.errors["wording"][0])}
        name, unit = data.get("name") or "（名称）", data.get("unit") or "（单位）"
        text = data.get("wording") or wording.usual(
            name, per_village=flags["per_village"], has_money=flags["has_money"]
        )
        try:
            text = wording.check(text, **flags)
        except Refused as refusal:
            return {"wrong": str(refusal)}
        villages = Village.objects.filter(closed_on=None)
        if self.township:
            villages = villages.filter(township=self.township)
        else:
            villages = villages.visible_to(self.access)
        names = list(villages.values_list("name", flat=True)[:3])
        sources = data.get("sources") or ["上级补助", "村级自筹"]
        full = SAMPLE | {
            "单位": [unit],
            "村": [chinese.enumerate_all(names) or "某村"],
            "来源": ["、".join(f"{source}{4 - n if n < 3 else 1}万元" for n, source in enumerate(sources))],
        }
        least = {key: full[key] for key in ("数量", "单位", "次数")}
        return {
            "full": "".join(wording.fill(text, full) or []),
            "least": "".join(wording.fill(text, least) or []) or "（这一句不写）",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "tried" not in context and context["form"].is_bound:
            context["tried"] = self.tried(context["form"]) if hasattr(context["form"], "cleaned_data") else None
        return context


class KindCreate(KindFormPage):
    title = "新增其他工作类别"
    success_text = "已建好，现在就可以登记。写进哪些总结，见下面“在各种总结中”。"

    def load(self) -> None:
        places = self.access.townships_with(Permission.OTHERWORK_KIND_EDIT)
        self.townships = Township.objects.filter(pk__in=places)
        self.township = self.townships.first() if len(places) == 1 else None
        self.form_class = KindForm if self.township else TownshipKindForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs if self.township else kwargs | {"townships": self.townships}

    def get_initial(self) -> dict[str, Any]:
        # Work done earlier this year may be entered too.
        return {"starts_on": self.access.on.replace(month=1, day=1)}

    def perform(self, form: KindForm) -> WorkKind:
        values = dict(form.cleaned_data)
        township = values.pop("township", self.township)
        return services.add_kind(township=township, by=self.request.user, at=timezone.now(), **values)


class KindUpdate(KindFormPage):
    title = "修改其他工作类别"
    form_class = KindForm
    success_text = "已保存。以后起草和重新计算的总结按改后的写。"

    def load(self, pk: int) -> None:
        rows = WorkKind.objects.visible_to(self.access).select_related("township")
        self.kind = get_object_or_404(rows, pk=pk)
        self.township = self.kind.township
        self.require(self.permission, township_id=self.kind.township_id)

    def current(self) -> WorkKind:
        return self.kind

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.kind, name) for name in services.FIELDS}
        return initial | {"sources": "\n".join(self.kind.sources)}

    def perform(self, form: KindForm) -> WorkKind:
        return services.change_kind(
            self.kind, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"record": self.kind, "history": history(self.kind)}


class KindStart(FormPage):
    """Kinds the portal brings, each with its unit and sentence; chosen ones become the township's own."""

    permission = Permission.OTHERWORK_KIND_EDIT
    template_name = "otherwork/kind_start.html"
    form_class = StartForm
    title = "从常用类别中选"
    button = "启用所选类别"
    success_text = "已启用，各村现在就可以登记。名称、单位和句子都可以再改。"

    def load(self) -> None:
        places = sorted(self.access.townships_with(Permission.OTHERWORK_KIND_EDIT))
        asked = number_named(self.request.GET.get("township"))
        self.township = get_object_or_404(Township, pk=asked if asked in places else places[0] if places else 0)
        self.there = set(WorkKind.objects.filter(township=self.township).values_list("name", flat=True))

    def get_form_kwargs(self) -> dict[str, Any]:
        start = self.access.on.replace(month=1, day=1)
        return super().get_form_kwargs() | {"there": self.there, "on": start}

    def get_success_url(self) -> str:
        return reverse("otherwork:kind_list")

    def perform(self, form: StartForm) -> str:
        services.start_kinds(township=self.township, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = [start for start in STARTING if start.name not in self.there]
        return super().get_context_data(**kwargs) | {"left": left, "township": self.township}
