"""Re-sends what lost its message or its worker. This makes kill -9 safe on any broker."""

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections, connection
from django.db.models import Q
from django.utils import timezone

from jobs import registry, services
from jobs.models import HEARTBEAT_LIMIT, Job

logger = logging.getLogger(__name__)
EVERY = 30.0  # seconds
UNSENT_FOR = timedelta(seconds=20)  # a fresh row is being sent by the request that wrote it


def lost_jobs(*, at_start: bool = False) -> list[int]:
    """Keys of jobs nobody works on: queued too long, or running without a heartbeat. At a worker's start every queued job counts."""
    now = timezone.now()
    unsent = Q(created_at__lt=now - UNSENT_FOR) & (Q(sent_at=None) | Q(sent_at__lt=now - HEARTBEAT_LIMIT))
    queued = Q(state=Job.State.QUEUED) if at_start else Q(state=Job.State.QUEUED) & unsent
    silent = Q(state=Job.State.RUNNING, heartbeat_at__lt=now - HEARTBEAT_LIMIT)
    return list(Job.objects.filter(queued | silent).order_by("created_at").values_list("pk", flat=True)[:100])


def sweep(*, at_start: bool = False) -> int:
    """Send every lost job again; returns how many. Sending one twice is harmless: the claim is a conditional update."""
    lost = lost_jobs(at_start=at_start)
    for pk in lost:
        services.send(pk)
    return len(lost)


def ask_for_todays() -> None:
    """The jobs of every day, asked for once however many workers sweep: the day is part of their key.

    One that failed (a database that was away for a while) is tried again later in its day, as often as `second_try_at` allows.
    """
    now = timezone.localtime()
    day = now.date().isoformat()
    for kind, title in registry.daily_kinds(now.hour).items():
        job = services.enqueue(
            kind, f"{title}（{day}）", by=None, at=timezone.now(), arguments={"day": day}, key=f"{kind}:{day}"
        )
        if (again := job.second_try_at) and again <= now:
            logger.info("job %s (%s) failed; it is tried again", job.pk, kind)
            services.retry(job, by_itself=True)


def start_in_background() -> threading.Thread:
    """Sweep now and every EVERY seconds, in a daemon thread of the worker's parent process."""

    def loop() -> None:
        first = True
        ticker = threading.Event()
        while True:
            try:
                close_old_connections()
                sweep(at_start=first)
                first = False
                ask_for_todays()
            except Exception:  # a database that is away must not end the sweep
                logger.warning("the sweep of jobs failed; it tries again", exc_info=True)
            finally:
                connection.close()
            ticker.wait(EVERY)

    thread = threading.Thread(target=loop, name="job-sweep", daemon=True)
    thread.start()
    return thread
