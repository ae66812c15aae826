"""What was on the agenda: the list over all meetings, and entry from the page of one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import Column, with_query
from meetings import services
from meetings.forms.filters import AgendaFilter
from meetings.forms.meetings import AgendaForm, ChooseProblemsFilter, ChooseProblemsForm
from meetings.models import AgendaItem, Meeting
from meetings.services.agenda import FIELDS
from meetings.views.commitments import choices
from meetings.views.common import TABS, light, may_open_meeting, problems_of
from problems.models import Problem
from problems.queries import colour_is
from problems.shown import days_text, deadline_text
from problems.terms import Colour
from villages.access import Access
from villages.models import Village
from villages.pages import ActionPage, FormPage, ListPage, link

OUTCOME_LIGHTS = {AgendaItem.Outcome.SETTLED: "light-green", AgendaItem.Outcome.UNRECORDED: "light-grey"}


class AgendaList(ListPage):
    permission = Permission.MEETING_VIEW
    tabs = TABS
    title = "会议议题"
    noun = "项议题"
    filter_form = AgendaFilter
    sorts = {"held_on": ["meeting__held_on", "meeting_id", "number"], "outcome": ["outcome", "-meeting__held_on"]}
    default_sort = "-held_on"
    empty_text = "还没有议题。议题在会议页面上添加。"

    def rows(self) -> QuerySet[AgendaItem]:
        filters = self.filters
        rows = filters.narrow(
            AgendaItem.objects.visible_to(self.access),
            day="meeting__held_on",
            round="meeting__round__",
        )
        if kind := filters.value("kind"):
            rows = rows.filter(meeting__kind=kind)
        outcome = filters.value("outcome")
        if outcome == "recorded":
            rows = rows.exclude(outcome=AgendaItem.Outcome.UNRECORDED)
        elif outcome:
            rows = rows.filter(outcome=outcome)
        if part := filters.value("part"):
            rows = rows.filter(commitment__isnull=part == "matters")
        if village := filters.value("village"):
            rows = rows.filter(Q(problem__village=village) | Q(meeting__village=village))
        return rows.select_related("meeting", "problem__village")

    def get_columns(self) -> list[Column]:
        here, access = self.here, self.access

        def meeting(item: AgendaItem) -> str:
            text = item.meeting.name
            return link(item.meeting.get_absolute_url(), text, here) if may_open_meeting(access, item.meeting) else text

        return [
            Column("召开日期", lambda i: i.meeting.held_on.isoformat(), sort="held_on", css="nowrap"),
            Column("议题", lambda i: i.matter, lead=True),
            Column("会议", meeting),
            Column("村", lambda i: i.problem.village.name if i.problem else "—", css="nowrap"),
            Column("对应问题", lambda i: link(i.problem.get_absolute_url(), i.problem, here) if i.problem else "—"),
            Column("结果", outcome_cell, sort="outcome"),
            Column("议定意见", lambda i: i.decision or "—"),
        ]


def outcome_cell(item: AgendaItem) -> str:
    word = item.get_outcome_display()
    colour = OUTCOME_LIGHTS.get(AgendaItem.Outcome(item.outcome))
    return light(colour, word) if colour else word


class MeetingOfAddress:
    """Loads the meeting in the address, for those who keep its minutes."""

    meeting: Meeting
    permission = Permission.MEETING_EDIT
    access: Access
    require: Callable[..., None]

    def load(self, pk: int) -> None:
        rows = Meeting.objects.visible_to(self.access).select_related("township", "village", "round")
        self.meeting = get_object_or_404(rows, pk=pk)
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()


class AgendaFormPage(FormPage):
    permission = Permission.MEETING_EDIT
    form_class = AgendaForm
    template_name = "meetings/form.html"
    meeting: Meeting

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | choices(self.access, self.meeting)

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()


class AgendaCreate(MeetingOfAddress, AgendaFormPage):
    title = "添加议题"
    success_text = "已添加议题。"

    def load(self, pk: int) -> None:
        super().load(pk)
        self.intro = str(self.meeting)

    def perform(self, form: AgendaForm) -> str:
        services.add_agenda_item(self.meeting, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.meeting.get_absolute_url()


class AgendaChoose(MeetingOfAddress, FormPage):
    """Red and yellow problems with boxes, many at once; in the address `all` shows every open one, `village` those of one village."""

    form_class = ChooseProblemsForm
    template_name = "meetings/agenda_choose.html"
    title = "从问题台账选择议题"
    button = "列入议题"
    success_text = "已列入议题。研究后在各议题中登记结果和议定意见。"
    limit = 200

    def load(self, pk: int) -> None:
        super().load(pk)
        self.intro = str(self.meeting)
        meeting = self.meeting
        villages = Village.objects.none() if meeting.village_id else Village.objects.visible_to(self.access)
        self.filters = ChooseProblemsFilter(
            self.request.GET, self.access, villages=villages.filter(township=meeting.township_id)
        )
        self.everything = bool(self.filters.value("all"))

    def get_form_kwargs(self) -> dict[str, Any]:
        meeting, day = self.meeting, self.access.on
        villages = [meeting.village_id] if meeting.village_id else None
        there = meeting.agenda.filter(commitment=None).exclude(problem=None).values("problem_id")
        problems = (
            problems_of(self.access, meeting.township_id, villages)
            .open()
            .filter(discovered_on__lte=meeting.held_on)
            .order_by("queue_on", "pk")
        )
        pressing = colour_is(Colour.RED, day) | colour_is(Colour.YELLOW, day)
        offered = (problems if self.everything else problems.filter(pressing)).exclude(pk__in=there)
        if village := self.filters.value("village"):
            offered = offered.filter(village=village)
        found = list(offered[: self.limit + 1])
        self.total = offered.count() if len(found) > self.limit else len(found)
        shown = [(p.pk, self._line(p, day)) for p in found[: self.limit]]
        return super().get_form_kwargs() | {"problems": problems, "shown": shown}

    @staticmethod
    def _line(problem: Problem, day: date) -> str:
        due = deadline_text(problem.deadline_kind, problem.due_on)
        left = days_text(problem.state, problem.due_on, day)
        when = f"{due}，{left}" if left else due
        return f"{problem.colour_on(day).label}　{problem.village} {problem}（{when}）"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        other = with_query(self.request.GET, all=None if self.everything else 1)
        return context | {
            "filters": None if self.meeting.village_id else self.filters,
            "village": self.filters.value("village"),
            "everything": self.everything,
            "other": other,
            "total": self.total,
            "limit": self.limit,
            "hidden": max(0, self.total - self.limit),
        }

    def perform(self, form: ChooseProblemsForm) -> str:
        services.add_problems(
            self.meeting, problems=form.cleaned_data["problems"], by=self.request.user, at=timezone.now()
        )
        return self.meeting.get_absolute_url()


class AgendaOpen(MeetingOfAddress, ActionPage):
    """One click: what earlier meetings of the same kind promised and was not kept becomes the first part of the agenda."""

    success_text = "已列为本次会议的第一部分议题。"

    def perform(self) -> None:
        services.open_with_unkept(self.meeting, by=self.request.user, at=timezone.now())


class AgendaUpdate(AgendaFormPage):
    title = "登记议题结果"

    def load(self, pk: int) -> None:
        self.item = get_object_or_404(
            AgendaItem.objects.visible_to(self.access).select_related(
                "meeting__township", "problem", "commitment__problem"
            ),
            pk=pk,
        )
        self.meeting = self.item.meeting
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)
        self.promised = self.item.commitments.exists()
        self.intro = str(self.meeting)
        if self.promised:
            self.intro += "。这项议题已有列入督办的议定事项，完成时限等在议定事项中修改。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"promised": self.promised}

    def current(self) -> AgendaItem:
        return self.item

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.item, name) for name in FIELDS}

    def perform(self, form: AgendaForm) -> str:
        services.change_agenda_item(
            self.item, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return self.meeting.get_absolute_url()
