"""What a signature fixes: text, figures, people and days of a summary as canonical JSON with its digest and a code to check it by."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from common.errors import Refused
from reports import document_model
from reports.document.blocks import Document, SmallPrint, to_json
from reports.document.errors import DocumentError, MissingGlyphs
from reports.document.glyphs import missing_glyphs
from reports.document.text import clean_document
from reports.models import Issue, Summary
from reports.models.issue import CODE_ALPHABET, CODE_LENGTH, shown_code

FORMAT = 1  # of the content; a reader refuses what is newer than itself


def canonical(data: Any) -> str:
    """The one way to write the data down: keys in order, no blanks, no escapes. Its UTF-8 bytes are what the digest is of."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def freeze(summary: Summary) -> Issue:
    """Write down the summary as it was signed a moment ago. Call inside the transaction of the signature, after it holds the row.

    Raises Refused with the list of characters no face has: a paper with gaps is not signed.
    """
    if summary.signed_at is None:
        raise ValueError("only a signed summary is frozen")
    code = _new_code()
    paper = document_model.document(summary, list(summary.parts.all()))
    paper = dataclasses.replace(paper, blocks=(*paper.blocks, small_print(code)))
    refuse_unprintable(paper)
    content = canonical(
        {
            "format": FORMAT,
            "code": code,
            "kind": summary.kind,
            "title": summary.title,
            "township": summary.township.name,
            "round": str(summary.round),
            "starts_on": summary.starts_on.isoformat(),
            "ends_on": summary.ends_on.isoformat(),
            "as_of": summary.as_of.isoformat(),
            "computed_at": _moment(summary.computed_at),
            "author": str(summary.author),
            "approver": str(summary.signed_by),
            "signed_at": _moment(summary.signed_at),
            "figures": summary.figures,
            "document": to_json(paper),
        }
    )
    return Issue.objects.create(
        summary=summary, code=code, content=content, sha256=digest(content), signed_at=summary.signed_at
    )


def is_intact(issue: Issue) -> bool:
    """The content still has the digest it was frozen with."""
    return digest(issue.content) == issue.sha256


def small_print(code: str) -> SmallPrint:
    """The foot of the last page: the code, and where a reader who has no account checks it."""
    address = f"{settings.PUBLIC_URL}{reverse('reports:verify')}" if settings.PUBLIC_URL else ""
    where = f"打开{address}" if address else "打开本系统登录页，点“核对文稿”"
    return SmallPrint(
        (
            f"本件签发后内容已固定。验证码：{shown_code(code)}",
            f"核对真伪：{where}，输入验证码，可再选择文件比对是否改动。",
        ),
        key="verification",
    )


def unprintable(paper: Document) -> str:
    """What keeps the paper from being printed whole, as a sentence that names the characters and their place; "" where nothing does.

    Raises FontsMissing where the faces are not installed.
    """
    _, removed = clean_document(paper)
    private = [item for item in removed if item.kind == "自造字"]
    if private:
        named = "、".join(f"U+{item.code:04X}" for item in private[:10])
        return f"文稿中有自造字（{named}），换一台电脑就会变成别的字或空白。请改用规范汉字。"
    missing = missing_glyphs(paper)
    return str(MissingGlyphs(missing)) if missing else ""


def refuse_unprintable(paper: Document) -> None:
    try:
        sentence = unprintable(paper)
    except DocumentError as error:
        raise Refused(str(error)) from error
    if sentence:
        raise Refused(sentence)


def _new_code() -> str:
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if not Issue.objects.filter(code=code).exists():
            return code


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
