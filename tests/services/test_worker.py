"""A real worker on the configured broker (the file system, or Redis with REDIS_URL): what is asked for is done, once, whatever dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from jobs import services, sweep
from jobs.models import HEARTBEAT_LIMIT, Job
from rectify.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def wait_until(holds: Callable[[], Any], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{seconds} s passed without: {what}"
        time.sleep(0.05)


def test_database() -> str:
    """The address of the database of this test run, as DATABASE_URL takes it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


test_database.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture
def start_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """start_worker() gives a worker process as bin/serve starts it, with the test's database, broker and a queue of its own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "rectify.settings_test",
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": test_database(),
        "TEST_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.services.worker", "worker", "-P", "prefork"]
    command += ["-c", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """kill -9 for the worker and its child processes."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def ask(world: Any, kind: str, file: Path) -> Job:
    return services.enqueue(kind, "试", by=world.office_clerk, at=timezone.now(), arguments={"file": str(file)})


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.DONE


class TestWorker:
    def test_what_was_asked_for_is_done(self, world, start_worker, tmp_path):
        job = ask(world, "test.note", tmp_path / "lines")
        job.refresh_from_db()
        assert job.sent_at is not None

        start_worker()
        wait_until(lambda: is_done(job), "the job done")

        assert (job.percent, job.attempts, job.result) == (100, 1, {"url": "/done/"})
        assert (tmp_path / "lines").read_text() == "done\n"

    def test_two_workers_and_a_doubled_message_do_it_once(self, world, start_worker, tmp_path):
        job, last = ask(world, "test.note", tmp_path / "lines"), ask(world, "test.note", tmp_path / "last")
        for _ in range(4):
            services.send(job.pk)
        services.send(last.pk)

        start_worker()
        start_worker()
        wait_until(lambda: is_done(job) and is_done(last), "both jobs done")

        assert (job.attempts, (tmp_path / "lines").read_text()) == (1, "done\n")

    def test_the_job_of_a_killed_worker_is_finished_once_by_another(self, world, start_worker, tmp_path):
        job = ask(world, "test.hang_once", tmp_path / "lines")
        first = start_worker()
        wait_until(lambda: Job.objects.filter(pk=job.pk, percent=20).exists(), "the first worker at work")
        kill(first)
        job.refresh_from_db()
        assert job.state == Job.State.RUNNING
        # Instead of waiting until its heart has been still for long enough.
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - HEARTBEAT_LIMIT - timedelta(seconds=1))

        start_worker()  # its sweep finds the job
        wait_until(lambda: is_done(job), "the job done by the second worker")

        assert job.attempts == 2
        assert (tmp_path / "lines").read_text() == "begun\nbegun\ndone\n"


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """The application talks to another broker meanwhile."""

    def forget_connections() -> None:
        app._pool = None
        app.amqp._producer_pool = None

    before = app.conf.broker_url
    app.conf.broker_url = url
    forget_connections()
    try:
        yield
    finally:
        app.conf.broker_url = before
        forget_connections()


@pytest.mark.skipif(not settings.REDIS_URL, reason="the file system does not go away")
class TestBrokerDown:
    @pytest.fixture
    def failed(self, world):
        """A job that failed: its page has the button to try again."""
        return Job.objects.create(
            kind="test.note", title="试", by=world.office_clerk, created_at=timezone.now(), state=Job.State.FAILED
        )

    @pytest.fixture
    def silent_port(self):
        """A server that takes the connection and never says a word: a broker that hangs."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            yield server.getsockname()[1]

    @pytest.fixture
    def closed_port(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            return server.getsockname()[1]

    @pytest.mark.parametrize(("broker", "seconds"), [("closed_port", 3), ("silent_port", 10)])
    def test_the_page_answers_and_the_sweep_sends_later(
        self, world, failed, start_worker, tmp_path, request, broker, seconds
    ):
        Job.objects.filter(pk=failed.pk).update(arguments={"file": str(tmp_path / "lines")})
        port = request.getfixturevalue(broker)
        client, usual = world.client(world.office_clerk), time.monotonic()
        client.get(reverse("jobs:job_detail", args=[failed.pk]))
        started = time.monotonic()
        usual = started - usual  # a page, as slow as this machine is just now
        with broker_at(f"redis://127.0.0.1:{port}/0"):
            answer = client.post(reverse("jobs:job_retry", args=[failed.pk]))
        took = time.monotonic() - started

        assert answer.status_code == 302
        assert took < seconds + 5 * usual
        failed.refresh_from_db()
        assert (failed.state, failed.sent_at) == (Job.State.QUEUED, None)

        Job.objects.filter(pk=failed.pk).update(created_at=timezone.now() - timedelta(minutes=1))
        assert sweep.lost_jobs() == [failed.pk]
        assert sweep.sweep() == 1
        start_worker()
        wait_until(lambda: is_done(failed), "the job done after the broker came back")
        assert (tmp_path / "lines").read_text() == "done\n"
