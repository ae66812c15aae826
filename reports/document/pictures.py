"""The photos of a document, checked before a renderer sees them."""

from __future__ import annotations

import io
from collections.abc import Mapping

from .blocks import Document, Picture
from .errors import PictureMissing

MAX_PIXELS = 50_000_000


def checked(document: Document, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pictures the document shows, each a JPEG or PNG in RGB or grey. Raises PictureMissing naming the
    picture."""
    from PIL import Image

    found: dict[str, bytes] = {}
    for block in document.blocks:
        if not isinstance(block, Picture):
            continue
        named = block.caption or block.alt
        content = pictures.get(block.name)
        if not content:
            raise PictureMissing(f"照片“{named}”已找不到，请重新上传或从文稿中去掉后再生成。")
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureMissing(f"照片“{named}”的像素过大，请缩小后再上传。")
                if image.mode not in ("RGB", "L"):
                    out = io.BytesIO()
                    image.convert("RGB").save(out, "JPEG", quality=90)
                    content = out.getvalue()
                else:
                    image.load()
        except PictureMissing:
            raise
        except Exception as error:
            raise PictureMissing(f"文件“{named}”不是可用的照片，请重新上传或从文稿中去掉后再生成。") from error
        found[block.name] = content
    return found
