"""Numbers of ID cards and bank cards are found however they stand in a text; figures of the work are not taken for them."""

import pytest
from django.core.exceptions import ValidationError

from common.papers import clean_name
from common.text import clean, validate_text

ID, BANK = "110101199003074477", "6222021234567890"


def bank_card(first: str) -> str:
    """The number with the last digit that passes Luhn's check."""
    digits = [int(d) for d in first]
    total = sum(sum(divmod(d * 2, 10)) if n % 2 == 0 else d for n, d in enumerate(reversed(digits)))
    return first + str(-total % 10)


CARD = bank_card(BANK[:15])


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"户主身份证{ID}电话",
        f"1 {ID}",  # a line pasted from a numbered table
        f"{ID} 2人",
        f"12 {CARD}",
        f"{CARD} 123",
        "110101 19900307 4477",
        "1 110101 19900307 4477",
        f"7 {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}",
        f"{CARD[:4]}\u00a0{CARD[4:8]}\u00a0{CARD[8:12]}\u00a0{CARD[12:]}",
        f"SFZ{ID}",
        f"2026-11-20 {ID}",
        f"{ID[:8]}\u2060{ID[8:]}",
        f"{ID[:8]}\u00ad{ID[8:]}",
        "１１０１０１１９９００３０７４４７７",
    ],
)
def test_found(text):
    with pytest.raises(ValidationError, match="本系统不保存"):
        validate_text(clean(text))


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "2026-11-20 08:30 至 2026-11-21 17:00",
        "2023 2024 2025 2026 2027 2028",
        "12 45 33 8 120 7 9 45 66 31 20 18 4 3 2 1",
        f"HT{CARD}",
        "1000000000000000",
        "1 " * 9000,
    ],
)
def test_let_through(text):
    validate_text(clean(text))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"张三身份证{ID}.pdf", "张三身份证.pdf"),
        (f"{ID}.pdf", "未命名.pdf"),
        ("IMG_20261120_143022.pdf", "IMG_20261120_143022.pdf"),
    ],
)
def test_a_file_is_not_kept_under_the_number_of_a_card(given, kept):
    assert clean_name(given, ".pdf") == kept
