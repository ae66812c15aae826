"""Asking for a file of a summary: one job for one text and format, however often the button is pressed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from jobs import services as jobs
from jobs.models import Job
from reports.models import Summary, SummaryFile

KIND = "render_summary"
Format = SummaryFile.Format


def job_key(summary_id: int, version: int, format: str = Format.PDF) -> str:
    """The same text is rendered once in each format."""
    return f"{KIND}:{summary_id}:{version}:{format}"


@transaction.atomic
def request_file(summary: Summary, *, format: str, by: Any, at: datetime) -> Job:
    """The job that makes the file of the text as it stands; one that failed before is started again."""
    key = job_key(summary.pk, summary.version, format)
    known = Job.objects.filter(key=key).first()
    if known:
        if known.may_retry:
            transaction.on_commit(lambda: jobs.retry(known))
        return known
    name = Format(format).label
    job = jobs.enqueue(
        KIND,
        f"生成{name}：{summary.title}",
        by=by,
        at=at,
        arguments={"summary_id": summary.pk, "version": summary.version, "format": format},
        key=key,
        township_id=summary.township_id,
    )
    audit.record(summary, f"生成{name}", by=by, at=at)
    return job


def request_pdf(summary: Summary, *, by: Any, at: datetime) -> Job:
    return request_file(summary, format=Format.PDF, by=by, at=at)


def request_word(summary: Summary, *, by: Any, at: datetime) -> Job:
    return request_file(summary, format=Format.WORD, by=by, at=at)
