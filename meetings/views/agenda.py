"""What was on the agenda: the list over all meetings, and entry from the page of one."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import Column
from meetings import services
from meetings.forms.filters import AgendaFilter
from meetings.forms.meetings import AgendaForm
from meetings.models import AgendaItem, Meeting
from meetings.services.agenda import FIELDS
from meetings.views.common import light, link, may_open_meeting, problems_of
from villages.pages import FormPage, ListPage


class AgendaList(ListPage):
    permission = Permission.MEETING_VIEW
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
        if outcome := filters.value("outcome"):
            rows = rows.filter(outcome=outcome)
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
    return light("light-green", word) if item.outcome == AgendaItem.Outcome.SETTLED else word


class AgendaFormPage(FormPage):
    permission = Permission.MEETING_EDIT
    form_class = AgendaForm
    meeting: Meeting

    def get_form_kwargs(self) -> dict[str, Any]:
        villages = [self.meeting.village_id] if self.meeting.village_id else None
        return super().get_form_kwargs() | {"problems": problems_of(self.access, self.meeting.township_id, villages)}

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()


class AgendaCreate(AgendaFormPage):
    title = "添加议题"
    success_text = "已添加议题。"

    def load(self, pk: int) -> None:
        self.meeting = get_object_or_404(
            Meeting.objects.visible_to(self.access).select_related("township", "village"), pk=pk
        )
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)
        self.intro = str(self.meeting)

    def perform(self, form: AgendaForm) -> str:
        services.add_agenda_item(self.meeting, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.meeting.get_absolute_url()


class AgendaUpdate(AgendaFormPage):
    title = "修改议题"

    def load(self, pk: int) -> None:
        self.item = get_object_or_404(
            AgendaItem.objects.visible_to(self.access).select_related("meeting__township", "problem"), pk=pk
        )
        self.meeting = self.item.meeting
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)
        self.intro = str(self.meeting)

    def current(self) -> AgendaItem:
        return self.item

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.item, name) for name in FIELDS}

    def perform(self, form: AgendaForm) -> str:
        services.change_agenda_item(
            self.item, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return self.meeting.get_absolute_url()
