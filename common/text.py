"""What people type: cleaned of what no page can show, refused where it holds numbers that may never be stored.

Rule: product decision "never store ID-card or bank-card numbers"; the check digits follow GB 11643-1999 (ID card) and Luhn (bank card),
so that a phone number, a sum or a document number is not mistaken for one.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError

MAX_TEXT = 20_000
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
# Digits may be grouped by blanks or hyphens, as people copy them from a card.
_RUN = re.compile(r"(?<!\d)\d+(?:[ \-\u00a0\u3000]\d+)*(?:[ \-\u00a0\u3000]?[Xx](?!\d))?")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_INVISIBLE = {
    "\u200b",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\ufeff",
}


def clean(text: str) -> str:
    """The text without control characters, direction marks and lone surrogates; line ends become \\n; ends trimmed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").isprintable():  # as almost every text is: nothing below would be left out
        return text.strip()
    kept = (
        c
        for c in text
        if c in "\n\t" or (c not in _INVISIBLE and unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    )
    return "".join(kept).strip()


def is_id_card(number: str) -> bool:
    """True for 18 characters with a plausible birth date and the right check character, or 15 digits with a plausible date."""
    if re.fullmatch(r"\d{15}", number):
        return _is_day(number[8:10], number[10:12]) and number[0] in "12345678"
    if not re.fullmatch(r"\d{17}[\dXx]", number) or not _is_day(number[10:12], number[12:14]):
        return False
    total = sum(int(d) * w for d, w in zip(number[:17], _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def is_bank_card(number: str) -> bool:
    """True for 16 to 19 digits that begin as bank cards do and pass Luhn's check."""
    if not re.fullmatch(r"[3-6]\d{15,18}", number):
        return False
    total = 0
    for i, digit in enumerate(reversed(number)):
        n = int(digit) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def private_number(text: str) -> tuple[str, str, str] | None:
    """(code, name, number as written) of the first ID-card or bank-card number in the text, None when it holds none."""
    text = _UNSEEN.sub("", text.translate(_WIDE_DIGITS))
    for run in _RUN.finditer(text) if len(text) >= 15 else ():
        groups = [m.span() for m in re.finditer(r"\d+(?:[ \-\u00a0\u3000]?[Xx])?", run.group())]
        before, after = text[max(run.start() - 1, 0) : run.start()], text[run.end() : run.end() + 1]
        by_letter = {0} if before.isascii() and before.isalpha() else set()
        if after.isascii() and after.isalpha():
            by_letter.add(len(groups) - 1)
        for first in range(len(groups)):
            for last in range(first, len(groups)):
                written = run.group()[groups[first][0] : groups[last][1]]
                number = re.sub(r"[^0-9Xx]", "", written)
                if len(number) > 19:
                    break
                # Beside other figures (the number of a line, a year) only what is grouped as cards are; a code that begins
                # with letters is a document's, unless the check character says it is a person's.
                alone = first == last or (first == 0 and last == len(groups) - 1)
                is_code = bool(by_letter & {first, last})
                fours = all(end - start == 4 for start, end in groups[first:last])
                if is_id_card(number) and (len(number) == 18 or (alone and not is_code)):
                    return "id_card", "身份证号", written
                if is_bank_card(number) and (alone or fours) and not is_code:
                    return "bank_card", "银行卡号", written
    return None


def refuse_private_numbers(text: str) -> None:
    """Raise ValidationError when the text holds an ID-card or bank-card number."""
    if found := private_number(text):
        code, name, number = found
        shown = f"{number[:3]}…{number[-2:]}"
        named = "身份证号码" if code == "id_card" else name
        raise ValidationError(f"文字中有{named}（{shown}）。按规定本系统不保存{name}，请删去后再提交。", code=code)


def without_private_numbers(name: str) -> str:
    """The name of a file as it may be kept: without its figures when a scan was named after a card."""
    return re.sub(r"\d[\dXx]*", "", name).strip() if private_number(name) else name


def validate_text(text: str, max_length: int = MAX_TEXT) -> None:
    """All rules for free text at once; raises ValidationError with a Chinese sentence."""
    if len(text) > max_length:
        raise ValidationError(f"文字过长：共{len(text)}字，最多{max_length}字。", code="too_long")
    refuse_private_numbers(text)
