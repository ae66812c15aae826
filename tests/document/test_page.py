"""The printed page, measured: GB/T 9704-2012 and the goals of docs/decisions/0003-page.md."""

from __future__ import annotations

import collections
import io
import statistics
from itertools import pairwise

import pdfplumber
import pytest

from reports.document import fonts, justify
from reports.document.blocks import Annex, Column, Document, Heading, Paragraph, Run, Signature, Table

from . import sample
from .measure import BOTTOM, CHARACTER, GRID, LEFT, MM, RIGHT, TOP, kinsoku_faults, measure, split_numbers

pytestmark = pytest.mark.pdf

# Every order of marks that once broke, or could: quotes beside brackets, numbers with units, two runs sharing a mark.
MARKS = (
    "按照“一村一策、力求成效”的要求（含“两委”班子、“老基层”“老干部”），以《实施方案》《行事历》为准：“书记带书记”“强村带弱村”；"
    "投入32.5万元、1,280亩、66.7%、2026年10月31日、3亿元、15‰、25℃、800元、1.2万元，其中‘示范村’与“（试行）”各占一半……"
    "——“样板”由此而来。"
)


DASH = 0.311  # upper side of the dash of 宋体 above the baseline, in em


@pytest.fixture(scope="module")
def texts(render, measured) -> list[str]:
    """Every line of the sample, and of the marks above shifted over the whole width of a line."""
    shifted = [Paragraph.of("清" * count + MARKS) for count in range(28)]
    return measured.body_texts() + measure(render(document(*shifted))).body_texts()


def document(*blocks, title: str = "测试文稿") -> Document:
    return Document((title,), "示例镇", sample.DAY, tuple(blocks))


class TestTheGrid:
    def test_every_line_of_text_stands_on_it(self, measured):
        deviations = measured.grid_deviation(mixed=False)
        assert len(deviations) > 100
        assert max(map(abs, deviations)) <= 0.1

    def test_text_beside_tables_and_charts_stays_near_it(self, measured):
        deviations = measured.grid_deviation(mixed=True)
        assert len(deviations) > 20
        assert max(map(abs, deviations)) <= 0.6

    def test_a_page_holds_22_lines(self, measured, render):
        plain = measure(render(document(Paragraph.of(MARKS * 30))))
        assert [len(page.lines) for page in plain.portrait[1:-1]] == [22] * (len(plain.portrait) - 2)
        # a chart or a table that does not fit any more begins the next page and leaves the rest of this one empty
        full = [page for page, after in pairwise(measured.portrait) if not page.mixed and not after.mixed]
        assert full
        assert all(20 <= len(page.lines) <= 22 for page in full)

    def test_a_full_line_of_chinese_holds_28_characters(self, render):
        plain = measure(render(document(Paragraph.of("清溪镇扎实推进后进村集中整治工作取得成效" * 60))))
        lines = [line for page in plain.portrait for line in page.lines if line.size == 16]
        counts = collections.Counter(len(line.characters) for line in lines[1:-1])
        assert set(counts) == {28}

    def test_left_and_right_edge_are_straight(self, measured):
        lines = measured.full_lines()
        assert len(lines) > 80
        lefts = [line.left - LEFT for line in lines if line.left - LEFT < CHARACTER]
        assert max(map(abs, lefts)) <= 0.05 * MM
        assert max(abs(line.right - RIGHT) for line in lines) <= 0.7
        assert abs(statistics.mean(line.right - RIGHT for line in lines)) <= 0.15
        indents = {round((line.left - LEFT) / CHARACTER, 2) for line in lines if line.left - LEFT > CHARACTER}
        assert indents == {2.0}

    def test_text_below_a_table_with_tall_cells_is_on_the_grid_again(self, render):
        tall = Table(
            columns=(Column(1), Column(2)),
            head=(("村", "主要措施"),),
            rows=(("石桥村", "调整班子、落实第一书记、每月走访一次、协调资金三十二万元。" * 4), ("下塘村", "无")),
        )
        pages = measure(render(document(Paragraph.of("上文。"), tall, Paragraph.of("下文。" * 40)))).portrait
        deviations = [
            (line.baseline - TOP - (GRID - 16) / 2 - 0.88 * 16) / GRID for line in pages[0].lines if line.size == 16
        ]
        assert len(deviations) > 3
        assert max(abs(value - round(value)) * GRID for value in deviations) <= 0.6


