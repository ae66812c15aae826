"""What is missing: listed villages without a required helper; and what a round requires."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from pairings.forms.filters import GapFilter
from pairings.forms.pairings import RuleForm
from pairings.gaps import missing_slots
from pairings.models import FOUR_ONES, IDLE_DAYS, Pairing, PairingRule, slot_label
from pairings.services import requirements as services
from pairings.views.common import TABS
from rounds.models import Designation, Round
from rounds.views.base import RoundListPage
from villages.pages import FormPage, link, with_back

NO_PAIRING = "一对结对"


class GapList(RoundListPage):
    permission = Permission.PAIRING_VIEW
    tabs = TABS
    title = "结对缺口"
    noun = "处缺口"
    filter_form = GapFilter
    filters: GapFilter
    sorts = {"village": ["village__sort", "village_id", "need"]}
    empty_text = "没有缺口：整顿村应落实的联系领导、结对单位等都已落实。每轮应落实哪些，由党建办在“结对要求”中设定。"

    def rows(self) -> QuerySet[Designation]:
        rows = missing_slots(self.access, self.filters.day).select_related("village", "round__township")
        rows = self.filters.of_round(rows)
        if village := self.filters.value("village"):
            rows = rows.filter(village=village)
        rows = self.filters.narrow(rows)
        return rows.order_by("round__township_id", "village__sort", "village_id", "need", "need_name")

    def totals(self, rows: QuerySet[Designation]) -> str:
        return f"涉及{rows.order_by().values('village').distinct().count()}个村"

    def actions(self) -> list[tuple[str, str]]:
        target = self.filters.target
        found = [("久无活动的结对", f"{reverse('pairings:pairing_list')}?idle=1")]
        if target and self.access.may(Permission.PAIRING_EDIT, township_id=target[1]):
            found.append(("结对要求", with_back(reverse("pairings:rule_update", args=[target[0]]), self.here)))
        return found

    def get_columns(self) -> list[Column]:
        here = self.here

        def village(d: Any) -> str:
            return link(d.village.get_absolute_url(), d.village.name, here)

        def step(d: Any) -> str:
            """Where the gap is closed, for those who may."""
            if d.need is None or d.need in Pairing.Kind.values:
                if not self.access.may(Permission.PAIRING_EDIT, township_id=d.round.township_id):
                    return "—"
                asked = {"village": d.village_id} | ({"kind": d.need} if d.need else {})
                if d.need_name:
                    asked["slot"] = d.need_slot
                url = f"{reverse('pairings:pairing_create', args=[d.round_id])}?{urlencode(asked)}"
                return format_html('<a href="{}">建立结对</a>', with_back(url, here))
            if not self.access.may(Permission.ASSIGNMENT_EDIT, township_id=d.round.township_id):
                return "—"
            return format_html('<a href="{}">登记责任关系</a>', with_back(reverse("villages:assignment_create"), here))

        return [
            Column("村", village, sort="village", lead=True, css="nowrap"),
            *self.place_columns(),
            Column("缺少", lambda d: slot_label(d.need, d.need_name) if d.need else NO_PAIRING),
            Column("列入日期", lambda d: chinese.day_text(d.approved_on), css="nowrap"),
            Column("办理", step),
        ]


class RuleUpdate(FormPage):
    """What the round asks of every listed village; set by the office, at first with the usual four."""

    permission = Permission.PAIRING_EDIT
    form_class = RuleForm
    template_name = "pairings/rule_form.html"
    title = "结对要求"
    success_text = "已保存，缺口按新的要求计算。"

    def load(self, pk: int) -> None:
        self.round = get_object_or_404(Round.objects.visible_to(self.access).select_related("township"), pk=pk)
        self.require(self.permission, township_id=self.round.township_id)
        self.rule = PairingRule.objects.filter(round=self.round).first()
        self.slots = list(self.rule.slots.all()) if self.rule else []

    def current(self) -> PairingRule | None:
        return self.rule

    def get_initial(self) -> dict[str, Any]:
        if self.rule is None:
            return {"needed": list(FOUR_ONES), "idle_days": IDLE_DAYS}
        needed = [slot.filled_by for slot in self.slots if not slot.name]
        return {"needed": needed, "idle_days": self.rule.idle_days}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"own": [slot for slot in self.slots if slot.name]}

    def perform(self, form: RuleForm) -> None:
        services.set_rule(
            round=self.round, needed=form.cleaned_data["needed"], own=form.own(),
            idle_days=form.cleaned_data["idle_days"], base_version=self.base_version, by=self.request.user,
            at=timezone.now(),
        )  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("pairings:gap_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"round": self.round, "record": self.rule}
        return context | {"history": history(self.rule)} if self.rule else context
