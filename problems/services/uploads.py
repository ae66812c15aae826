"""Photos and files: staged while a form is being filled, taken over by the record when the form is.

A staged file is an `Upload` row and a file on disk under a generated name. Taking it over moves no bytes: the record's `Evidence` row
points to the same file and the `Upload` row goes, both in the transaction of the record. So a refused form loses nothing, and a record
that fails leaves its photos staged as they were.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from common import papers
from common.errors import Refused
from problems.models import CloseCriterion, Evidence, Milestone, Problem, ProgressEntry, Upload

KEPT_DAYS = 3
MAX_STAGED = 200  # of one person; nobody fills the disk with forms never sent


def too_many() -> str:
    return f"一次最多上传{settings.UPLOAD_MAX_FILES}个照片或文件，请去掉一些，或分次填报。"


def stage_upload(file: Any, *, by: Any, at: datetime) -> Upload:
    """Check one file as it came (a Django UploadedFile), keep it, and return its row. Raises Refused with the reason.

    Call it before the transaction of the record: what is staged must outlive a record that is refused. It opens no transaction itself,
    because it writes one row, and a photo is not decoded while the database waits.
    """
    if Upload.objects.filter(by=by).count() >= MAX_STAGED:
        raise Refused("您没有提交的照片和文件太多，请先提交或去掉一些，三天后也会自动清理。")
    paper = papers.receive(file)
    return Upload.objects.create(
        token=secrets.token_urlsafe(32),
        file=paper.content,
        thumbnail=paper.thumbnail or "",
        by=by,
        at=at,
        **paper.facts,
    )


def staged(tokens: Iterable[str], *, by: Any) -> list[Upload]:
    """The person's own staged files among these tokens, in their order; others' and unknown ones are left out."""
    wanted = list(dict.fromkeys(tokens))[: settings.UPLOAD_MAX_FILES * 2]
    if not wanted:
        return []
    rows = {upload.token: upload for upload in Upload.objects.filter(by=by, token__in=wanted)}
    return [rows[token] for token in wanted if token in rows]


@transaction.atomic
def remove_upload(token: str, *, by: Any) -> None:
    """Drop a staged file of one's own; nothing happens when it is gone already."""
    upload = Upload.objects.filter(token=token, by=by).first()
    # The count decides: when a record took the file over a moment ago, the row is gone and the file is the record's.
    if upload and Upload.objects.filter(pk=upload.pk).delete()[0]:
        transaction.on_commit(lambda: _remove_files(upload))


@transaction.atomic
def take_uploads(tokens: Sequence[str], *, by: Any) -> list[Upload]:
    """The staged files of a form, checked: all there, all one's own, at most UPLOAD_MAX_FILES. Raises Refused otherwise."""
    wanted = list(dict.fromkeys(tokens))
    if len(wanted) > settings.UPLOAD_MAX_FILES:
        raise Refused(too_many(), field="photos")
    uploads = staged(wanted, by=by)
    if len(uploads) != len(wanted):
        raise Refused("有照片或文件已过期或已提交过，请核对下面还在的，需要时重新上传。", field="photos")
    return uploads


@transaction.atomic
def attach_uploads(
    tokens: Sequence[str],
    *,
    problem: Problem,
    progress: ProgressEntry | None = None,
    milestone: Milestone | None = None,
    criterion: CloseCriterion | None = None,
    by: Any,
    at: datetime,
) -> list[Evidence]:
    """Make the staged files evidence of a problem (and of its entry, milestone or criterion), in the transaction of the record."""
    uploads = take_uploads(tokens, by=by)
    if not uploads:
        return []
    rows = Evidence.objects.bulk_create(
        Evidence(
            problem=problem,
            progress=progress,
            milestone=milestone,
            criterion=criterion,
            file=upload.file.name,
            thumbnail=upload.thumbnail.name,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            sha256=upload.sha256,
            by=by,
            at=at,
        )
        for upload in uploads
    )
    spend_uploads(uploads)
    return rows


def spend_uploads(uploads: Sequence[Upload]) -> None:
    """The record's own rows point to the files now. Fewer rows gone than taken: another request took one of them a moment ago."""
    if Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()[0] != len(uploads):
        raise Refused("有照片或文件刚刚已提交过，请核对后再提交。", field="photos")


def clear_uploads(*, at: datetime, days: int = KEPT_DAYS) -> tuple[int, int]:
    """Remove what was staged more than `days` ago, then files no row knows (papers.clear_unknown). Returns both counts."""
    limit = at - timedelta(days=days)
    old = list(Upload.objects.filter(at__lt=limit))
    for upload in old:
        remove_upload(upload.token, by=upload.by_id)
    return len(old), papers.clear_unknown(before=limit)


def _remove_files(upload: Upload) -> None:
    for file in (upload.file, upload.thumbnail):
        if file.name:
            file.storage.delete(file.name)
