"""Files people send: what each really is, whatever it is called.

Photos, PDF, Word (docx) and Excel (xlsx) are taken; a page, a drawing or a program never is, under no name. The name a person gave is
kept as data for the reader; the file itself is stored under a name of ours.

A file is written before the row that points to it, and a disk knows no roll-back: what no row knows is cleared away daily
(`clear_unknown`), so that no service need take back what it wrote.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models import FileField

from common import photos
from common import text as texts
from common.errors import Refused

MAX_NAME = 80
MAX_ENTRIES = 5000  # of an Office file; an honest one has some dozens
MAX_UNPACKED = 500 * 1024 * 1024  # bytes; what unpacks to more would stall the computer of whoever opens it

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PHOTO_ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif"}
TAKEN = "只能上传照片（JPG、PNG、WEBP）和 PDF、Word（docx）、Excel（xlsx）文件。"


@dataclass(frozen=True)
class Kind:
    """What a file is: its media type and the ending it is stored and downloaded with."""

    media_type: str
    ending: str

    @property
    def is_photo(self) -> bool:
        return self.media_type.startswith("image/")


PHOTO = Kind("image/jpeg", ".jpg")  # whatever came, a JPEG is kept


@dataclass(frozen=True)
class Paper:
    """A file as it is kept: checked by its content, a photo written anew. `content` bears a name of ours, `name` is for the reader."""

    kind: Kind
    name: str
    size: int
    sha256: str
    content: File[Any]
    thumbnail: File[Any] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What a row says of its file."""
        return {"name": self.name, "media_type": self.kind.media_type, "size": self.size, "sha256": self.sha256}


def receive(file: Any) -> Paper:
    """Check one file as it came (a Django UploadedFile). Raises Refused with the reason.

    Decoding a photo takes a second or two: call it before a transaction, from a form by `common.forms.PaperField`.
    """
    kind = kind_of(file, file.name or "", file.size)
    name, ours = clean_name(file.name or "", kind.ending), uuid.uuid4().hex
    if kind.is_photo:
        photo = photos.reencode(file)
        return Paper(
            kind, name, len(photo.content), photo.sha256, ContentFile(photo.content, ours + kind.ending),
            ContentFile(photo.thumbnail, f"{ours}-s{kind.ending}"),
        )  # fmt: skip
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return Paper(kind, name, file.size, sha256, File(file, ours + kind.ending))


def kind_of(file: IO[bytes], name: str, size: int) -> Kind:
    """What the file is by its content. Raises Refused with a sentence that says what is wrong and what to do."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    claims_photo = ending in PHOTO_ENDINGS
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        thing, remedy = ("照片", "请缩小") if claims_photo else ("文件", "请压缩")
        raise Refused(f"{thing}过大（{size / 1024 / 1024:.0f} MB），最大{limit} MB，{remedy}后再传。")
    if size == 0:
        raise Refused("文件是空的，请重新选择。")
    file.seek(0)
    head = file.read(1024)
    if _is_photo(head):
        return PHOTO
    if _is_heic(head):
        raise Refused(
            "这是苹果手机的 HEIC 格式，暂不能识别。请在手机“设置—相机—格式”中选“兼容性最佳”后重拍，或把照片截图后再传。"
        )
    if _is_svg(head, ending):
        raise Refused("这是 SVG 图形，不是照片，不能上传。请上传 JPG、PNG 或 WEBP 照片。")
    if claims_photo:
        raise Refused("这个文件的名称像照片，内容却不是 JPG、PNG 或 WEBP 照片，请重新选择。")
    if head.startswith(b"%PDF-"):
        return _pdf(file, size)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("这是旧格式（doc、xls）或加了密码的文件，请另存为不加密码的 docx、xlsx 或 PDF 后再传。")
    raise Refused(TAKEN)


def _is_photo(head: bytes) -> bool:
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


def _is_svg(head: bytes, ending: str) -> bool:
    return ending in (".svg", ".svgz") or b"<svg" in head.lower()


def _pdf(file: IO[bytes], size: int) -> Kind:
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read(2048):
        raise Refused("PDF 文件不完整，可能没有传完或已损坏，请重新选择。")
    return Kind(PDF, ".pdf")


def _office(file: IO[bytes]) -> Kind:
    """Word or Excel by its parts; only the directory of the archive is read, nothing is unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused("文件已损坏，无法打开，请重新选择。") from None
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused("文件解压后过大，打开时可能使电脑停顿，请删去多余的内容后再传。")
    names = {entry.filename for entry in entries}
    if len(entries) <= MAX_ENTRIES and "[Content_Types].xml" in names:
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Refused("文件中有宏程序，为安全起见不能上传，请另存为 docx 或 xlsx 后再传。")
        if "word/document.xml" in names:
            return Kind(DOCX, ".docx")
        if "xl/workbook.xml" in names:
            return Kind(XLSX, ".xlsx")
    raise Refused(TAKEN)


def clean_name(name: str, ending: str) -> str:
    """The name to show and to download by: no folders, no control or direction characters, the ending of what the file really is."""
    last = PurePosixPath(texts.clean(name).replace("\\", "/").replace("\n", " ").replace("\t", " ")).name
    kept = "".join(c for c in last if c not in '<>:"|?*/').strip(" .")
    stem = kept[: -len(suffix)] if (suffix := PurePosixPath(kept).suffix) and len(suffix) <= 6 else kept
    return (texts.without_private_numbers(stem).strip(" .")[: MAX_NAME - len(ending)] or "未命名") + ending


def clear_unknown(*, before: datetime) -> int:
    """Remove files older than `before` that no row points to, in every folder a field of a model writes to: what a roll-back or a crash left."""
    folders: dict[str, list[FileField]] = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                folders[str(field.upload_to).partition("/")[0]].append(field)
    return sum(_clear_folder(root, fields, before.timestamp()) for root, fields in folders.items())


def _clear_folder(root: str, fields: list[FileField], limit: float) -> int:
    """`fields` are those of any model that write below `root`."""
    removed = 0
    media = Path(default_storage.path(""))
    for folder, _, names in os.walk(media / root):
        start = PurePosixPath(Path(folder).relative_to(media))
        old = [name for name in names if os.stat(f"{folder}/{name}").st_mtime < limit]
        if not old:
            continue
        known: set[str] = set()
        for field in fields:
            rows = field.model._base_manager.filter(**{f"{field.name}__startswith": f"{start}/"})
            known.update(rows.values_list(field.name, flat=True))
        for name in old:
            if f"{start}/{name}" not in known:
                Path(folder, name).unlink(missing_ok=True)
                removed += 1
    return removed
