"""What was promised: the list a unit and a village work from, the page of one, entry and report."""

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column, number_named
from meetings import services
from meetings.forms.filters import CommitmentFilter
from meetings.forms.meetings import CommitmentChangeForm, CommitmentForm, ReportForm
from meetings.models import AgendaItem, Commitment, Meeting
from meetings.services.commitments import FIELDS
from meetings.views.common import (
    STATE_LIGHTS,
    TABS,
    cadres_of,
    may_open_meeting,
    problems_of,
    state_cell,
    units_of,
)
from villages.access import Access
from villages.pages import FormPage, ListPage, Page, PermissionRequired, link


def may_report(access: Access, commitment: Commitment) -> bool:
    """Who promised it or is concerned by it: its unit, its village, the office."""
    return not commitment.kept_on and access.may(
        Permission.COMMITMENT_REPORT,
        township_id=commitment.township_id,
        village_id=commitment.village_id,
        unit_ids=[commitment.unit_id] if commitment.unit_id else [],
    )


class CommitmentList(ListPage):
    tabs = TABS
    # Not MEETING_VIEW: a station sees what it promised without seeing the meetings.
    permission = Permission.PROBLEM_VIEW
    title = "会议议定事项督办"
    noun = "项"
    filter_form = CommitmentFilter
    sorts = {"due_on": ["due_on", "pk"], "held_on": ["meeting__held_on", "pk"], "unit": ["unit__name", "due_on"]}
    empty_text = "没有需要督办的议定事项。会议上议定限期办理的，由党建办在会议页面上登记。"

    def rows(self) -> QuerySet[Commitment]:
        filters = self.filters
        rows = filters.narrow(
            Commitment.objects.visible_to(self.access),
            day="meeting__held_on",
            round="meeting__round__",
        )
        if state := filters.value("state"):
            rows = getattr(rows, state)(self.filters.day)  # one of the form's choices, each a word of the queryset
        if village := filters.value("village"):
            rows = rows.filter(Q(problem__village=village) | Q(meeting__village=village))
        if unit := filters.value("unit"):
            rows = rows.filter(unit=unit)
        if day := filters.value("due_from"):
            rows = rows.filter(due_on__gte=day)
        if day := filters.value("due_to"):
            rows = rows.filter(due_on__lte=day)
        return rows.select_related("meeting", "problem__village", "unit", "lead_official").order_by(
            Case(When(kept_on=None, then=Value(0)), default=Value(1)), "due_on", "pk"
        )

    def get_columns(self) -> list[Column]:
        here, access = self.here, self.access

        def matter(commitment: Commitment) -> str:
            return link(commitment.get_absolute_url(), commitment.text, here)

        def meeting(commitment: Commitment) -> str:
            held = commitment.meeting
            return link(held.get_absolute_url(), held.name, here) if may_open_meeting(access, held) else held.name

        def report(commitment: Commitment) -> str:
            if not may_report(access, commitment):
                return "—"
            return link(reverse("meetings:commitment_report", args=[commitment.pk]), "报告", here)

        return [
            Column("督办事项", matter, lead=True),
            Column("状态", state_cell(self.filters.day)),
            Column("完成时限", lambda c: c.due_on.isoformat(), sort="due_on", css="nowrap"),
            Column("责任单位", lambda c: c.unit.name if c.unit else "—", sort="unit"),
            Column("牵头领导", lambda c: c.lead_official.with_title if c.lead_official else "—"),
            Column("村", lambda c: c.problem.village.name if c.problem else "—", css="nowrap"),
            Column("会议", meeting),
            Column("召开时间", lambda c: c.meeting.held_on.isoformat(), sort="held_on", css="nowrap"),
            Column("落实日期", lambda c: c.kept_on.isoformat() if c.kept_on else "—", css="nowrap"),
            Column("落实情况", lambda c: c.note or "—"),
            Column("操作", report),
        ]


class CommitmentPage(PermissionRequired):
    """Loads one commitment in scope."""

    commitment: Commitment

    def load(self, pk: int) -> None:
        self.commitment = get_object_or_404(
            Commitment.objects.visible_to(self.access).select_related(
                "meeting__township", "problem__village", "unit", "lead_official"
            ),
            pk=pk,
        )


