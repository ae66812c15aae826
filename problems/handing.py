"""What of the ledger goes over with a post (villages.handing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.roles import Level
from problems.models import Extension, Measure, Problem
from problems.services import transfer
from problems.shown import deadline_text
from problems.terms import BEFORE_STATES, DeadlineKind, State
from villages.handing import MOST, Duty, Group, Line
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    giver, day = duty.giver, duty.day
    mine = duty.personal(village="village_id", township="township_id") & (Q(owner=giver) | Q(lead_official=giver))
    reach = duty.reach(village="village_id", township="township_id", unit="responsible_unit_id")
    asked = Exists(
        Extension.objects.filter(problem=OuterRef("pk"), asked_at__date__lte=day).filter(
            Q(decided_at=None) | Q(decided_at__date__gt=day)
        )
    )
    if duty.level == Level.TOWNSHIP:
        # An office has the whole ledger in reach: what counts is what waits there for a decision.
        reach &= Q(stood__state__in=[State.SUBMITTED, State.CLOSING]) | Q(asked)
    rows = (
        Problem.objects.as_of(day)
        .filter(mine | reach, ~Q(stood__state=State.CLOSED))
        .order_by("number", "pk")
        .annotate(asked=asked)
        .values_list(
            "pk", "number", "title", "village_id", "village__name", "owner_id", "lead_official_id", "stood__state",
            "stood__deadline_kind", "stood__due_on", "asked",
        )
    )  # fmt: skip
    found: dict[str, list[Line]] = {key: [] for key in ("owned", "led", "waiting", "before", "open")}
    for pk, number, title, village_id, village, owner, lead, state, kind, due_on, is_asked in rows:
        text = f"{number}号 {title}（{State(state).label}{'，申请延期待审批' if is_asked else ''}）"
        due = deadline_text(kind, due_on) if state not in BEFORE_STATES or due_on else ""
        line = Line(pk, text, village, due, reverse("problems:problem_detail", args=[pk]))
        is_mine = giver.pk in (owner, lead) and (duty.level == Level.VILLAGE or village_id not in duty.kept)
        if is_mine:
            found["owned"] += [line] if owner == giver.pk else []
            found["led"] += [line] if lead == giver.pk else []
        elif state in BEFORE_STATES:
            found["before"].append(line)
        elif state == State.CLOSING or is_asked:
            found["waiting"].append(line)
        else:
            found["open"].append(line)
    return [
        Group("problem.owned", "负责的问题", found["owned"], moves="责任人"),
        Group("problem.led", "牵头负责的问题", found["led"], moves="责任领导"),
        Group("measure.owned", "负责的整改措施", _measures(duty), moves="责任人"),
        Group("problem.waiting", "待办理的申请（销号、延期）", found["waiting"][:MOST]),
        Group("problem.before", "尚未审核通过的问题（草稿、待审核、退回）", found["before"][:MOST]),
        Group("problem.open", "未销号的问题（责任人不变）", found["open"][:MOST]),
    ]


def _measures(duty: Duty) -> list[Line]:
    scope = duty.personal(village="problem__village_id", township="problem__township_id")
    rows = (
        Measure.objects.undone(duty.day)
        .filter(scope, owner=duty.giver)
        .order_by("problem__number", "number")
        .values_list(
            "pk", "text", "number", "problem__number", "problem__village__name", "deadline_kind", "due_on"
        )
    )  # fmt: skip
    return [
        Line(
            pk,
            f"{problem}号问题措施{number}：{text}",
            village,
            deadline_text(kind, due_on) if due_on or kind != DeadlineKind.DATE else "",
            reverse("problems:measure_detail", args=[pk]),
        )
        for pk, text, number, problem, village, kind, due_on in rows
    ]


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    owned, led = found.get("problem.owned", ()), found.get("problem.led", ())
    if owned or led:
        transfer.pass_on_problems(owned=owned, led=led, to=to, by=by, at=at, reason=reason)
    if measures := found.get("measure.owned"):
        transfer.pass_on_measures(owned=measures, to=to, by=by, at=at, reason=reason)
