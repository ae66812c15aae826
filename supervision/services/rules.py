"""Changing the rules of a round, and seeing beforehand what they would write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.roles import Role
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from problems.models import Problem
from rounds.models import Round
from supervision.models import Slip, SlipRules
from supervision.services.cuts import cuts_of
from supervision.services.items import RISING_STATES
from supervision.terms import LEVELS, Level
from workdays.calendar import calendar_of

DAYS = ("blue_days", "yellow_days", "red_days", "reply_days")
TOLD = ("blue_to", "yellow_to", "red_to")
FIELDS = ("is_on", *DAYS, *TOLD, "with_notices", "with_commitments")
EXAMPLES = 5


def rules_of(round: Round) -> SlipRules:
    """The rules of a round; unsaved defaults where the office has changed nothing."""
    return SlipRules.objects.filter(round=round).first() or SlipRules(round=round)


def check(values: dict[str, Any]) -> None:
    for name in DAYS:
        if not 1 <= values[name] <= 60:
            raise Refused("天数应在1至60个工作日之间。", field=name)
    if values["red_days"] <= values["yellow_days"]:
        raise Refused("红色督办的天数须多于黄色督办，才能逐级升级。", field="red_days")
    if values["is_on"]:
        for name in TOLD:
            if not values[name]:
                raise Refused("请至少选择一个接收岗位。", field=name)


@transaction.atomic
def change_rules(round: Round, *, base_version: int, by: Any, at: datetime, **values: Any) -> SlipRules:
    """Set the rules of a round. They hold from the next nightly run; slips that are out stay as they are."""
    check(values)
    rules, _ = SlipRules.objects.get_or_create(round=round)
    before = _words(rules)
    for name in FIELDS:
        setattr(rules, name, values[name])
    save_if_unchanged(rules, expected_version=base_version, fields=list(FIELDS))
    after = _words(rules)
    changes = [
        {"field": name, "label": audit.label(rules, name), "old": before[name], "new": after[name]}
        for name in FIELDS
        if before[name] != after[name]
    ]
    audit.record(rules, "修改督办规则", by=by, at=at, changes=changes)
    return rules


def _words(rules: SlipRules) -> dict[str, str]:
    return {
        name: "、".join(Role(role).label for role in getattr(rules, name))
        if name in TOLD
        else audit.display(rules, name)
        for name in FIELDS
    }


@dataclass
class Effect:
    """What one level means for the problems as they stand."""

    level: Level
    until: date  # deadlines up to this day are at this level
    count: int = 0  # problems at this level
    fresh: int = 0  # of them: a slip is written or rises
    examples: list[Problem] = field(default_factory=list)


def preview(round: Round, values: dict[str, Any], day: date) -> list[Effect]:
    """What the rules would do on a day (taken as a working day), level by level; two queries and the calendar."""
    check(values)
    rules = SlipRules(round=round, **values)
    calendar = calendar_of(round.township_id)
    day = calendar.add_working_days(day, 0)
    cuts = cuts_of(rules, calendar, day)
    effects = {
        Level.BLUE: Effect(Level.BLUE, cuts.blue_until),
        Level.YELLOW: Effect(Level.YELLOW, cuts.yellow_until),
        Level.RED: Effect(Level.RED, cuts.red_until),
    }
    if not rules.is_on:
        return [effects[level] for level in LEVELS]
    reached = dict(
        Slip.objects.filter(Q(round=round), closed_on=None, problem__isnull=False).values_list("problem_id", "level")
    )
    rows = (
        Problem.objects.filter(round=round, state__in=RISING_STATES, queue_on__lte=cuts.blue_until)
        .select_related("village")
        .only("number", "title", "due_on", "village__name")
        .order_by("queue_on", "pk")
    )
    for problem in rows:
        level = cuts.level(problem.due_on) if problem.due_on else None
        if level is None:
            continue
        effect = effects[level]
        effect.count += 1
        held = reached.get(problem.pk)
        if held is None or Level(held).rank < level.rank:
            effect.fresh += 1
            if len(effect.examples) < EXAMPLES:
                effect.examples.append(problem)
    return [effects[level] for level in LEVELS]
