"""The task list (任务清单) and its measures."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import day_text
from common.lists import Column
from problems.forms.measures import (
    MeasureChangeForm,
    MeasureDoneForm,
    MeasureFilter,
    MeasureForm,
    MeasureReopenForm,
)
from problems.models import Measure, Problem
from problems.services import measures as services
from problems.shown import deadline_text
from problems.terms import State
from problems.views.progress import unit_ids_of
from villages.models import Cadre, Unit
from villages.pages import FormPage, ListPage, Page, link, safe_back, with_back

LATE = mark_safe('<span class="light light-red">逾期未完成</span>')
# Who does the work says that it is done; who keeps the ledger may say it for him.
FINISHERS = (Permission.PROGRESS_POST, Permission.MEASURE_EDIT)


class MeasureList(ListPage):
    permission = Permission.PROBLEM_VIEW
    title = "任务清单"
    noun = "条任务"
    filter_form = MeasureFilter
    sorts = {
        "village": ["problem__village__sort", "problem__village_id", "problem__number", "number"],
        "due": ["due_on", "pk"],
        "done": ["done_on", "pk"],
        "owner": ["owner__name", "pk"],
    }
    empty_text = "还没有整改措施。打开一个问题，点“增加措施”填写。"

    def rows(self) -> QuerySet[Measure]:
        filters = self.filters
        rows = (
            Measure.objects.shown_to(self.access)
            .select_related("problem__village", "owner", "unit")
            .defer("problem__search_text", "problem__description")
            .order_by("problem__village__sort", "problem__village_id", "problem__number", "number")
        )
        rows = filters.of_round(rows, "problem__round__")
        if village := filters.value("village"):
            rows = rows.filter(problem__village=village)
        if filters.value("as_of"):  # the tasks of what stood in the ledger on that day
            rows = rows.filter(problem__in=Problem.objects.as_of(filters.day).in_ledger("stood__").values("pk"))
            rows = rows.known_on(filters.day)
        if state := filters.value("state"):
            rows = {"open": rows.undone, "late": rows.late, "done": rows.done}[state](filters.day)
        if q := filters.value("q"):
            rows = rows.filter(Q(text__contains=q) | Q(problem__title__contains=q) | Q(owner__name__contains=q))
        return rows

    def get_columns(self) -> list[Column]:
        here, day = self.here, self.filters.day

        def task(measure: Measure) -> SafeString:
            return link(measure.get_absolute_url(), measure.text, here)

        def problem(measure: Measure) -> SafeString:
            url = with_back(measure.problem.get_absolute_url(), here)
            return format_html(
                '<span><a class="nowrap" href="{}">{}号</a> {}</span>',
                url,
                measure.problem.number,
                measure.problem.title,
            )

        return [
            Column("任务", task, lead=True),
            Column("村", lambda m: m.problem.village.name, sort="village", css="nowrap"),
            Column("对应问题", problem),
            Column("完成标准", lambda m: m.standard or "—"),
            Column("责任人", lambda m: m.owner.with_title if m.owner else "—", sort="owner"),
            Column("责任单位", lambda m: m.unit.name if m.unit else "—", css="nowrap"),
            Column("完成时限", lambda m: deadline_text(m.deadline_kind, m.due_on), sort="due", css="nowrap"),
            Column("完成情况", lambda m: done_words(m, day), sort="done", css="nowrap"),
        ]


def done_words(measure: Measure, day: Any) -> str | SafeString:
    """How a measure stood on a day; lateness in a word as well as in colour."""
    if measure.done_on and measure.done_on <= day:
        return f"{day_text(measure.done_on)} 完成"
    if measure.is_late(day):
        return LATE
    return "未完成"


class MeasurePlace:
    """Shared loading: the measure by scope, and who may do what with it."""

    def load_measure(self, pk: int) -> None:
        self.measure = get_object_or_404(
            Measure.objects.shown_to(self.access).select_related(  # type: ignore[attr-defined]
                "problem__village", "problem__round", "owner", "unit"
            ),
            pk=pk,
        )
        self.problem = self.measure.problem
        self.unit_ids = unit_ids_of(self.problem, self.access)  # type: ignore[attr-defined]

    def may_any(self, *permissions: Permission) -> bool:
        return any(
            self.access.may(  # type: ignore[attr-defined]
                permission,
                township_id=self.problem.township_id,
                village_id=self.problem.village_id,
                unit_ids=self.unit_ids,
            )
            for permission in permissions
        )

    def require_any(self, *permissions: Permission) -> None:
        if not self.may_any(*permissions):
            raise PermissionDenied


class MeasureDetail(MeasurePlace, Page):
    permission = Permission.PROBLEM_VIEW
    template_name = "problems/measure_detail.html"
    title = "整改措施"

    def load(self, pk: int) -> None:
        self.load_measure(pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = safe_back(self.request, "")

        def link(label: str, name: str) -> tuple[str, str]:
            return label, with_back(reverse(f"problems:{name}", args=[self.measure.pk]), back)

        actions = []
        if not self.measure.done_on and self.may_any(*FINISHERS):
            actions.append(link("填写完成", "measure_finish"))
        if self.may_any(Permission.MEASURE_EDIT):
            if self.problem.state != State.CLOSED:
                actions.append(link("修改", "measure_update"))
            if self.measure.done_on:
                actions.append(link("恢复为未完成", "measure_reopen"))
        return super().get_context_data(**kwargs) | {
            "measure": self.measure,
            "problem": self.problem,
            "deadline": deadline_text(self.measure.deadline_kind, self.measure.due_on),
            "done": done_words(self.measure, timezone.localdate()),
            "actions": actions,
            "history": audit.history(self.measure),
        }


class MeasureFormPage(MeasurePlace, FormPage):
    """A form about one measure."""

    permission = Permission.PROBLEM_VIEW
    permissions: tuple[Permission, ...] = (Permission.MEASURE_EDIT,)
    template_name = "problems/measure_form.html"

    def load(self, pk: int) -> None:
        self.load_measure(pk)
        self.require_any(*self.permissions)

    def get_success_url(self) -> str:
        return self.measure.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"problem": self.problem}
        return context | {"measure": getattr(self, "measure", None)}

    def place_choices(self) -> dict[str, Any]:
        """People and units of the problem's township and the county above it, those still in office."""
        township = self.problem.township_id
        county = self.problem.village.township.county_id
        return {
            "cadres": Cadre.objects.filter(
                Q(township_id=township) | Q(township_id=None, county_id=county), left_on=None
            ),
            "units": Unit.objects.filter(Q(township_id=township) | Q(township_id=None, county_id=county)),
        }


