"""Packing a village's file: PDF sheets, ledgers, evidence, an index; streamed to disk, whole or not at all."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from archives import services
from archives.chapters import counted, open_to
from archives.sheets import FILE_ROWS, Chapter, Sheet, Subject
from common import chinese
from common.errors import Refused
from ledgers.definitions import LEDGERS
from ledgers.files import whole_file
from ledgers.form import Ask
from ledgers.producing import write_ledger
from ledgers.writing import Book
from problems.models import Evidence
from reports.document.blocks import Column, Document, Heading, Paragraph, Table
from reports.document.bounded import render_pdf_bounded
from rounds.models import Round
from villages.access import access_of
from villages.models import Village

Progress = Callable[[int, str], None]
LEDGER_CODES = ("A", "B", "C", "D", "E", "F", "H", "I", "K", "M")  # those with rows of one village
MAX_EVIDENCE = 500 * 1024 * 1024  # bytes of photos and files in one package
INDEX = "目录.html"


@dataclass(frozen=True)
class Packed:
    """One file of the package, as the index names it."""

    name: str
    about: str
    part: str


def make_archive(progress: Progress, *, token: str, village_id: int, round_id: int, user_id: int) -> dict[str, Any]:
    """Pack with the rights the asker has now. A second delivery packs the same file again."""
    user = User.objects.get(pk=user_id)
    access = access_of(user, timezone.localdate())
    village = Village.objects.visible_to(access).select_related("township__county").filter(pk=village_id).first()
    round_ = Round.objects.visible_to(access).select_related("township__county").filter(pk=round_id).first()
    if village is None or round_ is None or not access.may(Permission.VILLAGE_VIEW):
        raise Refused("这个村不在您现在的工作范围内。")
    services.remove_old()
    subject = Subject(village, round_, access)
    with whole_file(services.path_of(token)) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as package:
        contents = [*_sheets(package, subject, progress), *_ledgers(package, subject, progress)]
        evidence, left_out = _evidence(package, subject, progress)
        progress(95, "编写目录")
        package.writestr(INDEX, _index(subject, [*contents, *evidence], left_out))
    return {
        "url": reverse("archives:archive_download", args=[token]),
        "label": f"下载一村一档（{len(contents) + len(evidence)}个文件）",
        "name": f"{_plain(f'{village.name}{round_}')}一村一档.zip",
        "village": village.pk,
    }


def _plain(text: str, limit: int = 60) -> str:
    """A name every desktop takes."""
    return re.sub(r'[<>:"|?*/\\\x00-\x1f]', "", text).strip(" .")[:limit] or "未命名"


def _sheets(package: zipfile.ZipFile, subject: Subject, progress: Progress) -> Iterator[Packed]:
    found = counted(subject, open_to(subject))
    for n, one in enumerate(found, 1):
        chapter, sheets = one.chapter, one.sheets(FILE_ROWS)
        progress(2 + 50 * (n - 1) // len(found), f"制作{chapter.title}")
        if not sheets:
            continue
        name = f"{n:02}_{chapter.title}.pdf"
        paper = document(subject, chapter, sheets)
        package.writestr(
            name,
            render_pdf_bounded(
                paper,
                created_at=timezone.now(),
                identifier=f"archive-{subject.village.pk}-{subject.round.pk}-{chapter.key}",
            ),
        )
        yield Packed(name, "、".join(sheet.caption for sheet in sheets), "分类档案")


def document(subject: Subject, chapter: Chapter, sheets: list[Sheet]) -> Document:
    """One chapter as a paper: a heading and a table for each sheet."""
    blocks: list[Any] = []
    for n, sheet in enumerate(sheets, 1):
        blocks.append(Heading(1, f"{chinese.numeral(n)}、{sheet.caption}"))
        blocks.append(
            Table(
                columns=tuple(Column(width) for width in sheet.widths),
                head=(sheet.head,),
                rows=tuple(row.cells for row in sheet.rows),
            )
        )
        if sheet.more:
            blocks.append(Paragraph.of(f"另有{sheet.more}条未列入，请在系统中查看。"))
    return Document(
        title=(f"{subject.village.name}{chapter.title}",),
        subtitle=f"（{subject.round}，截至{chinese.full_date(subject.access.on)}）",
        author=subject.village.township.name,
        created_on=subject.access.on,
        blocks=tuple(blocks),
        landscape=True,
    )


def _ledgers(package: zipfile.ZipFile, subject: Subject, progress: Progress) -> Iterator[Packed]:
    ask = Ask((subject.round,), subject.access.on, subject.narrow)
    with tempfile.TemporaryDirectory(prefix="archive-") as scratch:
        for n, code in enumerate(LEDGER_CODES):
            ledger = LEDGERS[code]
            progress(55 + 2 * n, f"导出{ledger.name}")
            if not subject.may(ledger.permission):
                continue
            path = Path(scratch) / f"{code}.xlsx"
            with Book() as book:
                rows = write_ledger(book, ledger, ask, lambda percent, step: None)
                if not rows:
                    continue
                book.save(path)
            name = f"台账/{code}_{ledger.name}.xlsx"
            package.write(path, name)
            path.unlink()
            yield Packed(name, f"{rows}{ledger.noun}", "台账")


def _evidence(package: zipfile.ZipFile, subject: Subject, progress: Progress) -> tuple[list[Packed], list[str]]:
    """Photos and files of the problems, each under its problem's number; stored as they are, because photos do not shrink."""
    if not subject.may(Permission.PROBLEM_VIEW):
        return [], []
    packed, left_out, total = [], [], 0
    rows = Evidence.objects.visible_to(subject.narrow).filter(problem__in=subject.ledger).select_related("problem")
    for n, file in enumerate(rows.order_by("problem__number", "pk").iterator()):
        if n % 10 == 0:
            progress(min(94, 78 + n // 20), "收集佐证材料")
        problem = file.problem
        stem, dot, ending = file.name.rpartition(".")
        name = f"佐证材料/{problem.number:03}号_{_plain(problem.title, 30)}/{file.pk}_{_plain(stem or ending, 40)}{dot and '.' + _plain(ending, 8)}"
        total += file.size
        if total > MAX_EVIDENCE or not file.file.storage.exists(str(file.file.name)):
            left_out.append(f"{problem.number}号 {file.name}")
            continue
        package.write(file.file.path, name, zipfile.ZIP_STORED)
        packed.append(Packed(name, f"{problem}：{file.name}", "佐证材料"))
    return packed, left_out


def _index(subject: Subject, contents: list[Packed], left_out: list[str]) -> str:
    parts: dict[str, list[Packed]] = {}
    for one in contents:
        parts.setdefault(one.part, []).append(one)
    return render_to_string(
        "archives/index.html",
        {"subject": subject, "parts": parts, "left_out": left_out, "made_on": chinese.full_date(subject.access.on)},
    )