class TestTheGridWithoutItsMeans:
    """Negative controls: the tests above do fail where one of the means is taken away."""

    def test_raw_fonts_lose_the_grid(self, render, monkeypatch, tmp_path):
        raw_folder(tmp_path)
        monkeypatch.setattr(fonts, "directory", lambda: tmp_path)
        raw = measure(render(document(Paragraph.of(MARKS * 30))))
        assert max(map(abs, raw.grid_deviation(mixed=False))) > 0.1
        assert [len(page.lines) for page in raw.portrait[1:-1]] != [22] * (len(raw.portrait) - 2)

    def test_without_the_hook_the_right_edge_is_ragged(self, render, monkeypatch, caplog):
        monkeypatch.setattr(justify, "KNOWN_VERSION", "69.9")
        ragged = measure(render(sample.document(12, extras=False)))
        edges = [line.right - RIGHT for line in ragged.full_lines()]
        assert statistics.mean(edges) < -1
        assert min(edges) < -5
        assert max(map(abs, ragged.grid_deviation(mixed=False))) <= 0.1
        assert "ragged" in caplog.text


def raw_folder(folder) -> None:
    """The faces as they come from their packages, under the names the page asks for."""
    import json

    source = fonts.directory().parent / "fonts-src"
    names = {
        "body": "FandolFang-Regular.otf",
        "kai": "FandolKai-Regular.otf",
        "hei": "FandolHei-Regular.otf",
        "title": "FandolSong-Bold.otf",
        "song": "FandolSong-Regular.otf",
        "latin": "LiberationSerif-Regular.ttf",
        "latin_bold": "LiberationSerif-Bold.ttf",
        "fill": "LXGWWenKai-Light.ttf",
        "fill_bold": "LXGWWenKai-Regular.ttf",
    }
    faces = {}
    for role, name in names.items():
        (folder / name).symlink_to(source / name)
        family = "Gongwen" + role.title().replace("_", "")
        faces[role] = {"file": name, "family": family, "sha256": ""}
    (folder / "manifest.json").write_text(json.dumps({"faces": faces}))


class TestFaces:
    def test_each_level_has_its_own(self, measured):
        wanted = {
            "关于2026": ("GongwenTitle", 22),
            "一、总体": ("GongwenHei", 16),
            "（一）规": ("GongwenKai", 16),
            "1.养护": ("GongwenBody", 16),
            "（1）具": ("GongwenBody", 16),
            "附件：示": ("GongwenBody", 16),
            "2026年1": ("GongwenBody", 16),
        }
        lines = [line for page in measured.portrait for line in page.lines]
        for start, (face, size) in wanted.items():
            line = next(line for line in lines if line.text.startswith(start))
            assert line.size == size, start
            assert face in line.faces, start
            assert set(line.faces) <= {face, "GongwenLatin", "GongwenLatinBold"}, start

    def test_the_leading_clause_is_kai(self, render):
        lead = Paragraph((Run("一是强化部署。", mark="lead"), Run("镇党委召开会议4次。")))
        line = measure(render(document(lead))).pages[0].lines[1]
        assert line.faces["GongwenKai"] == 7
        assert line.faces["GongwenBody"] == 9

    def test_digits_are_latin_and_quotes_are_chinese(self, render):
        line = measure(render(document(Paragraph.of("共“12”个——3.5%")))).pages[0].lines[1]
        faces = {character["text"]: character["fontname"].split("+")[-1] for character in line.characters}
        assert faces["1"] == faces["%"] == "GongwenLatin"
        assert faces["“"] == faces["—"] == "GongwenBody"


