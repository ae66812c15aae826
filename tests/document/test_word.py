"""The Word file: real styles under the names an office knows, the grid, numbers, repeating heads; and, where LibreOffice is
installed, the same pages as the PDF."""

from __future__ import annotations

import dataclasses
import io
import re
import time
import zipfile

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont

from reports.document import bounded, fonts
from reports.document.blocks import (
    Annex,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Run,
    Series,
    Signature,
    Table,
)
from reports.document.errors import PictureMissing
from reports.document.word import render_word

from . import libreoffice, sample
from .content import counted, squeezed
from .measure import GRID, MM, measure

pytestmark = pytest.mark.pdf
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Children in the order of ISO/IEC 29500-1; Word refuses a file that has them in another.
SCHEMA = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens"
    " kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind"
    " contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId"
    " cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish"
    " webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd"
    " tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType"
    " cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked pPr rPr"
    " tblPr trPr tcPr",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "settings": "zoom bordersDoNotSurroundHeader bordersDoNotSurroundFooter defaultTabStop evenAndOddHeaders"
    " drawingGridVerticalSpacing characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
}  # fmt: skip


def made(document: Document, **options) -> bytes:
    return render_word(document, created_at=sample.NOON, identifier="sample-1", **options)


def paper(*blocks, title: str = "测试文稿") -> Document:
    return Document((title,), "示例镇", sample.DAY, tuple(blocks))


def word_text(content: bytes) -> str:
    """All text of the body, in order, without what only Word adds."""
    body = docx.Document(io.BytesIO(content)).element.body
    return squeezed("".join(item.text or "" for item in body.iter(qn("w:t"))))


@pytest.fixture(scope="module")
def content() -> bytes:
    return made(sample.document())


@pytest.fixture(scope="module")
def word(content):
    return docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def parts(content) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestStyles:
    @pytest.mark.parametrize(
        ("name", "face", "size"),
        [
            ("Title", "方正小标宋简体", 22),
            ("Heading 1", "黑体", None),
            ("Heading 2", "楷体_GB2312", None),
            ("Heading 3", "仿宋_GB2312", None),
            ("Normal", "仿宋_GB2312", 16),
            ("Footer", "宋体", 14),
            ("附件标题", "方正小标宋简体", 22),
            ("附件序号", "黑体", None),
            ("表题图题", "黑体", 14),
        ],
    )
    def test_have_the_faces_and_sizes_of_the_standard(self, word, name, face, size):
        style = word.styles[name]
        fonts = style.element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == face
        assert fonts.get(qn("w:ascii")) in ("Times New Roman", face)
        assert (style.font.size and style.font.size.pt) == size
        assert not style.font.bold

    def test_faces_can_be_chosen_by_their_office_names(self, word):
        for name in ("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"):
            assert word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == name

    def test_headings_are_headings(self, word):
        found = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]
        wanted = [(f"Heading {b.level}", b.text) for b in sample.document().blocks if isinstance(b, Heading)]
        assert found == wanted

    def test_a_leading_clause_is_set_in_kai(self):
        text = docx.Document(
            io.BytesIO(made(paper(Paragraph((Run("一是强化部署。", mark="lead"), Run("召开会议。"))))))
        ).paragraphs[-1]
        assert [run.style.name for run in text.runs] == ["楷体_GB2312", "Default Paragraph Font"]

    def test_missing_faces_have_a_substitute(self, parts):
        table = parts["word/fontTable.xml"].decode()
        assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table


class TestPage:
    def test_is_the_grid_of_the_standard(self, word):
        first = word.sections[0]
        assert [round(value.mm) for value in (first.page_width, first.page_height)] == [210, 297]
        assert [
            round(value.mm) for value in (first.top_margin, first.right_margin, first.bottom_margin, first.left_margin)
        ] == [37, 26, 35, 28]
        grid = first._sectPr.find(qn("w:docGrid"))
        assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
        normal = word.styles["Normal"].element
        assert normal.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"
        assert normal.pPr.find(qn("w:overflowPunct")).get(qn("w:val")) == "0"

    def test_annexes_lie_on_landscape_sections(self, word):
        assert [section.page_width > section.page_height for section in word.sections] == [False, True]
        back = docx.Document(
            io.BytesIO(
                made(paper(Annex(1, "甲", landscape=True), sample.ledger(2), Annex(2, "乙"), Paragraph.of("文。")))
            )
        )
        assert [section.page_width > section.page_height for section in back.sections] == [False, True, False]

    def test_a_landscape_table_of_the_text_turns_the_page_and_back(self):
        table = dataclasses.replace(sample.ledger(2), landscape=True)
        turned = docx.Document(io.BytesIO(made(paper(Paragraph.of("前。"), table, Paragraph.of("后。")))))
        assert [section.page_width > section.page_height for section in turned.sections] == [False, True, False]

    def test_numbers_stand_on_the_outer_side(self, word):
        assert word.settings.odd_and_even_pages_header_footer
        for section in word.sections:
            for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
                xml = footer._element.xml
                assert " PAGE " in xml
                assert "— " in xml
                assert f'<w:jc w:val="{side}"/>' in xml
        assert 'w:textDirection w:val="tbRl"' in word.sections[1].footer._element.xml


