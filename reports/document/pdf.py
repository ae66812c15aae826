"""Document → PDF: PDF/A-3a and PDF/UA-1 in one file, the figures attached, the same bytes for the same input.

WeasyPrint is imported on first use. One FontConfiguration and one parsed style sheet serve the whole life of the
process: a new one per document costs a fifth more time and leaks memory.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime
import functools
import gc
import hashlib
import logging
import os
import threading
import types
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from . import fonts, justify
from .blocks import Chart, Column, Document, Heading, Paragraph, Series, Table
from .errors import DocumentError, MissingGlyphs, RefusedAddress
from .fonts import FACE_SCHEME
from .glyphs import missing_glyphs, with_geta
from .html import PICTURE_SCHEME, page
from .pictures import checked as check_pictures
from .text import clean_document

__all__ = ["AttachedFile", "missing_glyphs", "problems", "render_pdf", "warm"]

ASSETS = Path(__file__).resolve().parent / "assets"
VARIANT = "pdf/a-3a"
LONG = 40  # pages
DEFLATE = 4
Step = Callable[[int, str], None]
log = logging.getLogger(__name__)
_lock = threading.RLock()  # Pango's font map is not safe for two threads

# WeasyPrint writes one variant at a time; PDF/UA-1 beside PDF/A-3a needs its part number and, because PDF/A knows
# only registered schemas, the description of that schema (ISO 14289-1, 5; ISO 19005-3, 6.6.2.3).
_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li
 rdf:parseType="Resource"> <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file carried inside the PDF. ``relationship``: Data, Source, Supplement, Alternative or Unspecified (ISO
    19005-3, 6.8)."""

    name: str
    content: bytes
    description: str = ""
    relationship: str = "Data"


