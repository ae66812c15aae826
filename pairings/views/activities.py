"""Activities of helpers: the list with its totals, entry from the village or the office, change."""

from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from pairings.forms.activities import ActivityForm
from pairings.forms.filters import ActivityFilter
from pairings.models import Activity, Pairing, PlanItem
from pairings.services import activities as services
from pairings.views.common import TABS
from pairings.views.pairings import NAMES
from rounds.forms.filters import in_period
from rounds.views.base import RoundListPage
from villages.pages import FormPage, link, with_back


class ActivityList(RoundListPage):
    permission = Permission.PAIRING_VIEW
    tabs = TABS
    title = "帮扶活动"
    noun = "次活动"
    filter_form = ActivityFilter
    filters: ActivityFilter
    sorts = {"held_on": ["held_on", "pk"], "funds": ["funds", "pk"]}
    empty_text = "还没有帮扶活动。打开一项结对，点“登记活动”。"

    def rows(self) -> QuerySet[Activity]:
        rows = Activity.objects.visible_to(self.access).select_related(*(f"pairing__{name}" for name in NAMES))
        rows = self.filters.of_round(rows, prefix="pairing__round__")
        if village := self.filters.value("village"):
            rows = rows.filter(pairing__village=village)
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        rows = in_period(self.filters, rows, "held_on")
        if self.filters.value("funded"):
            rows = rows.filter(funds__gt=0)
        return rows

    def totals(self, rows: QuerySet[Activity]) -> str:
        brought = rows.order_by().aggregate(total=Sum("funds"))["total"]
        return f"协调资金{chinese.amount(brought)}万元" if brought else ""

    def get_columns(self) -> list[Column]:
        here = self.here

        def village(a: Activity) -> str:
            url = with_back(a.pairing.get_absolute_url(), here)
            return link(url, a.pairing.village.name)

        columns = [
            Column("被帮扶村", village, lead=True, css="nowrap"),
            Column("日期", lambda a: chinese.day_text(a.held_on), sort="held_on", css="nowrap"),
            Column("帮扶方", lambda a: a.pairing.helper_with_title),
            Column("方式", lambda a: a.get_kind_display(), css="nowrap"),
            Column("内容", lambda a: a.content),
            Column("参加人员", lambda a: a.people or "—"),
            Column("成效", lambda a: a.result or "—"),
            Column("资金（万元）", lambda a: chinese.amount(a.funds or None), sort="funds", css="num"),
        ]
        if self.filters.many_townships:
            columns.insert(1, Column("乡镇", lambda a: a.pairing.round.township.name))
        return columns


class OfPairing(FormPage):
    """A form about what helpers of one pairing do or mean to do."""

    permission = Permission.ACTIVITY_POST
    template_name = "pairings/activity_form.html"
    pairing: Pairing

    def allow(self) -> None:
        """403 unless the visitor may post at the helped village."""
        self.require(Permission.ACTIVITY_POST, township_id=self.pairing.township_id, village_id=self.pairing.village_id)

    def get_success_url(self) -> str:
        return self.pairing.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"pairing": self.pairing}


class ActivityPage(OfPairing):
    """A form about one activity."""

    form_class = ActivityForm

    def plan(self) -> QuerySet[PlanItem]:
        """Matters of the plan that this activity may have done."""
        return self.pairing.plan.filter(activity=None)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"plan": self.plan()}


class ActivityCreate(ActivityPage):
    title = "登记帮扶活动"
    success_text = "已登记。"

    def load(self, pk: int) -> None:
        rows = Pairing.objects.visible_to(self.access).select_related(*NAMES)
        self.pairing = get_object_or_404(rows, pk=pk)
        self.allow()

    def get_initial(self) -> dict[str, Any]:
        """`item` in the address is the matter of the plan that was done; nonsense there fills nothing."""
        return {"held_on": self.access.on, "plan_item": self.request.GET.get("item")}

    def perform(self, form: ActivityForm) -> None:
        services.add_activity(pairing=self.pairing, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class ActivityUpdate(ActivityPage):
    title = "修改帮扶活动"

    def load(self, pk: int) -> None:
        rows = Activity.objects.visible_to(self.access).select_related(*(f"pairing__{name}" for name in NAMES))
        self.activity = get_object_or_404(rows, pk=pk)
        self.pairing = self.activity.pairing
        self.allow()

    def current(self) -> Activity:
        return self.activity

    def plan(self) -> QuerySet[PlanItem]:
        return self.pairing.plan.filter(Q(activity=None) | Q(activity=self.activity))

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.activity, name) for name in services.FIELDS}
        return initial | {"funds": self.activity.funds or None, "plan_item": self.activity.plan_items.first()}

    def perform(self, form: ActivityForm) -> None:
        services.change_activity(
            self.activity, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"record": self.activity, "history": history(self.activity)}
