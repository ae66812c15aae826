"""Pairings: the list, one with its activities and the village's figures, entry, change, end."""

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from pairings.figures import before_after
from pairings.forms.filters import PairingFilter
from pairings.forms.pairings import PairingChangeForm, PairingEndForm, PairingForm
from pairings.models import Activity, Pairing, PairingSlot, PlanItem
from pairings.services import pairings as services
from pairings.views.common import TABS
from rounds.models import Round
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage, cadres_for, villages_for
from villages.access import Access
from villages.models import Cadre, Unit, Village, VillageYear
from villages.pages import Page, link

NAMES = ("round__township", "village", "helper_village", "helper_cadre", "helper_unit", "helped_cadre", "slot")

# A shape and a word: never colour alone.
PLAN_LIGHTS = {
    PlanItem.State.OPEN: "light-yellow",
    PlanItem.State.LATE: "light-red",
    PlanItem.State.DONE: "light-green",
    PlanItem.State.DONE_LATE: "light-green",
}


class PairingList(RoundListPage):
    permission = Permission.PAIRING_VIEW
    tabs = TABS
    title = "结对帮扶"
    noun = "对结对"
    filter_form = PairingFilter
    filters: PairingFilter
    add = ("建立结对", "pairings:pairing_create")
    add_permission = Permission.PAIRING_EDIT
    sorts = {
        "village": ["village__sort", "village_id", "pk"],
        "starts_on": ["starts_on", "pk"],
        "activities": ["activity_count", "pk"],
        "last": ["last_held", "pk"],
        "funds": ["funds", "pk"],
    }
    empty_text = "还没有结对。确定整顿对象后，党建办在这里登记书记带书记、强村带弱村和机关单位结对。"

    def rows(self) -> QuerySet[Pairing]:
        day = self.filters.day
        held = Q(activities__held_on__lte=day)
        rows = (
            Pairing.objects.visible_to(self.access)
            .with_names()
            .annotate(
                activity_count=Count("activities", filter=held),
                funds=Sum("activities__funds", filter=held),
                last_held=Max("activities__held_on", filter=held),
            )
            .order_by("-round__starts_on", "round_id", "village__sort", "village_id", "pk")
        )
        rows = self.filters.of_round(rows)
        if village := self.filters.value("village"):
            rows = rows.filter(village=village)
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        if helper := self.filters.value("helper"):
            rows = rows.filter(
                Q(helper_village__name__contains=helper)
                | Q(helper_cadre__name__contains=helper)
                | Q(helper_unit__name__contains=helper)
            )
        if self.filters.value("as_of"):
            rows = rows.on(day)
        if self.filters.value("idle"):
            rows = rows.filter(pk__in=Pairing.objects.idle(day).values("pk"))
        if self.filters.value("many"):
            others = Pairing.objects.on(day).filter(round=OuterRef("round"), village=OuterRef("village"))
            rows = rows.on(day).filter(Exists(others.exclude(pk=OuterRef("pk"))))
        return rows

    def as_of_sentence(self) -> str:
        # Without a day the list shows ended pairings as well.
        return super().as_of_sentence() if self.filters.value("as_of") else ""

    def totals(self, rows: QuerySet[Pairing]) -> str:
        sums = rows.order_by().aggregate(
            villages=Count("village", distinct=True), activities=Sum("activity_count"), brought=Sum("funds")
        )
        parts = [f"被帮扶村{sums['villages']}个"]
        if sums["activities"]:
            parts.append(f"帮扶活动{sums['activities']}次")
        if sums["brought"]:
            parts.append(f"协调资金{chinese.amount(sums['brought'])}万元")
        return "，".join(parts)

    def get_columns(self) -> list[Column]:
        here = self.here

        def village(p: Pairing) -> str:
            return link(p.get_absolute_url(), p.village.name, here)

        return [
            Column("被帮扶村", village, sort="village", lead=True, css="nowrap"),
            *self.place_columns(),
            Column("方式", lambda p: p.way),
            Column("帮扶方", lambda p: p.helper_with_title),
            Column("被帮带人", lambda p: p.helped_cadre.with_title if p.helped_cadre else "—"),
            Column("开始", lambda p: chinese.day_text(p.starts_on), sort="starts_on", css="nowrap"),
            Column("结束", lambda p: chinese.day_text(p.ends_on, "进行中"), css="nowrap"),
            Column("活动", lambda p: str(p.activity_count), sort="activities", css="num"),
            Column("最近活动", lambda p: chinese.day_text(p.last_held), sort="last", css="nowrap"),
            Column("资金（万元）", lambda p: chinese.amount(p.funds or None), sort="funds", css="num"),
        ]


