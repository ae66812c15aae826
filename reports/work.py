"""Long work of this app: the files of a summary. Each appears whole or not at all, once, however often its job is delivered."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import Refused
from jobs.models import Job
from reports.document.bounded import render_pdf_bounded, render_word_bounded
from reports.document.errors import DocumentError
from reports.document.pdf import AttachedFile
from reports.models import Summary, SummaryFile
from reports.paper import Paper, paper_of
from reports.services.files import job_key

Progress = Callable[[int, str], None]
Format = SummaryFile.Format


def attachments(paper: Paper) -> list[AttachedFile]:
    """What the PDF carries: the figures its sentences were written from."""
    return [AttachedFile("figures.json", paper.figures_json, "本总结所依据的数据", "Data")]


def identifier(summary: Summary) -> str:
    return f"summary-{summary.pk}-{summary.version}"


def _pdf(paper: Paper, progress: Progress) -> bytes:
    return render_pdf_bounded(
        paper.document,
        attachments=attachments(paper),
        created_at=paper.created_at,
        identifier=paper.identifier,
        on_step=progress,
        strict=paper.is_frozen,  # rather no file than one with gaps in what was signed; sign-off saw that there were none
    )


def _word(paper: Paper, progress: Progress) -> bytes:
    return render_word_bounded(
        paper.document, created_at=paper.created_at, identifier=paper.identifier, on_step=progress
    )


RENDERERS = {Format.PDF: _pdf, Format.WORD: _word}


def render_summary(progress: Progress, *, summary_id: int, version: int, format: str = Format.PDF) -> dict[str, Any]:
    """Make one file of one summary and note it. Called by the worker; a second delivery finds the first one's file."""
    job = Job.objects.get(key=job_key(summary_id, version, format))
    if made := SummaryFile.objects.filter(job=job).first():
        return _result(made)
    summary = Summary.objects.select_related("township", "round").filter(pk=summary_id).first()
    if summary is None:
        raise Refused("这份总结已不存在。")
    if summary.version != version:
        raise Refused("提交之后总结又有改动，请回到总结页面重新生成。")
    try:
        content = RENDERERS[Format(format)](paper_of(summary), progress)
    except DocumentError as error:
        raise Refused(str(error)) from error
    progress(97, "保存文件")  # a worker that was given up stops here, before it leaves anything
    sha256 = hashlib.sha256(content).hexdigest()
    # The name tells the content: whoever comes second writes the same bytes, and no file is ever replaced by another.
    name = f"summaries/{summary.created_at:%Y}/{identifier(summary)}-{sha256[:16]}.{format}"
    write_whole(Path(settings.MEDIA_ROOT) / name, content)
    with transaction.atomic():
        made, _ = SummaryFile.objects.get_or_create(
            summary=summary,
            summary_version=version,
            format=format,
            defaults={
                "job": job,
                "file": name,
                "name": file_name(summary, format),
                "sha256": sha256,
                "size": len(content),
                "pages": page_count(content) if format == Format.PDF else None,
                "made_at": timezone.now(),
            },
        )
    return _result(made)


def _result(made: SummaryFile) -> dict[str, Any]:
    label = f"下载{made.get_format_display()}"
    links = [{"url": made.summary.get_absolute_url(), "label": "回到总结"}]
    return {
        "url": reverse("reports:file_download", args=[made.pk]), "label": label, "file_id": made.pk, "sha256": made.sha256,
        "links": links,
    }  # fmt: skip


def file_name(summary: Summary, format: str) -> str:
    """The name a leader finds in his folder: title, as-of day, and whether it is signed."""
    state = "已签发" if summary.is_frozen else "草稿"
    stem = "".join(c for c in summary.title if c not in '<>:"|?*/\\' and c.isprintable())
    return f"{stem}（截至{summary.as_of}，{state}）.{format}"


_OBJECTS = re.compile(rb"/ObjStm\b.*?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page(?!s)\b")


def page_count(content: bytes) -> int:
    """Pages of a PDF we wrote ourselves: its page objects, which stand in compressed object streams."""
    found = len(_PAGE.findall(content))
    for packed in _OBJECTS.findall(content):
        try:
            found += len(_PAGE.findall(zlib.decompressobj().decompress(packed)))
        except zlib.error:
            continue
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Under its name the file is complete, even if the machine stops in the middle: written aside, forced to disk, renamed.

    What a killed worker left beside it goes too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o640)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    for left in path.parent.glob(f"{glob.escape(path.name)}*.part"):
        left.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
