#!/usr/bin/env python3
"""Prepare the faces of the official document: `.assets/fonts-src/` → `.assets/fonts/`.

In:  the files named in FACES below, in FONT_SRC (default .assets/fonts-src), and any face the office has bought,
named in FONT_FACES, e.g. ``FONT_FACES="title=/srv/fonts/FZXBSJW.TTF;body=/srv/fonts/simfang.ttf"`` (a collection:
``path.ttc#1``).
Out: one normalised file per role and ``manifest.json`` in FONT_DIR (default .assets/fonts), all of it or nothing: the
folder is built beside the old one and swapped in by renaming. A second run with the same input does nothing.

Why the faces cannot be used as they come: Pango shifts a run by the difference of the fonts' ideographic baselines
(BASE table), and a line box grows where ascent and descent differ; the page then has 18-21 lines instead of the 22 of
GB/T 9704-2012. So every face gets ascent .88 em, descent .12 em, no gap, no BASE table, and the same units per em.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._g_l_y_f import Glyph

BASE = Path(__file__).resolve().parent.parent
VERSION = 5  # raise it when the code below changes what it writes
MANIFEST = "manifest.json"
UNITS = 1000  # .88 em and .12 em must be whole numbers
ASCENT, DESCENT = 880, 120

# role → source file. The roles are those of reports/document/fonts.py.
FACES = {
    "body": "FandolFang-Regular.otf",  # 仿宋
    "kai": "FandolKai-Regular.otf",  # 楷体
    "hei": "FandolHei-Regular.otf",  # 黑体
    "title": "FandolSong-Bold.otf",  # stands in for 小标宋
    "song": "FandolSong-Regular.otf",  # 宋体, page numbers and charts
    "latin": "LiberationSerif-Regular.ttf",
    "latin_bold": "LiberationSerif-Bold.ttf",
    "fill": "LXGWWenKai-Light.ttf",  # what 仿宋 and 宋体 lack, above all village names (垚 塅 墈 埗)
    "fill_bold": "LXGWWenKai-Regular.ttf",  # the same beside 黑体, 楷体 and 小标宋
}
LATIN_ROLES = ("latin", "latin_bold")
FILL_ROLES = ("fill", "fill_bold")
# Marks that Chinese text sets full width must come from the Chinese face, so the Latin subset leaves them out: · × ÷
# “ ” ‘ ’ — …
LATIN_CHARACTERS = {*range(0x20, 0x7F), *range(0xA0, 0x100), 0x2013, 0x2022, 0x2030, 0x20AC, 0x2264, 0x2265} - {
    0xB7,
    0xD7,
    0xF7,
    0xAD,
}
# What a filler may be asked for: unified ideographs with their extensions, circled numbers, squared units,
# superscripts.
FILL_RANGES = (
    (0x2460, 0x24FF),
    (0x3007, 0x3007),
    (0x3380, 0x33DF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0x20000, 0x323AF),
    (0xB2, 0xB3),
)
DROPPED = ("BASE", "VORG", "vhea", "vmtx", "DSIG", "meta", "FFTM")  # GPOS stays: it holds `halt`, the half-width marks


def family(role: str) -> str:
    """The family name of a role: ``latin_bold`` → ``GongwenLatinBold``."""
    return "Gongwen" + "".join(part.capitalize() for part in role.split("_"))


def open_face(source: str) -> TTFont:
    """Open ``path`` or ``path#index`` of a collection without parsing the outlines."""
    path, _, index = source.partition("#")
    return TTFont(path, fontNumber=int(index) if index else -1, recalcBBoxes=False, recalcTimestamp=False, lazy=True)


def normalise(font: TTFont, name: str) -> TTFont:
    """Give the face our family name and the common metrics; the outlines stay untouched (0.3 s instead of 20 s a
    face)."""
    units = font["head"].unitsPerEm
    ascent, descent = round(ASCENT * units / UNITS), round(DESCENT * units / UNITS)
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, -descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent
    # Fandol's bold files say 400 anyway: the family alone must choose the file.
    os2.usWeightClass = 400
    os2.fsSelection = (os2.fsSelection & ~0x21) | 0x40
    font["head"].macStyle = 0
    for tag in DROPPED:
        if tag in font:
            del font[tag]
    names = font["name"]
    names.names = [
        record for record in names.names if record.nameID in (0, 5, 7, 8, 9, 11, 13, 14)
    ]  # copyright and licence stay
    for name_id, value in ((1, name), (2, "Regular"), (4, name), (6, name)):
        names.setName(value, name_id, 3, 1, 0x409)
    return font


