"""What a cell says: days, numbers, words and names as clerks write them, or a sentence that says what would be taken.

Nothing is guessed. Where a text could mean two things it is refused with the form that would be understood.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError

from common import text as texts

_SPACE = re.compile(r"[\s\u00a0\u3000]+")
_BRACKETS = str.maketrans({"(": "（", ")": "）", "[": "（", "]": "）", "【": "（", "】": "）", "〔": "（", "〕": "）"})


class Fault(Exception):
    """The value is not taken. `accepted` says what would be."""

    def __init__(self, reason: str, accepted: str = "") -> None:
        self.reason, self.accepted = reason, accepted
        super().__init__(reason)


def shown(cell: Any) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    kind = cell[0]
    if kind == "n":
        return _number_text(cell[1])
    if kind == "f":
        return "（公式，没有算出结果）"
    if kind == "b":
        return "是" if cell[1] else "否"
    return str(cell[1])


def _number_text(raw: str) -> str:
    """54.0 as 54, 1e3 as 1000: what Excel shows."""
    try:
        number = Decimal(raw)
        if number.is_finite() and abs(number) < Decimal(10) ** 18:
            return f"{number.normalize():f}"
    except InvalidOperation:
        pass
    return raw


@lru_cache(maxsize=50_000)
def squeeze(value: str) -> str:
    """A name or heading for comparing: one width, one kind of brackets, no blanks or invisible characters."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", texts.clean(value))).translate(_BRACKETS)


def sound(cell: Any) -> None:
    """Refuse what no column takes: error values, formulas never computed, numbers Excel has rounded."""
    if not isinstance(cell, list):
        return
    kind, value = cell[0], cell[1] if len(cell) > 1 else None
    if kind == "e":
        raise Fault(f"单元格是公式错误值 {value}", "请改为具体内容")
    if kind == "f":
        raise Fault("单元格是公式，文件中没有算出的结果", "请在 Excel 中打开并保存一次，或改为具体内容")
    if kind == "n":
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise Fault("不是有效的数字", "请改为具体内容") from None
        if not number.is_finite():
            raise Fault("不是有效的数字", "请改为具体内容")
        if abs(number) >= Decimal(10) ** 15:
            raise Fault("数字超过15位，Excel 已把后几位变成0", "请改为文本格式重新填写；身份证号、银行卡号不要填")


def text(cell: Any, *, limit: int, lines: bool = True) -> str:
    """A text, cleaned; numbers and days in a text column stay as Excel shows them. ID-card and bank-card numbers are refused."""
    sound(cell)
    value = texts.clean(shown(cell)).replace("\u00a0", " ")
    if not lines:
        value = " ".join(value.split("\n"))
    try:
        texts.validate_text(value, limit)
    except ValidationError as error:
        raise Fault(error.messages[0].rstrip("。")) from None
    return value


def whole(cell: Any, *, units: str = "户人个名次", most: int = 10_000_000) -> int | None:
    """A whole number: 54, "54户", "１，０００"."""
    number = _decimal(cell, units)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Fault("应为整数", "例如 54")
    if not 0 <= number <= most:
        raise Fault("数字超出范围", f"0 至 {most} 的整数")
    return int(number)


def money(cell: Any) -> Decimal | None:
    """An amount in 万元: 12.5, "12.5万元". Amounts in 元 are refused, because a factor of ten thousand is not guessed."""
    if isinstance(cell, str) and re.search(r"(?<!万)元|亿", squeeze(cell)):
        raise Fault("这一列的单位是万元", "只填以万元计的数字，例如 12.5")
    number = _decimal(cell, "万元")
    if number is None:
        return None
    if number < 0 or number > Decimal("99999999.99"):
        raise Fault("数字超出范围", "不小于0、以万元计的数字")
    if number != number.quantize(Decimal("0.01")):
        raise Fault("最多两位小数", "例如 12.35")
    return number.quantize(Decimal("0.01"))


