"""Late in the round: one plan is being amended, and problems still open have their criteria of close-out."""

from __future__ import annotations

from datetime import date as D

from problems.models import VillagePlan
from problems.services import criteria, plans
from rectify.demo.base import SECRETARY, Demo, at
from rectify.demo.place import V3

SET_ON = D(2026, 10, 12)
# number → its own lines; none: the usual ones of its category
CRITERIA: dict[int, tuple[tuple[str, bool], ...]] = {
    8: (("消防验收合格", True), ("水电已接通，可以入住", True), ("管护人员和费用已明确", False)),
    12: (("调解协议已签订", True), ("赔偿已履行，双方没有新的异议", False)),
    17: (),
}
AMENDED = D(2026, 10, 29)
WHY = "县级抽查要求把便民服务代办写进目标"
MORE = "便民服务代办覆盖各自然村。"


def load(demo: Demo) -> None:
    for number, lines in CRITERIA.items():
        problem = demo.problem[number]
        problem.refresh_from_db()
        criteria.set_criteria(
            problem, lines=lines or criteria.usual(problem.category), base=[], by=demo.resident_of(problem.village.name, SET_ON),
            at=at(SET_ON, 15),
        )  # fmt: skip
    village, secretary = demo.village[V3], demo.user[SECRETARY[V3]]
    plan = VillagePlan.objects.get(round=demo.round, village=village)
    plans.amend_plan(plan, reason=WHY, on=AMENDED, by=secretary, at=at(AMENDED, 10))
    plans.change_plan(
        plan, base_version=plan.version, causes=plan.causes, goals=plan.goals + MORE, by=secretary, at=at(AMENDED, 11)
    )
