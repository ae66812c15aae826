"""The Celery application of the portal with two kinds of work for test_worker: `celery -A tests.services.worker worker`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import django

django.setup()

from jobs import registry  # noqa: E402
from rectify.celery import app  # noqa: E402

__all__ = ["app"]


def note(progress: Any, *, file: str) -> dict[str, Any]:
    """Leave one line for every time it ran."""
    progress(50, "做到一半")
    with Path(file).open("a") as lines:
        lines.write("done\n")
    return {"url": "/done/"}


def hang_once(progress: Any, *, file: str) -> dict[str, Any]:
    """The first time it never comes to an end; the second time it does."""
    first = not Path(file).exists()
    with Path(file).open("a") as lines:
        lines.write("begun\n")
    progress(20, "第一次在做" if first else "第二次在做")
    if first:
        time.sleep(600)
    return note(progress, file=file)


registry.register("test.note", "tests.services.worker.note")
registry.register("test.hang_once", "tests.services.worker.hang_once")
