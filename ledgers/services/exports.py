"""Asking for an export, and noting that one was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.crypto import get_random_string

from audit import services as audit
from common.errors import Refused
from jobs import services as jobs
from jobs.models import Job
from ledgers.form import Ledger
from rounds.models import Round

KIND = "export_ledger"
MAX_WAITING = 3  # exports of one person at a time


@transaction.atomic
def request_export(
    ledger: Ledger,
    *,
    by: Any,
    at: datetime,
    rounds: Sequence[Round] = (),
    as_of: date | None = None,
    since: date | None = None,
    source: str = "",
    query: str = "",
) -> Job:
    """Have a ledger written in the background: of whole rounds, or of the rows a list (`source`) shows at an address (`query`)."""
    waiting = Job.objects.filter(kind=KIND, by=by, state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
    if waiting >= MAX_WAITING:
        raise Refused(f"您有{waiting}项导出还没有完成，请等完成后再导出，可在“我的任务”中查看。")
    if not rounds and not source:
        raise Refused("还没有可导出的轮次。")
    if as_of and since and since > as_of:
        raise Refused("本期开始日期不能晚于截至日期。", field="since")
    token = get_random_string(24)
    townships = {r.township_id for r in rounds}
    return jobs.enqueue(
        KIND,
        f"导出{ledger.name}" + (f"（{rounds[0]}）" if rounds else "（按列表筛选）"),
        by=by,
        at=at,
        arguments={
            "token": token,
            "code": ledger.code,
            "user_id": by.pk,
            "rounds": [r.pk for r in rounds],
            "as_of": as_of.isoformat() if as_of else "",
            "since": since.isoformat() if since else "",
            "source": source,
            "query": query,
        },
        key=key_of(token),
        township_id=next(iter(townships)) if len(townships) == 1 else None,
    )


def key_of(token: str) -> str:
    """The job of an export is found by the token in its file's address."""
    return f"export-{token}"


@transaction.atomic
def note_export(
    about: Model, *, by: Any, at: datetime, ledger: Ledger, place: str, words: str, rows: int, township_id: int | None
) -> None:
    """Who took which rows out of the portal, for the record of what was done; `about` is the job, or the round of a command."""
    said = (
        ("ledger", "台账", f"{ledger.code} {ledger.name}"),
        ("place", "范围", place),
        ("filter", "筛选", words or "全部"),
        ("rows", "条数", str(rows)),
    )
    changes = [{"field": field, "label": label, "old": "", "new": value} for field, label, value in said]
    audit.record(about, "导出台账", by=by, at=at, changes=changes, township_id=township_id)
