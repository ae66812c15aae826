"""Asking for a village's file as one ZIP."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string

from audit import services as audit
from common.errors import Refused
from jobs import services as jobs
from jobs.models import Job
from rounds.models import Round
from villages.models import Village

KIND = "archive_village"
MAX_WAITING = 2
KEPT_DAYS = 7


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "archives"


def path_of(token: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9]{24}", token):
        raise ValueError("not a token of ours")
    return folder() / f"{token}.zip"


def key_of(token: str) -> str:
    """The job of an archive is found by the token in its file's address."""
    return f"archive-{token}"


@transaction.atomic
def request_archive(village: Village, *, round: Round, by: Any, at: datetime) -> Job:
    """Have the file of a village packed in the background. Refused while two of one's own are still being packed."""
    if round.township_id != village.township_id:
        raise Refused("这个村不属于本轮次的乡镇，请重新选择。")
    waiting = Job.objects.filter(kind=KIND, by=by, state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
    if waiting >= MAX_WAITING:
        raise Refused(f"您有{waiting}份档案还在打包，请等完成后再打包，可在“任务”中查看。")
    token = get_random_string(24)
    job = jobs.enqueue(
        KIND,
        f"打包{village.name}{round}一村一档",
        by=by,
        at=at,
        arguments={"token": token, "village_id": village.pk, "round_id": round.pk, "user_id": by.pk},
        key=key_of(token),
        township_id=village.township_id,
    )
    audit.record(village, f"打包下载一村一档（{round}）", by=by, at=at)
    return job


def remove_old() -> int:
    """Delete what nobody will fetch any more: a file holds everything of a village and may be packed again at any time."""
    limit = time.time() - KEPT_DAYS * 24 * 3600
    removed = 0
    if folder().is_dir():
        for path in folder().iterdir():
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
