"""Hand-overs of posts: what moves, who has confirmed, the paper for both to sign."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit import services as audit
from common.chinese import day_text, full_date
from common.lists import Column
from handovers.forms import CallOffForm, ConfirmForForm, HandOverFilter, HandOverForm
from handovers.models import HandOver
from handovers.services import handovers as services
from villages.handing import Group
from villages.pages import ActionPage, Page, PermissionRequired, link, safe_back
from villages.views.assignments import AssignmentPage, cadres_at, may_edit_duty
from villages.views.registry import RecordForm, RegistryList

Side, State = HandOver.Side, HandOver.State


class HandOverList(RegistryList):
    permission = Permission.CADRE_VIEW
    title = "岗位交接"
    noun = "份"
    filter_form = HandOverFilter
    sorts = {"number": ["year", "number", "pk"], "day": ["takes_effect_on", "pk"]}
    default_sort = "-number"
    empty_text = "还没有岗位交接。干部换岗时，在“责任链”里找到他的岗位，点“交接”，就能看到有哪些事项要移交。"

    def actions(self) -> list[tuple[str, str]]:
        """A hand-over begins at a post: the chain of duties is where it is chosen."""
        if not self.access.may(Permission.ASSIGNMENT_EDIT):
            return []
        return [("发起交接", reverse("villages:assignment_list") + "?choose=1")]

    def rows(self) -> QuerySet[HandOver]:
        rows = HandOver.objects.visible_to(self.access).with_names()
        filters = self.filters
        if township := filters.value("township"):
            rows = rows.filter(township=township)
        if village := filters.value("village"):
            rows = rows.filter(assignment__village=village)
        if state := filters.value("state"):
            rows = rows.filter(state=state)
        if filters.value("mine"):
            rows = rows.waiting_for(self.request.user)
        if q := filters.value("q"):
            rows = rows.filter(Q(giver__name__contains=q) | Q(receiver__name__contains=q))
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def state(hand_over: HandOver) -> str:
            sides = "、".join(Side(side).label for side in hand_over.waits_for())
            return f"待{sides}确认" if sides else hand_over.get_state_display()

        columns = [
            Column(
                "交接单",
                lambda h: link(h.get_absolute_url(), h, here),
                sort="number",
                lead=True,
                css="nowrap",
            ),
            Column("岗位", lambda h: h.post),
            Column("移交人", lambda h: h.giver.name),
            Column("接收人", lambda h: h.receiver.name),
            Column("生效日期", lambda h: day_text(h.takes_effect_on), sort="day", css="nowrap"),
            Column("状态", state),
        ]
        if len(self.access.all_township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda h: h.township.name))
        return columns


class HandOverPage:
    """What the pages of one hand-over share: who may see it, who may read what goes over, who decides."""

    hand_over: HandOver
    access: Any
    request: Any

    def fetch(self, pk: int) -> None:
        self.hand_over = get_object_or_404(HandOver.objects.visible_to(self.access).with_names(), pk=pk)

    @property
    def may_decide(self) -> bool:
        """Whoever gives this post: the office for villages and stations, the administrator for posts over the township. Neither of the two."""
        return not self.hand_over.side_of(self.request.user) and may_edit_duty(self.access, self.hand_over.assignment)

    @property
    def may_read_items(self) -> bool:
        """The two people, and the office of the township. An administrator sees no business data."""
        if self.hand_over.side_of(self.request.user):
            return True
        return not self.access.is_administrator and self.access.may(
            Permission.ASSIGNMENT_EDIT, township_id=self.hand_over.township_id
        )

    def groups(self) -> list[Group]:
        if not self.may_read_items or self.hand_over.state == State.CALLED_OFF:
            return []
        return services.groups_of(self.hand_over, timezone.localdate())

    def parties(self) -> list[dict[str, Any]]:
        h = self.hand_over
        return [
            {
                "side": side,
                "label": Side(side).label,
                "person": getattr(h, side),
                "at": getattr(h, f"{side}_confirmed_at"),
                "by": getattr(h, f"{side}_confirmed_by"),
                "note": getattr(h, f"{side}_note"),
            }
            for side in Side.values
        ]


class PartyPage(HandOverPage, Page):
    """A page open to the two people as well: who takes a post may hold none yet."""

    permission = Permission.CADRE_VIEW

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.fetch(**kwargs)
        if not self.hand_over.side_of(request.user) and not self.access.may(self.permission):
            raise PermissionDenied
        self.load(**kwargs)
        return super(PermissionRequired, self).dispatch(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        self.title = f"{self.hand_over.post}交接"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = self.groups()
        return super().get_context_data(**kwargs) | {
            "hand_over": self.hand_over,
            "parties": self.parties(),
            "may_read_items": self.may_read_items,
            "moving": [group for group in groups if group.moves],
            "following": [group for group in groups if not group.moves],
            "total": sum(len(group.lines) for group in groups),
        }


class HandOverDetail(PartyPage):
    template_name = "handovers/handover_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        h, user = self.hand_over, self.request.user
        waits = h.waits_for()
        side = h.side_of(user)
        return super().get_context_data(**kwargs) | {
            "waits": [Side(each).label for each in waits],
            "may_confirm": side in waits,
            "side": Side(side).label if side else "",
            "may_confirm_for": bool(waits) and self.may_decide,
            "may_call_off": h.state == State.PROPOSED and self.may_decide,
            "history": audit.history(h),
        }


class HandOverSheet(PartyPage):
    """The paper: numbered, with the list and blank lines for the signatures."""

    template_name = "handovers/handover_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"today": timezone.localdate()}


class HandOverCreate(AssignmentPage):
    """A hand-over of one post, with a preview of everything that would go over today."""

    title = "岗位交接"
    button = "发起交接"
    form_class = HandOverForm
    template_name = "handovers/handover_form.html"
    success_text = "已发起，请移交人和接收人登录确认。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        open_one = HandOver.objects.filter(assignment=self.assignment, state__in=[State.PROPOSED, State.CONFIRMED])
        if busy := open_one.first():
            return redirect(busy)
        return super().get(request, *args, **kwargs)

    def current(self) -> None:
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        cadres = cadres_at(self.assignment.place).exclude(pk=self.assignment.cadre_id)
        return super().get_form_kwargs() | {"cadres": cadres}

    def get_initial(self) -> dict[str, Any]:
        return {"takes_effect_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups: list[Group] = []
        if not self.access.is_administrator:
            groups = services.preview(self.assignment, today=timezone.localdate())
        return super().get_context_data(**kwargs) | {
            "may_read_items": not self.access.is_administrator,
            "moving": [group for group in groups if group.moves],
            "following": [group for group in groups if not group.moves],
        }

    def perform(self, form: HandOverForm) -> HandOver:
        return services.propose(
            assignment=self.assignment, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class HandOverConfirm(HandOverPage, ActionPage):
    """One of the two confirms; nobody else finds it."""

    permission = Permission.CADRE_VIEW
    success_text = "已确认。"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        own = Q(giver__user=request.user) | Q(receiver__user=request.user)
        self.hand_over = get_object_or_404(HandOver.objects.filter(own), pk=kwargs["pk"])
        return super(PermissionRequired, self).dispatch(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        """Loaded above: the right to confirm comes from the paper itself, not from a post."""

    def perform(self) -> None:
        services.confirm(self.hand_over, base_version=self.base_version, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return self.hand_over.get_absolute_url()


class DecidePage(HandOverPage, RecordForm):
    """A form of those who give the post."""

    permission = Permission.ASSIGNMENT_EDIT

    def load(self, pk: int) -> None:
        self.fetch(pk)
        if not self.may_decide:
            raise PermissionDenied
        h = self.hand_over
        self.intro = f"{h}：{h.post}，{h.giver}移交{h.receiver}，{full_date(h.takes_effect_on)}生效。"

    def current(self) -> HandOver:
        return self.hand_over

    def get_success_url(self) -> str:
        return safe_back(self.request, self.hand_over.get_absolute_url())


class HandOverConfirmFor(DecidePage):
    title = "代为确认"
    button = "确认"
    form_class = ConfirmForForm
    success_text = "已确认。"

    def get_form_kwargs(self) -> dict[str, Any]:
        h = self.hand_over
        sides = [(side, f"{Side(side).label} {getattr(h, side)}") for side in h.waits_for()]
        return super().get_form_kwargs() | {"sides": sides}

    def perform(self, form: ConfirmForForm) -> HandOver:
        return services.confirm_for(
            self.hand_over,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class HandOverCallOff(DecidePage):
    title = "撤回交接"
    button = "撤回"
    form_class = CallOffForm
    success_text = "已撤回。"

    def perform(self, form: CallOffForm) -> HandOver:
        return services.call_off(
            self.hand_over,
            reason=form.cleaned_data["reason"],
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
        )
