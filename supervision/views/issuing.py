"""Slips issued by hand: choose the matter, say what is asked for; find it done."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from common.chinese import day_text
from common.errors import Refused
from common.lists import Column
from problems.models import Problem
from supervision.forms import CloseForm, IssueForm, MatterFilter
from supervision.models import Slip
from supervision.services import issuing as services
from supervision.services import slips
from supervision.services.items import RISING_STATES, commitments_waiting, notices_waiting
from supervision.terms import Kind
from supervision.views.slips import SlipFormPage
from villages.pages import FormPage, ListPage, Tab, with_back

CREATE = {
    Kind.PROBLEM: "supervision:slip_problem",
    Kind.NOTICE: "supervision:slip_notice",
    Kind.COMMITMENT: "supervision:slip_commitment",
}
ROUND = {Kind.PROBLEM: "round__", Kind.NOTICE: "inspection__round__", Kind.COMMITMENT: "meeting__round__"}


def matters(kind: Kind, access: Any) -> QuerySet[Any]:
    """What in scope a slip may be issued about: not done, and without an open slip."""
    rows: QuerySet[Any]
    if kind == Kind.PROBLEM:
        rows = Problem.objects.shown_to(access).filter(state__in=RISING_STATES).select_related("village__township")
        rows = rows.annotate(until=F("due_on")).defer("search_text", "description")
    elif kind == Kind.NOTICE:
        rows = notices_waiting().visible_to(access).select_related("village__township")  # type: ignore[attr-defined]
        rows = rows.annotate(until=F("reply_due_on"))
    else:
        rows = commitments_waiting().visible_to(access)  # type: ignore[attr-defined]
        rows = rows.select_related("problem__village", "meeting__village", "unit").annotate(until=F("due_on"))
    held = Slip.objects.filter(**{slips.OWN[kind]: OuterRef("pk")}, closed_on=None)
    return rows.filter(~Exists(held)).order_by(F("until").asc(nulls_last=True), "pk")


class MatterList(ListPage):
    """Where a slip by hand begins: what is not done and has no open slip."""

    permission = Permission.SLIP_ISSUE
    template_name = "supervision/matter_list.html"
    kind = Kind.PROBLEM
    title = "发督办单：选择督办事项"
    noun = "项"
    filter_form = MatterFilter
    tabs = (
        Tab("问题", "supervision:matter_problems", Permission.SLIP_ISSUE),
        Tab("整改通知书", "supervision:matter_notices", Permission.SLIP_ISSUE),
        Tab("议定事项", "supervision:matter_commitments", Permission.SLIP_ISSUE),
    )
    empty_text = "没有可以发督办单的事项：办结的、已有未办结督办单的不列在这里。"

    def rows(self) -> QuerySet[Any]:
        rows = self.filters.of_round(matters(self.kind, self.access), ROUND[self.kind])
        if village := self.filters.value("village"):
            if self.kind == Kind.COMMITMENT:
                return rows.filter(Q(problem__village=village) | Q(problem=None, meeting__village=village))
            return rows.filter(village=village)
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def name(row: Any) -> str:
            words = {Kind.NOTICE: lambda: f"{row}：{row.requirement}", Kind.COMMITMENT: lambda: row.text}
            return words.get(self.kind, lambda: f"{row.number}号 {row.title}")()

        def village(row: Any) -> str:
            if self.kind != Kind.COMMITMENT:
                return str(row.village.name)
            place = row.problem.village if row.problem else row.meeting.village
            return place.name if place else "—"

        def issue(row: Any) -> str:
            url = with_back(reverse(CREATE[self.kind], args=[row.pk]), here)
            return format_html('<a class="btn btn-sm btn-outline-primary" href="{}">发督办单</a>', url)

        return [
            Column("事项", name, lead=True),
            Column("村", village, css="nowrap"),
            Column("时限", lambda row: day_text(row.until), css="nowrap"),
            Column("办理", issue, css="nowrap"),
        ]


class SlipCreate(FormPage):
    permission = Permission.SLIP_ISSUE
    kind = Kind.PROBLEM
    form_class = IssueForm
    template_name = "supervision/slip_issue.html"
    title = "发督办单"
    button = "发出"
    success_text = "督办单已发出，责任单位和责任人的待办中马上可以看到。"

    def load(self, pk: int) -> None:
        rows: QuerySet[Any]
        if self.kind == Kind.PROBLEM:
            rows = Problem.objects.shown_to(self.access).select_related("village")
        else:
            model = Slip._meta.get_field(self.kind).related_model
            rows = model.objects.visible_to(self.access)  # type: ignore[union-attr]
            if self.kind == Kind.COMMITMENT:
                rows = rows.select_related("meeting", "problem")
        self.matter = get_object_or_404(rows, pk=pk)
        place = self.matter.meeting if self.kind == Kind.COMMITMENT else self.matter
        self.require(self.permission, township_id=place.township_id, village_id=self.matter.village_id)

    def get_success_url(self) -> str:
        return reverse("supervision:slip_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refusal, item = "", None
        try:
            item = services.matter(self.kind, self.matter.pk)
        except Refused as refused:
            refusal = str(refused)
        return super().get_context_data(**kwargs) | {
            "matter": self.matter,
            "kind": self.kind.label,
            "item": item,
            "refusal": refusal,
            "held": services.held_by(self.kind, self.matter.pk),
        }

    def perform(self, form: IssueForm) -> str:
        """To the slip without the way back: the list it was chosen from is done with, its page leads to the register."""
        slip = services.issue_slip(
            self.kind, self.matter.pk, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return slip.get_absolute_url()


class SlipClose(SlipFormPage):
    permission = Permission.SLIP_ISSUE
    form_class = CloseForm
    title = "办结督办单"
    button = "办结"
    success_text = "已办结。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"answer": slips.newest_step(self.slip)}

    def perform(self, form: CloseForm) -> str:
        services.close_slip(self.slip, **self.values(form))
        return self.get_success_url()
