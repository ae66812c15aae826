"""The office's own outlines: order of parts, titles, sentences and their wording, with the effect beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from reports import outlines, services
from reports.figures import Figures
from reports.forms import OutlinePartAddForm, OutlinePartForm, ScheduleForm
from reports.models import DraftSchedule, Outline, Summary, text_of
from reports.services.outlining import told
from reports.services.scheduling import drafters, first_working_day
from villages.models import Township
from villages.pages import ActionPage, FormPage, Page, PermissionRequired
from workdays.calendar import calendar_of

NAMES = {
    "introduction": "开头段",
    "closing": "结尾段",
    "title": "标题",
    "addressee": "主送机关",
}  # of parts without words of their own


class OutlineList(Page):
    """Every kind with its outline, for each township whose summaries one drafts."""

    permission = Permission.SUMMARY_DRAFT
    template_name = "reports/outline_list.html"
    title = "总结提纲和自动起草"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        townships = Township.objects.filter(pk__in=self.access.townships_with(Permission.SUMMARY_DRAFT)).order_by("pk")
        own = set(
            Outline.objects.visible_to(self.access).exclude(parts=[]).values_list("township_id", "kind")
        )  # a row may stand for the usual outline
        schedules = {
            s.township_id: s for s in DraftSchedule.objects.filter(township__in=townships).select_related("author")
        }
        rows = [
            {
                "township": township,
                "schedule": schedules.get(township.pk),
                "kinds": [
                    {
                        "label": kind.label,
                        "url": reverse("reports:outline_detail", args=[township.pk, kind.value]),
                        "own": (township.pk, kind.value) in own,
                    }
                    for kind in Summary.Kind
                ],
            }
            for township in townships
        ]
        return super().get_context_data(**kwargs) | {"rows": rows}


class OneOutline(PermissionRequired):
    """One township's outline of one kind; `plans` is what is in force."""

    permission = Permission.SUMMARY_DRAFT

    def load(self, pk: int, kind: str, **kwargs: Any) -> None:
        self.township = get_object_or_404(Township.objects.filter(pk__in=self.access.township_ids), pk=pk)
        if kind not in outlines.OUTLINES:
            raise Http404
        self.require(Permission.SUMMARY_DRAFT, township_id=pk)
        self.kind = Summary.Kind(kind)
        self.outline = Outline.objects.filter(township=self.township, kind=kind).first() or Outline(
            township=self.township, kind=kind
        )
        self.plans = outlines.plans_of(self.outline, kind)

    def get_success_url(self) -> str:
        return self.outline.get_absolute_url()

    def sample(self) -> tuple[Summary | None, Figures | None]:
        """The newest summary of the township, of this kind if there is one: its figures show what the outline makes of them."""
        newest = Summary.objects.filter(township=self.township).order_by("-as_of", "-pk")
        summary = newest.filter(kind=self.kind).first() or newest.first()
        if summary is None:
            return None, None
        figures = Figures.from_json(summary.figures)
        figures.scope["kind"] = self.kind.value
        return summary, figures


class OutlineDetail(OneOutline, Page):
    template_name = "reports/outline_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        summary, figures = self.sample()
        texts = effect(self.plans, figures)
        places = outlines.places(self.plans)
        rows = [
            {
                "plan": plan,
                "name": NAMES.get(plan.key, "正文段"),
                "told": told(plan),
                "text": texts.get(plan.key, ""),
                "takes_more": plan.key in places,
                "movable": plan.kind not in ("title", "addressee", "paragraph"),
            }
            for plan in self.plans
        ]
        return super().get_context_data(**kwargs) | {
            "title": f"{self.kind.label}提纲",
            "township": self.township,
            "outline": self.outline,
            "own": bool(self.outline.parts),
            "rows": rows,
            "sample": summary,
            "history": history(self.outline, 30) if self.outline.pk else [],
        }


def effect(plans: Sequence[outlines.Plan], figures: Figures | None) -> dict[str, str]:
    """Part key → the words the outline writes from these figures."""
    return {draft.key: text_of(draft.runs) for draft in outlines.write(figures, plans)} if figures else {}


class OutlinePartUpdate(OneOutline, FormPage):
    """Words, sentences and wording of one part. “看效果” shows what comes of it and saves nothing."""

    form_class = OutlinePartForm
    template_name = "reports/outline_part_form.html"
    success_text = "已保存。新起草和重新计算的总结按改后的提纲写。"

    def load(self, pk: int, kind: str, key: str) -> None:  # type: ignore[override]
        super().load(pk, kind)
        self.plan = next((plan for plan in self.plans if plan.key == key), None)  # type: ignore[assignment]
        if self.plan is None:
            raise Http404
        self.title = f"{self.kind.label}提纲：{self.plan.lead or NAMES.get(self.plan.key, '正文段')}"

    plan: outlines.Plan

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"plan": self.plan}

    def current(self) -> Outline:
        return self.outline

    def get_initial(self) -> dict[str, Any]:
        return {"lead": self.plan.lead, "off": self.plan.off}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if "preview" in request.POST and form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, tried=self.tried(form)))
        return super().post(request, *args, **kwargs)

    def tried(self, form: OutlinePartForm) -> dict[str, Any]:
        summary, figures = self.sample()
        plans = outlines.changed(
            self.plans, self.plan.key, lead=form.cleaned_data["lead"], uses=form.uses(), off=form.cleaned_data["off"]
        )
        return {"summary": summary, "text": effect(plans, figures).get(self.plan.key, "")}

    def perform(self, form: OutlinePartForm) -> str:
        services.change_outline_part(
            township_id=self.township.pk, kind=self.kind, key=self.plan.key, lead=form.cleaned_data["lead"],
            uses=form.uses(), off=form.cleaned_data["off"], base_version=self.base_version,
            by=self.request.user, at=timezone.now(),
        )  # fmt: skip
        return f"{self.get_success_url()}#part-{self.plan.key}"


