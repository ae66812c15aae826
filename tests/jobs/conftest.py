"""Work for the worker: small functions registered as kinds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import registry, services
from jobs.models import HEARTBEAT_LIMIT, Job

calls: list[dict[str, Any]] = []


def note(progress: Any, **arguments: Any) -> dict[str, Any]:
    calls.append(arguments)
    progress(50, "做到一半")
    return {"url": "/summaries/1/", "label": "打开总结"}


def refuse(progress: Any) -> dict[str, Any]:
    from common.errors import Refused

    raise Refused("提交之后总结又有改动。")


def break_down(progress: Any) -> dict[str, Any]:
    raise ZeroDivisionError("secret detail")


def fail(progress: Any, **arguments: Any) -> dict[str, Any]:
    calls.append(arguments)
    raise OSError("the database is away")


@pytest.fixture
def work(monkeypatch):
    """The list of calls of the kind "note"; the other kinds fail in their own ways."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(registry, "_shared", dict(registry._shared))
    registry.register("note", "tests.jobs.conftest.note", shared_with="summary.view")
    registry.register("refuse", "tests.jobs.conftest.refuse")
    registry.register("break_down", "tests.jobs.conftest.break_down")
    calls.clear()
    return calls


@pytest.fixture
def make(world, work):
    def make(kind: str = "note", **values: Any) -> Job:
        defaults = {
            "by": world.office_clerk, "at": timezone.now(), "arguments": {}, "township_id": world.township.pk,
        }  # fmt: skip
        return services.enqueue(kind, "生成PDF：工作总结", **(defaults | values))

    return make


@pytest.fixture
def fall_silent():
    """The worker of a job is gone: its heartbeat is older than the limit."""

    def fall_silent(job: Job) -> None:
        old = timezone.now() - HEARTBEAT_LIMIT - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(heartbeat_at=old)

    return fall_silent
