"""What a file is, whatever it is called, and what it may be called afterwards."""

import io
import zipfile

import pytest

from common.errors import Refused
from common.papers import DOCX, PDF, XLSX, clean_name, kind_of
from tests.common.test_photos import jpeg


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


def kind(content: bytes, name: str, size: int | None = None):
    return kind_of(io.BytesIO(content), name, len(content) if size is None else size)


class TestKindOf:
    def test_photo_pdf_word_and_excel_are_known_by_their_content(self):
        assert kind(jpeg().getvalue(), "随便.bin").is_photo
        assert kind(b"%PDF-1.7\n...\n%%EOF\n", "协议.pdf").media_type == PDF
        assert kind(archive("[Content_Types].xml", "word/document.xml"), "协议.docx").media_type == DOCX
        assert kind(archive("[Content_Types].xml", "xl/workbook.xml"), "台账.xlsx").media_type == XLSX

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            ("这是一段文字".encode(), "照片.jpg", "内容却不是"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.svg", "SVG"),
            (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "图.jpg", "SVG"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC", "HEIC"),
            (b"<!doctype html><script>alert(1)</script>", "说明.pdf", "只能上传"),
            (b"MZ\x90\0", "工具.exe", "只能上传"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧表.xls", "旧格式"),
            (b"%PDF-1.7\nhalf", "半份.pdf", "不完整"),
            (b"PK\x03\x04garbage", "坏表.xlsx", "损坏"),
            (b"", "空.jpg", "空的"),
        ],
    )
    def test_everything_else_is_refused_with_what_to_do(self, content, name, sentence):
        with pytest.raises(Refused, match=sentence):
            kind(content, name)

    def test_an_archive_that_is_no_office_file_and_one_with_macros_are_refused(self):
        with pytest.raises(Refused, match="只能上传"):
            kind(archive("a.txt"), "压缩包.docx")
        with pytest.raises(Refused, match="宏程序"):
            kind(archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "表.xlsx")

    def test_too_large_is_said_with_the_size(self):
        with pytest.raises(Refused, match=r"照片过大（30 MB），最大20 MB"):
            kind(b"", "大图.jpg", size=30 * 1024 * 1024)


class TestCleanName:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("施工现场.JPG", "施工现场.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\照片\\村道.png", "村道.jpg"),
            ("照片\u202egpj.exe", "照片gpj.jpg"),
            ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie x.jpg"),
            ("<script>.jpg", "script.jpg"),
            ("", "未命名.jpg"),
            ("...", "未命名.jpg"),
        ],
    )
    def test_only_the_readable_part_of_the_last_name_is_kept(self, given, kept):
        assert clean_name(given, ".jpg") == kept

    def test_a_long_name_is_cut_but_keeps_its_ending(self):
        name = clean_name("长" * 300 + ".pdf", ".pdf")

        assert len(name) == 80
        assert name.endswith(".pdf")


def test_a_document_that_unpacks_to_far_more_than_it_weighs_is_refused(monkeypatch):
    content = archive("[Content_Types].xml", "word/document.xml")
    assert kind(content, "说明.docx").media_type == DOCX

    monkeypatch.setattr("common.papers.MAX_UNPACKED", 1)
    with pytest.raises(Refused, match="解压后过大"):
        kind(content, "说明.docx")
