"""Yearly figures, economy, trainings of village cadres."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import amount, day_text
from common.lists import Column
from villages.forms.figures import SOURCE, NewYearForm, PathForm, ReturnYearForm, TrainingForm, YearForm
from villages.forms.filters import FiguresFilter, PathFilter, TrainingFilter
from villages.models import CadreTraining, EconomyPath, Post, PostTenure, Village, VillageYear
from villages.pages import ActionPage, Page, with_back
from villages.services import figures as services
from villages.views.places import standing
from villages.views.registry import RegistryList, VillageForm, link


def _village(here: str) -> Column:
    return Column(
        "村",
        lambda r: link(with_back(r.village.get_absolute_url(), here), r.village.name),
        sort="village",
        css="nowrap",
        lead=True,
    )


def _count(value: int | None) -> str:
    return "—" if value is None else str(value)


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
            return link(with_back(reverse(self.edit_name, args=[record.pk]), here), "修改")

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


class FiguresList(VillageRecordList):
    template_name = "villages/figures_list.html"
    url_name = "villages:figures_list"
    edit_name = "villages:year_update"
    title = "村情数据"
    noun = "份"
    filter_form = FiguresFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "-year"],
        "year": ["year", "-village__sort", "-village_id"],
        "members": ["members", "pk"],
        "income": ["income", "pk"],
    }
    default_sort = "-year"
    empty_text = "还没有村情数据。打开一个村的页面，点“填报年度数据”；以后每年从上一年的数据开始改。"

    def rows(self) -> QuerySet[VillageYear]:
        rows = self.placed(VillageYear.objects.visible_to(self.access).select_related("village"))
        if year := self.filters.value("year"):
            rows = rows.filter(year=year)
        if state := self.filters.value("state"):
            rows = rows.filter(state=state)
        self.chosen = rows
        return rows

    def get_columns(self) -> list[Column]:
        return [
            _village(self.here),
            Column(
                "年度",
                lambda y: link(with_back(y.get_absolute_url(), self.here), f"{y.year}年"),
                sort="year",
                css="num nowrap",
            ),
            Column("状态", lambda y: y.get_state_display(), css="nowrap"),
            Column("户数", lambda y: _count(y.households), css="num nowrap"),
            Column("人口", lambda y: _count(y.population), css="num nowrap"),
            Column("党员", lambda y: _count(y.members), sort="members", css="num nowrap"),
            Column("60岁及以上", lambda y: _count(y.members_60), css="num nowrap"),
            Column("35岁以下", lambda y: _count(y.members_under_35), css="num nowrap"),
            Column("外出务工", lambda y: _count(y.members_away), css="num nowrap"),
            Column("申请人和积极分子", lambda y: _count(y.applicants), css="num wrap nowrap"),
            Column("致富带头人", lambda y: _count(y.enterprise_leaders), css="num nowrap"),
            Column("集体收入（万元）", lambda y: amount(y.income), sort="income", css="num wrap nowrap"),
            Column("其中经营性（万元）", lambda y: amount(y.operating_income), css="num wrap nowrap"),
            *self.edit_column(),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return self.add_action("填报年度数据", "villages:year_create")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Sums are shown for one year only: adding the same villages of two years would count people twice."""
        context = super().get_context_data(**kwargs)
        context["year"] = self.filters.value("year")
        if context["year"] and context["paging"].total:
            counts = ["households", "population", "members", "members_60", "members_under_35", "members_away",
                      "applicants", "enterprise_leaders", "income"]  # fmt: skip
            found = self.chosen.order_by().aggregate(
                **{f"{name}_sum": Sum(name) for name in counts}, **{f"{name}_known": Count(name) for name in counts}
            )
            context["sums"] = [
                {
                    "label": VillageYear._meta.get_field(name).verbose_name,
                    "value": amount(Decimal(found[f"{name}_sum"])),
                    "missing": context["paging"].total - found[f"{name}_known"],
                }
                for name in counts
                if found[f"{name}_sum"] is not None
            ]
        return context