@contextlib.contextmanager
def _own_fontconfig() -> Iterator[None]:
    """Fontconfig reads its file from the environment; ours is in force only while a configuration is created, because
    programs started later by this process (a browser in the tests) need the machine's own."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(ASSETS / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@functools.cache
def _weasyprint() -> Any:
    """WeasyPrint, imported once. Raises DocumentError where Pango is not installed."""
    with warnings.catch_warnings(), _own_fontconfig():
        # Our configuration lists no fonts on purpose, and a missing subsetter is reported by problems().
        warnings.simplefilter("ignore")
        try:
            import weasyprint
        except OSError as error:
            raise DocumentError("生成PDF所需的系统库(Pango、HarfBuzz)尚未安装,请管理员运行 bin/_setup。") from error
    weasyprint.LOGGER.propagate = False
    return weasyprint


def _fetcher(folder: Path, pictures: Mapping[str, bytes]) -> Any:
    """A URLFetcher that serves our faces and the pictures handed over, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    faces = fonts.load(folder)

    class Fetcher(URLFetcher):
        """``refused`` keeps every other address that was asked for."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=())
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme == FACE_SCHEME and name in faces:
                return URLFetcherResponse(url, faces[name].path.read_bytes())
            if scheme == PICTURE_SCHEME and unquote(name) in pictures:
                return URLFetcherResponse(url, pictures[unquote(name)])
            self.refused.append(url)
            raise ValueError("address refused")

    return Fetcher()


@functools.cache
def _engine(folder: Path) -> tuple[Any, Any]:
    """FontConfiguration and parsed style sheet of a font folder."""
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    with _own_fontconfig():
        configuration = FontConfiguration()
    text = fonts.style_sheet(folder) + (ASSETS / "document.css").read_text()
    with _listening() as messages:
        sheet = weasyprint.CSS(string=text, font_config=configuration, url_fetcher=_fetcher(folder, {}))
    atexit.register(_engine.cache_clear)  # its folder of fonts is removed while Python is still whole
    if messages:
        raise DocumentError(f"公文字体或版式文件无法使用:{messages[0]}")
    return configuration, sheet


@functools.cache
def _warmed(folder: Path) -> None:
    one_of_each = (
        Heading(1, "一、标题"),
        Heading(2, "（一）标题"),
        Paragraph.of("正文。“2026年”"),
        Table(columns=(Column(),), head=(("表头",),), rows=(("1",),)),
        Chart("图", ("甲",), (Series("", (1,)),)),
    )
    sample = Document(("标题",), "", datetime.date(2026, 1, 1), one_of_each)
    render_pdf(sample, created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), identifier="warm")


def warm() -> None:
    """Load everything a document needs (1.5 s once per process), for a process that renders many itself."""
    _warmed(fonts.directory())


def problems() -> list[str]:
    """What on this machine keeps documents from being made well, one Chinese sentence each; empty where all is
    well."""
    found = []
    try:
        _weasyprint()
        from weasyprint.text.ffi import harfbuzz_subset

        if not harfbuzz_subset:
            found.append("未安装 libharfbuzz-subset0,生成PDF会慢六倍以上。")
        if not justify.available():
            found.append(f"WeasyPrint 不是 {justify.KNOWN_VERSION} 版,正文右侧不能对齐。")
        fonts.load(fonts.directory())
    except DocumentError as error:
        found.append(str(error))
    return found


class _Messages(logging.Handler):
    """Keeps WeasyPrint's warnings; with ``on_page`` also follows its progress."""

    def __init__(self, on_page: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.on_page = on_page

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "weasyprint.progress":
            if self.on_page:
                self.on_page(record.getMessage())
        elif record.levelno >= logging.WARNING:
            self.texts.append(record.getMessage())


@contextlib.contextmanager
def _listening(on_page: Callable[[str], None] | None = None) -> Iterator[list[str]]:
    """Collect WeasyPrint's warnings while open. An exception of ``on_page`` ends the rendering."""
    handler = _Messages(on_page)
    main, progress = logging.getLogger("weasyprint"), logging.getLogger("weasyprint.progress")
    level = progress.level
    if on_page:
        progress.setLevel(logging.INFO)
    main.addHandler(handler)
    try:
        yield handler.texts
    finally:
        main.removeHandler(handler)
        progress.setLevel(level)


def _progress(on_step: Step | None) -> Callable[[str], None] | None:
    """WeasyPrint's messages as (percent, sentence). Pages are not known beforehand: the layout approaches 70 % from
    below."""
    if on_step is None:
        return None

    def follow(message: str) -> None:
        if message.startswith("Step 5"):
            number = int("".join(character for character in message if character.isdigit())[1:] or 1)
            on_step(10 + round(60 * number / (number + 12)), f"正在排版第{number}页")
        elif message.startswith("Step 6"):
            on_step(75, "正在绘制页面")
        elif message.startswith("Step 7"):
            on_step(90, "正在嵌入字体和附件")

    return follow


def render_pdf(
    document: Document,
    *,
    attachments: Sequence[AttachedFile] = (),
    created_at: datetime.datetime,
    identifier: str,
    on_step: Step | None = None,
    pictures: Mapping[str, bytes] | None = None,
    strict: bool = False,
) -> bytes:
    """Make the PDF of a document.

    In: ``attachments`` are carried in the file unchanged (the figures as JSON); ``created_at`` (aware) and
    ``identifier`` (any string, e.g. the number of the version) are all that distinguishes two files of the same
    content: same input, same bytes; ``on_step`` is called with (percent, Chinese sentence) and may raise to cancel;
    ``pictures`` is name → JPEG or PNG bytes for Picture blocks.
    Out: the file, PDF/A-3a and PDF/UA-1.
    Raises MissingGlyphs with ``strict`` (sign-off) where a character has no face, else it is printed as 〓;
    FontsMissing, PictureMissing, RefusedAddress, all of them DocumentError with a sentence for the author.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at must be aware")
    if on_step:
        on_step(2, "正在整理文稿")
    folder = fonts.directory()
    document, removed = clean_document(document)
    if removed:
        log.info("removed from the document: %s", ", ".join(f"U+{item.code:04X}×{item.count}" for item in removed))
    document, missing = with_geta(document)
    if missing and strict:
        raise MissingGlyphs(missing)
    checked = check_pictures(document, pictures or {})
    created = created_at.replace(microsecond=0)
    markup = page(document, created=created.isoformat())
    with _lock:
        configuration, sheet = _engine(folder)
        return _write(
            markup, configuration, sheet, _fetcher(folder, checked), attachments, created, identifier, on_step
        )


def _deflater(*_level: int, level: int = 9, **options: Any) -> Any:
    return zlib.compressobj(level=DEFLATE, **options)


@contextlib.contextmanager
def _quick_deflate() -> Iterator[None]:
    """pydyf writes every stream at level 9, a tenth of the time of a summary with annexes, and has no option for it; two per cent of
    the bytes buy two thirds of that time back. Called under the lock: another thread does not see the exchange."""
    import pydyf

    whole = pydyf.zlib
    pydyf.zlib = types.SimpleNamespace(**vars(zlib) | {"compressobj": _deflater})
    try:
        yield
    finally:
        pydyf.zlib = whole


def _finish(_document: Any, pdf: Any) -> None:
    """Two things WeasyPrint leaves open.

    A head cell gets its Scope: WeasyPrint names the heads of a cell only below the first column of a spanning one, and a
    table whose cells do not all name their heads needs it (ISO 14289-1, 7.5). An associated file is listed once, not twice.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TH" and "A" in item:
            item["A"]["Scope"] = "/Column"
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _write(
    markup: str,
    configuration: Any,
    sheet: Any,
    fetcher: Any,
    attachments: Sequence[AttachedFile],
    created: datetime.datetime,
    identifier: str,
    on_step: Step | None,
) -> bytes:
    weasyprint = _weasyprint()
    with _listening(_progress(on_step)) as messages, justify.spreading():
        layout = weasyprint.HTML(string=markup, url_fetcher=fetcher).render(
            stylesheets=[sheet], font_config=configuration, pdf_variant=VARIANT
        )
        if not gc.isenabled() and len(layout.pages) > LONG:
            gc.collect()  # child.py switches it off: what the layout leaves behind is a tenth of the memory of a long document
        if fetcher.refused:
            raise RefusedAddress("文稿中含有不允许读取的地址,已停止生成。")
        for item in attachments:
            layout.metadata.attachments.append(
                weasyprint.Attachment(
                    string=item.content,
                    name=item.name,
                    description=item.description,
                    relationship=item.relationship,
                    created=created.astimezone(datetime.UTC),
                    modified=created.astimezone(datetime.UTC),
                )
            )
        rdf = layout.metadata.generate_rdf_metadata
        layout.metadata.generate_rdf_metadata = lambda *args: rdf(*args).replace(b"</rdf:RDF>", _UA)
        number = hashlib.sha256(identifier.encode()).hexdigest()[:32].encode()
        with _quick_deflate(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
            content: bytes = layout.write_pdf(finisher=_finish, pdf_variant=VARIANT, pdf_identifier=number)
    for message in messages:
        log.warning("while rendering: %s", message)
    if on_step:
        on_step(100, "文件已生成")
    return content