def cut(source: str, characters: Iterable[int]) -> TTFont:
    """Keep only the characters of the face, in 1000 units per em."""
    font = open_face(source)
    options = subset.Options(layout_features=[], name_IDs=["*"], notdef_outline=True, hinting=False)
    options.drop_tables += [*DROPPED, "GPOS", "GSUB", "GDEF"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(characters))
    subsetter.subset(font)
    if font["head"].unitsPerEm != UNITS:
        scale_upem(font, UNITS)
    return font


def add_wide_blank(font: TTFont) -> TTFont:
    """Give a Latin face the ideographic space (U+3000), one em wide.

    Pango takes a blank from the face of the text before it; without this glyph it stretches the Latin space, and PDF
    viewers disagree about the stretch at the end of a run.
    """
    name = "ideographicspace"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = Glyph()
    font["hmtx"][name] = (UNITS, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x3000] = name
    return font


def office_faces(setting: str) -> dict[str, str]:
    """Read FONT_FACES (``role=path;role=path``). Raises SystemExit with a sentence where a role or a file does not
    exist."""
    faces: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in setting.split(";"))):
        role, _, path = item.partition("=")
        role = role.strip()
        if role not in FACES:
            sys.exit(f"FONT_FACES:没有“{role}”这种字体用途,可用的有:{'、'.join(FACES)}。")
        if not Path(path.partition("#")[0]).is_file():
            sys.exit(f"FONT_FACES:找不到字体文件 {path}。")
        faces[role] = path
    return faces


def stamp(sources: dict[str, str]) -> str:
    """SHA-256 over the version of this file and the content of every source."""
    digest = hashlib.sha256(str(VERSION).encode())
    for role, source in sorted(sources.items()):
        path, _, index = source.partition("#")
        digest.update(f"{role}#{index}".encode())
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def build(sources: dict[str, str], target: Path, mark: str) -> None:
    """Write every face and the manifest into the empty folder ``target``."""
    written: dict[str, dict[str, str]] = {}
    coverage: dict[str, set[int]] = {}

    def save(role: str, font: TTFont) -> None:
        suffix = ".otf" if "CFF " in font else ".ttf"
        normalise(font, family(role)).save(target / (role + suffix))
        written[role] = {"file": role + suffix, "family": family(role)}

    for role, source in sources.items():
        if role in LATIN_ROLES:
            save(role, add_wide_blank(cut(source, LATIN_CHARACTERS)))
        elif role not in FILL_ROLES:
            font = open_face(source)
            coverage[role] = set(font.getBestCmap())
            save(role, font)
    # A filler holds what at least one of the Chinese faces lacks, so that one filler serves every chain it stands in.
    common = set.intersection(*coverage.values())
    wanted = {code for first, last in FILL_RANGES for code in range(first, last + 1)} - common
    for role in FILL_ROLES:
        save(role, cut(sources[role], wanted))
    for entry in written.values():
        entry["sha256"] = hashlib.sha256((target / entry["file"]).read_bytes()).hexdigest()
    (target / MANIFEST).write_text(json.dumps({"stamp": mark, "faces": written}, ensure_ascii=False, indent=1) + "\n")


def swap(new: Path, target: Path) -> None:
    """Put the finished folder in the place of the old one; a reader sees the old or the new one, whole."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="准备公文字体")
    parser.add_argument("--source", type=Path, default=Path(os.environ.get("FONT_SRC") or BASE / ".assets/fonts-src"))
    parser.add_argument("--target", type=Path, default=Path(os.environ.get("FONT_DIR") or BASE / ".assets/fonts"))
    options = parser.parse_args(arguments)
    sources = {role: str(options.source / name) for role, name in FACES.items()}
    sources |= office_faces(os.environ.get("FONT_FACES", ""))
    missing = [source for source in sources.values() if not Path(source.partition("#")[0]).is_file()]
    if missing:
        sys.exit(f"字体源文件缺失:{'、'.join(Path(path).name for path in missing)}。请先运行 bin/_setup。")
    mark = stamp(sources)
    manifest = options.target / MANIFEST
    if manifest.is_file() and json.loads(manifest.read_text()).get("stamp") == mark:
        return
    options.target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=options.target.name + ".", dir=options.target.parent))
    try:
        new.chmod(0o755)
        build(sources, new, mark)
        swap(new, options.target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


if __name__ == "__main__":
    main()
