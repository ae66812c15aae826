"""The faces: what they cover, and that preparing them is whole, repeatable and open to the office's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from reports.document import fonts

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "bin" / "prepare_fonts.py"
SOURCES = ROOT / ".assets" / "fonts-src"
# Characters of 通用规范汉字表 that lie outside the first block of Unicode, as they occur in names and places.
BEYOND = "㑇㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㧐㧑㧟㫰㬎㬚㭎㭕㮾㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓𠙶𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙"


class TestCoverage:
    @pytest.mark.parametrize("chain", sorted(fonts.CHAINS))
    def test_every_chain_draws_every_standard_character(self, chain):
        """The 6763 of GB 2312, all 20902 of GBK (the 8105 of 通用规范汉字表 lie in these and in BEYOND) and the signs."""
        covered = fonts.chain_coverage(fonts.directory(), chain)
        gbk = set(range(0x4E00, 0x9FA6))
        assert not gbk - covered
        assert not set(map(ord, BEYOND)) - covered
        signs = "，。、；：？！（）《》〈〉【】〔〕“”‘’—…·～％‰℃㎡²³①②③Ⅰ〇〓×÷±≤≥°"
        assert not {sign for sign in signs if ord(sign) not in covered}

    def test_full_width_marks_never_come_from_the_latin_face(self):
        for role in ("latin", "latin_bold"):
            assert not set(map(ord, "“”‘’—…·×÷")) & fonts.coverage(fonts.directory(), role)


class TestMetrics:
    @pytest.mark.parametrize("role", fonts.ROLES)
    def test_are_the_same_in_every_face(self, role):
        face = fonts.load(fonts.directory())[role]
        with TTFont(face.path, lazy=True) as font:
            units = font["head"].unitsPerEm
            assert (font["hhea"].ascent / units, font["hhea"].descent / units, font["hhea"].lineGap) == (0.88, -0.12, 0)
            assert "BASE" not in font
            assert font["name"].getDebugName(1) == face.family
            assert font["name"].getDebugName(13) or font["name"].getDebugName(0)  # licence or copyright stays


def prepare(target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--target", str(target)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One preparing for the tests that begin with prepared faces; they change copies."""
    folder = tmp_path_factory.mktemp("prepared") / "a"
    assert prepare(folder).returncode == 0
    return folder


@pytest.mark.pdf
@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source faces are fetched by bin/_setup")
class TestPrepare:
    def test_gives_the_same_files_again_and_then_does_nothing(self, prepared, tmp_path):
        first, second = tmp_path / "a", tmp_path / "b"
        shutil.copytree(prepared, first)
        assert prepare(second).returncode == 0
        assert (first / "manifest.json").read_text() == (second / "manifest.json").read_text()
        before = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
        assert prepare(first).returncode == 0
        assert {path.name: path.stat().st_mtime_ns for path in first.iterdir()} == before
        assert not [path for path in tmp_path.iterdir() if path not in (first, second)]

    def test_takes_the_faces_the_office_has_bought(self, tmp_path):
        bought = SOURCES / "FandolHei-Regular.otf"
        done = prepare(tmp_path / "a", FONT_FACES=f"title={bought}")
        assert done.returncode == 0, done.stderr
        faces = json.loads((tmp_path / "a" / "manifest.json").read_text())["faces"]
        ours = json.loads((fonts.directory() / "manifest.json").read_text())["faces"]
        assert faces["title"]["family"] == "GongwenTitle"
        assert faces["title"]["sha256"] != ours["title"]["sha256"]
        assert faces["body"]["sha256"] == ours["body"]["sha256"]

    @pytest.mark.parametrize(
        ("setting", "sentence"),
        [("poster=/x.ttf", "没有“poster”这种字体用途"), ("title=/nowhere/x.ttf", "找不到字体文件 /nowhere/x.ttf")],
    )
    def test_a_wrong_setting_is_a_sentence_and_changes_nothing(self, tmp_path, setting, sentence):
        done = prepare(tmp_path / "a", FONT_FACES=setting)
        assert done.returncode != 0
        assert sentence in done.stderr
        assert not (tmp_path / "a").exists()

    def test_a_failure_half_way_leaves_the_old_faces(self, prepared, tmp_path):
        target = tmp_path / "a"
        shutil.copytree(prepared, target)
        before = (target / "manifest.json").read_text()
        broken = tmp_path / "broken.ttf"
        broken.write_bytes(b"no font at all")
        assert prepare(target, FONT_FACES=f"fill={broken}").returncode != 0
        assert (target / "manifest.json").read_text() == before
        assert {path.name for path in tmp_path.iterdir()} == {"a", "broken.ttf"}
