"""Asking for long work, claiming it, doing it, giving it up."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.errors import Refused
from jobs import registry
from jobs.heartbeat import beating
from jobs.models import HEARTBEAT_LIMIT, MAX_ATTEMPTS, Job

logger = logging.getLogger(__name__)
PROGRESS_EVERY = 0.3  # seconds
NEAR_END = 95  # percent


class Cancelled(Exception):
    """The person who asked for the job no longer wants it."""


class LostClaim(Exception):
    """Another worker took the job over: this one must stop and leave no trace."""


def enqueue(
    kind: str,
    title: str,
    *,
    by: Any,
    at: datetime,
    arguments: dict[str, Any],
    key: str | None = None,
    township_id: int | None = None,
) -> Job:
    """Write the job's row and, once the transaction is committed, nudge the worker. The same `key` gives the same job back."""
    if key and (earlier := Job.objects.filter(key=key).first()):
        return earlier
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                title=title[:200],
                arguments=arguments,
                key=key,
                township_id=township_id,
                by=by,
                created_at=at,
            )
            transaction.on_commit(lambda: send(job.pk))
    except IntegrityError:
        return Job.objects.get(key=key)
    return job


def send(job_id: int) -> None:
    """Put the job's id on the broker. A broker that is down loses nothing: the sweep sends again."""
    from jobs.tasks import run_job

    try:
        run_job.apply_async(kwargs={"job_id": job_id}, retry=False)
    except Exception:  # whatever the transport raises, the row stays queued
        logger.warning("job %s could not be sent; the sweep will send it", job_id, exc_info=True)
        return
    Job.objects.filter(pk=job_id).update(sent_at=timezone.now())


def claim(job_id: int) -> Job | None:
    """Take a job that is queued, or whose worker has fallen silent. None when somebody else has it or it is over."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=now - HEARTBEAT_LIMIT)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        claims=F("claims") + 1,
        started_at=now,
        heartbeat_at=now,
        percent=0,
        step="开始",
        error="",
    )
    if not taken:
        return None
    job = Job.objects.get(pk=job_id)
    if job.cancel_asked:
        _finish(job, Job.State.CANCELLED)
        return None
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, error=f"连续{MAX_ATTEMPTS}次未能完成，已停止。请联系管理员查看日志后重试。")
        return None
    return job


def _mine(job: Job) -> QuerySet[Job]:
    """The job's row while this worker's claim still holds. `claims` never starts again, so a retry cannot revive an old claim."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, claims=job.claims)


def progress_of(job: Job) -> Callable[[int, str], None]:
    """A function the work calls with (percent, step): renews the heartbeat, stops the work when it was cancelled or taken over.

    It may be called for every page: the row is asked three times a second, and always near the end, before anything is left behind.
    """
    asked = 0.0

    def progress(percent: int, step: str) -> None:
        nonlocal asked
        if percent < NEAR_END and time.monotonic() - asked < PROGRESS_EVERY:
            return
        asked = time.monotonic()
        shown = max(0, min(percent, 99))
        if not _mine(job).update(percent=shown, step=step[:200], heartbeat_at=timezone.now()):
            raise LostClaim
        if Job.objects.filter(pk=job.pk, cancel_asked=True).exists():
            raise Cancelled

    return progress


def run(job_id: int) -> None:
    """Do one job from claim to end. Whatever the work raises ends in the row, never in silence."""
    job = claim(job_id)
    if job is None:
        return
    try:
        with beating(job):
            result = registry.work_of(job.kind)(progress_of(job), **job.arguments)
    except LostClaim:
        return
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except Refused as refusal:
        _finish(job, Job.State.FAILED, error=str(refusal))
    except SoftTimeLimitExceeded:
        _finish(job, Job.State.FAILED, error="用时超过限度，已停止。可以重试；仍不成功请缩小范围或与管理员联系。")
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(job, Job.State.FAILED, error=f"系统出错，编号 J{job.pk}。可以重试；仍不成功请把编号告诉管理员。")
    else:
        _finish(job, Job.State.DONE, result=result)


def _finish(job: Job, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    values: dict[str, Any] = {"state": state, "finished_at": timezone.now(), "error": error}
    if state == Job.State.DONE:
        values |= {"percent": 100, "step": "完成", "result": result or {}}
    _mine(job).update(**values)


def cancel(job: Job) -> None:
    """Ask for a stop. A queued job ends at once, a running one at its next step."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, finished_at=timezone.now())
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


def retry(job: Job, *, by_itself: bool = False) -> None:
    """Start a failed or cancelled job again from the beginning. What the sweep starts is counted, so that it comes to an end."""
    stood = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    if by_itself:  # several workers sweep: the number they read lets one of them pass
        stood = stood.filter(state=Job.State.FAILED, second_tries=job.second_tries)
    again = stood.update(
        second_tries=job.second_tries + by_itself,
        state=Job.State.QUEUED,
        attempts=0,
        cancel_asked=False,
        error="",
        percent=0,
        step="",
        finished_at=None,
        sent_at=None,
    )
    if again:
        transaction.on_commit(lambda: send(job.pk))
