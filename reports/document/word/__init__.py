"""Document → Word: the same blocks on the same page, in styles an office knows, so that it can go on writing.

The faces are named, not embedded: 方正小标宋简体, 仿宋_GB2312, 楷体_GB2312, 黑体, 宋体 are on every office machine, and
the font table says what to take where one is missing.
"""

from __future__ import annotations

import datetime
import functools
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..blocks import Document
from ..pictures import checked
from ..text import clean_document

__all__ = ["render_word"]

TEMPLATE = Path(__file__).resolve().parent / "template"
Step = Callable[[int, str], None]


@functools.cache
def _template() -> bytes:
    """The empty document: styles, settings and font table, all of them ours."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(TEMPLATE.rglob("*")):
            if path.is_file():
                archive.writestr(path.relative_to(TEMPLATE).as_posix(), path.read_bytes())
    return out.getvalue()


def render_word(
    document: Document,
    *,
    created_at: datetime.datetime,
    identifier: str = "",
    on_step: Step | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Make the .docx of a document: same input, same bytes.

    In: ``created_at`` (aware) and ``identifier`` stand in its properties; ``on_step`` and ``pictures`` as for the PDF.
    Raises PictureMissing. A character without a face is left to the machine that opens the file.
    """
    import docx
    from docx.oxml import parse_xml

    from .writer import Writer
    from .xml import ROOT

    if created_at.tzinfo is None:
        raise ValueError("created_at must be aware")
    step = on_step or (lambda percent, sentence: None)
    step(2, "正在整理文稿")
    document, _ = clean_document(document)
    photos = checked(document, pictures or {})
    word = docx.Document(io.BytesIO(_template()))
    step(20, "正在写出段落和表格")
    body = Writer(word, photos).write(document)
    # As a whole: moved over child by child, lxml takes a minute for a table of 2,000 rows.
    word.part._element = parse_xml(f"<w:document {ROOT}><w:body>{body}</w:body></w:document>")
    step(80, "正在保存文件")
    _describe(word.core_properties, document, created_at, identifier)
    out = io.BytesIO()
    word.save(out)
    step(100, "文件已生成")
    return _dated(out.getvalue(), created_at)


def _describe(properties: object, document: Document, created_at: datetime.datetime, identifier: str) -> None:
    moment = created_at.astimezone(datetime.UTC).replace(microsecond=0, tzinfo=None)
    values = {
        "title": document.flat_title,
        "author": document.author,
        "last_modified_by": document.author,
        "subject": document.metadata.get("subject", ""),
        "keywords": document.metadata.get("keywords", ""),
        "comments": "",
        "identifier": identifier,
        "language": document.language,
        "created": moment,
        "modified": moment,
        "revision": 1,
    }
    for name, value in values.items():
        setattr(properties, name, value[:255] if isinstance(value, str) else value)


def _dated(content: bytes, created_at: datetime.datetime) -> bytes:
    """The same archive with one date on every part, so that two runs give the same bytes."""
    moment = created_at.astimezone(datetime.UTC)
    date = (max(1980, moment.year), moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            part = zipfile.ZipInfo(item.filename, date)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(part, source.read(item))
    return out.getvalue()
