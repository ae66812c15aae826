"""Meetings: list, the page of one, entry."""

from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.models import Entry
from common.lists import Column, number_named
from meetings import services
from meetings.forms.filters import MeetingFilter
from meetings.forms.meetings import MeetingForm
from meetings.models import AgendaItem, Commitment, Meeting
from meetings.services.meetings import FIELDS
from meetings.views.common import STATE_LIGHTS, TABS, cadres_of, counted, rounds_for, units_of, villages_for
from villages.access import Access
from villages.pages import FormPage, ListPage, Page, link, with_back


def may_post(access: Access, meeting: Meeting) -> bool:
    """Whose village held the meeting may correct it."""
    return meeting.kind == Meeting.Kind.VILLAGE and access.may(
        Permission.MEETING_POST, township_id=meeting.township_id, village_id=meeting.village_id
    )


class MeetingList(ListPage):
    permission = Permission.MEETING_VIEW
    tabs = TABS
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
        if self.access.may(Permission.MEETING_EDIT):
            return [("登记会议", with_back(reverse("meetings:meeting_create"), self.here))]
        if self.access.may(Permission.MEETING_POST):
            return [("登记村级部署会", with_back(reverse("meetings:village_meeting_create"), self.here))]
        return []


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
        items = agenda_of(meeting, access)
        reviewed = {item.commitment_id for item in items if item.commitment_id}
        promised = promised_visible_to(access)
        commitments = [self._shown(c) for c in promised.filter(meeting=meeting)]
        same = Case(When(meeting__kind=meeting.kind, then=0), default=1)
        earlier = list(
            promised.filter(earlier_meetings(meeting))
            .open(meeting.held_on)
            .exclude(pk__in=reviewed)
            .order_by(same, "due_on", "pk")[: self.earlier_shown + 1]
        )
        may_edit = access.may(Permission.MEETING_EDIT, township_id=meeting.township_id)
        return super().get_context_data(**kwargs) | {
            "title": meeting.name,
            "meeting": meeting,
            "departments": list(meeting.departments.all()),
            "items": items,
            "reviews": [self._review(item) for item in items if item.commitment],
            "matters": [item for item in items if not item.commitment_id],
            "settled": sum(i.outcome == AgendaItem.Outcome.SETTLED for i in items if not i.commitment_id),
            "unrecorded": sum(i.outcome == AgendaItem.Outcome.UNRECORDED for i in items if not i.commitment_id),
            "commitments": commitments,
            "earlier": [self._shown(c, on_meeting_day=True) for c in earlier[: self.earlier_shown]],
            "to_review": promised.to_review_at(meeting).exclude(pk__in=reviewed).count() if earlier and may_edit else 0,
            "earlier_all": reverse("meetings:commitment_list")
            + f"?state=open&as_of={meeting.held_on}&round={meeting.round.key}"
            if len(earlier) > self.earlier_shown
            else "",
            "may_edit": may_edit,
            "may_correct": not may_edit and may_post(access, meeting),
            "next_url": f"{reverse('meetings:meeting_create')}?after={meeting.pk}",
            "here": self.request.get_full_path(),
            "history": self._history(items, commitments),
        }

    def _shown(self, commitment: Commitment, *, on_meeting_day: bool = False) -> dict[str, Any]:
        """A commitment with its state: today, or as those at the table found it."""
        state = commitment.state_on(self.meeting.held_on if on_meeting_day else self.access.on)
        return {"row": commitment, "state": state.label, "light": STATE_LIGHTS[state]}

    def _review(self, item: AgendaItem) -> dict[str, Any]:
        """A matter of the first part beside how its commitment stands today."""
        assert item.commitment  # noqa: S101 - the first part is made of these
        return self._shown(item.commitment) | {"item": item}

    def _history(self, items: list[AgendaItem], commitments: list[dict[str, Any]]) -> QuerySet[Entry]:
        """What was done with the meeting, its agenda and its commitments, in one list: the page is their one home."""
        own = Q(object_type=Meeting._meta.label_lower, object_id=self.meeting.pk)
        own |= Q(object_type=AgendaItem._meta.label_lower, object_id__in=[item.pk for item in items])
        own |= Q(object_type=Commitment._meta.label_lower, object_id__in=[c["row"].pk for c in commitments])
        return Entry.objects.filter(own)[:100]


def agenda_of(meeting: Meeting, access: Access) -> list[AgendaItem]:
    """The visible part of the agenda in its order, with what the page and the minutes name."""
    rows = meeting.agenda.visible_to(access)
    return list(rows.select_related("problem__village", "commitment__unit", "commitment__lead_official"))


def promised_visible_to(access: Access) -> QuerySet[Commitment]:
    """Commitments as pages name them."""
    return Commitment.objects.visible_to(access).select_related("problem__village", "meeting", "unit", "lead_official")


def earlier_meetings(meeting: Meeting) -> Q:
    """Promised at meetings of the same round before this one: a township meeting looks at all, a village's at its own."""
    earlier = Q(
        meeting__township_id=meeting.township_id,
        meeting__round_id=meeting.round_id,
        meeting__held_on__lt=meeting.held_on,
    )
    return earlier & Q(meeting__village_id=meeting.village_id) if meeting.village_id else earlier


class MeetingMinutes(Page):
    """会议纪要, as it is printed and signed."""

    permission = Permission.MEETING_VIEW
    template_name = "meetings/meeting_minutes.html"

    def load(self, pk: int) -> None:
        rows = Meeting.objects.visible_to(self.access).select_related("township", "round", "village", "chair")
        self.meeting = get_object_or_404(rows, pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.meeting
        items = agenda_of(meeting, self.access)
        promised = list(promised_visible_to(self.access).filter(meeting=meeting))
        parts = [
            ("此前会议议定事项落实情况", [self._review(item) for item in items if item.commitment_id]),
            ("研究议定的事项", [self._matter(item) for item in items if not item.commitment_id]),
        ]
        return super().get_context_data(**kwargs) | {
            "title": f"{meeting.name}纪要",
            "meeting": meeting,
            "departments": list(meeting.departments.all()),
            "parts": [(title, rows) for title, rows in parts if rows],
            "commitments": promised,
        }

    def _review(self, item: AgendaItem) -> dict[str, str]:
        """How the commitment stood on the day of the meeting, and what was said about it."""
        assert item.commitment  # noqa: S101 - the first part is made of these
        state = item.commitment.state_on(self.meeting.held_on)
        return {"head": item.matter, "said": item.decision.rstrip("。"), "outcome": f"会议当天：{state.label}"}

    def _matter(self, item: AgendaItem) -> dict[str, str]:
        village = f"（{item.problem.village.name}{item.problem.number}号问题）" if item.problem else ""
        matter, said = item.matter.rstrip("。"), item.decision.rstrip("。")  # the minutes end every sentence themselves
        return {"head": f"{matter}{village}", "said": said, "outcome": item.get_outcome_display()}


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

    def get_initial(self) -> dict[str, Any]:
        """The next meeting of a kind (`after` in the address) is like the last one: same round, name, place, chair, departments."""
        key = number_named(self.request.GET.get("after"))
        last = Meeting.objects.visible_to(self.access).filter(pk=key).first() if key else None
        if last is None:
            return {}
        values = {name: getattr(last, name) for name in ("round", "kind", "level", "village", "name", "place", "chair")}
        return values | {"attendees": last.attendees, "departments": last.departments.all()}


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
