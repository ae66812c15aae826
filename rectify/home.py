"""Home pages: what is mine, what is due, what is red. One page; each part appears for the posts it is meant for.

Every number opens the list it counts. Leaders get exceptions, not everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery
from django.utils import timezone
from django.views.generic import TemplateView

from acceptances.models import Acceptance, FollowUp
from accounts.models import User
from accounts.permissions import Permission as P
from accounts.roles import Role
from common import chinese
from common.lists import list_address
from handovers.models import HandOver
from inspections.models import Notice
from meetings.models import Commitment
from pairings.gaps import missing_slots
from pairings.models import Pairing
from problems.models import CloseRequest, Extension, Problem, VillagePlan
from problems.queries import colour_is
from problems.shown import deadline_text
from problems.terms import LEDGER_STATES, OPEN_STATES, RUNNING_STATES, Colour, State
from reports.models import Summary
from rounds.models import Designation
from supervision.models import Slip
from supervision.services import inbox
from villages.access import Access

SOON = timedelta(days=15)
SHOWN = 8
FIELD_ROLES = {
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_HEAD,
    Role.VILLAGE_CLERK,
    Role.RESIDENT_CADRE,
    Role.FIRST_SECRETARY,
    Role.WORK_TEAM,
}


@dataclass(frozen=True)
class Tile:
    """A number that opens its list."""

    label: str
    count: int
    url: str
    tone: str = ""  # css of the light it stands for


@dataclass
class Place:
    """One village or township and how its problems stand."""

    name: str
    url: str
    counts: dict[str, int] = field(default_factory=dict)


def standing_counts(day: date) -> dict[str, Count]:
    """The aggregates every home page shows, for one query."""
    return {
        "total": Count("pk", filter=Q(state__in=LEDGER_STATES)),
        "open": Count("pk", filter=Q(state__in=OPEN_STATES)),
        "red": Count("pk", filter=colour_is(Colour.RED, day)),
        "yellow": Count("pk", filter=colour_is(Colour.YELLOW, day)),
        "closed": Count("pk", filter=Q(state=State.CLOSED)),
        "relapsed": Count("pk", filter=Q(state=State.RELAPSED)),
        "submitted": Count("pk", filter=Q(state=State.SUBMITTED)),
        "returned": Count("pk", filter=Q(state=State.RETURNED)),
    }


class Home(TemplateView):
    template_name = "rectify/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        access: Access = self.request.access  # type: ignore[attr-defined]
        day = timezone.localdate()
        context = super().get_context_data(**kwargs) | {"title": "首页", "day": chinese.full_date(day)}
        if access.is_administrator:
            return context | administrator()
        if not access.grants:
            return context | {"nothing": True, "to_confirm": to_confirm(access)}
        problems = Problem.objects.visible_to(access)
        by_township = len(access.township_ids) > 1
        in_field = bool(access.roles & FIELD_ROLES)
        places = by_place(problems, day, by_township=by_township)
        sums = {name: sum(p.counts[name] for p in places) for name in standing_counts(day)}
        return context | {
            "tiles": tiles(sums),
            "todo": todo(access, sums, day),
            "places": places if len(places) > 1 else [],
            "place_word": "乡镇" if by_township else "村",
            "urgent": urgent(problems, day, everything=in_field),
            "urgent_url": list_address("problems:problem_list"),
            "field": in_field,
        }


def administrator() -> dict[str, Any]:
    """Accounts only: an administrator sees no business data."""
    counts = User.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True)),
        disabled=Count("pk", filter=Q(is_active=False)),
        first=Count("pk", filter=Q(must_change_password=True, is_active=True)),
    )
    return {"administrator": counts}


def by_place(problems: QuerySet[Problem], day: date, *, by_township: bool) -> list[Place]:
    """Counts by village, or by township for those who see several; one query."""
    key = "township" if by_township else "village"
    rows = problems.order_by().values(key, f"{key}__name").annotate(**standing_counts(day))
    order = sorted(rows, key=lambda row: (-row["red"], -row["yellow"], row[key]))
    return [
        Place(
            row[f"{key}__name"],
            list_address("problems:problem_list", **{key: row[key]}),
            {n: row[n] for n in standing_counts(day)},
        )
        for row in order
    ]


def tiles(sums: dict[str, int]) -> list[Tile]:
    ledger = "problems:problem_list"
    return [
        Tile("红灯·逾期", sums["red"], list_address(ledger, colour=Colour.RED), "red"),
        Tile("黄灯·临期或无进展", sums["yellow"], list_address(ledger, colour=Colour.YELLOW), "yellow"),
        Tile("未销号", sums["open"], list_address(ledger, state="open")),
        Tile("已销号", sums["closed"], list_address(ledger, state=State.CLOSED)),
        Tile("反弹", sums["relapsed"], list_address(ledger, state=State.RELAPSED)),
    ]


class CountRows(Subquery):
    """How many rows a queryset has, as a column of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_each(user: User, queues: list[QuerySet[Any]]) -> list[int]:
    """The length of every queue in one query, because the page has a budget of them."""
    if not queues:
        return []
    columns = {f"queue_{n}": CountRows(rows.order_by().values("pk")) for n, rows in enumerate(queues)}
    return list(User.objects.filter(pk=user.pk).annotate(**columns).values_list(*columns).get())


