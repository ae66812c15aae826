"""The yearly figures of the three villages: sheets as reported and confirmed, ways to more income, trainings."""

from __future__ import annotations

from datetime import date as D
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from rectify.demo import place
from rectify.demo.base import SECRETARY, Demo, at
from rectify.demo.place import V1, V2, V3
from villages.models import VillageYear
from villages.services import figures

# (大专及以上, 高中中专, 初中及以下), (积极分子, 发展对象), sources of income in 万元
DETAILS: dict[tuple[str, int], tuple[tuple[int, int, int], tuple[int, int], dict[str, str]]] = {
    (V1, 2025): ((8, 13, 25), (1, 0), {"rent": "2.0", "contract": "3.6", "subsidy": "3.0"}),
    (V1, 2026): ((9, 13, 24), (1, 1), {"rent": "8.5", "contract": "3.8", "subsidy": "3.0"}),
    (V2, 2025): ((9, 15, 28), (1, 0), {"rent": "5.4", "subsidy": "2.0"}),
    (V2, 2026): ((10, 15, 27), (2, 1), {"rent": "5.4", "dividend": "5.2", "subsidy": "2.0"}),
    (V3, 2025): ((5, 10, 23), (0, 0), {"contract": "4.2", "subsidy": "2.0"}),
    (V3, 2026): ((5, 11, 22), (0, 0), {"contract": "4.2", "dividend": "4.6", "subsidy": "2.0"}),
}
REPORTED_ON = {2025: D(2025, 12, 28), 2026: D(2026, 10, 20)}
# Of this year's sheets one still waits for its confirmation.
CONFIRMED_ON = {2025: D(2025, 12, 30), 2026: D(2026, 10, 23)}
WAITING = {(V3, 2026)}


def load(demo: Demo) -> None:
    for village, years in place.YEARS.items():
        for year, sheet in years.items():
            secretary, when = demo.user[SECRETARY[village]], at(REPORTED_ON[year], 10)
            numbers = {k: Decimal(v) if k == "income" else v for k, v in sheet.items()}
            sheet_made = figures.save_year(
                village=demo.village[village],
                year=year,
                by=secretary,
                at=when,
                **numbers,
                **details(village, year),
            )
            hand_in(demo, sheet_made, by=secretary, when=when)
    for village, path, industry, partners, since, result in place.PATHS:
        figures.add_path(
            village=demo.village[village], path=path, industry=industry, started_on=since, result=result,
            partners=[demo.village[p] for p in partners], by=demo.user[SECRETARY[village]], at=at(since, 16),
        )  # fmt: skip
    for village, count in place.TRAININGS:
        figures.add_training(
            village=demo.village[village], kind="degree", name="2026年秋季村干部学历教育", chosen_on=D(2026, 8, 20),
            starts_on=D(2026, 9, 10), people=count, by=demo.user["shen"], at=at(D(2026, 8, 20), 16),
        )  # fmt: skip


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


def hand_in(demo: Demo, sheet: VillageYear, *, by: User, when: datetime) -> None:
    """Reported by the village on the day it was filled in, confirmed by the office a few days later."""
    figures.report_year(sheet, by=by, at=when.replace(minute=40))
    if (sheet.village.name, sheet.year) not in WAITING:
        figures.confirm_year(sheet, by=demo.user["shen"], at=at(CONFIRMED_ON[sheet.year], 15))
