"""Asking for the PDF: one job for one text, however often the button is pressed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from jobs import services as jobs
from jobs.models import Job
from reports.models import Summary

KIND = "render_summary"


def job_key(summary_id: int, version: int) -> str:
    """The same text is rendered once."""
    return f"{KIND}:{summary_id}:{version}"


@transaction.atomic
def request_pdf(summary: Summary, *, by: Any, at: datetime) -> Job:
    """The job that makes the PDF of the text as it stands; one that failed before is started again."""
    key = job_key(summary.pk, summary.version)
    known = Job.objects.filter(key=key).first()
    if known:
        if known.state in (Job.State.FAILED, Job.State.CANCELLED):
            transaction.on_commit(lambda: jobs.retry(known))
        return known
    job = jobs.enqueue(
        KIND,
        f"生成PDF：{summary.title}",
        by=by,
        at=at,
        arguments={"summary_id": summary.pk, "version": summary.version},
        key=key,
        township_id=summary.township_id,
    )
    audit.record(summary, "生成PDF", by=by, at=at)
    return job