class YearDetail(Page):
    """One year's sheet with its standing: what was reported by whom, confirmed by whom, what is missing, and what belongs to the year."""

    permission = Permission.VILLAGE_VIEW
    template_name = "villages/year_detail.html"

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related(
            "village__township", "reported_by", "confirmed_by"
        )
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.require(self.permission, township_id=self.sheet.township_id, village_id=self.sheet.village_id)
        self.title = f"{self.sheet.village}{self.sheet.year}年村情数据"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet, year = self.sheet, self.sheet.year
        last = VillageYear.objects.filter(village=sheet.village_id, year__lt=year).order_by("-year").first()
        place = {"township_id": sheet.township_id, "village_id": sheet.village_id}
        may_edit = self.access.may(Permission.FIGURES_EDIT, **place)
        may_confirm = self.access.may(Permission.FIGURES_CONFIRM, **place)
        reported = sheet.state == VillageYear.State.REPORTED
        sources = list(sheet.sources.all())
        end = min(timezone.localdate(), date(year, 12, 31))
        posts = [{"post": p, **standing(list(p.all_tenures), end)} for p in _posts_with_tenures(sheet.village_id)]
        return super().get_context_data(**kwargs) | {
            "sheet": sheet,
            "groups": _shown(sheet, last),
            "last": last,
            "sources": sources,
            "sources_differ": bool(sources) and sum(s.amount for s in sources) != sheet.income,
            "lacking": services.lacking(sheet),
            "may_edit": may_edit,
            "may_report": may_edit and sheet.state in (VillageYear.State.FILLING, VillageYear.State.RETURNED),
            "may_confirm": may_confirm and reported and sheet.reported_by_id != self.request.user.pk,
            "may_return": may_confirm and reported,
            "own_report": may_confirm and reported and sheet.reported_by_id == self.request.user.pk,
            "end": end,
            "posts": posts,
            "vacant": sum(1 for row in posts if not row["holder"]),
            "paths": EconomyPath.objects.filter(village=sheet.village_id, started_on__year__lte=year),
            "trainings": CadreTraining.objects.filter(village=sheet.village_id, chosen_on__year=year),
            "here": self.request.get_full_path(),
            "history": audit.history(sheet),
        }


def _posts_with_tenures(village_id: int) -> QuerySet[Post]:
    tenures = PostTenure.objects.select_related("cadre").order_by("started_on", "pk")
    return Post.objects.filter(village=village_id).prefetch_related(Prefetch("tenures", tenures, to_attr="all_tenures"))


def _shown(sheet: VillageYear, last: VillageYear | None) -> list[tuple[str, list[dict[str, str]]]]:
    """The figures in their groups, each with last year's beside it."""

    def row(name: str, label: str = "") -> dict[str, str]:
        value, before = (getattr(each, name) if each else None for each in (sheet, last))
        return {
            "label": label or str(VillageYear._meta.get_field(name).verbose_name),
            "value": amount(value) if isinstance(value, Decimal) else _count(value),
            "before": amount(before) if isinstance(before, Decimal) else _count(before),
        }

    return [
        ("人口", [row("households"), row("population")]),
        (
            "党员",
            [
                row("members"), row("members_under_35"), row("members_between", "36至59岁党员"), row("members_60"),
                row("members_away"), row("members_college"), row("members_high_school"), row("members_lower"),
            ],
        ),
        ("发展党员和后备力量", [row("applicants"), row("activists"), row("candidates"), row("enterprise_leaders")]),
        ("村集体经济收入", [row("income"), row("operating_income")]),
    ]  # fmt: skip


class YearStep(ActionPage):
    """A button on a sheet: the version the visitor read travels with it."""

    permission = Permission.FIGURES_EDIT

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.require(self.permission, township_id=self.sheet.township_id, village_id=self.sheet.village_id)

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def values(self) -> dict[str, Any]:
        version = self.request.POST.get("base_version", "")
        known = version.isascii() and version.isdigit() and len(version) < 10
        return {
            "base_version": int(version) if known else None, "by": self.request.user, "at": timezone.now()
        }  # fmt: skip