class MeasureCreate(MeasureFormPage):
    permission = Permission.MEASURE_EDIT
    form_class = MeasureForm
    title = "增加整改措施"
    success_text = "措施已增加。"

    def load(self, pk: int) -> None:
        self.problem = get_object_or_404(
            Problem.objects.shown_to(self.access).select_related("village__township", "round"), pk=pk
        )
        self.unit_ids = frozenset()
        self.require_any(Permission.MEASURE_EDIT)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.place_choices()

    def get_initial(self) -> dict[str, Any]:
        return {
            "owner": self.problem.owner_id,
            "unit": self.problem.responsible_unit_id,
            "deadline_kind": self.problem.deadline_kind,
            "due_on": self.problem.due_on,
        }

    def get_success_url(self) -> str:
        return reverse("problems:problem_detail", args=[self.problem.pk])

    def perform(self, form: MeasureForm) -> str:
        services.add_measure(self.problem, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return safe_back(self.request, self.get_success_url())


class MeasureUpdate(MeasureFormPage):
    permission = Permission.MEASURE_EDIT
    form_class = MeasureChangeForm
    title = "修改整改措施"

    def current(self) -> Measure:
        return self.measure

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.place_choices()

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.measure, name) for name in services.FIELDS}

    def perform(self, form: MeasureChangeForm) -> Measure:
        return services.change_measure(
            self.measure, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class MeasureFinish(MeasureFormPage):
    permissions = FINISHERS
    form_class = MeasureDoneForm
    title = "填写措施完成情况"
    success_text = "已记为完成。"

    def perform(self, form: MeasureDoneForm) -> Measure:
        return services.finish_measure(self.measure, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class MeasureReopen(MeasureFormPage):
    permission = Permission.MEASURE_EDIT
    form_class = MeasureReopenForm
    title = "恢复为未完成"
    button = "确定恢复"
    success_text = "已恢复为未完成。"

    def perform(self, form: MeasureReopenForm) -> Measure:
        return services.reopen_measure(self.measure, by=self.request.user, at=timezone.now(), **form.cleaned_data)