class OutlinePartCreate(OneOutline, FormPage):
    """A paragraph of the office's own: fixed words, or a sentence from the records under a leading clause of its own."""

    form_class = OutlinePartAddForm
    template_name = "reports/outline_part_form.html"
    success_text = "已添加。新起草和重新计算的总结会写上这一段。"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.kind.label}提纲：添加一段"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"plans": self.plans}

    def current(self) -> Outline:
        return self.outline

    def get_initial(self) -> dict[str, Any]:
        return {"under": self.request.GET.get("under", "")}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if "preview" in request.POST and form.is_valid():
            summary, figures = self.sample()
            plans, plan = outlines.added(self.plans, *form.asked())
            tried = {"summary": summary, "text": effect(plans, figures).get(plan.key, "")}
            return self.render_to_response(self.get_context_data(form=form, tried=tried))
        return super().post(request, *args, **kwargs)

    def perform(self, form: OutlinePartAddForm) -> str:
        plan = services.add_outline_part(
            township_id=self.township.pk, kind=self.kind, under=form.cleaned_data["under"],
            lead=form.cleaned_data["lead"], sentence=form.cleaned_data["add"], base_version=self.base_version,
            by=self.request.user, at=timezone.now(),
        )  # fmt: skip
        return f"{self.get_success_url()}#part-{plan.key}"


class OutlinePartRemove(OneOutline, ActionPage):
    success_text = "已删除。"

    def load(self, pk: int, kind: str, key: str) -> None:  # type: ignore[override]
        super().load(pk, kind)
        self.key = key

    def perform(self) -> None:
        services.remove_outline_part(
            township_id=self.township.pk, kind=self.kind, key=self.key, base_version=self.base_version,
            by=self.request.user, at=timezone.now(),
        )  # fmt: skip


class OutlinePartMove(OneOutline, ActionPage):
    success_text = "已移动。"

    def load(self, pk: int, kind: str, key: str) -> None:  # type: ignore[override]
        super().load(pk, kind)
        self.key = key

    def perform(self) -> None:
        services.move_outline_part(
            township_id=self.township.pk, kind=self.kind, key=self.key, up=self.request.POST.get("up") == "1",
            base_version=self.base_version, by=self.request.user, at=timezone.now(),
        )  # fmt: skip

    def get_success_url(self) -> str:
        return f"{super().get_success_url()}#part-{self.key}"


class OutlinePutIn(OneOutline, ActionPage):
    """From the page of a kind of other work: its sentence is printed in the papers of this kind (again)."""

    success_text = "已写进提纲。新起草和重新计算的总结会写上。"

    def load(self, pk: int, kind: str, place: str) -> None:  # type: ignore[override]
        super().load(pk, kind)
        self.place = place

    def perform(self) -> None:
        services.put_other_work_in(
            township_id=self.township.pk, kind=self.kind, place=self.place, base_version=self.base_version,
            by=self.request.user, at=timezone.now(),
        )  # fmt: skip


class OutlineReset(OneOutline, ActionPage):
    success_text = "已恢复系统提纲。"

    def perform(self) -> None:
        services.reset_outline(
            township_id=self.township.pk, kind=self.kind, base_version=self.base_version, by=self.request.user,
            at=timezone.now(),
        )  # fmt: skip


class ScheduleUpdate(FormPage):
    """Whether a monthly draft is written by itself, and who gets it."""

    permission = Permission.SUMMARY_DRAFT
    form_class = ScheduleForm
    template_name = "reports/schedule_form.html"
    title = "自动起草月报"
    success_text = "已保存。"

    def load(self, pk: int) -> None:
        self.township = get_object_or_404(Township.objects.filter(pk__in=self.access.township_ids), pk=pk)
        self.require(Permission.SUMMARY_DRAFT, township_id=pk)
        self.schedule = DraftSchedule.objects.filter(township=self.township).select_related(
            "author"
        ).first() or DraftSchedule(township=self.township)
        self.people = drafters(pk, timezone.localdate())

    @property
    def intro(self) -> str:  # type: ignore[override]
        day = first_working_day(timezone.localdate(), calendar_of(self.township.pk))
        return (
            f"打开后，{self.township}每月第一个工作日按台账写好上月月报的初稿，放在所选人的首页待办里，不会自动送签。"
            f"工作日按工作日历计算，法定节假日和调休在内；本月为{day.month}月{day.day}日。"
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self.people}

    def current(self) -> DraftSchedule:
        return self.schedule

    def get_initial(self) -> dict[str, Any]:
        return {"is_on": self.schedule.is_on, "author": self.schedule.author_id}

    def get_success_url(self) -> str:
        return reverse("reports:outline_list")

    def perform(self, form: ScheduleForm) -> str:
        services.set_schedule(
            township_id=self.township.pk, base_version=self.base_version, by=self.request.user, at=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        past = history(self.schedule, 20) if self.schedule.pk else []
        return super().get_context_data(**kwargs) | {"history": past}
