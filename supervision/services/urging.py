"""Urging by hand: to those who have to act, once a day from each person."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import services as audit
from common.errors import Refused
from problems.models import Problem
from problems.terms import RUNNING_STATES
from supervision.models import Urge
from supervision.services.follow import refresh

ONCE = "您今天已经催办过这个问题，同一问题每人每天只催办一次。"


def check(problem: Problem, *, by: Any, day: date) -> None:
    """Refused, with what is wrong, when this person cannot urge on this problem on a day."""
    if problem.state not in RUNNING_STATES:
        raise Refused(f"问题现在是“{problem.get_state_display()}”，不用催办。")
    if Urge.objects.filter(problem=problem, by=by, day=day).exists():
        raise Refused(ONCE)


@transaction.atomic
def urge(problem: Problem, *, text: str = "", by: Any, at: datetime) -> Urge:
    """Ask the village, its resident cadres and the responsible station to get on with it. It stands in their inbox at once."""
    day = timezone.localdate(at)
    check(problem, by=by, day=day)
    try:
        with transaction.atomic():
            urge = Urge.objects.create(problem=problem, by=by, day=day, text=text, at=at)
    except IntegrityError:
        raise Refused(ONCE) from None
    audit.record(problem, "催办", by=by, at=at, reason=text)
    refresh([problem.pk], day=day, at=at)
    return urge
