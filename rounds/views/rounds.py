"""Rounds: the list, the desk of one round, its head facts."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from rounds import desk
from rounds.forms.rounds import CriterionForm, RoundForm
from rounds.models import Criterion, Designation, Round
from rounds.services import criteria as criterion_services
from rounds.services import rounds as services
from rounds.views.base import TABS, AddToRound, ChangeRecord, list_url, mark
from villages.models import Township
from villages.pages import FormPage, ListPage, Page, link, with_back


class RoundList(ListPage):
    permission = Permission.ROUND_VIEW
    tabs = TABS
    template_name = "rounds/list.html"
    title = "整顿轮次"
    noun = "个轮次"
    sorts = {"starts_on": ["starts_on", "pk"]}
    empty_text = "还没有轮次。党建办新建轮次后，才能排查摸底、提名整顿对象和登记问题。"

    def rows(self) -> QuerySet[Round]:
        day = self.access.on
        # A village post sees its own village only, so the count is of designations in scope.
        scope = self.access.within(township="designations__round__township_id", village="designations__village_id")
        kept = Q(designations__removed_on=None) | Q(designations__removed_on__gt=day)
        return (
            Round.objects.visible_to(self.access)
            .select_related("township")
            .annotate(
                listed=Count("designations", filter=kept & Q(designations__approved_on__lte=day) & scope),
            )
        )

    def get_columns(self) -> list[Column]:
        day, here = self.access.on, self.here

        def name(round: Round) -> str:
            return link(round.get_absolute_url(), round, here)

        def listed(round: Round) -> str:
            if not round.listed:
                return "—"
            url = list_url("rounds:designation_list", round, state="listed")
            return link(url, f"{round.listed}个")

        columns = [
            Column("轮次", name, lead=True, css="nowrap"),
            Column("活动", lambda r: r.campaign),
            Column("起止", lambda r: chinese.period(r.starts_on, r.ends_on), sort="starts_on"),
            Column("整顿对象", listed, css="nowrap"),
            Column("进行情况", lambda r: mark(*run_state(r, day))),
        ]
        if len(self.access.all_township_ids) > 1:
            columns.insert(0, Column("乡镇", lambda r: r.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.townships_with(Permission.ROUND_EDIT):
            return []
        return [("新建轮次", with_back(reverse("rounds:round_create"), self.here))]


def run_state(round: Round, day: Any) -> tuple[str, str]:
    """Style and word for how a round runs on a day."""
    if day < round.starts_on:
        return "open", "未开始"
    if day > round.ends_on:
        return "done", "已结束"
    return "running", f"进行中，还有{(round.ends_on - day).days}天"


class RoundDetail(Page):
    permission = Permission.ROUND_VIEW
    template_name = "rounds/round_detail.html"

    def load(self, pk: int) -> None:
        rounds = desk.with_screening(Round.objects.visible_to(self.access), self.access)
        self.round = get_object_or_404(rounds.select_related("township", "copied_from"), pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round, access = self.round, self.access
        may_edit = access.may(Permission.ROUND_EDIT, township_id=round.township_id)
        lists = {
            name: list_url(f"rounds:{name}_list", round)
            for name in ("designation", "screening", "seat", "document", "calendar", "practice", "campaign")
        }
        style, word = run_state(round, access.on)
        return super().get_context_data(**kwargs) | {
            "title": f"{round.township.name}{round}",
            "round": round,
            "run_style": style,
            "run_word": word,
            "period": chinese.period(round.starts_on, round.ends_on),
            "desk": desk.desk(round, access, access.on),
            "lists": lists,
            "month_url": list_url("rounds:calendar_month", round),
            "states": Designation.State,
            "may_edit": may_edit,
            "may_propose": access.may(Permission.DESIGNATION_PROPOSE, township_id=round.township_id),
            "may_approve": access.may(Permission.DESIGNATION_APPROVE, township_id=round.township_id),
            "sees_all": round.township_id in access.township_ids,
            "thresholds_url": _page_above("problems:thresholds", round) if may_edit else "",
            "acceptance_url": _page_above("acceptances:sheet_detail", round),
            "here": round.get_absolute_url(),
            "history": history(round),
        }


def _page_above(name: str, round: Round) -> str:
    """A page of an app above this one about the round: the colours' thresholds (they recolour problems), the score sheet."""
    try:
        return with_back(reverse(name, args=[round.pk]), round.get_absolute_url())
    except NoReverseMatch:
        return ""


class RoundCreate(FormPage):
    permission = Permission.ROUND_EDIT
    form_class = RoundForm
    title = "新建轮次"
    intro = "认定情形可以沿用以前轮次，也可以带入全国统一的十种；建好后在轮次页面增加本地情形。"
    success_text = "已新建轮次，并带入认定情形。"

    def get_form_kwargs(self) -> dict[str, Any]:
        townships = Township.objects.filter(pk__in=self.access.townships_with(Permission.ROUND_EDIT))
        return super().get_form_kwargs() | {"townships": townships}

    def get_initial(self) -> dict[str, Any]:
        townships = self.access.townships_with(Permission.ROUND_EDIT)
        only = next(iter(townships)) if len(townships) == 1 else None
        return {
            "township": only,
            "copied_from": Round.objects.filter(township=only).order_by("-starts_on").first() if only else None,
            "year": self.access.on.year,
            "income_threshold": 10,
        }

    def perform(self, form: RoundForm) -> Round:
        return services.add_round(by=self.request.user, at=timezone.now(), **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("rounds:round_list")


class RoundUpdate(FormPage):
    permission = Permission.ROUND_EDIT
    form_class = RoundForm
    title = "修改轮次"

    def load(self, pk: int) -> None:
        self.round = get_object_or_404(Round.objects.visible_to(self.access).select_related("township"), pk=pk)
        self.require(Permission.ROUND_EDIT, township_id=self.round.township_id)

    def current(self) -> Round:
        return self.round

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.round, name) for name in services.FIELDS}

    def perform(self, form: RoundForm) -> Round:
        return services.change_round(
            self.round, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_success_url(self) -> str:
        return self.round.get_absolute_url()


class CriterionCreate(AddToRound):
    form_class = CriterionForm
    title = "增加认定情形"
    intro = "只用于本轮，序号接在已有情形之后。"

    def write(self, **values: Any) -> None:
        criterion_services.add_criterion(**values)


class CriterionUpdate(ChangeRecord):
    form_class = CriterionForm
    model = Criterion
    fields = criterion_services.FIELDS
    title = "修改认定情形"
    intro = "只改本轮的文字，其他轮次不变。"

    def write(self, **values: Any) -> None:
        criterion_services.change_criterion(self.record, **values)