def todo(access: Access, sums: dict[str, int], day: date) -> list[Tile]:
    """What waits for this person: only steps the posts held may take, only when there are any."""
    found = to_confirm(access)
    queues: list[tuple[str, QuerySet[Any], str]] = []

    def add(label: str, rows: QuerySet[Any], url: str) -> None:
        queues.append((label, rows, url))

    ledger = "problems:problem_list"
    if unread := inbox.unread(access.user.pk):
        found.append(Tile("未读提醒", unread, list_address("supervision:inbox", unread=1)))
    mine = Problem.objects.visible_to(access).order_by().values("pk")
    if access.may(P.PROBLEM_REVIEW) and sums["submitted"]:
        found.append(Tile("问题待审核", sums["submitted"], list_address(ledger, state=State.SUBMITTED)))
    if access.may(P.PROBLEM_LOG) and sums["returned"]:
        found.append(Tile("被退回待修改", sums["returned"], list_address(ledger, state=State.RETURNED)))
    closing = CloseRequest.objects.filter(outcome=CloseRequest.Outcome.PENDING, problem__in=mine)
    if access.may(P.CLOSE_CHECK):
        add("销号待核实", closing.filter(checked_by=None), list_address(ledger, state=State.CLOSING, close="unchecked"))
    if access.may(P.CLOSE_DECIDE):
        checked = closing.filter(checked_by__isnull=False)
        add("销号待审核", checked, list_address(ledger, state=State.CLOSING, close="checked"))
    if access.may(P.EXTENSION_DECIDE):
        asked = Extension.objects.filter(decision=Extension.Decision.PENDING, problem__in=mine)
        add("延期待审批", asked, list_address(ledger, extension="pending"))
    if access.may(P.PLAN_DECIDE):
        plans = VillagePlan.objects.visible_to(access).filter(state=VillagePlan.State.SUBMITTED)
        add("一村一策待审定", plans, list_address("problems:plan_list", state=VillagePlan.State.SUBMITTED))
    if access.may(P.DESIGNATION_APPROVE):
        proposed = Designation.objects.visible_to(access).filter(approved_on=None, removed_on=None)
        add("整顿对象待审定", proposed, list_address("rounds:designation_list", state="proposed"))
    accepting = Acceptance.objects.visible_to(access)
    for permission, label, state in (
        (P.ACCEPTANCE_CHECK, "验收待初验", Acceptance.State.ASKED),
        (P.ACCEPTANCE_JUDGE, "验收待县级验收", Acceptance.State.CHECKED),
        (P.DESIGNATION_APPROVE, "验收结论待确认", Acceptance.State.JUDGED),
    ):
        if access.may(permission):
            add(label, accepting.filter(state=state), list_address("acceptances:acceptance_list", state=state))
    if access.may(P.FOLLOW_UP_POST):
        late = FollowUp.State.OVERDUE
        looks = FollowUp.objects.visible_to(access).in_state(late, day)
        add("跟踪巩固逾期", looks, list_address("acceptances:follow_up_list", state=late))
    if access.may(P.SUMMARY_DRAFT):
        drafts = Summary.objects.visible_to(access).filter(state=Summary.State.DRAFT, author=access.user)
        add("总结初稿待完善", drafts, list_address("reports:summary_list", state=Summary.State.DRAFT, mine=1))
    if access.may(P.SUMMARY_SIGN):
        waiting = Summary.objects.visible_to(access).filter(state=Summary.State.REVIEW)
        add("总结待签发", waiting, list_address("reports:summary_list", state=Summary.State.REVIEW))
    if access.may(P.PAIRING_EDIT):
        add("结对缺口", missing_slots(access, day), list_address("pairings:gap_list"))
        idle = Pairing.objects.idle(day).visible_to(access)
        add("结对久无活动", idle, list_address("pairings:pairing_list", idle=1))
    if access.may(P.INSPECTION_EDIT):
        answered = Notice.objects.unchecked(day).visible_to(access)
        add("整改通知书待核查", answered, list_address("inspections:notice_list", state="unchecked"))
    if access.may(P.NOTICE_ANSWER):
        notices = Notice.objects.unanswered(day).visible_to(access)
        add("整改通知书待反馈", notices, list_address("inspections:notice_list", state="unanswered"))
    if access.may(P.SLIP_ANSWER):
        slips = Slip.objects.visible_to(access).unanswered(day)
        add("督办单待反馈", slips, list_address("supervision:slip_list", state="unanswered"))
    if access.may(P.COMMITMENT_REPORT):
        due = Commitment.objects.visible_to(access).filter(kept_on=None, due_on__lte=day + SOON)
        add(
            "议定事项临期或逾期",
            due,
            list_address("meetings:commitment_list", state="open", due_to=(day + SOON).isoformat()),
        )
    counts = count_each(access.user, [rows for _, rows, _ in queues])
    found += [Tile(label, count, url) for (label, _, url), count in zip(queues, counts, strict=True) if count]
    return found


