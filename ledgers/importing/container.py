"""The file before anything parses it: what it is, and whether its parts are honest and small enough.

Everything is inflated here once, in bounded pieces, because the sizes a zip states may lie; the XML parts are looked through for document
types, so that no parser ever meets an entity.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from ledgers.importing import limits

_PIECE = 256 * 1024
OLD_OR_LOCKED = "这是旧格式（xls）或加了密码的工作簿，请在 Excel 或 WPS 中取消密码，另存为 xlsx 后再传。"
EMPTY = "文件是空的，请重新选择。"
NOT_EXCEL = "这不是 Excel 工作簿（xlsx），可能只是改了扩展名。请用 Excel 或 WPS 打开，另存为 xlsx 后再传。"
BINARY = "这是 xlsb 格式，请在 Excel 中另存为 xlsx 后再传。"
MACRO = "工作簿中有宏程序，为安全起见不能导入。请另存为不含宏的 xlsx 后再传。"
ENCRYPTED = "文件加了密码，请取消密码后再传。"
HOSTILE = "文件中有可疑的内部结构，不能读取。请用 Excel 或 WPS 打开，另存为 xlsx 后再传。"
OPEN_DOCUMENT = "这是 OpenDocument 表格（ods），请另存为 xlsx 后再传。"


class Unreadable(Exception):
    """The file is not taken; the message is the sentence for the person."""


def inspect(path: Path) -> dict[str, bytes]:
    """The parts of the workbook by name, all inflated and within bounds. Raises Unreadable."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(EMPTY)
    if size > limits.FILE_BYTES:
        raise Unreadable(limits.TOO_LARGE_FILE)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(OLD_OR_LOCKED)
    if not head.startswith(b"PK"):
        raise Unreadable(NOT_EXCEL)
    try:
        with zipfile.ZipFile(path) as archive:
            return _inflate(archive)
    except Unreadable:
        raise
    except MemoryError:
        raise
    except Exception:  # nine classes of exceptions were seen on mutated files; each means the same to the person
        raise Unreadable(limits.CANNOT_READ) from None


def _inflate(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > limits.ENTRIES:
        raise Unreadable(limits.TOO_MANY_ENTRIES)
    names = [entry.filename for entry in entries]
    lower = {name.lower() for name in names}
    if len(lower) != len(names):
        raise Unreadable(HOSTILE)
    if "mimetype" in lower and "content.xml" in lower:
        raise Unreadable(OPEN_DOCUMENT)
    if any(name.endswith("vbaproject.bin") for name in lower):
        raise Unreadable(MACRO)
    if "xl/workbook.bin" in lower:
        raise Unreadable(BINARY)
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(entry.external_attr >> 16):
            raise Unreadable(HOSTILE)
        if entry.flag_bits & 0x1:
            raise Unreadable(ENCRYPTED)
    if "[content_types].xml" not in lower or not any(name.startswith("xl/") for name in lower):
        raise Unreadable(NOT_EXCEL)
    left = limits.UNPACKED_BYTES
    parts_by_name: dict[str, bytes] = {}
    for entry in entries:
        pieces = []
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Unreadable(limits.TOO_LARGE_UNPACKED)
                pieces.append(piece)
        content = b"".join(pieces)
        _refuse_document_type(content, xml=entry.filename.lower().endswith((".xml", ".rels", ".vml")))
        parts_by_name[entry.filename] = content
    return parts_by_name


def _refuse_document_type(content: bytes, *, xml: bool) -> None:
    """Honest workbooks have no document type; with none there are no entities, and no expansion. Parts of any name may be read as XML."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable(HOSTILE)
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
    if wide or (xml and b"\x00" in content[:200]):
        raise Unreadable(HOSTILE)  # UTF-16 would hide a document type from the search above
