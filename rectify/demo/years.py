"""What the yearly sheets of the demo say besides the plain counts, and who reported and confirmed them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rectify.demo.place import V1, V2, V3
from villages.models import VillageYear
from villages.services import figures

if TYPE_CHECKING:
    from accounts.models import User
    from rectify.demo.loader import Loader

TZ = ZoneInfo("Asia/Shanghai")
# (大专及以上, 高中中专, 初中及以下), (积极分子, 发展对象), sources of income in 万元
DETAILS: dict[tuple[str, int], tuple[tuple[int, int, int], tuple[int, int], dict[str, str]]] = {
    (V1, 2025): ((8, 13, 25), (1, 0), {"rent": "2.0", "contract": "3.6", "subsidy": "3.0"}),
    (V1, 2026): ((9, 13, 24), (1, 1), {"rent": "8.5", "contract": "3.8", "subsidy": "3.0"}),
    (V2, 2025): ((9, 15, 28), (1, 0), {"rent": "5.4", "subsidy": "2.0"}),
    (V2, 2026): ((10, 15, 27), (2, 1), {"rent": "5.4", "dividend": "5.2", "subsidy": "2.0"}),
    (V3, 2025): ((5, 10, 23), (0, 0), {"contract": "4.2", "subsidy": "2.0"}),
    (V3, 2026): ((5, 11, 22), (0, 0), {"contract": "4.2", "dividend": "4.6", "subsidy": "2.0"}),
}
# Of this year's sheets one still waits for its confirmation.
CONFIRMED_ON = {2025: date(2025, 12, 30), 2026: date(2026, 10, 23)}
WAITING = {(V3, 2026)}


def details(village: str, year: int) -> dict[str, Any]:
    """The bands, the pipeline and the sources of one sheet."""
    (college, high_school, lower), (activists, candidates), sources = DETAILS[village, year]
    return {
        "members_college": college,
        "members_high_school": high_school,
        "members_lower": lower,
        "activists": activists,
        "candidates": candidates,
        "sources": {kind: Decimal(amount) for kind, amount in sources.items()},
    }


def hand_in(demo: Loader, sheet: VillageYear, *, by: User, at: datetime) -> None:
    """Reported by the village on the day it was filled in, confirmed by the office a few days later."""
    figures.report_year(sheet, by=by, at=at.replace(minute=40))
    if (sheet.village.name, sheet.year) not in WAITING:
        day = datetime.combine(CONFIRMED_ON[sheet.year], time(15), tzinfo=TZ)
        figures.confirm_year(sheet, by=demo.user["shen"], at=day)