def to_confirm(access: Access) -> list[Tile]:
    """Hand-overs that wait for this person's word; who takes a post may hold none yet, and then sees no list."""
    waiting = list(HandOver.objects.waiting_for(access.user))
    label = "待您确认的岗位交接"
    if waiting and access.may(P.CADRE_VIEW):
        return [Tile(label, len(waiting), list_address("handovers:handover_list", mine=1))]
    return [Tile(label, 1, hand_over.get_absolute_url()) for hand_over in waiting]


def urgent(problems: QuerySet[Problem], day: date, *, everything: bool) -> list[dict[str, Any]]:
    """The most pressing open problems, red first; one query. Posts in the field get all their open ones, leaders the exceptions."""
    pressing = Q(state__in=RUNNING_STATES) if everything else colour_is(Colour.RED, day) | colour_is(Colour.YELLOW, day)
    rows = problems.filter(pressing).select_related("village", "owner")
    shown = []
    for problem in rows.order_by("queue_on", "pk")[:SHOWN]:
        colour = problem.colour_on(day)
        days = (problem.due_on - day).days if problem.due_on else None
        if days is None:
            when = ""
        elif days < 0:
            when = f"逾期{-days}天"
        else:
            when = f"还剩{days}天" if days else "今天到期"
        shown.append(
            {
                "problem": problem,
                "colour": colour.value,
                "word": colour.label.split("·")[1],
                "when": when,
                "due": deadline_text(problem.deadline_kind, problem.due_on),
            }
        )
    return shown
