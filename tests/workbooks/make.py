"""Workbooks of the list in reliability.md §6 (b) and five that look like real ledgers of five offices.

    python -m tests.workbooks.make          # writes tests/workbooks/{accepted,rejected,offices}/

Every file is small and made by a function below, so that a reader sees what is wrong with it. `EXPECTED` says for each rejected file the
words its refusal must hold, for each accepted one how many rows it has; tests/ledgers/importing/test_workbooks.py holds both.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = Path(__file__).parent
HEAD = ["序号", "村", "问题类别", "问题描述", "发现时间", "涉及户数", "整改时限", "备注"]
ROW = [1, "石桥村", "基础设施建设问题", "村道破损", "2026年3月5日", 54, "2026年6月30日", ""]
SECOND = [2, "下塘村", "历史遗留问题", "权证办理", "2026.3.9", 12, "长期坚持", ""]
Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet1.xml"


def book(*rows: list[Any], head: list[Any] | None = None, title: str = "清溪镇问题清单（2026年第二轮）") -> Any:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "问题清单"
    sheet.append([title])
    sheet.append(head or HEAD)
    for row in rows or ([*ROW], [*SECOND]):
        sheet.append(row)
    return made


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def parts(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(found: Parts, **more: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(change: Callable[[str], str], name: str = SHEET) -> bytes:
    found = parts(saved(book()))
    found[name] = change(found[name].decode()).encode("utf-8", "surrogatepass")
    return zipped(found)


def cell(column: str, value: Any, *, fmt: str = "") -> bytes:
    """The plain ledger with one cell of its first row changed."""
    made = book()
    at = made.active.cell(3, HEAD.index(column) + 1)
    at.value = value
    if fmt:
        at.number_format = fmt
    return saved(made)


# rejected: container


def cfb() -> bytes:
    """The beginning of an OLE file: an .xls, or a workbook with a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096


def macro() -> bytes:
    return zipped(parts(saved(book())) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\x00" * 64})


def bad_crc() -> bytes:
    content = bytearray(saved(book()))
    name = SHEET.encode()
    at = content.index(name)  # local header: CRC stands 16 bytes before the name
    content[at - 16 : at - 12] = b"\x01\x02\x03\x04"
    directory = content.rindex(name)
    content[directory - 30 : directory - 26] = b"\x01\x02\x03\x04"
    return bytes(content)


def bomb(megabytes: int) -> bytes:
    found = parts(saved(book()))
    return zipped(found | {"xl/media/image1.png": b"\x00" * (megabytes * 1024 * 1024)})


def deep_bomb() -> bytes:
    """60 MB of blank formatted cells in a sheet of some 100 KB."""
    row = '<row r="{0}"><c r="A{0}" s="1"/></row>'
    filler = "".join(row.format(n) for n in range(10, 60_000)) + " " * (52 * 1024 * 1024)
    return changed(lambda x: x.replace("</sheetData>", filler + "</sheetData>"))


def lying_sizes() -> bytes:
    """The directory says the sheet has 10 bytes."""
    content = bytearray(saved(book()))
    at = content.rindex(SHEET.encode())
    content[at - 22 : at - 18] = struct.pack("<I", 10)
    return bytes(content)


def symlink() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(saved(book())).items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def encrypted_entries() -> bytes:
    content = bytearray(saved(book()))
    at = content.rindex(SHEET.encode())
    content[at - 38] |= 1  # general purpose flag in the central directory
    return bytes(content)


# rejected: XML

LAUGHS = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def after_declaration(text: str) -> Callable[[str], str]:
    return lambda x: re.sub(r"^(<\?xml[^>]*\?>)?", lambda m: m.group(0) + text, x, count=1)


def repeated_cells() -> bytes:
    return changed(lambda x: x.replace('<c r="C3"', '<c r="B3"'))


def nul() -> bytes:
    return changed(lambda x: x.replace("</sheetData>", "\x00</sheetData>"))


def without(name: str) -> bytes:
    found = parts(saved(book()))
    return zipped({k: v for k, v in found.items() if k != name})


def shared(*, part: bool = True) -> bytes:
    """The same ledger as Excel stores it, texts in a part of their own; without `part` that one is missing."""
    found = parts(saved(book()))
    texts: list[str] = []

    def move(m: re.Match[str]) -> str:
        texts.append(m.group(2))
        return f'{m.group(1)} t="s"><v>{len(texts) - 1}</v></c>'

    sheet = found[SHEET].decode()
    found[SHEET] = re.sub(
        r'(<c r="[A-Z]+[0-9]+"[^>]*?) t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', move, sheet
    ).encode()
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    if part:
        found["xl/sharedStrings.xml"] = f'<sst xmlns="{space}" count="{len(texts)}">{items}</sst>'.encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b"</Types>", override)
    return zipped(found)


