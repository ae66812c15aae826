"""After the verdict: follow-ups that fall due, and looks back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from acceptances.forms.filters import FollowUpFilter, RecheckFilter
from acceptances.forms.records import FollowUpForm, RecheckForm
from acceptances.models import Acceptance, FollowUp, Recheck
from acceptances.services import follow_ups, rechecks
from acceptances.views.acceptances import FOLLOW_UP_LIGHTS, RESULT_LIGHTS, load_acceptance
from acceptances.views.common import TABS
from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from meetings.views.common import light
from villages.pages import FormPage, ListPage, link, with_back

RELATED = ("acceptance__designation__village__township", "acceptance__designation__round__township")


class AfterwardsList(ListPage):
    permission = Permission.ROUND_VIEW
    tabs = TABS
    template_name = "acceptances/list.html"

    def place_columns(self, here: str) -> list[Column]:
        columns = [
            Column("村", lambda r: link(r.acceptance.get_absolute_url(), r.acceptance.designation.village.name, here), lead=True, css="nowrap"),
            Column("轮次", lambda r: str(r.acceptance.designation.round), css="nowrap"),
        ]  # fmt: skip
        if self.filters.many_townships:
            columns.insert(0, Column("乡镇", lambda r: r.acceptance.designation.village.township.name))
        return columns


class FollowUpList(AfterwardsList):
    title = "跟踪巩固"
    noun = "次跟踪"
    filter_form = FollowUpFilter
    filters: FollowUpFilter
    sorts = {"due_on": ["due_on", "pk"], "done_on": ["done_on", "pk"]}
    empty_text = "还没有跟踪安排。村通过验收后，按本轮设置自动排出跟踪时限。"

    def rows(self) -> QuerySet[FollowUp]:
        rows = FollowUp.objects.visible_to(self.access).select_related(*RELATED)
        rows = self.filters.of_round(rows, "acceptance__designation__round__")
        if village := self.filters.value("village"):
            rows = rows.filter(acceptance__designation__village=village)
        if state := self.filters.value("state"):
            rows = rows.in_state(state, self.filters.day)
        # What is still to be done stands first, the nearest limit on top.
        return rows.order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")

    def get_columns(self) -> list[Column]:
        day, here, access = self.filters.day, self.here, self.access

        def state(row: FollowUp) -> str:
            now = row.state_on(day)
            late = f"{(day - row.due_on).days}天" if now == FollowUp.State.OVERDUE else ""
            return light(FOLLOW_UP_LIGHTS[now], f"逾期{late}" if late else now.label)

        def act(row: FollowUp) -> str:
            d = row.acceptance.designation
            if not access.may(Permission.FOLLOW_UP_POST, township_id=d.round.township_id, village_id=d.village_id):
                return "—"
            url = with_back(reverse("acceptances:follow_up_record", args=[row.pk]), here)
            return format_html('<a href="{}">{}</a>', url, "修改" if row.done_on else "登记")

        columns = [
            *self.place_columns(here),
            Column("次数", lambda r: f"第{r.number}次", css="nowrap"),
            Column("时限", lambda r: chinese.day_text(r.due_on), sort="due_on", css="nowrap"),
            Column("跟踪日期", lambda r: chinese.day_text(r.done_on), sort="done_on", css="nowrap"),
            Column("情况", lambda r: r.findings or "—"),
            Column("状态", state, css="nowrap"),
        ]
        if access.may(Permission.FOLLOW_UP_POST):
            columns.append(Column("办理", act, css="nowrap"))
        return columns


class AfterwardsRecord(FormPage):
    """A record of what came after the verdict, which is there and is written anew by `service`."""

    template_name = "acceptances/afterwards_form.html"
    record: FollowUp | Recheck
    service: Callable[..., FollowUp | Recheck]

    def current(self) -> FollowUp | Recheck:
        return self.record

    def perform(self, form: Any) -> FollowUp | Recheck:
        return type(self).service(
            self.record, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "acceptance": self.record.acceptance,
            "history": history(self.record),
        }


class FollowUpRecord(AfterwardsRecord):
    permission = Permission.FOLLOW_UP_POST
    form_class = FollowUpForm
    service = follow_ups.record_follow_up
    record: FollowUp
    title = "登记跟踪"
    success_text = "已登记跟踪。"

    def load(self, pk: int) -> None:
        rows = FollowUp.objects.visible_to(self.access).select_related(*RELATED)
        self.record = get_object_or_404(rows, pk=pk)
        d = self.record.acceptance.designation
        self.require(Permission.FOLLOW_UP_POST, township_id=d.round.township_id, village_id=d.village_id)
        self.title = f"{self.record}"

    def get_initial(self) -> dict[str, Any]:
        r = self.record
        return {"done_on": r.done_on or self.access.on, "people": r.people, "findings": r.findings}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"due": chinese.full_date(self.record.due_on)}


class RecheckList(AfterwardsList):
    title = "回头看"
    noun = "次回头看"
    filter_form = RecheckFilter
    filters: RecheckFilter
    sorts = {"held_on": ["held_on", "pk"]}
    empty_text = "还没有回头看。村通过验收一段时间后，在验收页面上登记回头看的三问和结论。"

    def rows(self) -> QuerySet[Recheck]:
        rows = Recheck.objects.visible_to(self.access).select_related(*RELATED)
        rows = self.filters.of_round(rows, "acceptance__designation__round__")
        for name, lookup in (("village", "acceptance__designation__village"), ("result", "result"),
                             ("from", "held_on__gte"), ("to", "held_on__lte")):  # fmt: skip
            if value := self.filters.value(name):
                rows = rows.filter(**{lookup: value})
        return rows.order_by("-held_on", "-pk")

    def get_columns(self) -> list[Column]:
        here = self.here
        return [
            *self.place_columns(here),
            Column("日期", lambda r: chinese.day_text(r.held_on), sort="held_on", css="nowrap"),
            Column("措施落实", lambda r: r.get_measures_kept_display(), css="nowrap"),
            Column("问题解决", lambda r: r.get_problems_gone_display(), css="nowrap"),
            Column("群众满意", lambda r: r.get_people_satisfied_display(), css="nowrap"),
            Column("具体情况", lambda r: r.findings),
            Column("结论", lambda r: light(RESULT_LIGHTS[Recheck.Result(r.result)], r.get_result_display()), css="nowrap"),
        ]  # fmt: skip


class RecheckCreate(FormPage):
    permission = Permission.ACCEPTANCE_CHECK
    form_class = RecheckForm
    template_name = "acceptances/afterwards_form.html"
    title = "登记回头看"
    success_text = "已登记回头看。"

    def load(self, pk: int) -> None:
        self.acceptance = load_acceptance(self, pk)
        self.require(Permission.ACCEPTANCE_CHECK, township_id=self.acceptance.township_id)

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": self.access.on}

    def perform(self, form: RecheckForm) -> Acceptance:
        rechecks.add_recheck(self.acceptance, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.acceptance

    def get_success_url(self) -> str:
        return self.acceptance.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        village = self.acceptance.designation.village.name
        return super().get_context_data(**kwargs) | {
            "acceptance": self.acceptance,
            "title": f"{village}回头看",
            "survey": rechecks.recheck_survey(self.acceptance, self.access.on),
        }


class RecheckUpdate(AfterwardsRecord):
    permission = Permission.ACCEPTANCE_CHECK
    form_class = RecheckForm
    service = rechecks.change_recheck
    record: Recheck
    title = "修改回头看"

    def load(self, pk: int) -> None:
        rows = Recheck.objects.visible_to(self.access).select_related(*RELATED, "survey")
        self.record = get_object_or_404(rows, pk=pk)
        self.require(Permission.ACCEPTANCE_CHECK, township_id=self.record.township_id)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in rechecks.FIELDS if name != "survey"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"survey": self.record.survey}
