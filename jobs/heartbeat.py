"""A sign of life while one step of a job takes long, so that the sweep does not hand a working job to another worker."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from jobs.models import Job

logger = logging.getLogger(__name__)
EVERY = 15.0  # seconds; a quarter of HEARTBEAT_LIMIT, so that three may fail
LONGEST = 900.0  # seconds; a job that hangs for ever must look dead in the end


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Renew the job's heartbeat in a thread with its own connection until the block ends or the claim is lost."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(job.pk, job.claims, stop), name=f"job-{job.pk}-heart", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=1)


def _beat(job_id: int, claim: int, stop: threading.Event) -> None:
    from jobs.models import Job

    end = time.monotonic() + LONGEST
    while not stop.wait(EVERY) and time.monotonic() < end:
        try:
            mine = Job.objects.filter(pk=job_id, claims=claim, state=Job.State.RUNNING)
            if not mine.update(heartbeat_at=timezone.now()):
                return
        except Exception:  # SQLite may be busy with a long write: the next beat tries again
            logger.info("no heartbeat for job %s this time", job_id, exc_info=True)
        finally:
            connection.close()
