"""Yearly figures: the list of all sheets and one sheet with what belongs to its year."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import amount
from common.lists import Column
from villages.forms.filters import FiguresFilter
from villages.models import CadreTraining, EconomyPath, VillageYear
from villages.pages import Page, link
from villages.services import figures as services
from villages.standing import posts_of
from villages.views.registry import VillageRecordList, village_column


def _count(value: int | None) -> str:
    return "—" if value is None else str(value)


class FiguresList(VillageRecordList):
    template_name = "villages/figures_list.html"
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
        return rows

    def get_columns(self) -> list[Column]:
        return [
            village_column(self.here),
            Column(
                "年度",
                lambda y: link(y.get_absolute_url(), f"{y.year}年", self.here),
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
            shown, only = self.rows(), self.only()
            if only:
                shown = shown.filter(pk__in=only)
            found = shown.order_by().aggregate(
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
        posts = posts_of(sheet.village, end)
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
