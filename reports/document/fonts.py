"""The faces of the page: which file serves which role, and in which order a piece of text asks them.

The files are written by bin/prepare_fonts.py into FONT_DIR (Django setting, else environment, else .assets/fonts of
the project) together with a manifest; an office that has bought faces names them there, nothing here changes.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path

from .errors import FontsMissing

ROLES = ("body", "kai", "hei", "title", "song", "latin", "latin_bold", "fill", "fill_bold")
# The order in which a kind of text looks for a character. Latin first: its subset has no mark that Chinese sets full
# width.
CHAINS: dict[str, tuple[str, ...]] = {
    "body": ("latin", "body", "fill"),
    "kai": ("latin", "kai", "fill_bold"),
    "hei": ("latin_bold", "hei", "fill_bold"),
    "title": ("title", "fill_bold"),
    "song": ("song", "fill"),
}
FACE_SCHEME = "face"  # of the address under which the style sheet asks for a face; only our fetcher knows it


@dataclass(frozen=True, slots=True)
class Face:
    """One prepared font file."""

    role: str
    family: str
    path: Path
    sha256: str


def directory() -> Path:
    """FONT_DIR from Django's settings where they are configured, else from the environment, else the project's own
    folder."""
    try:
        from django.conf import settings

        if settings.configured and getattr(settings, "FONT_DIR", None):
            return Path(settings.FONT_DIR)
    except ImportError:
        pass
    return Path(os.environ.get("FONT_DIR") or Path(__file__).resolve().parents[2] / ".assets" / "fonts")


@functools.cache
def load(folder: Path) -> dict[str, Face]:
    """Role → face of a prepared folder. Raises FontsMissing where the manifest or one of its files is absent."""
    try:
        entries = json.loads((folder / "manifest.json").read_text())["faces"]
        faces = {
            role: Face(role, entries[role]["family"], folder / entries[role]["file"], entries[role]["sha256"])
            for role in ROLES
        }
    except (OSError, ValueError, KeyError) as error:
        raise FontsMissing("公文字体尚未准备好,请管理员运行 bin/prepare_fonts.py。") from error
    for face in faces.values():
        if not face.path.is_file():
            raise FontsMissing(f"公文字体文件 {face.path.name} 不见了,请管理员运行 bin/prepare_fonts.py。")
    return faces


@functools.cache
def coverage(folder: Path, role: str) -> frozenset[int]:
    """The code points one face can draw."""
    from fontTools.ttLib import TTFont

    with TTFont(load(folder)[role].path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@functools.cache
def chain_coverage(folder: Path, chain: str) -> frozenset[int]:
    """The code points a chain can draw."""
    return frozenset().union(*(coverage(folder, role) for role in CHAINS[chain]))


def style_sheet(folder: Path) -> str:
    """One @font-face per file, each with a family of its own: by weight alone Fandol's Bold and Regular cannot be
    told apart."""
    return "\n".join(
        f"@font-face {{ font-family: {face.family}; src: url({FACE_SCHEME}:{role}); }}"
        for role, face in load(folder).items()
    )


def families(chain: str) -> str:
    """The value of ``font-family`` for a chain, e.g. ``GongwenLatin, GongwenBody, GongwenFill``."""
    return ", ".join("Gongwen" + role.title().replace("_", "") for role in CHAINS[chain])
