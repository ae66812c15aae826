"""Who helps whom: what round two asks of every listed village, the pairings, their plans and what was done."""

from __future__ import annotations

from datetime import date as D
from decimal import Decimal

from pairings.models import PairingSlot, PlanItem
from pairings.services import activities, pairings, plans, requirements
from rectify.demo import work
from rectify.demo.base import Demo, at

NEEDED = (PairingSlot.Filler.TOWNSHIP_LEADER, PairingSlot.Filler.RESIDENT_CADRE, PairingSlot.Filler.VILLAGE)
IDLE_DAYS = 90
# pairing, matter, due, day of the activity that did it (None: not yet)
PLANS = [
    ("p1", "指导石桥村修订村级议事规则", D(2026, 4, 30), D(2026, 4, 2)),
    ("p1", "指导办公楼启用后的功能布置", D(2026, 9, 30), D(2026, 8, 6)),
    ("p1", "帮带徐根生主持一次书记议事日", D(2026, 11, 20), None),
    ("p2", "指导建成荷塘游步道", D(2026, 7, 31), D(2026, 7, 9)),
    ("p2", "帮扶农家乐规范经营", D(2026, 8, 31), D(2026, 9, 3)),
    ("p3", "商定大棚联建方案并签订协议", D(2026, 5, 10), D(2026, 4, 28)),
    ("p3", "完成秋季育苗指导", D(2026, 9, 1), D(2026, 8, 19)),
    ("p4", "帮助东岭村物色副书记人选", D(2026, 10, 15), None),
]


def load(demo: Demo) -> None:
    clerk = demo.user["shen"]
    for key, village, kind, helper, helped, matters in work.PAIRINGS:
        what, _, name = helper.partition(":")
        demo.pairing[key] = pairings.add_pairing(
            round=demo.round, village=demo.village[village], kind=kind, starts_on=D(2026, 3, 18), matters=matters,
            helper_village=demo.village[name] if what == "village" else None, helper_cadre=demo.cadre[name] if what == "cadre" else None,
            helped_cadre=demo.cadre[helped] if helped else None, by=clerk, at=at(D(2026, 3, 18), 15),
        )  # fmt: skip
    set_rule(demo)
    planned = add_plans(demo)
    for key, kind, day, who, content, result, funds in work.ACTIVITIES:
        activities.add_activity(
            pairing=demo.pairing[key], kind=kind, held_on=day, people=who, content=content, result=result, funds=Decimal(funds),
            plan_item=planned.get((key, day)), by=clerk, at=at(day, 17),
        )  # fmt: skip


def set_rule(demo: Demo) -> None:
    """What round two asks of every listed village."""
    requirements.set_rule(
        round=demo.round, needed=NEEDED, idle_days=IDLE_DAYS, by=demo.user["shen"], at=at(D(2026, 3, 16), 10)
    )


def add_plans(demo: Demo) -> dict[tuple[str, D], PlanItem]:
    """The plans of the four pairings; the matters that were done, by pairing and day."""
    done = {}
    for key, text, due_on, day in PLANS:
        item = plans.add_plan_item(
            pairing=demo.pairing[key], text=text, due_on=due_on, by=demo.user["shen"], at=at(D(2026, 3, 20), 15)
        )
        if day:
            done[key, day] = item
    return done
