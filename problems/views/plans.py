"""One village, one plan: list, plan with its three lists, and the forms."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import day_text
from common.lists import Column, draw_rows
from problems.forms.plans import PlanFilter, PlanStartForm, PlanTextForm
from problems.models import Measure, PlanVersion, Problem, VillagePlan
from problems.services import plans as services
from problems.services.plan_content import lists_of
from problems.shown import deadline_text, light
from problems.views.measures import done_words
from rounds.models import Designation
from villages.access import Access
from villages.models import Village
from villages.pages import FormPage, ListPage, Page, link, safe_back, with_back


def unplanned(access: Access) -> QuerySet[Designation]:
    """What this visitor may begin a plan for."""
    villages = Village.objects.filter(access.villages_with(Permission.PLAN_EDIT))
    planned = VillagePlan.objects.filter(round=OuterRef("round"), village=OuterRef("village"))
    return (
        Designation.objects.filter(~Exists(planned), village__in=villages, removed_on=None)
        .select_related("village", "round")
        .order_by("-round__year", "-round__number", "village__sort", "village_id")
    )


class PlanList(ListPage):
    permission = Permission.ROUND_VIEW
    title = "一村一策"
    noun = "个方案"
    filter_form = PlanFilter
    sorts = {
        "village": ["village__sort", "village_id", "pk"],
        "state": ["state", "pk"],
        "approved": ["approved_on", "pk"],
    }
    empty_text = "还没有整顿方案。整顿对象审定后，点“起草方案”为每个村制定一份。"

    def rows(self) -> QuerySet[VillagePlan]:
        rows = (
            VillagePlan.objects.visible_to(self.access)
            .select_related("village__township", "round")
            .order_by("-round__year", "-round__number", "village__sort", "village_id")
        )
        rows = self.filters.of_round(rows)
        if village := self.filters.value("village"):
            rows = rows.filter(village=village)
        if state := self.filters.value("state"):
            rows = rows.filter(state=state)
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def name(plan: VillagePlan) -> str:
            return format_html(
                '<a href="{}">{}一村一策</a>', with_back(plan.get_absolute_url(), here), plan.village.name
            )

        columns = [
            Column("方案", name, sort="village", lead=True),
            Column("轮次", lambda p: str(p.round)),
            Column("状态", lambda p: p.get_state_display(), sort="state"),
            Column("审定日期", lambda p: day_text(p.approved_on), sort="approved"),
        ]
        if self.filters.many_townships:
            columns.insert(1, Column("乡镇", lambda p: p.village.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.PLAN_EDIT):
            return []
        if not self.access.may(Permission.DESIGNATION_PROPOSE) and not unplanned(self.access).exists():
            return []  # a village whose plan stands has nothing to begin
        return [("起草方案", with_back(reverse("problems:plan_create"), self.here))]


class PlanPlace:
    """Shared loading: the plan by scope."""

    def load_plan(self, pk: int) -> None:
        self.plan = get_object_or_404(
            VillagePlan.objects.visible_to(self.access).select_related("village__township", "round"),  # type: ignore[attr-defined]
            pk=pk,
        )

    def may_here(self, permission: Permission) -> bool:
        return self.access.may(  # type: ignore[attr-defined]
            permission, township_id=self.plan.round.township_id, village_id=self.plan.village_id
        )


class PlanDetail(PlanPlace, Page):
    permission = Permission.ROUND_VIEW
    template_name = "problems/plan_detail.html"

    def load(self, pk: int) -> None:
        self.load_plan(pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan, here, day = self.plan, self.request.get_full_path(), timezone.localdate()
        problems = list(
            Problem.objects.in_ledger()
            .filter(round=plan.round_id, village=plan.village_id)
            .select_related("owner", "lead_official", "responsible_unit")
            .prefetch_related("assisting_units")
            .defer("search_text", "description")
            .order_by("number")
        )
        measures = list(
            services.measures_of(plan).select_related("problem", "owner", "unit").order_by("problem__number", "number")
        )

        def problem_link(problem: Problem) -> str:
            return link(problem.get_absolute_url(), problem.title, here)

        def task_link(measure: Measure) -> str:
            return link(measure.get_absolute_url(), measure.text, here)

        def tasks_of(problem_id: int) -> str:
            mine = [measure for measure in measures if measure.problem_id == problem_id]
            done = sum(1 for measure in mine if measure.done_on and measure.done_on <= day)
            return f"{len(mine)}条，完成{done}条" if mine else "—"

        number = Column("编号", lambda p: f"{p.number}号", css="nowrap")
        lists = [
            (
                "问题清单",
                [
                    number,
                    Column("问题", problem_link, lead=True),
                    Column("类别", lambda p: p.get_category_display()),
                    Column("整改目标", lambda p: p.target or "—"),
                    Column("时限", lambda p: deadline_text(p.deadline_kind, p.due_on), css="nowrap"),
                    Column("状态", lambda p: p.get_state_display(), css="nowrap"),
                    Column("预警", lambda p: light(p.colour_on(day)) if p.is_open else "—", css="nowrap"),
                ],
                problems,
                "本村本轮还没有列入台账的问题。",
            ),
            (
                "任务清单",
                [
                    Column("问题", lambda m: f"{m.problem.number}号", css="nowrap"),
                    Column("任务", task_link, lead=True),
                    Column("完成标准", lambda m: m.standard or "—"),
                    Column("责任人", lambda m: m.owner.with_title if m.owner else "—"),
                    Column("完成时限", lambda m: deadline_text(m.deadline_kind, m.due_on), css="nowrap"),
                    Column("完成情况", lambda m: done_words(m, day)),
                ],
                measures,
                "还没有整改措施。打开上面的问题，点“增加措施”填写。",
            ),
            (
                "责任清单",
                [
                    number,
                    Column("问题", lambda p: p.title, lead=True),
                    Column("责任领导", lambda p: p.lead_official.with_title if p.lead_official else "—"),
                    Column("责任单位", lambda p: p.responsible_unit.name if p.responsible_unit else "—"),
                    Column("责任人", lambda p: p.owner.with_title if p.owner else "—"),
                    Column("协助单位", lambda p: "、".join(unit.name for unit in p.assisting_units.all()) or "—"),
                    Column("任务", lambda p: tasks_of(p.pk), css="nowrap"),
                ],
                problems,
                "有了列入台账的问题，责任领导、责任单位和责任人就列在这里。",
            ),
        ]
        return super().get_context_data(**kwargs) | {
            "title": f"{plan.village}{plan.round}一村一策",
            "plan": plan,
            "lists": [
                (title, [column.title for column in columns], draw_rows(columns, rows), len(rows), empty)
                for title, columns, rows, empty in lists
            ],
            "done_count": sum(1 for measure in measures if measure.done_on and measure.done_on <= day),
            "reviews": plan.reviews.select_related("by"),
            "history": audit.history(plan),
            "versions": list(plan.versions.select_related("by").defer("lists", "causes", "goals")),
            "actions": self.actions(),
            "missing": services.missing(plan) if plan.state in services.OPEN else [],
            "vague": services.vague_words(services.vague_among(measures))
            if plan.state != VillagePlan.State.APPROVED
            else "",
        }

    def actions(self) -> list[tuple[str, str]]:
        """The buttons that make sense now for this visitor, the next step first."""
        state, names = self.plan.state, []
        if state in services.OPEN and self.may_here(Permission.PLAN_EDIT):
            names += [("提交审定", "plan_submit"), ("修改", "plan_update")]
            if state == VillagePlan.State.AMENDING:
                names += [("撤销调整", "plan_call_off")]
        if self.may_here(Permission.PLAN_DECIDE):
            if state == VillagePlan.State.SUBMITTED:
                names += [("审定通过", "plan_approve"), ("退回修改", "plan_return")]
            elif state == VillagePlan.State.APPROVED:
                names += [("退回调整", "plan_return")]
        if state == VillagePlan.State.APPROVED and self.may_here(Permission.PLAN_EDIT):
            names += [("调整方案", "plan_amend")]
        names += [("打印", "plan_sheet")]
        back = safe_back(self.request, "")
        return [(label, with_back(reverse(f"problems:{name}", args=[self.plan.pk]), back)) for label, name in names]


class PlanSheet(PlanPlace, Page):
    """The plan as it is printed, with the boxes in which village, township and county write their opinion."""

    permission = Permission.ROUND_VIEW
    template_name = "problems/plan_sheet.html"

    def load(self, pk: int) -> None:
        self.load_plan(pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.plan
        return super().get_context_data(**kwargs) | {
            "title": f"{plan.village}{plan.round}一村一策",
            "plan": plan,
            "causes": plan.causes,
            "goals": plan.goals,
            "lists": lists_of(plan),
            "draft": plan.state != VillagePlan.State.APPROVED,
        }


class PlanVersionDetail(Page):
    """A plan as it was approved once; printed like the present one."""

    permission = Permission.ROUND_VIEW
    template_name = "problems/plan_sheet.html"

    def load(self, pk: int) -> None:
        plans = VillagePlan.objects.visible_to(self.access).values("pk")
        self.version = get_object_or_404(
            PlanVersion.objects.filter(plan__in=plans).select_related("plan__village__township", "plan__round", "by"),
            pk=pk,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.version
        return super().get_context_data(**kwargs) | {
            "title": f"{version.plan.village}{version.plan.round}一村一策（第{version.number}版）",
            "plan": version.plan,
            "version": version,
            "causes": version.causes,
            "goals": version.goals,
            "lists": version.lists,
        }


class PlanCreate(FormPage):
    permission = Permission.PLAN_EDIT
    form_class = PlanStartForm
    template_name = "problems/plan_create.html"
    title = "起草方案"
    intro = "每个整顿对象每轮一份。先写原因和目标，措施在各个问题中填写，会自动汇总到方案里。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"designations": unplanned(self.access)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        left = context["form"].fields["designation"].queryset.exists()
        return context | {
            "left": left,
            "intro": self.intro if left else "",
            "may_propose": not left and self.access.may(Permission.DESIGNATION_PROPOSE),
        }

    def get_success_url(self) -> str:
        return reverse("problems:plan_list")

    def perform(self, form: PlanStartForm) -> VillagePlan:
        designation = form.cleaned_data["designation"]
        return services.start_plan(
            round=designation.round,
            village=designation.village,
            causes=form.cleaned_data["causes"],
            goals=form.cleaned_data["goals"],
            by=self.request.user,
            at=timezone.now(),
        )


class PlanFormPage(PlanPlace, FormPage):
    """A form about one plan."""

    permission = Permission.PLAN_EDIT

    def load(self, pk: int) -> None:
        self.load_plan(pk)
        self.require(self.permission, township_id=self.plan.round.township_id, village_id=self.plan.village_id)

    def current(self) -> VillagePlan:
        return self.plan

    def get_success_url(self) -> str:
        return self.plan.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Named in the heading: a clerk with three plans open must see which one this is.
        return super().get_context_data(**kwargs) | {
            "title": f"{self.title}：{self.plan.village}{self.plan.round}一村一策"
        }

    def address(self, done: Any) -> str:
        return with_back(self.plan.get_absolute_url(), safe_back(self.request, ""))


class PlanUpdate(PlanFormPage):
    form_class = PlanTextForm
    title = "修改方案"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.plan, name) for name in services.FIELDS}

    def perform(self, form: PlanTextForm) -> None:
        services.change_plan(
            self.plan, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
