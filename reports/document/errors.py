"""What can go wrong with a document, each with one Chinese sentence that may be shown to the author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DocumentError(Exception):
    """A document cannot be made; ``str(error)`` is the sentence for the author."""


class ContentError(DocumentError):
    """The content itself is not a document (unknown block, wrong level, …)."""


class FontsMissing(DocumentError):
    """The prepared faces are not in FONT_DIR, or one of them is not readable."""


class PictureMissing(DocumentError):
    """A picture the document shows was not handed over or is not a picture."""


class RefusedAddress(DocumentError):
    """The page tried to read something that is neither our font nor a picture handed over."""


class LimitExceeded(DocumentError):
    """Rendering needed more time or memory than the job allows."""


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character without a glyph, the kind of text it stands in (``fonts.CHAINS``) and the place in words."""

    character: str
    chain: str
    place: str


class MissingGlyphs(DocumentError):
    """Characters that no face has. ``glyphs`` lists them, each with the place where it stands."""

    def __init__(self, glyphs: Sequence[MissingGlyph]) -> None:
        self.glyphs = tuple(glyphs)
        named = "、".join(
            f"“{glyph.character}”(U+{ord(glyph.character):04X},见{glyph.place})" for glyph in self.glyphs[:10]
        )
        more = f"等{len(self.glyphs)}个字" if len(self.glyphs) > 10 else ""
        super().__init__(f"公文字库中没有以下用字:{named}{more}。请改用规范汉字,或由管理员补充字库后再生成。")

    def __reduce__(self) -> tuple[type, tuple[tuple[MissingGlyph, ...]]]:
        """What is sent from the renderer's process is the list, not the sentence made from it."""
        return type(self), (self.glyphs,)
