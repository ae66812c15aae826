"""Files of exports: written aside and renamed, found by a token, removed after a week."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

KEPT_DAYS = 7


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(token: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9]{24}", token):
        raise ValueError("not a token of ours")
    return folder() / f"{token}.xlsx"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Gives a name to write to; at the end the file stands under `path`, complete, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.chmod(0o640)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def remove_old() -> int:
    """Delete what nobody will fetch any more: exports hold many people's records and may be made again at any time."""
    limit = time.time() - KEPT_DAYS * 24 * 3600
    removed = 0
    if folder().is_dir():
        for path in folder().iterdir():
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
