"""The papers themselves: a plan or a notice as it was issued, beside its entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.papers import Paper
from rounds.models import DocumentFile, RoundDocument

MOST = 10  # files of one document


@transaction.atomic
def attach_file(document: RoundDocument, *, file: Paper, by: Any, at: datetime) -> DocumentFile:
    """Keep one file beside its entry."""
    if document.files.count() >= MOST:
        raise Refused(f"一份文件最多附{MOST}个正文和附件，请先去掉不用的。", field="file")
    if document.files.filter(sha256=file.sha256).exists():
        raise Refused("这份文件已经上传过，不需重复上传。", field="file")
    stored = DocumentFile.objects.create(document=document, file=file.content, by=by, at=at, **file.facts)
    audit.record(document, f"上传“{stored.name}”", by=by, at=at)
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