def only_chart() -> bytes:
    from openpyxl.chart import BarChart, Reference

    made = book()
    made.create_chartsheet("图").add_chart(chart := BarChart())
    chart.add_data(Reference(made.active, min_col=6, min_row=2, max_row=4))
    found = parts(saved(made))
    text = found["xl/workbook.xml"].decode()
    found["xl/workbook.xml"] = re.sub(r"<sheet [^>]*name=\"问题清单\"[^>]*/>", "", text).encode()
    return zipped(found)


def many_rows(count: int) -> bytes:
    rows = "".join(
        f'<row r="{n}"><c r="B{n}" t="inlineStr"><is><t>石桥村</t></is></c><c r="D{n}" t="inlineStr"><is><t>问题{n}</t></is></c></row>'
        for n in range(5, count + 5)
    )
    return changed(lambda x: x.replace("</sheetData>", rows + "</sheetData>"))


def wide() -> bytes:
    made = book()
    made.active.cell(3, 16_384).value = "远"
    return saved(made)


REJECTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "01-empty": (lambda: b"", "文件是空的"),
    "02-text": (lambda: "序号,村,问题".encode(), "不是 Excel 工作簿"),
    "03-old-xls": (cfb, "旧格式"),
    "04-xlsb": (lambda: zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"\x83\x01"}), "xlsb"),
    "05-macro": (macro, "宏程序"),
    "06-gbk-csv": (lambda: "序号,村,问题类别\n1,石桥村,基础设施".encode("gbk"), "不是 Excel 工作簿"),
    "07-password": (cfb, "加了密码"),
    "08-truncated": (lambda: saved(book())[:-900], "文件无法读取"),
    "09-bad-crc": (bad_crc, "文件无法读取"),
    "10-bomb-60mb": (lambda: bomb(60), "解压后超过50MB"),
    "10-bomb-sheet": (deep_bomb, "解压后超过50MB"),
    "11-entries": (lambda: zipped(parts(saved(book())) | {f"x/{n}": b"" for n in range(300)}), "部件超过200个"),
    "12-parent-folder": (lambda: zipped(parts(saved(book())) | {"../../evil.xml": b"<a/>"}), "可疑的内部结构"),
    "12-symlink": (symlink, "可疑的内部结构"),
    "13-encrypted-entry": (encrypted_entries, "加了密码"),
    "14-lying-size": (lying_sizes, "文件无法读取"),
    "15-entity-bomb": (lambda: changed(after_declaration(LAUGHS)), "可疑的内部结构"),
    "16-external-entity": (
        lambda: changed(after_declaration('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        "可疑的内部结构",
    ),
    "18-repeated-cell": (repeated_cells, "出现了两次"),
    "19-no-shared-strings": (lambda: shared(part=False), "文件无法读取"),
    "19-no-sheet": (lambda: without(SHEET), "没有可以导入的工作表"),
    "20-nul": (nul, "文件无法读取"),
    "22-only-chart": (only_chart, "没有可以导入的工作表"),
    "25-no-header": (lambda: saved(_headless()), "没有找到问题清单的表头"),
    "28-missing-column": (lambda: saved(book([1, "石桥村", "2026.3.5"], head=["序号", "村", "发现时间"])), "没有找到"),
    "32-too-many-rows": (lambda: many_rows(20_100), "超过20000行"),
    "33-too-many-columns": (wide, "第100列之后"),
    "42-too-long": (lambda: changed(lambda x: x.replace('<c r="H3"', '<c r="H3" t="inlineStr"><is><t>' + "长" * 33_000 + '</t></is></c><c r="I3"', 1)), "超过32767字"),
    "50-ods": (lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}), "ods"),
}  # fmt: skip


def _headless() -> Any:
    made = openpyxl.Workbook()
    for row in ([1, "石桥村", "村道破损"], [2, "下塘村", "权证"]):
        made.active.append(row)
    return made


