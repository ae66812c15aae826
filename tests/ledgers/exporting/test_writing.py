"""The one writer: text stays text, whatever it is; rows are as high as their text; headers are trees."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from ledgers import identity
from ledgers.definitions import LEDGERS
from ledgers.form import Kind, Line
from ledgers.producing import row_writer
from ledgers.writing import CUT, MAX_CELL, Book, capacity_of, header_areas, safe_text, text_lines

ROOT = Path(__file__).resolve().parents[3]
PAYLOADS = [
    "=1+1", "=SUM(A1:A9)", "=HYPERLINK(\"http://example.com\",\"点击\")", "=cmd|' /C calc'!A0", "=DDE(\"cmd\",\"/C calc\")",
    "=IMPORTXML(\"http://example.com\",\"//a\")", "=WEBSERVICE(\"http://example.com\")", "={1,2}", "=@SUM(1)", "==1",
    "=\n1+1", "= 1", " =1+1", "　=1+1", "\t=1+1", "\r=1+1", "\n=1+1", "\x00=1+1", "\ufeff=1+1", "\u200b=1+1",
    "+1+1", "+cmd|' /C calc'!A0", "+86 13800000000", "-1+1", "-2+3+cmd|' /C calc'!A0", "--1", "-", "@SUM(1+1)", "@A1",
    "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "'=1+1", "\"=1+1\"", ";=1+1", ",=1+1", "|calc", "%=1", "=",
]  # fmt: skip


def reopened(fill, tmp_path, widths=(10.0,)):
    book = Book()
    fill(book.sheet("表", widths))
    book.save(tmp_path / "b.xlsx")
    return load_workbook(tmp_path / "b.xlsx").worksheets[0]


class TestFormulas:
    def test_there_are_forty_payloads(self):
        assert len(set(PAYLOADS)) == 40

    @pytest.mark.parametrize("code", [code for code, ledger in LEDGERS.items() if ledger.columns])
    def test_no_payload_becomes_a_formula_in_any_text_column(self, code, tmp_path):
        ledger = LEDGERS[code]
        texts = [n for n, c in enumerate(ledger.columns) if c.kind in (Kind.TEXT, Kind.DAY)]

        def fill(sheet):
            write = row_writer(sheet, ledger)
            for number, payload in enumerate(PAYLOADS, 1):
                write(number, Line(tuple(payload if n in texts else None for n in range(len(ledger.columns))), 1, 1, 1))

        widths = [c.width for c in ledger.all_columns] + [3.0]
        ws = reopened(fill, tmp_path, widths)

        seen = 0
        for payload, row in zip(PAYLOADS, ws.iter_rows(), strict=True):
            for n in texts:
                cell = row[n + 1]
                assert cell.data_type == "s", (payload, cell.coordinate)
                assert cell.value == safe_text(payload)
                if safe_text(payload).strip()[0] in "=+-@＝＋－＠":
                    assert cell.quotePrefix, payload
                seen += 1
        assert seen == 40 * len(texts)

    def test_the_file_itself_holds_no_formula_element(self, tmp_path):
        import zipfile

        def fill(sheet):
            for payload in PAYLOADS:
                sheet.spread([(payload, 1, sheet.look())], 20)

        reopened(fill, tmp_path)
        with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
            xml = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "<f " not in xml

    def test_openpyxl_alone_would_make_formulas(self, tmp_path):
        """The negative control: what this writer is for."""
        workbook = Workbook(write_only=True)
        ws = workbook.create_sheet()
        ws.append(["=1+1"])
        workbook.save(tmp_path / "plain.xlsx")

        assert load_workbook(tmp_path / "plain.xlsx").active["A1"].data_type == "f"

    def test_cells_are_made_in_one_module_only(self):
        """openpyxl is not spoken to by definitions, jobs or pages of the export."""
        ledgers = ROOT / "ledgers"
        speakers = {
            path.relative_to(ledgers).as_posix()
            for path in ledgers.rglob("*.py")
            if "importing" not in path.parts
            and re.search(r"^\s*(from|import) openpyxl", path.read_text(), re.MULTILINE)
        }

        assert speakers <= {"writing.py"}


class TestValues:
    def test_numbers_days_and_nothing(self, tmp_path):
        values = [7, Decimal("15.30"), date(2026, 6, 30), None, "", "长期坚持", 0]
        ws = reopened(lambda s: s.spread([(v, 1, s.look()) for v in values], 20), tmp_path, [10.0] * 7)
        cells = next(ws.iter_rows())

        assert [c.value for c in cells[:2]] == [7, 15.3]
        assert cells[2].is_date
        assert cells[2].value.date() == date(2026, 6, 30)
        assert cells[2].number_format == 'yyyy"年"m"月"d"日"'
        assert [c.value for c in cells[3:]] == [None, None, "长期坚持", 0]

    def test_what_is_no_value_is_refused(self):
        sheet = Book().sheet("表", [10.0])
        with pytest.raises(TypeError):
            sheet.fill(sheet.cell(), 1.5, sheet.look())

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("甲\x00\x07乙", "甲乙"),
            ("一\r\n二\r三", "一\n二\n三"),
            ("半\ud83d个", "半个"),
            ("翻\u202e转", "翻转"),
            ("𠮷野\ufffe", "𠮷野"),
            ("\x00", ""),
        ],
    )
    def test_what_no_cell_can_hold_is_left_out(self, typed, kept, tmp_path):
        ws = reopened(lambda s: s.spread([(typed, 1, s.look())], 20), tmp_path)

        assert (ws["A1"].value or "") == kept

    @pytest.mark.parametrize("sign", ["长", "𠮷"])
    def test_a_text_longer_than_a_cell_is_cut_with_a_mark(self, sign, tmp_path):
        ws = reopened(lambda s: s.spread([(sign * 40_000, 1, s.look())], 20), tmp_path)
        value = ws["A1"].value

        assert len(value.encode("utf-16-le")) // 2 <= MAX_CELL
        assert value.endswith(CUT)
        assert value.startswith(sign * 15_000)

    def test_a_text_of_just_that_length_is_whole(self):
        assert safe_text("长" * MAX_CELL) == "长" * MAX_CELL


class TestHeights:
    def test_lines_of_chinese_latin_and_paragraphs(self):
        assert text_lines("", 10) == 1
        assert text_lines("五个字正好", 10) == 1
        assert text_lines("六个字就两行", 10) == 2
        assert text_lines("abcdefghij", 10) == 1
        assert text_lines("一\n\n三", 10) == 3

    def test_a_row_is_as_high_as_its_longest_text(self, tmp_path):
        ledger = LEDGERS["B"]
        measures = next(n for n, c in enumerate(ledger.columns) if c.key == "measures")

        def fill(sheet):
            write = row_writer(sheet, ledger)
            for number, text in enumerate(("短", "措施" * 60, "措施" * 4000), 1):
                values = [None] * len(ledger.columns)
                values[measures] = text
                write(number, Line(tuple(values)))

        ws = reopened(fill, tmp_path, [c.width for c in ledger.all_columns] + [3.0])
        needed = text_lines("措施" * 60, capacity_of(ledger.columns[measures].width)) * 13
        assert ws.row_dimensions[1].height == 22
        assert ws.row_dimensions[2].height >= needed
        assert ws.row_dimensions[3].height == 409  # Excel knows no higher row


class TestHeader:
    def test_a_tree_of_three_levels(self):
        areas = header_areas([("序号",), ("甲", "乙", "一"), ("甲", "乙", "二"), ("甲", "丙"), ("备注",)])
        found = {(a.text, a.first, a.last, a.level, a.rows) for a in areas}

        assert found == {
            ("序号", 0, 0, 0, 3), ("甲", 1, 3, 0, 1), ("备注", 4, 4, 0, 3), ("乙", 1, 2, 1, 1), ("丙", 3, 3, 1, 2),
            ("一", 1, 1, 2, 1), ("二", 2, 2, 2, 1),
        }  # fmt: skip

    def test_names_of_sheets_are_what_excel_takes_and_differ(self):
        book = Book()
        names = [book.sheet(name, [5.0]).ws.title for name in ("石桥村", "石桥村", "a/b[c]:*?", "长" * 40, "")]

        assert names == ["石桥村", "石桥村(2)", "abc", "长" * 31, "台账"]


class TestIdentity:
    def test_comes_back(self):
        assert identity.read(identity.sign("B", 12, 3, 1)) == identity.Identity("B", 12, 3, 1)

    @pytest.mark.parametrize("token", [None, 7, "", "B.12.3.1", "B.12.3.1:abc", "x" * 500])
    def test_what_was_not_signed_here_is_none(self, token):
        assert identity.read(token) is None

    def test_a_changed_one_is_none(self):
        token = identity.sign("B", 12, 3, 1)
        assert identity.read(token.replace("B.12.", "B.13.")) is None
        assert identity.read(token.replace(".1:", ".2:")) is None