def _decimal(cell: Any, units: str) -> Decimal | None:
    sound(cell)
    if isinstance(cell, list) and cell[0] != "n":
        raise Fault("应为数字", "例如 12")
    raw = cell[1] if isinstance(cell, list) else squeeze(cell or "")
    if raw in ("", "/", "—", "-", "－", "无"):
        return None
    raw = raw.rstrip(units) if isinstance(cell, str) else raw
    if isinstance(cell, str):
        if not re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?", raw):
            raise Fault("应为数字", "例如 12")
        raw = raw.replace(",", "")
    return Decimal(raw)


_FULL = re.compile(r"(\d{4}|\d{2})[年.\-/](\d{1,2})[月.\-/](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4}|\d{2})[年.\-/](\d{1,2})月?")
_MONTH_DAY = re.compile(r"(\d{1,2})[月.\-/](\d{1,2})[日号]?")
_ONE_MONTH = re.compile(r"(\d{1,2})月")
_END = re.compile(r"(底前|底|末|前|之前|以前|完成|前完成|底前完成|止)+$")
DAY_FORMS = "例如 2026年3月5日、2026.3.5 或 2026-03-05"


def day(cell: Any, *, year: int | None = None, end: bool = False, date1904: bool = False) -> date | None:
    """A day. `end`: the column is a deadline, so a month means its last day. `year`: what a day without year means."""
    sound(cell)
    if isinstance(cell, list):
        if cell[0] == "d":
            return _sane(date.fromisoformat(cell[1]))
        if cell[0] == "n":
            return _serial(cell[1], date1904)
        raise Fault("应为日期", DAY_FORMS)
    raw = squeeze(cell or "")
    if raw in ("", "/", "—", "-", "－"):
        return None
    return _day_text(raw, year=year, end=end)