# accepted as a file, with faults in cells: (file, words of the fault)
FAULTY: dict[str, tuple[Callable[[], bytes], str]] = {
    "34-formula-without-value": (lambda: cell("涉及户数", "=SUM(1,2)"), "没有算出的结果"),
    "35-error-value": (lambda: changed(lambda x: re.sub(r'<c r="F3"[^>]*>.*?</c>', '<c r="F3" t="e"><v>#REF!</v></c>', x)), "公式错误值 #REF!"),
    "37-day-that-is-not": (lambda: cell("发现时间", "2026.2.30"), "没有这一天"),
    "37-year-9999": (lambda: cell("发现时间", "9999年1月1日"), "1950年至2100年"),
    "37-month-before": (lambda: cell("整改时限", "3月前"), "月初也可能是月底"),
    "38-huge-number": (lambda: changed(lambda x: re.sub(r'<c r="F3"[^>]*>.*?</c>', '<c r="F3"><v>1e400</v></c>', x)), "不是有效的数字"),
    "38-not-a-number": (lambda: cell("涉及户数", "若干"), "应为数字"),
    "39-rounded-number": (lambda: cell("备注", 330_326_199_001_011_000), ""),
    "39-id-card": (lambda: cell("问题描述", "村民张某（身份证11010519491231002X）反映村道破损"), "身份证"),
    "46-twice": (lambda: saved(book([*ROW], [2, *ROW[1:]])), "与第3行重复"),
    "48-foreign-village": (lambda: cell("村", "白石山脚村"), "没有这个村"),
    "50-unknown-category": (lambda: cell("问题类别", "其他问题类"), "不在可选的范围内"),
    "51-mixed": (lambda: saved(book([*ROW], [2, "石桥村", "", "没有类别", "2026.3.1", 1, "2026.5.1", ""])), "不能为空"),
}  # fmt: skip


# accepted: (file, rows)


