"""Designations: the list, one with its two decisions, and the acts of the two people."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from rounds import panels
from rounds.forms.filters import DesignationFilter
from rounds.forms.listing import ApproveForm, DesignationForm, ProposeForm, RemoveForm
from rounds.models import Criterion, Designation
from rounds.services import designations as services
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage, mark, villages_for
from villages.pages import Page, link


class DesignationList(RoundListPage):
    title = "整顿对象"
    noun = "个整顿对象"
    filter_form = DesignationFilter
    filters: DesignationFilter
    add = ("提名整顿对象", "rounds:designation_create")
    add_permission = Permission.DESIGNATION_PROPOSE
    sorts = {
        "village": ["village__sort", "village_id", "-round__starts_on"],
        "proposed_on": ["proposed_on", "pk"],
        "approved_on": ["approved_on", "pk"],
    }
    empty_text = "还没有整顿对象。排查摸底后，由党建办提名、党委书记或县级审定。"

    def rows(self) -> QuerySet[Designation]:
        day = self.filters.day
        rows = (
            Designation.objects.visible_to(self.access)
            .filter(proposed_on__lte=day)
            .select_related("village", "round__township", "earlier__round")
            .prefetch_related("criteria")
            .order_by("-round__starts_on", "round_id", "village__sort", "village_id", "pk")
        )
        rows = self.filters.of_round(rows)
        if village := self.filters.value("village"):
            rows = rows.filter(village=village)
        if state := self.filters.value("state"):
            rows = rows.listed_on(day) if state == "listed" else rows.in_state(state, day)
        if number := self.filters.value("criterion"):
            rows = rows.filter(criteria__number=number)
        if self.filters.value("again"):
            rows = rows.filter(earlier__isnull=False)
        if self.filters.value("adjusted"):
            rows = rows.filter(~Q(addition_reason="") | Q(removed_on__lte=day, approved_on__isnull=False))
        return rows

    def get_columns(self) -> list[Column]:
        day, here = self.filters.day, self.here

        def village(d: Designation) -> str:
            return link(d.get_absolute_url(), d.village.name, here)

        def state(d: Designation) -> str:
            now = d.state_on(day)
            return mark(now, now.label)

        return [
            Column("村", village, sort="village", lead=True, css="nowrap"),
            *self.place_columns(),
            Column("认定情形", lambda d: "；".join(str(c) for c in d.criteria.all()) or "—"),
            Column("提名", lambda d: chinese.day_text(d.proposed_on), sort="proposed_on", css="nowrap"),
            Column("审定", lambda d: chinese.day_text(d.approved_on), sort="approved_on", css="nowrap"),
            Column("状态", state),
            Column("曾列入", lambda d: f"曾于{d.earlier.round}列入" if d.earlier else "—", css="nowrap"),
        ]


class DesignationDetail(Page):
    permission = Permission.ROUND_VIEW
    template_name = "rounds/designation_detail.html"

    def load(self, pk: int) -> None:
        rows = Designation.objects.visible_to(self.access).select_related(
            "village", "round__township", "earlier__round", "proposed_by"
        )
        self.designation = get_object_or_404(rows.prefetch_related("criteria"), pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        d, access = self.designation, self.access
        here = d.round.township_id
        may_propose = access.may(Permission.DESIGNATION_PROPOSE, township_id=here)
        may_approve = access.may(Permission.DESIGNATION_APPROVE, township_id=here)
        standing = d.removed_on is None and d.turned_round_on is None
        return super().get_context_data(**kwargs) | {
            "title": f"{d.village.name}：{d.round}整顿对象",
            "designation": d,
            "state": d.state_on(access.on),
            "may_change": may_propose,
            "may_approve": may_approve and standing and not d.approved_on and d.proposed_by_id != access.user.pk,
            "must_not_approve": may_approve and standing and not d.approved_on and d.proposed_by_id == access.user.pk,
            "may_remove": standing and (may_approve or (may_propose and not d.approved_on)),
            "panels": panels.panels_of(d, access),
            "later": list(d.later.select_related("round")),
            "history": history(d),
        }


class DesignationCreate(AddToRound):
    permission = Permission.DESIGNATION_PROPOSE
    form_class = ProposeForm
    title = "提名整顿对象"
    button = "提名"
    intro = "提名后须由党委书记、副书记或县级审定，提名人不能自己审定。以前轮次列入过的村会自动注明。"
    success_text = "已提名，等待审定。"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"village": villages_for(self.round), "criteria": Criterion.objects.filter(round=self.round)}

    def get_initial(self) -> dict[str, Any]:
        return {"proposed_on": self.access.on, "village": self.request.GET.get("village")}

    def write(self, **values: Any) -> Designation:
        return services.propose(**values)


class ChangeDesignation(ChangeRecord):
    """What the acts on a designation share: its facts stand above the form."""

    model = Designation
    related = ("village", "round__township", "earlier__round")
    template_name = "rounds/designation_form.html"

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        criteria = list(self.record.criteria.all())
        return super().get_context_data(**kwargs) | {"designation": self.record, "criteria": criteria}


class DesignationUpdate(ChangeDesignation):
    permission = Permission.DESIGNATION_PROPOSE
    template_name = "rounds/form.html"
    form_class = DesignationForm
    title = "修改提名"
    intro = "审定以后只能补充具体表现。"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"criteria": Criterion.objects.filter(round=self.round)}

    def get_initial(self) -> dict[str, Any]:
        d = self.record
        return {"criteria": d.criteria.all(), "facts": d.facts, "proposed_on": d.proposed_on}

    def write(self, **values: Any) -> Designation:
        return services.change_designation(self.record, **values)


class DesignationApprove(ChangeDesignation):
    permission = Permission.DESIGNATION_APPROVE
    form_class = ApproveForm
    title = "审定整顿对象"
    button = "审定列入"
    success_text = "已审定列入。"

    def get_initial(self) -> dict[str, Any]:
        return {"approved_on": self.access.on, "body": self.round.deployed_by}

    def write(self, **values: Any) -> Designation:
        return services.approve(self.record, **values)


class DesignationRemove(ChangeDesignation):
    permission = Permission.DESIGNATION_APPROVE
    form_class = RemoveForm
    title = "调出整顿对象"
    button = "调出"
    intro = "记录和原因会一直保留，不计入列入的整顿对象。"
    success_text = "已调出。"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # A proposal may be withdrawn by the side that proposes; what was approved is undone only by who may approve.
        if not request.access.may(Permission.DESIGNATION_APPROVE):
            self.permission = Permission.DESIGNATION_PROPOSE
        return super().dispatch(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        super().load(pk)
        if self.record.approved_on:
            self.require(Permission.DESIGNATION_APPROVE, township_id=self.round.township_id)
        else:
            self.title, self.button, self.success_text = "撤回提名", "撤回", "已撤回提名。"

    def get_initial(self) -> dict[str, Any]:
        return {"removed_on": self.access.on}

    def write(self, **values: Any) -> Designation:
        return services.remove(self.record, **values)
