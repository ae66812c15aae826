"""What of the ledger goes over with a post (villages.handing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, CharField, Exists, IntegerField, OuterRef, Q, Value
from django.urls import reverse

from accounts.roles import Level
from problems.models import Extension, Measure, Problem
from problems.services import transfer
from problems.shown import deadline_text
from problems.terms import BEFORE_STATES, State
from villages.handing import Duty, Group, Line, following
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
    problems = (
        Problem.objects.as_of(day)
        .filter(mine | reach, ~Q(stood__state=State.CLOSED))
        .order_by()
        .annotate(asked=asked)
        .values_list(
            _word("problem"), "number", _number(0), "pk", "title", "village_id", "village__name", "owner_id",
            "lead_official_id", "stood__state", "stood__deadline_kind", "stood__due_on", "asked",
        )
    )  # fmt: skip
    scope = duty.personal(village="problem__village_id", township="problem__township_id")
    measures = (
        Measure.objects.undone(day)
        .filter(scope, owner=giver)
        .order_by()
        .values_list(
            _word("measure"), "problem__number", "number", "pk", "text", "problem__village_id",
            "problem__village__name", "owner_id", _number(None), _word(""), "deadline_kind", "due_on",
            Value(False, output_field=BooleanField()),
        )
    )  # fmt: skip
    found: dict[str, list[Line]] = {key: [] for key in ("owned", "led", "measures", "waiting", "before", "open")}
    # One query for both: pages that show the list show much else.
    for row in sorted(problems.union(measures, all=True), key=lambda row: row[:4]):
        kind, number, step, pk, text, village_id, village, owner, lead, state, deadline, due_on, is_asked = row
        due = deadline_text(deadline, due_on) if due_on or state not in BEFORE_STATES else ""
        if kind == "measure":
            url = reverse("problems:measure_detail", args=[pk])
            found["measures"].append(Line(pk, f"{number}号问题措施{step}：{text}", village, due, url))
            continue
        words = f"{number}号 {text}（{State(state).label}{'，申请延期待审批' if is_asked else ''}）"
        line = Line(pk, words, village, due, reverse("problems:problem_detail", args=[pk]))
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
        Group("measure.owned", "负责的整改措施", found["measures"], moves="责任人"),
        following("problem.waiting", "待办理的申请（销号、延期）", found["waiting"]),
        following("problem.before", "尚未审核通过的问题（草稿、待审核、退回）", found["before"]),
        following("problem.open", "未销号的问题（责任人不变）", found["open"]),
    ]


def _word(text: str) -> Value:
    return Value(text, output_field=CharField())


def _number(number: int | None) -> Value:
    return Value(number, output_field=IntegerField())


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    owned, led = found.get("problem.owned", ()), found.get("problem.led", ())
    if owned or led:
        transfer.pass_on_problems(owned=owned, led=led, to=to, by=by, at=at, reason=reason)
    if measures := found.get("measure.owned"):
        transfer.pass_on_measures(owned=measures, to=to, by=by, at=at, reason=reason)
