"""Drafts of summaries that go over with a post of the office (villages.handing). Signed papers keep their author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import CharField, Value
from django.urls import reverse

from accounts.roles import Level
from common.errors import Refused
from reports.models import DraftSchedule, Summary
from villages.handing import Duty, Group, Line, pass_on
from villages.models import Cadre


def find(duty: Duty) -> list[Group]:
    if duty.level != Level.TOWNSHIP or duty.township_id is None or duty.giver.user_id is None:
        return []
    own = {"township_id": duty.township_id, "author_id": duty.giver.user_id}
    drafts = Summary.objects.filter(state=Summary.State.DRAFT, **own).order_by()
    schedules = DraftSchedule.objects.filter(is_on=True, **own).order_by()
    rows = (
        drafts.annotate(kind_of=_word("summary.draft"))
        .values_list("pk", "kind_of", "title")
        .union(
            schedules.annotate(
                kind_of=_word("summary.schedule"), title=_word("每月自动起草的月报交给接收人")
            ).values_list("pk", "kind_of", "title"),
            all=True,
        )
    )
    lines: dict[str, list[Line]] = {"summary.draft": [], "summary.schedule": []}
    for pk, kind, title in sorted(rows):
        draft = kind == "summary.draft"
        url = reverse("reports:summary_detail", args=[pk]) if draft else ""
        lines[kind].append(Line(pk, f"《{title}》初稿" if draft else title, url=url))
    return [
        Group("summary.draft", "起草中的工作总结", lines["summary.draft"], moves="起草人"),
        Group("summary.schedule", "自动起草的月报", lines["summary.schedule"], moves="起草人"),
    ]


def _word(text: str) -> Value:
    return Value(text, output_field=CharField())


def move(duty: Duty, found: Mapping[str, Sequence[int]], *, to: Cadre, by: Any, at: datetime, reason: str) -> None:
    drafts = Summary.objects.select_for_update().filter(state=Summary.State.DRAFT)
    schedules = DraftSchedule.objects.select_for_update()
    records: list[Any] = [
        *drafts.filter(pk__in=found.get("summary.draft", ())),  # one handed in meanwhile keeps its author
        *schedules.filter(pk__in=found.get("summary.schedule", ())),
    ]
    if not records:
        return
    if to.user is None:
        raise Refused(f"{to.name}没有登录账号，接不了起草中的总结；请系统管理员先为其开通账号。", field="receiver")
    pass_on(records, "author", to.user, verb="随岗位交接变更起草人", by=by, at=at, reason=reason)
