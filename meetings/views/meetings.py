"""Meetings: list, the page of one, entry."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.models import Entry
from common.lists import Column
from meetings import services
from meetings.forms.filters import MeetingFilter
from meetings.forms.meetings import MeetingForm
from meetings.models import AgendaItem, Commitment, Meeting
from meetings.services.meetings import FIELDS
from meetings.views.common import STATE_LIGHTS, cadres_of, counted, link, rounds_for, units_of, villages_for
from villages.pages import FormPage, ListPage, Page, with_back


class MeetingList(ListPage):
    permission = Permission.MEETING_VIEW
    title = "会议"
    noun = "次会议"
    filter_form = MeetingFilter
    sorts = {"held_on": ["held_on", "pk"], "name": ["name", "pk"], "kind": ["kind", "-held_on"]}
    empty_text = "还没有登记会议。会议开过后登记，议题和议定事项在会议页面上添加。"

    def rows(self) -> QuerySet[Meeting]:
        filters = self.filters
        rows = filters.narrow(Meeting.objects.visible_to(self.access), day="held_on")
        for name in ("kind", "level"):
            if value := filters.value(name):
                rows = rows.filter(**{name: value})
        if village := filters.value("village"):
            about = AgendaItem.objects.filter(problem__village=village).values("meeting_id")
            rows = rows.filter(Q(village=village) | Q(pk__in=about))
        if unit := filters.value("unit"):
            rows = rows.filter(pk__in=Meeting.departments.through.objects.filter(unit=unit).values("meeting_id"))
        if filters.value("deployment"):
            rows = rows.filter(deployment=True)
        # What the visitor will find on the page of the meeting, not more.
        matters = AgendaItem.objects.visible_to(self.access)
        promised = Commitment.objects.visible_to(self.access)
        return rows.select_related("round", "village", "chair", "township").annotate(
            matters=counted(matters, by="meeting"),
            settled=counted(matters.filter(outcome=AgendaItem.Outcome.SETTLED), by="meeting"),
            promised=counted(promised, by="meeting"),
            unkept=counted(promised.open(filters.day), by="meeting"),
        )

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("召开日期", lambda m: m.held_on.isoformat(), sort="held_on", css="nowrap"),
            Column("会议名称", lambda m: link(m.get_absolute_url(), m.name, here), sort="name", lead=True),
            Column("类型", lambda m: m.get_kind_display(), sort="kind"),
            Column("层级", lambda m: m.village.name if m.village else m.get_level_display()),
            Column("主持人", lambda m: m.chair.with_title if m.chair else "—"),
            Column("议题", _matters),
            Column("议定事项", _promises),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda m: m.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        rows = []
        if self.access.may(Permission.MEETING_EDIT):
            rows.append(("登记会议", with_back(reverse("meetings:meeting_create"), self.here)))
        rows.append(("议题", reverse("meetings:agenda_list")))
        rows.append(("议定事项督办", reverse("meetings:commitment_list")))
        return rows


def _matters(meeting: Any) -> str:
    if not meeting.matters:
        return "—"
    return f"{meeting.matters}项" + (f"，当场解决{meeting.settled}项" if meeting.settled else "")


def _promises(meeting: Any) -> str:
    if not meeting.promised:
        return "—"
    return f"{meeting.promised}项，" + (f"未落实{meeting.unkept}项" if meeting.unkept else "均已落实")


class MeetingDetail(Page):
    permission = Permission.MEETING_VIEW
    template_name = "meetings/meeting_detail.html"
    earlier_shown = 10

    def load(self, pk: int) -> None:
        self.meeting = get_object_or_404(
            Meeting.objects.visible_to(self.access).select_related("township", "round", "village", "chair"), pk=pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, access = self.meeting, self.access
        items = list(meeting.agenda.visible_to(access).select_related("problem__village"))
        promised = Commitment.objects.visible_to(access).select_related(
            "problem__village", "meeting", "unit", "lead_official"
        )
        commitments = [self._shown(c) for c in promised.filter(meeting=meeting)]
        earlier = list(
            promised.filter(township_earlier(meeting)).open(meeting.held_on)[: self.earlier_shown + 1]
            if meeting.level != Meeting.Level.VILLAGE
            else []
        )
        return super().get_context_data(**kwargs) | {
            "title": meeting.name,
            "meeting": meeting,
            "departments": list(meeting.departments.all()),
            "items": items,
            "settled": sum(item.outcome == AgendaItem.Outcome.SETTLED for item in items),
            "commitments": commitments,
            "earlier": [self._shown(c, on_meeting_day=True) for c in earlier[: self.earlier_shown]],
            "earlier_all": reverse("meetings:commitment_list")
            + f"?state=open&as_of={meeting.held_on}&round={meeting.round.key}"
            if len(earlier) > self.earlier_shown
            else "",
            "may_edit": access.may(
                Permission.MEETING_EDIT, township_id=meeting.township_id, village_id=meeting.village_id
            ),
            "here": self.request.get_full_path(),
            "history": self._history(items, commitments),
        }

    def _shown(self, commitment: Commitment, *, on_meeting_day: bool = False) -> dict[str, Any]:
        """A commitment with its state: today, or as those at the table found it."""
        state = commitment.state_on(self.meeting.held_on if on_meeting_day else self.access.on)
        return {"row": commitment, "state": state.label, "light": STATE_LIGHTS[state]}

    def _history(self, items: list[AgendaItem], commitments: list[dict[str, Any]]) -> QuerySet[Entry]:
        """What was done with the meeting, its agenda and its commitments, in one list: the page is their one home."""
        own = Q(object_type=Meeting._meta.label_lower, object_id=self.meeting.pk)
        own |= Q(object_type=AgendaItem._meta.label_lower, object_id__in=[item.pk for item in items])
        own |= Q(object_type=Commitment._meta.label_lower, object_id__in=[c["row"].pk for c in commitments])
        return Entry.objects.filter(own)[:100]


def township_earlier(meeting: Meeting) -> Q:
    """Promised at meetings of the same round before this one: what it opens with."""
    return Q(
        meeting__township_id=meeting.township_id,
        meeting__round_id=meeting.round_id,
        meeting__held_on__lt=meeting.held_on,
    )


class MeetingFormPage(FormPage):
    permission = Permission.MEETING_EDIT
    form_class = MeetingForm
    template_name = "meetings/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        townships = self.access.townships_with(Permission.MEETING_EDIT)
        return super().get_form_kwargs() | {
            "rounds": rounds_for(self.access, Permission.MEETING_EDIT),
            "villages": villages_for(self.access, Permission.MEETING_EDIT),
            "cadres": cadres_of(self.access, townships),
            "units": units_of(self.access, townships),
        }

    def get_success_url(self) -> str:
        return reverse("meetings:meeting_list")


class MeetingCreate(MeetingFormPage):
    title = "登记会议"
    intro = "会议开过再登记。保存后在会议页面上添加议题和议定事项。"
    success_text = "已登记会议，请接着添加议题和议定事项。"

    def perform(self, form: MeetingForm) -> Meeting:
        return services.hold_meeting(
            township=form.cleaned_data["round"].township, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class MeetingUpdate(MeetingFormPage):
    title = "修改会议"

    def load(self, pk: int) -> None:
        self.meeting = get_object_or_404(
            Meeting.objects.visible_to(self.access).select_related("township", "round", "village", "chair"), pk=pk
        )
        self.require(Permission.MEETING_EDIT, township_id=self.meeting.township_id)

    def current(self) -> Meeting:
        return self.meeting

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.meeting, name) for name in FIELDS} | {"departments": self.meeting.departments.all()}

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()

    def perform(self, form: MeetingForm) -> Meeting:
        return services.change_meeting(
            self.meeting, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
