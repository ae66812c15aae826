"""A round of the demo's shape: one village approved, one proposed."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine

from rounds.models import LeadingGroupSeat
from rounds.national import NATIONAL_CRITERIA
from rounds.services import calendar, criteria, designations, documents, leading_group, screening
from villages.models import Cadre

NOON = datetime(2026, 10, 31, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def today():
    """The demo's as-of day, so that “overdue” and “not yet” mean the same on every day the tests run."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk(world):
    """Records of world.round, and `do` = who and when for calling a service."""
    do = {"by": world.office_clerk, "at": NOON}
    for text in NATIONAL_CRITERIA:
        criteria.add_criterion(round=world.round, text=text, **do)
    chosen = {c.number: c for c in world.round.criteria.all()}
    listed = designations.propose(
        round=world.round,
        village=world.village,
        criteria=[chosen[3]],
        facts="议而不决",
        proposed_on=date(2026, 3, 2),
        **do,
    )
    designations.approve(listed, approved_on=date(2026, 3, 5), body="中共云川市委", by=world.party_secretary, at=NOON)
    proposed = designations.propose(
        round=world.round,
        village=world.sibling,
        criteria=[chosen[8], chosen[10]],
        facts="",
        proposed_on=date(2026, 9, 1),
        addition_reason="换届后班子运转不畅",
        **do,
    )
    head = Cadre.objects.create(county=world.county, township=world.township, name="陈志远", title="党委书记")
    return SimpleNamespace(
        do=do,
        criteria=chosen,
        listed=listed,
        proposed=proposed,
        head=head,
        seat=leading_group.add_seat(
            round=world.round, cadre=head, position=LeadingGroupSeat.Position.HEAD, starts_on=date(2026, 3, 10), **do
        ),
        document=documents.add_document(
            round=world.round, kind="guidance", topic="economy", title="指导意见", issued_on=date(2026, 3, 1),
            items=["盘活资产", "联建共享"], **do,
        ),
        item=calendar.add_calendar_item(round=world.round, title="建立问题台账", due_on=date(2026, 3, 31), **do),
        visit=screening.add_screening_visit(
            round=world.round, village=world.village, visited_on=date(2026, 2, 2), households=8, **do
        ),
    )  # fmt: skip
