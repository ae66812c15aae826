"""Photos people send: decoded with limits and written anew, so that nothing but the picture is kept.

A photo from a phone carries the place where it was taken (EXIF), and a file that merely claims to be one may carry anything. Both are
answered the same way: the header is read first, size and format are checked before a pixel is decoded, and what is stored is a fresh JPEG.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from PIL import Image, ImageFile, ImageOps

from common.errors import Refused

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST = 1920
THUMBNAIL = 320
QUALITY = 82

DAMAGED = "照片已损坏，无法打开，请重新拍照或另选一张。"
# What Pillow's decoders raise on damaged input, each in its own way.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError,
    struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Photo:
    """A photo as it is kept: a JPEG without metadata, and its thumbnail."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def reencode(file: IO[bytes]) -> Photo:
    """The picture in `file`, upright, at most LONGEST pixels a side. Raises Refused for what is too large, damaged or no photo."""
    file.seek(0)
    # WeasyPrint, where a process has imported it, lets Pillow fill up damaged pictures with grey.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        # Image.open reads the header only; Pillow itself refuses (error) or suspects (warning) the most absurd sizes here.
        with Image.open(file, formats=FORMATS) as image:
            refuse_size(image.size)
            # Shrunk first, turned after: a JPEG is then decoded at a fraction of its size and never stands whole in memory.
            image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
            picture = _bare(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_many_pixels()) from None
    except _DECODER_ERRORS:
        raise Refused(DAMAGED) from None
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return Photo(_jpeg(picture), _jpeg(small), *picture.size)


def refuse_size(size: tuple[int, int]) -> None:
    """Raise Refused when the header promises more pixels than the portal decodes."""
    width, height = size
    if width < 1 or height < 1:
        raise Refused(DAMAGED)
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise Refused(_too_many_pixels(size))


def _too_many_pixels(size: tuple[int, int] | None = None) -> str:
    shown = f"（{size[0]}×{size[1]}）" if size else ""
    limit = settings.UPLOAD_MAX_PIXELS // 10_000
    return f"照片的像素过大{shown}，最多{limit}万像素。请用手机的普通模式重新拍照，或缩小后再传。"


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone on a new white canvas: EXIF, GPS, comments, colour profile and transparency stay behind."""
    clear = "A" in image.getbands() or "transparency" in image.info
    canvas = Image.new("RGB", image.size, "white")
    if clear:
        pixels = image.convert("RGBA")
        canvas.paste(pixels, mask=pixels.getchannel("A"))
    else:
        canvas.paste(image.convert("RGB"))
    return canvas


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
