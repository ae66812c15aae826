"""石桥村's resident cadre has work, his successor waits."""

from datetime import date, timedelta

import pytest

from handovers.services import handovers
from problems.services import ledger, measures, moves
from tests.conftest import NOON, TODAY
from villages.models import Assignment, Cadre

TOMORROW = TODAY + timedelta(days=1)


def cadre_of(user):
    return Cadre.objects.select_related("user", "township", "county").get(user=user)


@pytest.fixture
def post(world):
    return Assignment.objects.select_related(
        "cadre__user", "cadre__township", "village__township__county", "township", "unit", "county"
    ).get(role="resident_cadre", cadre__user=world.resident_cadre)


@pytest.fixture
def successor(world):
    """A person of the township with an account and a post elsewhere: the neighbour village's resident cadre."""
    return cadre_of(world.person("resident_cadre", world.sibling, key="successor", name="赵磊"))


@pytest.fixture
def work(world):
    """A problem and a measure that are the resident cadre's own, and one that is not."""
    giver = cadre_of(world.resident_cadre)
    common = {
        "round": world.round, "village": world.village, "category": "infrastructure",
        "discovered_on": date(2026, 3, 6), "due_on": date(2026, 12, 20), "by": world.resident_cadre, "at": NOON,
    }  # fmt: skip
    mine = ledger.log_problem(title="机耕路硬化", owner=giver, submit=True, **common)
    moves.accept(mine, by=world.commissioner, at=NOON)
    measure = measures.add_measure(
        mine, text="完成测量设计", owner=giver, due_on=date(2026, 12, 1), by=world.resident_cadre, at=NOON
    )
    other = ledger.log_problem(title="水渠清淤", owner=cadre_of(world.village_secretary), submit=True, **common)
    moves.accept(other, by=world.commissioner, at=NOON)
    draft = ledger.log_problem(title="路灯不亮", **common)
    return {"mine": mine, "measure": measure, "other": other, "draft": draft}


@pytest.fixture
def propose(world, post, successor):
    def propose(**values):
        defaults = {
            "assignment": post, "receiver": successor, "takes_effect_on": TODAY, "reason": "工作调动",
            "by": world.office_clerk, "at": NOON,
        }  # fmt: skip
        return handovers.propose(**(defaults | values))

    return propose


@pytest.fixture
def agreed(world, successor, propose):
    """A hand-over that both have confirmed."""

    def agreed(**values):
        hand_over = propose(**values)
        handovers.confirm(hand_over, by=world.resident_cadre, at=NOON)
        return handovers.confirm(hand_over, by=successor.user, at=NOON)

    return agreed