class PairingDetail(Page):
    permission = Permission.PAIRING_VIEW
    template_name = "pairings/pairing_detail.html"

    def load(self, pk: int) -> None:
        rows = Pairing.objects.visible_to(self.access).with_names()
        self.pairing = get_object_or_404(rows, pk=pk)

    @property
    def idle(self) -> bool:
        return Pairing.objects.idle(self.access.on).filter(pk=self.pairing.pk).exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairing, access = self.pairing, self.access
        place = {"township_id": pairing.township_id, "village_id": pairing.village_id}
        activities = list(pairing.activities.all())
        kinds = [a.kind for a in activities]
        sheets = list(VillageYear.objects.visible_to(access).filter(village_id=pairing.village_id))
        others = Pairing.objects.filter(round_id=pairing.round_id, village_id=pairing.village_id).with_names()
        may_edit = access.may(Permission.PAIRING_EDIT, **place)
        last = max([pairing.starts_on, *(a.held_on for a in activities)])
        plan = [
            {"row": item, "state": (state := item.state_on(access.on)).label, "light": PLAN_LIGHTS[state]}
            for item in pairing.plan.select_related("activity")
        ]
        return super().get_context_data(**kwargs) | {
            "title": f"{pairing.helper_with_title}帮扶{pairing.village.name}",
            "pairing": pairing,
            "activities": activities,
            "plan": plan,
            "done": sum(item["row"].activity_id is not None for item in plan),
            "quiet_days": (access.on - last).days if self.idle else 0,
            "by_kind": [(kind.label, kinds.count(kind)) for kind in Activity.Kind if kind in kinds],
            "funds": sum(a.funds for a in activities),
            "before_after": before_after(pairing, sheets, access.on),
            "others": list(others.exclude(pk=pairing.pk)),
            "may_edit": may_edit,
            "may_post": access.may(Permission.ACTIVITY_POST, **place),
            "history": history(pairing),
        }


def helper_choices(round: Round, access: Access, *, also: int | None = None) -> dict[str, QuerySet[Any]]:
    """Rows in scope for the choice of helper. A helper may be a cadre who has left office (老干部)."""
    everyone = Cadre.objects.filter(
        Q(township_id=round.township_id) | Q(township_id=None, county_id=round.township.county_id)
    )
    return {
        "helper_village": Village.objects.visible_to(access).filter(closed_on=None),
        "helper_cadre": everyone,
        "helper_unit": Unit.objects.visible_to(access),
        "helped_cadre": cadres_for(round, also=also),
        "slot": PairingSlot.objects.filter(rule__round=round, filled_by__in=Pairing.Kind.values)
        .exclude(name="")
        .select_related("rule"),
    }


class PairingCreate(AddToRound):
    permission = Permission.PAIRING_EDIT
    form_class = PairingForm
    title = "建立结对"
    intro = "一个村有几个帮扶方就登记几条，自动归为“多对一”。"

    def get_initial(self) -> dict[str, Any]:
        """From a gap: the village and the kind it lacks."""
        return {name: self.request.GET[name] for name in ("village", "kind", "slot") if name in self.request.GET}

    def choices(self) -> dict[str, QuerySet[Any]]:
        return helper_choices(self.round, self.access) | {"village": villages_for(self.round)}

    def write(self, **values: Any) -> Pairing:
        return services.add_pairing(**values)


class ChangePairing(ChangeRecord):
    permission = Permission.PAIRING_EDIT
    model = Pairing
    related = NAMES

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subject = f"{self.record.helper_with_title}帮扶{self.record.village.name}"
        return super().get_context_data(**kwargs) | {"subject": subject}


class PairingUpdate(ChangePairing):
    form_class = PairingChangeForm
    fields = services.FIELDS
    title = "修改结对"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return helper_choices(self.round, self.access, also=self.record.helped_cadre_id)

    def write(self, **values: Any) -> Pairing:
        return services.change_pairing(self.record, **values)


class PairingEnd(ChangePairing):
    form_class = PairingEndForm
    title = "结束结对"
    button = "结束结对"
    success_text = "已结束，活动记录保留。"

    def get_initial(self) -> dict[str, Any]:
        return {"ends_on": self.access.on}

    def write(self, **values: Any) -> Pairing:
        return services.end_pairing(self.record, **values)
