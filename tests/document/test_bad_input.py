"""Whatever a person typed: a right document, or a sentence that names the cause. Nothing hangs, nothing is read."""

from __future__ import annotations

import dataclasses
import io
import time

import pdfplumber
import pytest

from reports.document import bounded, glyphs, pdf
from reports.document.blocks import Annex, Cell, Column, Document, Heading, Paragraph, Picture, Signature, Table
from reports.document.errors import (
    ContentError,
    DocumentError,
    FontsMissing,
    LimitExceeded,
    MissingGlyphs,
    PictureMissing,
    RefusedAddress,
)
from reports.document.text import clean, clean_document

from . import sample
from .content import squeezed
from .measure import RIGHT, extracted, measure

pytestmark = pytest.mark.pdf
LONG_VILLAGE = "清溪镇" + "石桥下塘东岭云溪前山龙潭官塘大樟上垟南坑" * 3  # 63 characters


def document(*blocks, title: str = "测试文稿") -> Document:
    return Document((title,), "示例镇", sample.DAY, tuple(blocks))


class TestCharactersWithoutAPlaceOnPaper:
    DIRTY = "甲\x00乙\x1b丙\ud800丁\u202e戊\u200f己\ufeff庚\u200b辛\x85壬\ufffe癸"

    def test_are_taken_out_and_counted(self):
        cleaned, removed = clean_document(document(Paragraph.of(self.DIRTY), Heading(1, "一、\u202a甲\u202a")))
        assert cleaned.blocks[0].text == "甲乙丙丁戊己庚辛壬癸"
        assert cleaned.blocks[1].text == "一、甲"
        kinds = {item.code: (item.kind, item.count) for item in removed}
        assert kinds[0] == ("控制字符", 1)
        assert kinds[0xD800] == ("残缺字符", 1)
        assert kinds[0x202A] == ("文字方向控制符", 2)
        assert kinds[0x200B] == ("不可见字符", 1)
        assert kinds[0xFFFE] == ("非字符", 1)

    def test_leave_a_right_document(self, render):
        assert "甲乙丙丁戊己庚辛壬癸" in squeezed(
            extracted(render(document(Paragraph.of(self.DIRTY), title="标\x00题")))
        )

    def test_in_names_and_numbers_of_the_file_do_no_harm(self, render):
        odd = dataclasses.replace(
            document(Paragraph.of("文。")), author="示\x00例\ud800", metadata={"subject": "甲\x07乙"}
        )
        with pdfplumber.open(io.BytesIO(render(odd))) as file:
            assert file.metadata["Author"] == "示例"
            assert file.metadata["Subject"] == "甲乙"

    @pytest.mark.parametrize(
        ("typed", "printed"),
        [
            ("第一行\n第二行", "第一行第二行"),
            ("two\nwords", "two words"),
            ("甲\t乙", "甲乙"),
            ("a\u00a0b", "a b"),
            ("全　角", "全　角"),
        ],
    )
    def test_line_breaks_become_what_a_paragraph_needs(self, typed, printed):
        assert clean(typed) == printed

    def test_line_breaks_in_a_cell_stay(self, render):
        table = Table(columns=(Column(),), head=(("措施",),), rows=(("1.甲\n2.乙\r\n3.丙",),))
        lines = [line.text for line in measure(render(document(table))).pages[0].lines]
        assert lines[-3:] == ["1.甲", "2.乙", "3.丙"]


class TestMarkup:
    @pytest.mark.parametrize(
        "typed",
        [
            "<script>alert(1)</script>",
            "<img src=file:///etc/passwd>",
            "</p><link rel=attachment href=/etc/passwd>",
            "&lt;b&gt; & &#x27;",
            '" onload="x',
            "<!-- 注 -->",
            "url(file:///etc/hostname)",
        ],
    )
    def test_is_printed_as_it_was_typed(self, render, typed):
        table = Table(
            columns=(Column(), Column()), head=((typed, Cell.of(typed)),), rows=((typed, typed),), caption=typed
        )
        blocks = (Heading(1, typed), Paragraph.of(typed), table, Annex(1, typed), Signature(typed, sample.DAY))
        made = render(document(*blocks, title=typed[:18]))
        text = squeezed(extracted(made))
        assert text.count(squeezed(typed)) >= 6
        assert b"/EmbeddedFile" not in made

    def test_never_opens_an_address(self, render, monkeypatch):
        """Even markup that got past the escaping (here: put there on purpose) reads nothing and is refused."""
        opened: list[str] = []
        monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, url, *rest, **more: opened.append(url))
        for address in (
            "file:///etc/passwd",
            "http://127.0.0.1:1/",
            "picture:unknown",
            "face:../../etc/passwd",
            "x.png",
        ):
            monkeypatch.setattr(
                pdf, "page", lambda *_, address=address, **__: f'<html lang="zh"><img src="{address}" alt="">'
            )
            if address == "x.png":
                render(document())  # a relative address has no base to be relative to
                continue
            with pytest.raises((RefusedAddress, DocumentError)):
                render(document())
        assert opened == []


