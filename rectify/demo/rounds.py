"""The two rounds of the township: opening, leading group, listed villages, documents, calendar, practices."""

from __future__ import annotations

from datetime import date as D
from datetime import datetime
from decimal import Decimal
from typing import Any

from rectify.demo import acceptances, work
from rectify.demo.base import Demo, at
from rectify.demo.place import TOWNSHIP
from rounds.models import Designation, Round
from rounds.services import calendar, campaigns, designations, documents, leading_group, practices, rounds, screening


def load_first(demo: Demo) -> None:
    township, clerk = demo.township[TOWNSHIP], demo.user["shen"]
    demo.first = rounds.add_round(township=township, by=clerk, at=at(D(2025, 2, 26)), **values_of(work.ROUND_1))
    for key, position in work.EARLIER_GROUP:
        seat = leading_group.add_seat(
            round=demo.first,
            cadre=demo.cadre[key],
            position=position,
            starts_on=D(2025, 3, 1),
            by=clerk,
            at=at(D(2025, 3, 1)),
        )
        leading_group.end_seat(seat, ends_on=D(2025, 12, 31), reason="第一轮结束", by=clerk, at=at(D(2025, 12, 31)))
    acceptances.set_up_first_sheet(demo)
    for village, numbers, turned in work.ROUND_1_VILLAGES:
        listed = list_village(
            demo, demo.first, village, numbers, proposed=at(D(2025, 3, 4), 14), approved=at(D(2025, 3, 7), 15)
        )
        acceptances.accept(demo, listed, turned)


def load_second(demo: Demo) -> None:
    township, clerk, wu = demo.township[TOWNSHIP], demo.user["shen"], demo.user["wu"]
    demo.round = rounds.add_round(township=township, by=clerk, at=at(D(2026, 1, 28)), **values_of(work.ROUND_2))
    demo.campaign = {
        name: campaigns.add_linked_campaign(round=demo.round, name=name, note=note, by=clerk, at=at(D(2026, 3, 11), 10))
        for name, note in work.CAMPAIGNS
    }
    acceptances.set_up_next_sheet(demo, demo.round)
    for village, day, households in work.SCREENING:
        screening.add_screening_visit(
            round=demo.round, village=demo.village[village], visited_on=day, households=households, method="入户走访、座谈",
            by=clerk, at=at(day, 17),
        )  # fmt: skip
    for village, numbers, facts in work.ROUND_2_VILLAGES:
        list_village(
            demo,
            demo.round,
            village,
            numbers,
            facts=facts,
            proposed=at(D(2026, 3, 2), 16),
            approved=at(D(2026, 3, 5), 10),
        )
    for key, position in work.LEADING_GROUP:
        seat = leading_group.add_seat(
            round=demo.round,
            cadre=demo.cadre[key],
            position=position,
            starts_on=D(2026, 3, 10),
            by=clerk,
            at=at(D(2026, 3, 10), 11),
        )
        if key == "sun":
            leading_group.end_seat(seat, ends_on=D(2026, 5, 31), reason="工作调动", by=clerk, at=at(D(2026, 6, 1)))
    leading_group.add_seat(
        round=demo.round,
        cadre=demo.cadre["zhao"],
        position="member",
        starts_on=D(2026, 6, 1),
        by=clerk,
        at=at(D(2026, 6, 1)),
    )
    papers = (
        ("plan", "general", "清溪镇第二轮后进村集中整治活动实施方案", "中共清溪镇委员会", D(2026, 3, 11), ()),
        ("calendar", "general", "清溪镇第二轮后进村集中整治活动行事历", "中共清溪镇委员会", D(2026, 3, 11), ()),
        (
            "guidance",
            "economy",
            "云川市发展壮大村集体经济指导意见",
            "中共云川市委",
            D(2026, 2, 25),
            tuple(work.GUIDANCE),
        ),
    )
    for kind, topic, title, issuer, day, items in papers:
        documents.add_document(
            round=demo.round, kind=kind, topic=topic, title=title, issuer=issuer, issued_on=day, items=items, by=clerk, at=at(D(2026, 3, 11), 16)
        )  # fmt: skip
    for title, due, owner, done in work.CALENDAR:
        item = calendar.add_calendar_item(
            round=demo.round, title=title, due_on=due, owner=demo.cadre[owner], by=clerk, at=at(D(2026, 3, 11), 17)
        )
        if done:
            moment = max(at(done, 17, 30), at(D(2026, 3, 11), 18))
            calendar.finish_calendar_item(item, done_on=done, by=clerk, at=moment)
    for name, day, description in work.PRACTICES:
        practices.add_practice(
            round=demo.round, name=name, recorded_on=day, description=description, by=wu, at=at(day, 16)
        )


def values_of(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"income_threshold": Decimal(values["income_threshold"])}


def list_village(
    demo: Demo, round: Round, village: str, numbers: list[int], *, facts: str = "", proposed: datetime, approved: datetime,
    clerk: str = "shen", secretary: str = "chen",
) -> Designation:  # fmt: skip
    """Proposed by the office, approved by the township's secretary as the county decided."""
    listed = designations.propose(
        round=round, village=demo.village[village], criteria=round.criteria.filter(number__in=numbers), facts=facts,
        proposed_on=proposed.date(), by=demo.user[clerk], at=proposed,
    )  # fmt: skip
    designations.approve(
        listed, approved_on=approved.date(), body="中共云川市委组织部", by=demo.user[secretary], at=approved
    )
    return listed
