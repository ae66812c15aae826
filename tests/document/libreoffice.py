"""LibreOffice as the reader of a Word file: the document's page as another program lays it out, with our faces under
the names an office knows."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from reports.document import fonts

WRITER = Path("/usr/lib/libreoffice/program/libswlo.so")  # soffice may be there for tables only
PROGRAM = shutil.which("soffice") if WRITER.exists() else None
FACES = {
    "方正小标宋简体": "GongwenTitle",
    "仿宋_GB2312": "GongwenBody",
    "楷体_GB2312": "GongwenKai",
    "黑体": "GongwenHei",
    "宋体": "GongwenSong",
    "Times New Roman": "GongwenLatin",
}


def to_pdf(content: bytes, folder: Path) -> bytes:
    """What LibreOffice prints of a Word file."""
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{face}</string></edit></match>'
        for name, face in FACES.items()
    )
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{fonts.directory()}</dir><cachedir>{folder / 'cache'}</cachedir>{aliases}</fontconfig>"
    )
    (folder / "document.docx").write_bytes(content)
    environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)}
    assert PROGRAM
    subprocess.run(
        [
            *(PROGRAM, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "pdf"),
            *("--outdir", str(folder), str(folder / "document.docx")),
        ],
        env=environment,
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "document.pdf").read_bytes()