def forged_dimension() -> bytes:
    return changed(lambda x: re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>', x))


def out_of_order() -> bytes:
    """The cells of a row from right to left."""

    def turn(text: str) -> str:
        def row(m: re.Match[str]) -> str:
            cells = re.findall(r"<c [^>]*?(?:/>|>.*?</c>)", m.group(2))
            return m.group(1) + "".join(reversed(cells)) + "</row>"

        return re.sub(r"(<row [^>]*>)(.*?)</row>", row, text)

    return changed(turn)


def nested() -> bytes:
    return changed(lambda x: x.replace("</sheetData>", "</sheetData>" + "<x>" * 50 + "</x>" * 50))


def second_sheet() -> bytes:
    made = book()
    made.create_sheet("说明", 0).append(["填报说明：请于每月5日前报送。"])
    return saved(made)


def hidden() -> bytes:
    made = book()
    made.active.row_dimensions[4].hidden = True
    secret = made.create_sheet("上年")
    secret.append(HEAD)
    secret.append(SECOND)
    secret.sheet_state = "hidden"
    return saved(made)


def merged() -> bytes:
    made = book([*ROW], [2, None, "历史遗留问题", "权证办理", "2026.3.9", 12, "长期坚持", ""])
    made.active.merge_cells("A1:H1")
    made.active.merge_cells("B3:B4")
    return saved(made)


def blank_rows() -> bytes:
    rows = "".join(f'<row r="{n}" ht="20" customHeight="1"/>' for n in range(1_000, 200_000))
    return changed(lambda x: x.replace("</sheetData>", rows + "</sheetData>"))


def epoch_1904() -> bytes:
    made = book([1, "石桥村", "基础设施建设问题", "村道破损", date(2026, 3, 5), 54, date(2026, 6, 30), ""])
    made.epoch = CALENDAR_MAC_1904
    return saved(made)


def comments() -> bytes:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    made = book()
    made.active["D3"].comment = Comment("请核实", "审核人")
    made.active["D4"].value = CellRichText("权证", TextBlock(InlineFont(b=True), "办理"))
    return saved(made)


ACCEPTED: dict[str, tuple[Callable[[], bytes], int]] = {
    "17-forged-dimension": (forged_dimension, 2),
    "18-out-of-order": (out_of_order, 2),
    "19-shared-strings": (shared, 2),
    "21-nested": (nested, 2),
    "23-second-sheet": (second_sheet, 2),
    "24-hidden": (hidden, 2),
    "26-header-forms": (lambda: saved(book(head=[" 序 号", "村\n名", "问题类别 ", "问题描述（简要）", "发现　时间", "涉及户数（户）", "整改时限*", "备注"])), 2),
    "28-other-order": (lambda: saved(book(["村道破损", "石桥村", "x", "2026.6.30", "基础设施", "2026.3.5"], head=["存在问题", "村名", "经办科室", "完成时限", "类别", "发现日期"])), 1),
    "30-merged": (merged, 2),
    "31-blank-rows": (blank_rows, 2),
    "36-computed": (lambda: changed(lambda x: re.sub(r'<c r="F3"[^>]*>.*?</c>', '<c r="F3"><f>[1]Sheet1!A1</f><v>54</v></c>', x)), 2),
    "37-1904": (epoch_1904, 1),
    "37-serial": (lambda: cell("发现时间", 46_086), 2),
    "37-datetime": (lambda: cell("发现时间", datetime(2026, 3, 5, 9, 30)), 2),
    "38-wide-digits": (lambda: cell("涉及户数", "１，０２０户"), 2),
    "40-invisible": (lambda: cell("村", "\u200b石桥\u00a0村\ufeff"), 2),
    "41-rare-characters": (lambda: cell("问题描述", "𠮷家自然村道路😀破损"), 2),
    "43-html": (lambda: cell("问题描述", "<script>alert(1)</script>村道破损"), 2),
    "44-formula-text": (lambda: changed(lambda x: re.sub(r'<c r="D3"[^>]*>.*?</c>', '<c r="D3" t="inlineStr"><is><t>=HYPERLINK("http://x")</t></is></c>', x)), 2),
    "45-comments": (comments, 2),
}  # fmt: skip


# five offices


def office_1() -> bytes:
    """Two header rows, groups merged, village merged downwards, deadlines in words."""
    made = openpyxl.Workbook()
    s = made.active
    s.title = "台账"
    s.append(["清溪镇2026年后进村整顿问题台账"])
    s.append(["填报单位：清溪镇党建办", None, None, None, None, None, "2026年3月"])
    s.append(["序号", "村别", "问题情况", None, None, "整改情况", None, None, "责任", None, "备注"])
    s.append(
        [None, None, "类型", "具体问题", "排查时间", "整改举措", "完成时限", "目前进展", "包村领导", "责任人", None]
    )
    s.append(
        [
            1,
            "石桥",
            "基础设施类",
            "村道1.2公里破损，群众出行不便",
            "2026.2.2",
            "1.争取资金\n2.组织施工",
            "6月底前",
            "正在施工",
            "王国强（副镇长）",
            "徐根生（村书记）",
            None,
        ]
    )
    s.append(
        [
            2,
            None,
            "历史遗留类",
            "旧村改造安置房权证未办",
            "2026.2.3",
            "逐户核实",
            "2026年12月",
            None,
            "王国强（副镇长）",
            "徐根生（村书记）",
            None,
        ]
    )
    s.append(["下塘村问题由联村组补充"])
    s.append(
        [
            3,
            "下塘",
            "组织建设",
            "“三会一课”不正常",
            "2026/2/5",
            "按月开展",
            "长期坚持",
            None,
            "王国强(副镇长)",
            "何秀英(村书记)",
            None,
        ]
    )
    s.append(["合计", None, "3个"])
    s.append(["单位负责人：", None, None, "填表人：", None, None, "联系电话："])
    for area in ("A1:K1", "A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:J3", "K3:K4", "B5:B6"):
        s.merge_cells(area)
    return saved(made)


def office_2() -> bytes:
    """Columns in another order under other names, dates as real dates and serials, remarks in the middle, no numbers."""
    made = openpyxl.Workbook()
    s = made.active
    s.append(["后进村问题排查登记表"])
    s.append(["存在的主要问题", "所属村", "分类", "发现日期", "整改期限", "牵头部门", "配合部门", "经办人", "涉及农户"])
    s.append(["一、石桥村（2个）"])
    s.append(
        [
            "饮用水管网老化，水压不足",
            "石桥村",
            "基础设施",
            date(2026, 3, 1),
            date(2026, 9, 30),
            "自然资源所",
            "自然资源所、财政所",
            "徐根生",
            "54户",
        ]
    )
    s.append(["账目公开不及时", "石桥村", "组织建设", 46_086, "立行立改", "", "", "", None])
    s.append([])
    s.append(["二、下塘村（1个）"])
    s.append(
        [
            "集体经济收入低，无稳定来源",
            "下塘村",
            "集体经济",
            "2026年3月9日",
            "12月底",
            "农经站",
            "",
            "何秀英（村党支部书记）",
            "１２０",
        ]
    )
    return saved(made)


def office_3() -> bytes:
    """The ledger on the second sheet, three lines of title, full-width everything, a person's name and title in two columns."""
    made = openpyxl.Workbook()
    made.active.title = "封面"
    made.active.append(["清溪镇后进村整治工作资料"])
    s = made.create_sheet("问题清单汇总")
    s.append(["附件２"])
    s.append(["后进村整治问题清单汇总表"])
    s.append(["填报单位（盖章）：清溪镇", None, None, None, None, "填报日期：２０２６年３月１０日"])
    s.append(["序号", "村　名", "问题类型", "主要问题", "排查日期", "责任人", None, "整改时限", "涉及户数"])
    s.append([None, None, None, None, None, "姓名", "职务", None, None])
    s.append(
        [
            "１",
            "石桥村党支部",
            "历史遗留问题",
            "移民款分配口径不一",
            "２０２６．２．５",
            "徐根生",
            "村书记",
            "２０２６年８月３１日",
            "３１",
        ]
    )
    s.append(
        [
            "２",
            "清溪镇下塘村",
            "征地",
            "青苗补偿未到位",
            "２０２６．３．１",
            "何秀英",
            "村书记",
            "２０２６．７．１０前",
            "８",
        ]
    )
    for area in ("A2:I2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "F4:G4", "H4:H5", "I4:I5"):
        s.merge_cells(area)
    return saved(made)


def office_4() -> bytes:
    """The header again on every printed page, blank rows between, trailing 小计 and notes, an unknown column."""
    made = openpyxl.Workbook()
    s = made.active
    head = ["编号", "行政村", "类别", "问题内容", "难度", "来源", "登记时间", "时限", "销号日期", "领导批示"]
    s.append(["清溪镇突出问题清单"])
    s.append(head)
    s.append(
        ["1", "石桥村", "基层党建", "支部班子战斗力不强", "难", "督查反馈", "2026-03-11", "2026-10-31", None, "请抓紧"]
    )
    s.append([None] * 10)
    s.append(head)
    s.append(
        [
            "2",
            "下塘村",
            "基础设施",
            "老人公寓消防验收未通过",
            "一般",
            "群众反映",
            "2026-04-02",
            "2026-12-15",
            None,
            None,
        ]
    )
    s.append(["小计", None, "2"])
    s.append(["注：难度分一般、较难、疑难三类。"])
    return saved(made)


def office_5() -> bytes:
    """A heading nobody knows, a village with a slip of the pen, a section of measures with circled numbers."""
    made = openpyxl.Workbook()
    s = made.active
    s.append(["序号", "村", "问题类别", "问题描述及表现", "发现时间", "整改措施", "整改截止时间"])
    s.append([1, "石乔村", "基础设施", "办公楼漏水", "2026.3.3", "①争取资金②进场施工③验收", "2026.9.30"])
    s.append([2, "下塘村", "历史遗留", "厂房租金纠纷", "2026.3.4", "（一）调解\n（二）补签合同", "2026.11.20"])
    return saved(made)


OFFICES: dict[str, tuple[Callable[[], bytes], int]] = {
    "office-1": (office_1, 3),
    "office-2": (office_2, 3),
    "office-3": (office_3, 2),
    "office-4": (office_4, 2),
    "office-5": (office_5, 2),
}


def write() -> int:
    """Every file that is small enough to look at; the bombs are made by the tests when they need them."""
    count = 0
    for folder, files in (("rejected", REJECTED), ("accepted", ACCEPTED), ("accepted", FAULTY), ("offices", OFFICES)):
        (HERE / folder).mkdir(exist_ok=True)
        for name, (make, _expected) in files.items():
            content = make()
            if len(content) <= 60_000:
                (HERE / folder / f"{name}.xlsx").write_bytes(content)
                count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{write()}\n")
