"""The papers themselves: a plan or a notice as it was issued, beside its entry."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction

from audit import services as audit
from common import papers, photos
from common.errors import Refused
from rounds.models import DocumentFile, RoundDocument

MOST = 10  # files of one document


@transaction.atomic
def attach_file(document: RoundDocument, *, file: Any, by: Any, at: datetime) -> DocumentFile:
    """Check one file by its content (a Django UploadedFile) and keep it. Raises Refused with the reason."""
    if document.files.count() >= MOST:
        raise Refused(f"一份文件最多附{MOST}个正文和附件，请先去掉不用的。", field="file")
    try:
        kind = papers.kind_of(file, file.name or "", file.size)
        photo = photos.reencode(file) if kind.is_photo else None
    except Refused as refusal:
        raise Refused(str(refusal), field="file") from None
    if photo:
        content: File[bytes] = ContentFile(photo.content)
        sha256, size = photo.sha256, len(photo.content)
    else:
        file.seek(0)
        sha256, size = hashlib.file_digest(file, "sha256").hexdigest(), file.size
        file.seek(0)
        content = File(file)
    if document.files.filter(sha256=sha256).exists():
        raise Refused("这份文件已经上传过，不需重复上传。", field="file")
    stored = DocumentFile(
        document=document, name=papers.clean_name(file.name or "", kind.ending), media_type=kind.media_type, size=size,
        sha256=sha256, by=by, at=at,
    )  # fmt: skip
    stored.file.save(f"{uuid.uuid4().hex}{kind.ending}", content, save=False)
    try:
        with transaction.atomic():
            stored.save()
            audit.record(document, f"上传“{stored.name}”", by=by, at=at)
    except BaseException:
        stored.file.storage.delete(str(stored.file.name))
        raise
    return stored


@transaction.atomic
def remove_file(stored: DocumentFile, *, by: Any, at: datetime) -> None:
    """Take a wrongly sent file away; the entry in the history stays. The bytes go when the transaction is kept."""
    document, name, storage = stored.document, str(stored.file.name), stored.file.storage
    # The count decides: of two who press at the same moment only one removes it.
    if not DocumentFile.objects.filter(pk=stored.pk).delete()[0]:
        raise Refused("这个文件已经去掉了。")
    audit.record(document, f"去掉“{stored.name}”", by=by, at=at)
    transaction.on_commit(lambda: storage.delete(name))
