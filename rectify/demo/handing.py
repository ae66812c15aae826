"""东岭村's resident cadre changed on 2026-06-01: the hand-over as it was done, and a week in which another acted for 下塘村's."""

from __future__ import annotations

from datetime import date as D

from handovers.models import HandOver
from handovers.services import handovers
from rectify.demo.base import RESIDENT_CHANGED, Demo, at
from villages.models import Assignment
from villages.services import absences

# Measures of 东岭村 that were the resident cadre's own; all others are the secretary's.
RESIDENT_MEASURES = {"拟定分配方案并经民主程序", "考察培养副书记人选"}


def measure_owner(text: str, otherwise: str) -> str:
    """Whose measure it is: key of a person."""
    return "sun" if text in RESIDENT_MEASURES else otherwise


def agree_hand_over(demo: Demo, assignment: Assignment) -> None:
    """Proposed by the office and confirmed by both before the day."""
    proposed = handovers.propose(
        assignment=assignment,
        receiver=demo.cadre["zhao"],
        takes_effect_on=RESIDENT_CHANGED,
        reason="孙涛调任他岗，工作移交赵磊",
        remark="移民户名册和历年收支原始凭证在村文书处；便民服务中心轮值表已上墙，整改通知书待反馈。",
        by=demo.user["shen"],
        at=at(D(2026, 5, 28), 15),
    )
    handovers.confirm(proposed, by=demo.user["sun"], at=at(D(2026, 5, 29), 9, 20))
    handovers.confirm(proposed, by=demo.user["zhao"], at=at(D(2026, 5, 29), 15, 5))


def settle_hand_over(demo: Demo) -> None:
    """On the day: what was open then goes over. Entered last, because the services list it as of that day."""
    handovers.settle(HandOver.objects.get(receiver=demo.cadre["zhao"]), at=at(RESIDENT_CHANGED, 0, 20))


def stand_in(demo: Demo) -> None:
    """下塘村's resident cadre at a training, 石桥村's acts for her."""
    absences.register_absence(
        absent=demo.cadre["lina"],
        substitute=demo.cadre["wangwei"],
        kind="study",
        starts_on=D(2026, 10, 12),
        ends_on=D(2026, 10, 16),
        by=demo.user["shen"],
        at=at(D(2026, 10, 9), 16),
    )
