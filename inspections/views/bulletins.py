"""Bulletins: where and when the results of inspections were made known."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column, number_named
from inspections import services
from inspections.forms.filters import BulletinFilter
from inspections.forms.records import BulletinForm
from inspections.models import Bulletin, Inspection
from inspections.services.bulletins import FIELDS
from inspections.views.common import TABS, meetings_for
from meetings.views.common import counted, may_open_meeting, rounds_for
from villages.pages import FormPage, ListPage, Page, link, with_back

OFFERED_DAYS = 400  # a bulletin reports on inspections of about the last year


class BulletinList(ListPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "督查通报"
    noun = "次通报"
    filter_form = BulletinFilter
    sorts = {"reported_on": ["reported_on", "pk"]}
    empty_text = "还没有督查通报。督查情况在会议上或书面通报后，在这里登记。"

    def rows(self) -> QuerySet[Bulletin]:
        filters = self.filters
        rows = filters.narrow(Bulletin.objects.visible_to(self.access), day="reported_on")
        if kind := filters.value("kind"):
            written = kind == BulletinFilter.WRITTEN
            rows = rows.filter(meeting=None) if written else rows.filter(meeting__kind=kind)
        links = Bulletin.inspections.through.objects.all()
        return rows.select_related("meeting", "township").annotate(covered=counted(links, by="bulletin"))

    def get_columns(self) -> list[Column]:
        here = self.here

        def where(bulletin: Bulletin) -> str:
            if not bulletin.meeting:
                return "书面通报"
            kind, name = bulletin.meeting.get_kind_display(), bulletin.meeting.name
            return name if name == kind else f"{kind}：{name}"

        return [
            Column("通报日期", lambda b: b.reported_on.isoformat(), sort="reported_on", css="nowrap"),
            Column("通报场合", lambda b: link(b.get_absolute_url(), where(b), here), lead=True),
            Column("涉及督查", lambda b: f"{b.covered}次" if b.covered else "—"),
            Column("通报内容", lambda b: b.content or "—"),
        ]

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.INSPECTION_EDIT):
            return []
        return [("登记通报", with_back(reverse("inspections:bulletin_create"), self.here))]


class BulletinDetail(Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/bulletin_detail.html"

    def load(self, pk: int) -> None:
        self.bulletin = get_object_or_404(
            Bulletin.objects.visible_to(self.access).select_related("meeting", "township", "round"), pk=pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bulletin, access = self.bulletin, self.access
        covered = Inspection.objects.visible_to(access).filter(bulletins=bulletin)
        return super().get_context_data(**kwargs) | {
            "title": f"督查通报（{bulletin.reported_on.isoformat()}）",
            "bulletin": bulletin,
            "meeting_url": bulletin.meeting.get_absolute_url()
            if bulletin.meeting and may_open_meeting(access, bulletin.meeting)
            else "",
            "inspections": list(covered.prefetch_related("villages")),
            "may_edit": access.may(Permission.INSPECTION_EDIT, township_id=bulletin.township_id),
            "history": history(bulletin),
        }


class BulletinFormPage(FormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = BulletinForm
    template_name = "meetings/form.html"

    def offered(self) -> Q:
        return Q(held_on__gte=self.access.on - timedelta(days=OFFERED_DAYS))

    def get_form_kwargs(self) -> dict[str, Any]:
        inspections = Inspection.objects.filter(
            self.offered(), township_id__in=self.access.townships_with(Permission.INSPECTION_EDIT)
        )
        return super().get_form_kwargs() | {
            "rounds": rounds_for(self.access, Permission.INSPECTION_EDIT),
            "meetings": meetings_for(self.access, Permission.INSPECTION_EDIT),
            "inspections": inspections.prefetch_related("villages"),
        }

    def get_success_url(self) -> str:
        return reverse("inspections:bulletin_list")


class BulletinCreate(BulletinFormPage):
    title = "登记督查通报"
    success_text = "已登记通报。"

    def get_initial(self) -> dict[str, Any]:
        """The inspection from whose page one came is ticked."""
        inspection = number_named(self.request.GET.get("inspection"))
        return {"inspections": [inspection]} if inspection else {}

    def perform(self, form: BulletinForm) -> Bulletin:
        return services.add_bulletin(
            township=form.cleaned_data["round"].township, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class BulletinUpdate(BulletinFormPage):
    title = "修改督查通报"

    def load(self, pk: int) -> None:
        self.bulletin = get_object_or_404(
            Bulletin.objects.visible_to(self.access).select_related("meeting", "township", "round"), pk=pk
        )
        self.require(Permission.INSPECTION_EDIT, township_id=self.bulletin.township_id)

    def offered(self) -> Q:
        """Those of the year, and those it names already however old."""
        named = Bulletin.inspections.through.objects.filter(bulletin=self.bulletin).values("inspection_id")
        return super().offered() | Q(pk__in=named)

    def current(self) -> Bulletin:
        return self.bulletin

    def get_initial(self) -> dict[str, Any]:
        values = {name: getattr(self.bulletin, name) for name in FIELDS}
        return values | {"inspections": self.bulletin.inspections.all()}

    def get_success_url(self) -> str:
        return self.bulletin.get_absolute_url()

    def perform(self, form: BulletinForm) -> Bulletin:
        return services.change_bulletin(
            self.bulletin, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
