"""Meetings of one village, recorded by the village or its resident cadre on a phone."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from meetings import services
from meetings.forms.meetings import VillageMeetingForm
from meetings.models import Meeting
from meetings.services import rules
from meetings.views.common import villages_for
from villages.forms.near import People
from villages.models import Cadre
from villages.pages import FormPage


class VillageMeetingPage(FormPage):
    """A village's own meeting, recorded by the village or its resident cadre on a phone."""

    permission = Permission.MEETING_POST
    form_class = VillageMeetingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        villages = villages_for(self.access, Permission.MEETING_POST)
        cadres = Cadre.objects.visible_to(self.access).filter(
            Q(village__in=villages) | Q(village=None, township_id__in=villages.values("township_id"))
        )
        self.people = People(cadres, self.near(), self.access.on)
        return super().get_form_kwargs() | {
            "villages": villages,
            "cadres": cadres,
            "chairs": self.people.pairs("未填写"),
        }

    def near(self) -> Collection[int]:
        """The villages whose people are offered first; a township's desk has no village of its own."""
        return () if self.access.township_ids else self.access.village_ids

    def get_success_url(self) -> str:
        return reverse("meetings:meeting_list")

    def values(self, form: VillageMeetingForm) -> dict[str, Any]:
        """Arguments of both services; what the phone does not ask is what such a meeting is."""
        values: dict[str, Any] = form.cleaned_data | {"by": self.request.user, "at": timezone.now()}
        values["round"] = rules.round_of_day(values["village"].township_id, values["held_on"])
        return values | {"kind": Meeting.Kind.VILLAGE, "level": Meeting.Level.VILLAGE}


class VillageMeetingCreate(VillageMeetingPage):
    title = "登记村级部署会"
    success_text = "已登记会议。"

    def get_initial(self) -> dict[str, Any]:
        """Who has one village need not choose it, and its meeting has a name and its secretary in the chair."""
        initial: dict[str, Any] = {"held_on": self.access.on}
        village = villages_for(self.access, Permission.MEETING_POST).first()
        if village and len(self.access.village_ids) == 1:
            initial |= {"village": village.pk, "name": f"{village.name}部署会", "chair": self.people.secretary}
        return initial

    def perform(self, form: VillageMeetingForm) -> Meeting:
        values = self.values(form)
        return services.hold_meeting(township=values["village"].township, **values)


class VillageMeetingUpdate(VillageMeetingPage):
    title = "修改村级部署会"

    def load(self, pk: int) -> None:
        rows = Meeting.objects.visible_to(self.access).select_related("township", "round", "village", "chair")
        self.meeting = get_object_or_404(rows.filter(kind=Meeting.Kind.VILLAGE), pk=pk)
        self.require(Permission.MEETING_POST, township_id=self.meeting.township_id, village_id=self.meeting.village_id)

    def near(self) -> Collection[int]:
        return [self.meeting.village_id] if self.meeting.village_id else ()

    def current(self) -> Meeting:
        return self.meeting

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.meeting, name) for name in VillageMeetingForm.base_fields}

    def get_success_url(self) -> str:
        return self.meeting.get_absolute_url()

    def perform(self, form: VillageMeetingForm) -> Meeting:
        return services.change_meeting(
            self.meeting,
            base_version=self.base_version,
            departments=self.meeting.departments.all(),
            **self.values(form),
        )
