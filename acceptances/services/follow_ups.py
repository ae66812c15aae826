"""The months of watching after a verdict: due days set once, each look recorded."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Any

from django.db import transaction

from acceptances.models import Acceptance, FollowUp
from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.services.rules import happened, in_order

FIELDS = ["done_on", "people", "findings"]


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last of a month that is too short for it."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def plan_follow_ups(acceptance: Acceptance, *, begin: date) -> list[FollowUp]:
    """The due days by the round's rule: every third month for a year, unless the round says otherwise. The last month always counts."""
    round = acceptance.designation.round
    months = list(range(round.follow_up_every, round.follow_up_months + 1, round.follow_up_every))
    if months[-1] != round.follow_up_months:
        months.append(round.follow_up_months)
    return FollowUp.objects.bulk_create(
        FollowUp(acceptance=acceptance, number=number, due_on=add_months(begin, month))
        for number, month in enumerate(months, start=1)
    )


@transaction.atomic
def record_follow_up(
    follow_up: FollowUp, *, done_on: date, findings: str, by: Any, at: datetime, people: str = "",
    base_version: int | None = None,
) -> FollowUp:  # fmt: skip
    """Record a look, or correct what was recorded."""
    if not findings.strip():
        raise Refused("请写明跟踪情况：班子运转、问题有没有反复、群众反映。", field="findings")
    happened(done_on, at=at, field="done_on")
    in_order(follow_up.acceptance.confirmed_on, done_on, field="done_on", sentence="跟踪日期不能早于验收结论的日期。")
    again = follow_up.done_on is not None
    before = audit.snapshot(follow_up, FIELDS)
    follow_up.done_on, follow_up.people, follow_up.findings, follow_up.done_by = done_on, people, findings, by
    expected = follow_up.version if base_version is None else base_version
    save_if_unchanged(follow_up, expected_version=expected, fields=[*FIELDS, "done_by"])
    changes = audit.changes_since(before, follow_up)
    audit.record(follow_up, "修改跟踪情况" if again else "登记跟踪", by=by, at=at, changes=changes)
    return follow_up