class TestPageNumbers:
    def test_stand_at_the_outer_edge_seven_millimetres_below_the_text(self, measured):
        for page in measured.portrait:
            (foot,) = page.foot
            assert foot.text.replace(" ", "") == f"—{page.number}—"
            assert foot.size == 14
            assert set(foot.faces) == {"GongwenSong"}
            away = RIGHT - foot.right if page.number % 2 else foot.left - LEFT
            assert away / MM == pytest.approx(4.9, abs=0.1)
            assert (foot.baseline - DASH * 14 - BOTTOM) / MM == pytest.approx(7.0, abs=0.1)

    def test_keep_their_place_on_landscape_sheets(self, sample_pdf):
        """Turned upright (head to the left) the number stands where portrait pages have it."""
        with pdfplumber.open(io.BytesIO(sample_pdf)) as file:
            wide = [page for page in file.pages if page.width > page.height]
            assert {page.page_number % 2 for page in wide} == {0, 1}
            for page in wide:
                digits = [c for c in page.chars if not c["upright"] and c["text"].strip()]
                assert "".join(c["text"] for c in sorted(digits, key=lambda c: c["top"])) == f"—{page.page_number}—"
                # upright x is landscape y from the top, upright distance below the text is landscape distance left of it
                first, last = min(c["top"] for c in digits), max(c["bottom"] for c in digits)
                top, bottom = (28, 26) if page.page_number % 2 else (26, 28)
                outer = (210 - bottom) * MM - last if page.page_number % 2 else first - top * MM
                assert outer / MM == pytest.approx(4.9, abs=0.15)
                baseline = digits[0]["matrix"][4]
                assert (35 * MM - baseline - DASH * 14) / MM == pytest.approx(7.0, abs=0.1)


class TestLineBreaks:
    def test_no_line_begins_or_ends_with_a_forbidden_mark(self, texts):
        assert len(texts) > 250
        assert kinsoku_faults(texts) == []

    def test_no_number_is_broken_or_parted_from_its_unit(self, texts):
        assert split_numbers(texts) == []

    def test_two_marks_that_meet_take_one_and_a_half_widths(self, render):
        line = measure(render(document(Paragraph.of("部署”，（开展）。“工作”")))).pages[0].lines[1]
        starts = [character["x0"] for character in line.characters]
        steps = [round((after - before) / 16, 1) for before, after in pairwise(starts)]
        assert steps == [1, 1, 0.5, 0.5, 1, 1, 1, 0.5, 0.5, 1, 1, 1]


class TestSignature:
    @pytest.mark.parametrize("unit", ["中共清溪镇委员会", "清溪镇", "中共云川市清溪镇委员会办公室"])
    def test_stands_as_the_standard_says(self, render, unit):
        lines = measure(render(document(Paragraph.of("完。"), Signature(unit, sample.DAY)))).pages[0].lines
        name, date = (next(line for line in lines if line.text.startswith(start)) for start in (unit, "2026"))
        assert date.text == "2026年10月31日"
        assert date.baseline - name.baseline == pytest.approx(GRID, abs=0.1)
        assert (date.left - name.left) / CHARACTER == pytest.approx(2, abs=0.1)
        if len(unit) >= 7:  # as long as the date
            assert (RIGHT - name.right) / CHARACTER == pytest.approx(2, abs=0.1)
        else:
            assert (RIGHT - date.right) / CHARACTER == pytest.approx(2, abs=0.1)

    def test_never_stands_on_a_page_without_text(self, render):
        for count in range(600, 616, 2):
            blocks = (Paragraph.of("清" * count), Signature("清溪镇", sample.DAY))
            last = measure(render(document(*blocks))).pages[-1]
            assert any("清清" in line.text for line in last.lines)


class TestAnnexes:
    def test_begin_on_a_page_of_their_own_with_number_and_title(self, sample_pdf):
        with pdfplumber.open(io.BytesIO(sample_pdf)) as file:
            wide = [page for page in file.pages if page.width > page.height]
            assert wide[0].extract_text().startswith("附件1\n示例镇村级道路问题清单")
            assert (round(wide[0].width / MM), round(wide[0].height / MM)) == (297, 210)
            for page in wide:
                assert "整改时限" in page.extract_text()
            table = wide[0].find_tables()[0].bbox
            assert table[0] / MM == pytest.approx(35, abs=0.2)
            assert table[2] / MM == pytest.approx(260, abs=0.3)

    def test_a_portrait_annex_keeps_the_grid(self, render):
        pages = measure(render(document(Paragraph.of("文。"), Annex(None, "有关情况"), Paragraph.of(MARKS)))).pages
        assert pages[1].lines[0].text == "附件"
        assert pages[1].lines[0].faces == {"GongwenHei": 2}
        assert pages[1].lines[1].size == 22


class TestHeadings:
    def test_none_is_left_alone_at_the_foot_of_a_page(self, render):
        for count in range(500, 620, 28):
            blocks = (
                Paragraph.of("清" * count),
                Heading(1, "一、情况"),
                Heading(2, "（一）做法"),
                Paragraph.of("文。" * 60),
            )
            for page in measure(render(document(*blocks))).pages:
                assert not page.lines[-1].text.startswith(("一、", "（一）"))
