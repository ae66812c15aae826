"""The signed final file beside the generated one: what the office really sent, kept with its digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common import papers
from common.errors import Refused
from common.text import clean
from reports.models import Issue, IssuedFile, Summary

TAKEN = {papers.PDF, papers.DOCX}
MAX_NOTE = 200


@transaction.atomic
def add_issued_file(summary: Summary, *, file: papers.Paper, note: str = "", by: Any, at: datetime) -> IssuedFile:
    """Keep a Word or PDF file as the issued version; an earlier one stays and is shown as replaced."""
    if summary.state != Summary.State.SIGNED:
        raise Refused("只有已签发、未撤回的总结可以上传正式签发件。", field="file")
    if file.kind.media_type not in TAKEN:
        raise Refused("正式签发件只收 PDF 或 Word（docx）文件，请另存后再传。", field="file")
    issue = Issue.objects.select_for_update().get(summary=summary)  # two uploads at once get two numbers
    newest = issue.issued_files.first()
    if newest and newest.sha256 == file.sha256:
        raise Refused("这个文件与现有的正式签发件完全相同，不用再传。", field="file")
    kept = IssuedFile.objects.create(
        issue=issue, number=newest.number + 1 if newest else 1, file=file.content, note=clean(note)[:MAX_NOTE], by=by, at=at,
        **file.facts,
    )  # fmt: skip
    audit.record(
        summary, "更换正式签发件" if newest else "上传正式签发件", by=by, at=at,
        changes=[{
            "field": "issued_file", "label": "正式签发件", "old": newest.name if newest else "（空）", "new": kept.name,
        }],
    )  # fmt: skip
    return kept
