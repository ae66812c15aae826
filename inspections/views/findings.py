"""What inspections found: the list over all inspections, entry, and the step into the ledger."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from common.lists import Column
from inspections import services
from inspections.forms.filters import FindingFilter
from inspections.forms.records import FindingForm
from inspections.models import Finding, Inspection
from inspections.services.findings import FIELDS
from inspections.views.common import TABS
from meetings.views.common import problems_of
from problems.forms.problem import ProblemForm
from problems.models import Problem
from problems.terms import LEDGER_STATES, Category, Source
from problems.views.edit import ProblemCreate
from villages.pages import FormPage, ListPage, link, with_back

TITLE_LENGTH = 40


class FindingList(ListPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "督查发现"
    noun = "条发现"
    filter_form = FindingFilter
    sorts = {
        "held_on": ["inspection__held_on", "pk"],
        "village": ["village__sort", "village_id", "-inspection__held_on", "pk"],
    }
    default_sort = "-held_on"
    empty_text = "还没有督查发现。督查结束后在督查页面上逐村登记发现的问题和整改要求。"

    def rows(self) -> QuerySet[Finding]:
        filters = self.filters
        rows = filters.narrow(
            Finding.objects.visible_to(self.access), day="inspection__held_on", round="inspection__round__"
        )
        if mode := filters.value("mode"):
            rows = rows.filter(inspection__mode=mode)
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        if value := filters.value("ledger"):
            listed = Q(problem__state__in=LEDGER_STATES)  # a draft or a problem waiting for review is not in it yet
            rows = rows.filter(listed if value == "in" else Q(problem=None) | ~listed)
        if value := filters.value("noticed"):
            rows = rows.filter(notice__isnull=value == "out")
        if words := filters.value("q"):
            rows = rows.filter(Q(text__contains=words) | Q(requirement__contains=words))
        return rows.select_related("village__township", "inspection", "problem", "notice")

    def get_columns(self) -> list[Column]:
        here = self.here

        def inspected(finding: Finding) -> str:
            return link(finding.inspection.get_absolute_url(), finding.inspection, here)

        def ledger(finding: Finding) -> str:
            if finding.problem:
                shown = finding.problem.get_absolute_url(), finding.problem, here
                if finding.problem.state in LEDGER_STATES:
                    return link(*shown)
                return format_html("{}（{}）", link(*shown), finding.problem.get_state_display())
            place = {"township_id": finding.village.township_id, "village_id": finding.village_id}
            if not self.access.may(Permission.PROBLEM_LOG, **place):
                return "未列入"
            return link(reverse("inspections:finding_problem", args=[finding.pk]), "转为问题", here)

        columns = [
            Column("督查", inspected, sort="held_on", css="nowrap"),
            Column("村", lambda f: f.village.name, sort="village", css="nowrap"),
            Column("发现问题", lambda f: f.text, lead=True),
            Column("整改要求", lambda f: f.requirement or "—"),
            Column("问题台账", ledger),
            Column(
                "整改通知书",
                lambda f: link(f.notice.get_absolute_url(), f.notice, here) if f.notice else "—",
                css="nowrap",
            ),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda f: f.village.township.name))
        return columns


class FindingFormPage(FormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = FindingForm
    inspection: Inspection

    def get_form_kwargs(self) -> dict[str, Any]:
        villages = self.inspection.villages.all()
        return super().get_form_kwargs() | {
            "villages": villages,
            "problems": problems_of(self.access, self.inspection.township_id, villages.values("pk")),
        }

    def get_success_url(self) -> str:
        return self.inspection.get_absolute_url()


class FindingCreate(FindingFormPage):
    title = "添加督查发现"
    success_text = "已添加督查发现。"

    def load(self, pk: int) -> None:
        self.inspection = get_object_or_404(
            Inspection.objects.visible_to(self.access).select_related("township"), pk=pk
        )
        self.require(Permission.INSPECTION_EDIT, township_id=self.inspection.township_id)
        self.intro = str(self.inspection)

    def perform(self, form: FindingForm) -> str:
        services.add_finding(self.inspection, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.inspection.get_absolute_url()


class FindingUpdate(FindingFormPage):
    title = "修改督查发现"

    def load(self, pk: int) -> None:
        self.finding = get_object_or_404(
            Finding.objects.visible_to(self.access).select_related("inspection__township", "village", "problem"), pk=pk
        )
        self.inspection = self.finding.inspection
        self.require(Permission.INSPECTION_EDIT, township_id=self.inspection.township_id)
        self.intro = str(self.inspection)

    def current(self) -> Finding:
        return self.finding

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.finding, name) for name in FIELDS}

    def perform(self, form: FindingForm) -> str:
        services.change_finding(
            self.finding, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return self.inspection.get_absolute_url()


class FindingProblem(ProblemCreate):
    """A finding becomes a problem: the form of the ledger, filled from the finding; saving names each in the other."""

    title = "由督查发现登记问题"
    finding: Finding

    def load(self, pk: int) -> None:  # type: ignore[override]
        self.finding = get_object_or_404(
            Finding.objects.visible_to(self.access).select_related("inspection", "village", "problem"), pk=pk
        )
        self.require(
            Permission.PROBLEM_LOG, township_id=self.finding.village.township_id, village_id=self.finding.village_id
        )
        asked = self.request.GET.get("category")
        self.category = asked if asked in Category.values else Category.ORGANISATION.value

    def get_initial(self) -> dict[str, Any]:
        finding, inspection = self.finding, self.finding.inspection
        return {
            "round": inspection.round_id,
            "village": finding.village_id,
            "title": finding.text[:TITLE_LENGTH],
            "description": finding.text,
            "target": finding.requirement,
            "source": Source.SUPERVISION,
            "source_event": f"{inspection.held_on.isoformat()} {inspection.get_mode_display()}",
            "discovered_on": inspection.held_on,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        address = reverse("inspections:finding_problem", args=[self.finding.pk])
        others = [
            (category.label, with_back(f"{address}?category={category}", context["back"]))
            for category in Category
            if category != self.category
        ]
        found = f"{self.finding.inspection}在{self.finding.village}发现：{self.finding.text}"
        if self.finding.problem:
            found += f"（已对应{self.finding.problem}）"
        return context | {"others": others, "intro": found}

    def get_success_url(self) -> str:
        return self.finding.inspection.get_absolute_url()

    def perform(self, form: ProblemForm) -> Problem:
        submit = form.cleaned_data["submit"]
        self.success_text = "已由督查发现登记问题" + (
            "并提交审核。" if submit else "，存为草稿，提交审核后才进入台账。"
        )
        with transaction.atomic():  # a key project named anew goes with the problem
            return services.raise_problem(
                self.finding,
                round=form.cleaned_data["round"],
                submit=submit,
                by=self.request.user,
                at=timezone.now(),
                **self.facts(form),
            )