class TestMissingGlyphs:
    RARE = document(Heading(1, "一、𠮷村"), Paragraph.of("𠮷村☎的情况"), title="𠮷村总结")

    def test_are_listed_with_their_places(self):
        found = {(glyph.character, glyph.chain): glyph.place for glyph in pdf.missing_glyphs(self.RARE)}
        if ("𠮷", "body") in found:
            assert found[("𠮷", "title")] == "标题"
        assert found[("☎", "body")].startswith("段落“")

    def test_are_printed_as_the_printers_mark(self, render):
        missing = {glyph.character for glyph in pdf.missing_glyphs(self.RARE)}
        text = squeezed(extracted(render(self.RARE)))
        assert not missing & set(text)
        assert "〓的情况" in text

    def test_stop_a_strict_rendering_with_a_sentence(self, render):
        with pytest.raises(MissingGlyphs, match=r"公文字库中没有以下用字.*☎.*U\+260E") as refusal:
            render(self.RARE, strict=True)
        assert refusal.value.glyphs == tuple(pdf.missing_glyphs(self.RARE))

    def test_of_village_names_there_are_none(self):
        names = document(
            Paragraph.of("垚村、塅上村、墈下村、埗头村、啰村、瞭村、㙍村、䓖村、𡐓村、𬒈村"), Heading(1, "垟塬墩")
        )
        assert [glyph.character for glyph in glyphs.missing_glyphs(names)] in ([], ["𬒈"])


class TestSize:
    def test_fifty_thousand_characters_in_one_paragraph(self, render):
        start = time.process_time()
        pages = measure(render(document(Paragraph.of("清溪镇扎实推进集中整治工作，成效明显。" * 2632)))).portrait
        assert len(pages) > 80
        assert {len(page.lines) for page in pages[1:-1]} == {22}
        assert time.process_time() - start < 30

    def test_a_village_name_of_sixty_characters(self, render):
        table = Table(columns=(Column(1), Column(6)), head=(("村", "情况"),), rows=((LONG_VILLAGE, "好"),))
        blocks = (Heading(1, LONG_VILLAGE), Paragraph.of(LONG_VILLAGE), table, Signature(LONG_VILLAGE, sample.DAY))
        result = measure(render(document(*blocks, title=f"关于{LONG_VILLAGE}的报告")))
        for page in result.pages:
            assert all(line.right <= RIGHT + 1 for line in page.lines)
        assert squeezed(extracted(result.content)).count(LONG_VILLAGE) == 5

    def test_an_unbreakable_word_stays_on_the_paper(self, render):
        result = measure(render(document(Paragraph.of("编号" + "A1b2" * 60), title="X" * 90)))
        assert all(line.right <= RIGHT + 1 for page in result.pages for line in page.lines)

    def test_a_cell_of_two_thousand_characters_costs_little(self, render):
        def cpu(text: str) -> float:
            table = Table(
                columns=(Column(1), Column(3)), head=(("村", "措施"),), rows=(("甲", text),) * 3, landscape=True
            )
            start = time.process_time()
            render(document(table))
            return time.process_time() - start

        cpu("短")
        assert min(cpu("长" * 2000) for _ in range(3)) - min(cpu("短") for _ in range(3)) < 0.6

    def test_a_table_of_two_thousand_rows(self):
        rows = tuple((str(n), "石桥村", "已化解") for n in range(2000))
        table = Table(columns=(Column(),) * 3, head=(("序号", "村", "结果"),), rows=rows)
        sentence = ""
        try:
            made = bounded.render_pdf_bounded(document(table), created_at=sample.NOON, identifier="x")
        except LimitExceeded as refusal:
            sentence, made = str(refusal), b""
        assert "文稿过大" in sentence or made.startswith(b"%PDF")


class TestPictures:
    def test_a_vanished_one_is_named(self, render):
        with pytest.raises(PictureMissing, match="照片“机耕路现状”已找不到"):
            render(document(Picture("1.jpg", alt="机耕路现状")))

    @pytest.mark.parametrize(
        "content",
        [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" + b"0" * 50],
    )
    def test_what_is_not_one_is_named(self, render, content):
        with pytest.raises(PictureMissing, match="机耕路现状"):
            render(document(Picture("1.jpg", alt="机耕路现状")), pictures={"1.jpg": content})

    def test_a_transparent_or_four_coloured_one_is_made_fit(self, render):
        from PIL import Image

        for mode, kind in (("RGBA", "PNG"), ("CMYK", "JPEG"), ("P", "PNG")):
            out = io.BytesIO()
            Image.new(mode, (40, 30)).save(out, kind)
            assert render(document(Picture("1", alt="图")), pictures={"1": out.getvalue()}).startswith(b"%PDF")


class TestEmptiness:
    def test_a_document_without_blocks_is_a_title_page(self, render):
        assert squeezed(extracted(render(document()))) == "测试文稿"

    def test_a_document_without_a_title_is_refused(self):
        with pytest.raises(ContentError, match="必须有标题"):
            document(title=" ")

    def test_empty_paragraphs_rows_and_names_do_not_break_the_page(self, render):
        blocks = (
            Paragraph(()),
            Paragraph.of(""),
            Table(columns=(Column(),), head=((),), rows=()) if False else Heading(1, ""),
        )
        table = Table(columns=(Column(), Column()), head=(("甲", "乙"),), rows=(("", ""),), total=("", ""))
        assert render(document(*blocks, table, Signature("", sample.DAY))).startswith(b"%PDF")


class TestFontsNotPrepared:
    def test_is_a_sentence_for_the_administrator(self, render, monkeypatch, tmp_path):
        monkeypatch.setattr(pdf.fonts, "directory", lambda: tmp_path)
        with pytest.raises(FontsMissing, match="prepare_fonts"):
            render(document())
        assert any("公文字体" in sentence for sentence in pdf.problems())