class TestTables:
    def test_heads_repeat_and_rows_stay_whole(self, word):
        for table in word.tables:
            rows = table._tbl.tr_lst
            heads = [row for row in rows if row.trPr.find(qn("w:tblHeader")) is not None]
            assert heads
            assert rows[: len(heads)] == heads
            assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)

    def test_a_row_higher_than_a_page_may_break(self):
        table = Table(columns=(Column(), Column()), head=(("甲", "乙"),), rows=(("", "长" * 3000),))
        rows = docx.Document(io.BytesIO(made(paper(table)))).tables[0]._tbl.tr_lst
        assert rows[1].trPr.find(qn("w:cantSplit")) is None

    def test_spans_leave_every_row_of_the_full_width(self, word):
        for table in word.tables:
            width = len(table._tbl.tblGrid.gridCol_lst)
            assert {sum(cell.grid_span for cell in row.tc_lst) for row in table._tbl.tr_lst} == {width}

    def test_cells_that_hang_down_over_several_columns(self):
        head = (
            (Cell.of("甲", rowspan=2, colspan=2), Cell.of("乙", colspan=2)),
            ("丙", "丁"),
        )
        table = Table(columns=(Column(),) * 4, head=head, rows=(("1", "2", "3", "4"),))
        read = docx.Document(io.BytesIO(made(paper(table)))).tables[0]
        assert [[cell.text for cell in row.cells] for row in read.rows] == [
            ["甲", "甲", "乙", "乙"],
            ["甲", "甲", "丙", "丁"],
            ["1", "2", "3", "4"],
        ]

    def test_a_chart_becomes_the_table_it_was_drawn_from(self):
        chart = Chart(
            "图1　问题数", ("一季度", "二季度"), (Series("已销号", (6, 9)), Series("在整", (5, 4))), unit="个"
        )
        document = docx.Document(io.BytesIO(made(paper(chart))))
        assert [[c.text for c in row.cells] for row in document.tables[0].rows] == [
            ["", "一季度", "二季度"],
            ["已销号", "6", "9"],
            ["在整", "5", "4"],
        ]
        assert "单位：个" in word_text(made(paper(chart)))


class TestFile:
    def test_text_is_the_text_of_the_content_model(self, content):
        from .content import document_text

        document = sample.document()
        drawn = squeezed("".join(f"{'单位：个'}{''.join(b.categories)}{''.join(s.name + ''.join(f'{v:.0f}' for v in s.values) for s in b.series)}" for b in document.blocks if isinstance(b, Chart)))  # fmt: skip
        assert counted(word_text(content)) == counted(document_text(document) + drawn)

    def test_describes_itself(self, word):
        properties = word.core_properties
        assert properties.title == "关于2026年度全县村级道路建设与管理养护情况的工作总结"
        assert (properties.author, properties.language) == ("示例县交通运输局", "zh-CN")
        assert properties.created.replace(tzinfo=None) == sample.NOON.replace(tzinfo=None)
        assert "python" not in (properties.comments or "").lower()

    def test_same_input_same_bytes(self, content):
        assert made(sample.document()) == content

    def test_children_are_in_the_order_of_the_schema(self, parts):
        from lxml import etree

        checked = 0
        for name, xml in parts.items():
            if not name.startswith("word/") or not name.endswith(".xml"):
                continue
            for element in etree.fromstring(xml).iter():
                kind = etree.QName(element).localname if isinstance(element.tag, str) else ""
                if kind not in SCHEMA:
                    continue
                order = SCHEMA[kind].split()
                found = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
                places = [order.index(child) for child in found]
                assert places == sorted(places), (name, kind, found)
                checked += 1
        assert checked > 500

    def test_carries_nothing_but_our_own_parts(self, parts):
        assert not [name for name in parts if "thumbnail" in name or "customXml" in name or "theme" in name]
        assert len(parts) < 20