class YearReport(YearStep):
    success_text = "已报送，等待镇党建办确认。"

    def perform(self) -> None:
        services.report_year(self.sheet, **self.values())


class YearConfirm(YearStep):
    permission = Permission.FIGURES_CONFIRM
    success_text = "已确认。"

    def perform(self) -> None:
        services.confirm_year(self.sheet, **self.values())


class YearForms(VillageForm):
    template_name = "villages/year_form.html"

    def get_success_url(self) -> str:
        return reverse("villages:village_detail", args=[self.village.pk])


class YearReturn(VillageForm):
    permission = Permission.FIGURES_CONFIRM
    form_class = ReturnYearForm
    title = "退回村情数据"
    button = "退回"
    success_text = "已退回。"

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village__township")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.enter(self.sheet.village)
        self.intro = f"{self.sheet}的数据退回村里修改，改好后再报送。"

    def current(self) -> VillageYear:
        return self.sheet

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def perform(self, form: ReturnYearForm) -> VillageYear:
        return services.return_year(
            self.sheet, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class YearCreate(YearForms):
    title = "填报年度数据"
    form_class = NewYearForm

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else timezone.localdate().year
        self.asked_year = year
        self.started_from = {} if self.request.GET.get("blank") else services.starting_figures(self.village, year)
        return {"year": year} | self.started_from

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["title"] = f"{self.village}：填报年度数据"
        context["intro"] = "不知道的不填（不填不等于0）。党员情况只填人数，不填人名。"
        if getattr(self, "started_from", None):
            context["intro"] += "变化慢的数字已从上一年带入，请逐项核对。"
            context["other_start"] = ("不带入，从空白填起", "?blank=1")
        elif self.request.GET.get("blank"):
            context["other_start"] = ("从上年带入", "?")
        # a second sheet of a year is refused: who comes here looking for this year's is shown the way before typing
        if hasattr(self, "asked_year"):
            context["filled"] = VillageYear.objects.filter(village=self.village, year=self.asked_year).first()
        return context

    def perform(self, form: NewYearForm) -> VillageYear:
        return services.save_year(village=self.village, by=self.request.user, at=timezone.now(), **form.values())


class YearUpdate(YearForms):
    form_class = YearForm

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village__township")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.enter(self.sheet.village)
        self.title = f"{self.village}：修改{self.sheet.year}年数据"
        if self.sheet.remark:
            self.intro = f"退回原因：{self.sheet.remark}"

    def current(self) -> VillageYear:
        return self.sheet

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"confirmed": self.sheet.is_confirmed}

    def get_initial(self) -> dict[str, Any]:
        figures = {name: getattr(self.sheet, name) for name in services.FIGURES}
        self.brought = False
        if self.request.GET.get("from_last"):
            last = services.starting_figures(self.village, self.sheet.year)
            brought = {name: value for name, value in last.items() if figures.get(name) in (None, "")}
            self.brought = bool(brought)
            figures |= brought
        return figures | {SOURCE + row.kind: row.amount for row in self.sheet.sources.all()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        empty = any(getattr(self.sheet, name) in (None, "") for name in services.SLOW)
        if empty and self.request.method == "GET" and not self.request.GET.get("from_last"):
            context["other_start"] = ("空着的项从上年带入", "?from_last=1")
        elif getattr(self, "brought", False):
            context["intro"] += "空着的项已从上一年带入，请逐项核对后保存。"
        return context

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def perform(self, form: YearForm) -> VillageYear:
        return services.save_year(
            village=self.village,
            year=self.sheet.year,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.values(),
        )


class EconomyList(VillageRecordList):
    url_name = "villages:economy_list"
    edit_name = "villages:path_update"
    title = "集体经济路径"
    noun = "项"
    filter_form = PathFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "started_on"],
        "path": ["path", "village__sort", "pk"],
        "started": ["started_on", "pk"],
    }
    default_sort = "village"
    empty_text = "还没有登记集体经济路径。打开一个村的“产业、培训和人员”，点“登记路径”。"

    def rows(self) -> QuerySet[EconomyPath]:
        rows = EconomyPath.objects.visible_to(self.access).select_related("village").prefetch_related("partners")
        rows = self.placed(rows)
        if path := self.filters.value("path"):
            rows = rows.filter(path=path)
        return rows

    def get_columns(self) -> list[Column]:
        return [
            _village(self.here),
            Column("路径", lambda p: p.get_path_display(), sort="path"),
            Column("产业（项目）", lambda p: p.industry),
            Column("联建村", lambda p: "、".join(v.name for v in p.partners.all()) or "—"),
            Column("开始日期", lambda p: day_text(p.started_on), sort="started", css="nowrap"),
            Column("成效", lambda p: p.result or "—"),
            *self.edit_column(),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return self.add_action("登记路径", "villages:path_create")


class PathForms(VillageForm):
    form_class = PathForm

    def get_form_kwargs(self) -> dict[str, Any]:
        # Partners are named, not opened: a village secretary may name the neighbour he works with.
        others = Village.objects.filter(township=self.village.township_id, closed_on=None).exclude(pk=self.village.pk)
        return super().get_form_kwargs() | {"villages": others}

    def get_success_url(self) -> str:
        return reverse("villages:village_records", args=[self.village.pk])


class PathCreate(PathForms):
    title = "登记集体经济路径"

    def perform(self, form: PathForm) -> None:
        services.add_path(village=self.village, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class PathUpdate(PathForms):
    title = "修改集体经济路径"

    def load(self, pk: int) -> None:
        paths = EconomyPath.objects.visible_to(self.access).select_related("village__township")
        self.record = get_object_or_404(paths, pk=pk)
        self.enter(self.record.village)

    def current(self) -> EconomyPath:
        return self.record

    def get_initial(self) -> dict[str, Any]:
        record = self.record
        return {name: getattr(record, name) for name in ("path", "industry", "started_on", "result")} | {
            "partners": list(record.partners.all())
        }

    def perform(self, form: PathForm) -> None:
        services.change_path(
            self.record, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class TrainingList(VillageRecordList):
    url_name = "villages:training_list"
    edit_name = "villages:training_update"
    title = "村干部培训"
    noun = "条"
    filter_form = TrainingFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "chosen_on"],
        "chosen": ["chosen_on", "pk"],
        "people": ["people", "pk"],
    }
    default_sort = "-chosen"
    empty_text = "还没有登记村干部培训。打开一个村的“产业、培训和人员”，点“登记培训”。"

    def rows(self) -> QuerySet[CadreTraining]:
        rows = self.placed(CadreTraining.objects.visible_to(self.access).select_related("village"))
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        if year := self.filters.value("year"):
            rows = rows.filter(chosen_on__year=year)
        return rows

    def get_columns(self) -> list[Column]:
        return [
            _village(self.here),
            Column("类别", lambda t: t.get_kind_display()),
            Column("名称", lambda t: t.name),
            Column("确定人选", lambda t: day_text(t.chosen_on), sort="chosen", css="nowrap"),
            Column("开班", lambda t: day_text(t.starts_on), css="nowrap"),
            Column("人数", lambda t: str(t.people), sort="people", css="num nowrap"),
            *self.edit_column(),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return self.add_action("登记培训", "villages:training_create")


class TrainingForms(VillageForm):
    form_class = TrainingForm

    def get_success_url(self) -> str:
        return reverse("villages:village_records", args=[self.village.pk])


class TrainingCreate(TrainingForms):
    title = "登记培训"

    def perform(self, form: TrainingForm) -> None:
        services.add_training(village=self.village, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class TrainingUpdate(TrainingForms):
    title = "修改培训"

    def load(self, pk: int) -> None:
        trainings = CadreTraining.objects.visible_to(self.access).select_related("village__township")
        self.record = get_object_or_404(trainings, pk=pk)
        self.enter(self.record.village)

    def current(self) -> CadreTraining:
        return self.record

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in TrainingForm.base_fields}

    def perform(self, form: TrainingForm) -> None:
        services.change_training(
            self.record, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
