"""Inspections: list, the page of one, entry."""

from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.models import Entry
from common.lists import Column
from inspections import services
from inspections.forms.filters import InspectionFilter
from inspections.forms.records import InspectionForm
from inspections.models import Bulletin, Finding, Inspection, Notice
from inspections.services.inspections import FIELDS
from inspections.views.common import NOTICE_LIGHTS, TABS, meetings_for
from meetings.views.common import (
    cadres_of,
    counted,
    may_open_meeting,
    rounds_for,
    villages_for,
)
from villages.forms.near import leaders_first
from villages.pages import FormPage, ListPage, Page, link, with_back


class InspectionList(ListPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "督查"
    noun = "次督查"
    filter_form = InspectionFilter
    sorts = {"held_on": ["held_on", "pk"], "mode": ["mode", "-held_on"]}
    empty_text = "还没有登记督查。督查结束后登记，发现的问题和整改通知书在督查页面上添加。"

    def rows(self) -> QuerySet[Inspection]:
        filters, access = self.filters, self.access
        rows = filters.narrow(Inspection.objects.visible_to(access), day="held_on")
        if mode := filters.value("mode"):
            rows = rows.filter(mode=mode)
        if village := filters.value("village"):
            went_to = Inspection.villages.through.objects.filter(village=village)
            rows = rows.filter(pk__in=went_to.values("inspection_id"))
        day = filters.day
        notices = Notice.objects.visible_to(access).as_of(day)
        bulletins = Bulletin.inspections.through.objects.filter(bulletin__reported_on__lte=day)
        return (
            rows.select_related("leader", "township", "meeting")
            .prefetch_related("villages")
            .annotate(
                found=counted(Finding.objects.visible_to(access), by="inspection"),
                notified=counted(notices, by="inspection"),
                unanswered=counted(notices.unanswered(day), by="inspection"),
                reported=counted(bulletins, by="inspection"),
            )
        )

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("督查时间", lambda i: i.held_on.isoformat(), sort="held_on", css="nowrap"),
            Column(
                "督查方式", lambda i: link(i.get_absolute_url(), i.get_mode_display(), here), sort="mode", lead=True
            ),
            Column("督查村", lambda i: "、".join(v.name for v in i.villages.all())),
            Column("带队领导", lambda i: i.leader.with_title if i.leader else "—"),
            Column("发现问题", lambda i: f"{i.found}个" if i.found else "—"),
            Column("整改通知书", _notified),
            Column("是否通报", lambda i: "已通报" if i.reported else "未通报"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda i: i.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.INSPECTION_EDIT):
            return []
        return [("登记督查", with_back(reverse("inspections:inspection_create"), self.here))]


def _notified(inspection: Any) -> str:
    if not inspection.notified:
        return "—"
    return f"{inspection.notified}份，" + (f"未反馈{inspection.unanswered}份" if inspection.unanswered else "均已反馈")


class InspectionDetail(Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/inspection_detail.html"

    def load(self, pk: int) -> None:
        self.inspection = get_object_or_404(
            Inspection.objects.visible_to(self.access).select_related("township", "round", "leader", "meeting"), pk=pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inspection, access = self.inspection, self.access
        findings = list(
            inspection.findings.visible_to(access)
            .select_related("village", "problem__village", "notice")
            .order_by("village__sort", "village_id", "pk")
        )
        may_edit = access.may(Permission.INSPECTION_EDIT, township_id=inspection.township_id)
        notices = [
            {
                "row": notice,
                "state": notice.state_on(access.on).label,
                "light": NOTICE_LIGHTS[notice.state_on(access.on)],
            }
            for notice in inspection.notices.visible_to(access).select_related("village")
        ]
        return super().get_context_data(**kwargs) | {
            "title": f"{inspection.get_mode_display()}（{inspection.held_on.isoformat()}）",
            "inspection": inspection,
            "villages": list(inspection.villages.all()),
            "meeting_url": inspection.meeting.get_absolute_url()
            if inspection.meeting and may_open_meeting(access, inspection.meeting)
            else "",
            "findings": findings,
            "places": self._places(findings, may_edit=may_edit),
            "notices": notices,
            "bulletins": list(inspection.bulletins.visible_to(access).select_related("meeting")),
            "may_edit": may_edit,
            "here": self.request.get_full_path(),
            "history": self._history(findings),
        }

    def _places(self, findings: list[Finding], *, may_edit: bool) -> list[dict[str, Any]]:
        """Village by village what was found there, and whether a notice can still be written from it."""
        place = {"township_id": self.inspection.township_id}
        return [
            {
                "village": village,
                "findings": (rows := list(found)),
                "may_notify": may_edit and any(f.notice_id is None for f in rows),
                "may_log": self.access.may(Permission.PROBLEM_LOG, village_id=village.pk, **place),
            }
            for village, found in groupby(findings, key=lambda f: f.village)
        ]

    def _history(self, findings: list[Finding]) -> QuerySet[Entry]:
        """What was done with the inspection and its findings, in one list: the page is their one home."""
        own = Q(object_type=Inspection._meta.label_lower, object_id=self.inspection.pk)
        own |= Q(object_type=Finding._meta.label_lower, object_id__in=[finding.pk for finding in findings])
        return Entry.objects.filter(own)[:100]


class InspectionFormPage(FormPage):
    permission = Permission.INSPECTION_EDIT
    form_class = InspectionForm
    template_name = "meetings/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        cadres = cadres_of(self.access, self.access.townships_with(Permission.INSPECTION_EDIT))
        return super().get_form_kwargs() | {
            "rounds": rounds_for(self.access, Permission.INSPECTION_EDIT),
            "meetings": meetings_for(self.access, Permission.INSPECTION_EDIT),
            "cadres": cadres,
            "leaders": leaders_first(cadres, self.access.on, "未填写"),
            "villages": villages_for(self.access, Permission.INSPECTION_EDIT),
        }

    def get_success_url(self) -> str:
        return reverse("inspections:inspection_list")


class InspectionCreate(InspectionFormPage):
    title = "登记督查"
    intro = "督查结束后登记。保存后在督查页面上添加发现的问题、发出整改通知书。"
    success_text = "已登记督查，请接着添加发现的问题。"

    def perform(self, form: InspectionForm) -> Inspection:
        return services.add_inspection(
            township=form.cleaned_data["round"].township, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class InspectionUpdate(InspectionFormPage):
    title = "修改督查"

    def load(self, pk: int) -> None:
        self.inspection = get_object_or_404(
            Inspection.objects.visible_to(self.access).select_related("township", "round", "leader", "meeting"), pk=pk
        )
        self.require(Permission.INSPECTION_EDIT, township_id=self.inspection.township_id)

    def current(self) -> Inspection:
        return self.inspection

    def get_initial(self) -> dict[str, Any]:
        values = {name: getattr(self.inspection, name) for name in FIELDS}
        return values | {"villages": self.inspection.villages.all()}

    def get_success_url(self) -> str:
        return self.inspection.get_absolute_url()

    def perform(self, form: InspectionForm) -> Inspection:
        return services.change_inspection(
            self.inspection,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