def _serial(raw: str, date1904: bool) -> date:
    number = Decimal(raw)
    if number == number.to_integral_value() and re.fullmatch(r"(19|20)\d{6}", str(int(number))):
        return _made(int(number) // 10000, int(number) // 100 % 100, int(number) % 100)
    if not 18000 <= number < 60000:  # 1949 … 2064
        raise Fault("这个数字不能理解为日期", DAY_FORMS)
    start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    return _sane(start + timedelta(days=int(number)))


def _day_text(raw: str, *, year: int | None, end: bool) -> date:
    if re.fullmatch(r"(19|20)\d{6}", raw):
        return _made(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
    raw = re.sub(r"(\d{1,2}[:：]\d{2}([:：]\d{2})?)$", "", raw) if re.match(r"\d{4}\D\d{1,2}\D\d{1,2}", raw) else raw
    bare = _END.sub("", raw) if end else raw
    if m := _FULL.fullmatch(bare):
        return _made(_year(m[1]), int(m[2]), int(m[3]))
    if m := _MONTH_DAY.fullmatch(bare):
        # 2026.3 is a month of a year, 3.5 a day of the year of the ledger
        if year is None:
            raise Fault("没有写年份", DAY_FORMS)
        return _made(year, int(m[1]), int(m[2]))
    if end:
        return _deadline(bare, raw, year)
    raise Fault("日期看不明白", DAY_FORMS)


def _deadline(bare: str, raw: str, year: int | None) -> date:
    """Months and parts of months, which only a deadline may be."""
    part = ""
    if bare[-2:] in ("上旬", "中旬", "下旬"):
        part, bare = bare[-2:], bare[:-2]
    before = raw.endswith(("月前", "月之前", "月以前")) and not part
    if m := _MONTH.fullmatch(bare):
        months = (_year(m[1]), int(m[2]))
    elif (m := _ONE_MONTH.fullmatch(bare)) and year:
        months = (year, int(m[1]))
    elif bare in ("年底", "年", "年末", "年内", "本年", "本年底") and year:
        months = (year, 12)
    elif m := re.fullmatch(r"(\d{4})年?底?", bare):
        months = (int(m[1]), 12)
    else:
        raise Fault("时限看不明白", DAY_FORMS + "、2026年3月底前、立行立改或长期坚持")
    if not 1 <= months[1] <= 12:
        raise Fault("没有这个月份", DAY_FORMS)
    if before:
        raise Fault("“月前”可能是月初也可能是月底", "例如 3月底前 或 2026年3月31日")
    last = {"上旬": 10, "中旬": 20}.get(part, monthrange(*months)[1])
    return _made(*months, last)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _made(year: int, month: int, day_: int) -> date:
    try:
        return _sane(date(year, month, day_))
    except ValueError:
        raise Fault("没有这一天", DAY_FORMS) from None


def _sane(value: date) -> date:
    if not 1950 <= value.year <= 2100:
        raise Fault("年份应在1950年至2100年之间", DAY_FORMS)
    return value


def span(cell: Any, *, year: int | None, date1904: bool) -> tuple[date | None, date | None]:
    """起止时间: two days with 至, - or —, or one day, which is the end."""
    if not isinstance(cell, str):
        return None, day(cell, year=year, end=True, date1904=date1904)
    raw = squeeze(cell)
    parts = re.split(r"至|到|—+|－|~|～|–", raw)
    if len(parts) == 1 and len(pieces := raw.split("-")) in (2, 6):
        half = len(pieces) // 2
        parts = ["-".join(pieces[:half]), "-".join(pieces[half:])]
    if len(parts) == 1:
        return None, day(cell, year=year, end=True, date1904=date1904)
    if len(parts) != 2:
        raise Fault("起止时间看不明白", "例如 2026年3月5日至2026年6月30日")
    start = day(parts[0], year=year, date1904=date1904) if parts[0] else None
    stop = day(parts[1], year=start.year if start else year, end=True, date1904=date1904) if parts[1] else None
    return start, stop


_NUMBERED = re.compile(
    r"(?:^|(?<=[\n；;。 ]))\s*(?:[（(]?\d{1,2}[)）.、．]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、)(?!\d)\s*|[①-⑳]\s*"
)


def numbered(cell: Any, *, limit: int) -> list[str]:
    """Several measures in one cell: numbered, or one a line. "1.甲；2.乙" → [甲, 乙]."""
    value = text(cell, limit=20_000)
    if not value:
        return []
    starts = [m.start() for m in _NUMBERED.finditer(value)]
    parts = (
        [value[a:b] for a, b in zip([0, *starts], [*starts, len(value)], strict=True)] if starts else value.split("\n")
    )
    cleaned = [_NUMBERED.sub("", part.strip()).strip().rstrip("；;").strip() for part in parts]
    found = [part.replace("\n", "") for part in cleaned if part]
    for part in found:
        if len(part) > limit:
            raise Fault(f"一条过长：共{len(part)}字，最多{limit}字", "请分成几条，每条前写序号")
    return found


_PERSON = re.compile(r"(?P<name>[^（）]+)(?:（(?P<title>[^）]*)）)?")


def person(cell: Any) -> tuple[str, str]:
    """姓名（职务） → (姓名, 职务); ("", "") when empty. Telephone numbers beside the name are left out."""
    value = squeeze(text(cell, limit=200, lines=False))
    value = re.sub(r"1\d{10}$", "", value)
    if value in ("", "/", "—", "-", "无"):
        return "", ""
    m = _PERSON.fullmatch(value)
    if not m or len(m["name"]) > 40:
        raise Fault("人员看不明白", "姓名（职务），例如 王伟（驻村干部）；只填一人")
    return m["name"], m["title"] or ""


def names(cell: Any) -> list[str]:
    """Several names in one cell: 财政所、水利站."""
    value = text(cell, limit=2000)
    return [
        part
        for part in (squeeze(p) for p in re.split(r"[、，,；;\n/]|\s{2,}", value))
        if part and part not in ("—", "-", "无")
    ]