class TestBadInput:
    def test_characters_without_a_place_on_paper_are_taken_out(self):
        dirty = "甲\x00乙\x1b丙\ud800丁\u202e戊\u200f己\ufeff庚\u200b辛\x0b壬\ufffe癸"
        table = Table(columns=(Column(),), head=((dirty,),), rows=((dirty,),), caption=dirty)
        content = made(paper(Heading(1, dirty), Paragraph.of(dirty), table, Signature(dirty, sample.DAY), title=dirty))
        assert word_text(content).count("甲乙丙丁戊己庚辛壬癸") == 7

    def test_markup_is_text(self):
        typed = "<script>alert(1)</script></w:t>&amp;\"'<!-- -->]]>"
        assert word_text(made(paper(Paragraph.of(typed), Heading(1, typed)))).count(squeezed(typed)) == 2

    def test_a_rare_character_is_kept_for_the_machine_that_has_it(self):
        assert "𠮷村" in word_text(made(paper(Paragraph.of("𠮷村"))))

    def test_much_text_and_many_rows_cost_little(self):
        rows = tuple(tuple(f"{n}-{c}" for c in range(20)) for n in range(2000))
        table = Table(columns=(Column(),) * 20, head=(tuple(map(str, range(20))),), rows=rows, landscape=True)
        start = time.process_time()
        content = bounded.render_word_bounded(
            paper(Paragraph.of("清溪镇扎实推进集中整治工作。" * 3600), table), created_at=sample.NOON
        )
        assert content.startswith(b"PK")
        assert time.process_time() - start < 5

    def test_a_vanished_picture_is_named(self):
        with pytest.raises(PictureMissing, match="照片“机耕路现状”已找不到"):
            made(paper(Picture("1.jpg", alt="机耕路现状")))

    def test_a_picture_keeps_its_proportions_and_its_words(self):
        from PIL import Image

        out = io.BytesIO()
        Image.new("RGB", (2000, 400)).save(out, "JPEG")
        content = made(
            paper(Picture("1.jpg", alt="机耕路现状", caption="机耕路", lines=20)), pictures={"1.jpg": out.getvalue()}
        )
        shape = docx.Document(io.BytesIO(content)).inline_shapes[0]
        assert round(shape.width.mm) == 156
        assert round(shape.width / shape.height) == 5
        assert shape._inline.docPr.get("descr") == "机耕路现状"


@pytest.fixture(scope="module")
def laid_out(content, tmp_path_factory) -> bytes:
    return libreoffice.to_pdf(content, tmp_path_factory.mktemp("office"))


@pytest.mark.skipif(libreoffice.PROGRAM is None, reason="LibreOffice is not installed")
class TestInLibreOffice:
    def test_has_as_many_pages_as_the_pdf(self, laid_out, measured):
        with pdfplumber.open(io.BytesIO(laid_out)) as file:
            assert abs(len(file.pages) - len(measured.pages)) <= 1

    def test_full_pages_hold_22_lines_of_28_characters(self, laid_out):
        pages = [page for page in measure(laid_out).portrait if not page.mixed]
        assert max(len(page.lines) for page in pages) == 22
        full = [
            line
            for page in pages
            for line in page.lines
            if line.chinese and line.left < 29 * MM and line.right > 180 * MM
        ]
        assert sum(27 <= len(line.text.strip()) <= 28 for line in full) >= 0.9 * len(full)
        assert {round(after.baseline - before.baseline, 0) for page in pages for before, after in zip(page.lines[2:], page.lines[3:], strict=False)} == {29}  # fmt: skip
        assert round(GRID) == 29

    def test_page_numbers_stand_where_the_pdf_has_them(self, laid_out):
        with pdfplumber.open(io.BytesIO(laid_out)) as file:
            for page, edge in ((file.pages[0], "right"), (file.pages[1], "left")):
                foot = [c for c in page.chars if c["top"] > 262 * MM]
                assert re.fullmatch(r"— \d+ —", "".join(c["text"] for c in foot))
                inset = 184 * MM - foot[-1]["x1"] if edge == "right" else foot[0]["x0"] - 28 * MM
                assert inset / MM == pytest.approx(4.94, abs=0.2)
                dash = (foot[0]["top"] + foot[0]["bottom"]) / 2
                assert (dash - 262 * MM) / MM == pytest.approx(6.7, abs=0.5)

    def test_the_faces_are_those_of_the_styles(self, laid_out):
        def own_name(role: str) -> str:
            with TTFont(fonts.load(fonts.directory())[role].path, lazy=True) as font:
                return font["CFF "].cff.fontNames[0] if "CFF " in font else font["name"].getDebugName(6)

        with pdfplumber.open(io.BytesIO(laid_out)) as file:
            used = {c["fontname"].split("+")[-1] for page in file.pages for c in page.chars}
        assert used == {own_name(role) for role in ("title", "body", "kai", "hei", "song", "latin")}