class CommitmentDetail(CommitmentPage, Page):
    permission = Permission.PROBLEM_VIEW
    template_name = "meetings/commitment_detail.html"
    title = "议定事项"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        commitment = self.commitment
        state = commitment.state_on(self.access.on)
        return super().get_context_data(**kwargs) | {
            "commitment": commitment,
            "state": state.label,
            "light": STATE_LIGHTS[state],
            "meeting_url": commitment.meeting.get_absolute_url()
            if may_open_meeting(self.access, commitment.meeting)
            else "",
            "may_report": may_report(self.access, commitment),
            "may_edit": self.access.may(Permission.MEETING_EDIT, township_id=commitment.township_id),
            "here": self.request.get_full_path(),
            "history": history(commitment),
        }


class CommitmentCreate(FormPage):
    permission = Permission.MEETING_EDIT
    form_class = CommitmentForm
    title = "登记议定事项"
    success_text = "已登记议定事项。"

    def load(self, pk: int) -> None:
        self.meeting = get_object_or_404(Meeting.objects.visible_to(self.access).select_related("township"), pk=pk)
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)
        self.intro = str(self.meeting)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | choices(self.access, self.meeting)

    @property
    def item(self) -> AgendaItem | None:
        """The matter on the agenda it follows from (`item` in the address); nonsense there names none."""
        number = number_named(self.request.GET.get("item"), 4)
        return self.meeting.agenda.filter(number=number).first() if number else None

    def get_initial(self) -> dict[str, Any]:
        item = self.item
        return {"problem": item.problem_id, "text": item.decision} if item else {}

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()

    def perform(self, form: CommitmentForm) -> str:
        services.add_commitment(
            self.meeting, item=self.item, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return self.meeting.get_absolute_url()


class CommitmentUpdate(CommitmentPage, FormPage):
    permission = Permission.MEETING_EDIT
    form_class = CommitmentChangeForm
    title = "修改议定事项"

    def load(self, pk: int) -> None:
        super().load(pk)
        self.require(Permission.MEETING_EDIT, township_id=self.commitment.township_id)
        self.intro = str(self.commitment.meeting)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | choices(self.access, self.commitment.meeting)

    def current(self) -> Commitment:
        return self.commitment

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.commitment, name) for name in FIELDS}

    def get_success_url(self) -> str:
        return self.commitment.get_absolute_url()

    def perform(self, form: CommitmentChangeForm) -> Commitment:
        return services.change_commitment(
            self.commitment,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class CommitmentReport(CommitmentPage, FormPage):
    permission = Permission.COMMITMENT_REPORT
    form_class = ReportForm
    title = "报告办理情况"
    button = "报告"
    success_text = "已报告。"
    template_name = "meetings/commitment_report.html"

    def load(self, pk: int) -> None:
        super().load(pk)
        self.require(
            Permission.COMMITMENT_REPORT,
            township_id=self.commitment.township_id,
            village_id=self.commitment.village_id,
            unit_ids=[self.commitment.unit_id] if self.commitment.unit_id else [],
        )

    def current(self) -> Commitment:
        return self.commitment

    def get_initial(self) -> dict[str, Any]:
        return {"note": self.commitment.note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"commitment": self.commitment}

    def get_success_url(self) -> str:
        return self.commitment.get_absolute_url()

    def perform(self, form: ReportForm) -> Commitment:
        """With a day it is kept; without, it is how far it has come."""
        values = {"note": form.cleaned_data["note"], "base_version": self.base_version}
        values |= {"by": self.request.user, "at": timezone.now()}
        if kept_on := form.cleaned_data["kept_on"]:
            return services.keep_commitment(self.commitment, kept_on=kept_on, **values)
        return services.report_commitment(self.commitment, **values)


def choices(access: Access, meeting: Meeting) -> dict[str, QuerySet[Any]]:
    """What a commitment of this meeting may name."""
    townships = [meeting.township_id]
    villages = [meeting.village_id] if meeting.village_id else None
    return {
        "problems": problems_of(access, meeting.township_id, villages),
        "cadres": cadres_of(access, townships),
        "units": units_of(access, townships),
    }
