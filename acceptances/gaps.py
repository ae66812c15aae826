"""What a listed village still lacks on the way to acceptance, in words, each with the list it was taken from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from common.lists import list_address
from inspections.models import Notice, Survey
from problems.models import Problem, VillagePlan
from problems.terms import OPEN_STATES, DeadlineKind
from rounds.models import Designation


@dataclass(frozen=True)
class Gap:
    """`text` says what is missing, `url` leads to the records."""

    text: str
    url: str


def gaps_of(designation: Designation, day: date) -> list[Gap]:
    """Open problems, unanswered notices, the plan, the survey; four queries."""
    round, village = designation.round, designation.village
    of_village = {"round": round.key, "village": village.pk}
    found = []
    open_ = Problem.objects.filter(round=round, village=village, state__in=OPEN_STATES).aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(due_on__lt=day)),
        continuing=Count("pk", filter=Q(deadline_kind=DeadlineKind.CONTINUING)),
    )
    if open_["all"]:
        parts = [(open_["late"], "逾期"), (open_["continuing"], "长期坚持")]
        told = "、".join(f"{word}{count}个" for count, word in parts if count)
        text = f"还有{open_['all']}个问题没有销号" + (f"（其中{told}）" if told else "")
        found.append(Gap(text, list_address("problems:problem_list", state="open", **of_village)))
    notices = Notice.objects.filter(inspection__round=round, village=village).unanswered(day).count()
    if notices:
        found.append(
            Gap(
                f"还有{notices}份整改通知书没有反馈",
                list_address("inspections:notice_list", state="unanswered", **of_village),
            )
        )
    plan = VillagePlan.objects.filter(round=round, village=village).only("state", "approved_on").first()
    if plan is None:
        found.append(Gap("还没有制定一村一策", list_address("problems:plan_list", round=round.key)))
    elif plan.approved_on is None:  # one that is being amended stays in force as it was approved
        word = plan.get_state_display()
        found.append(Gap(f"一村一策还没有审定通过（{word}）", list_address("problems:plan_list", round=round.key)))
    if not acceptance_survey(designation, day):
        found.append(Gap("还没有验收测评", list_address("inspections:survey_list", kind="acceptance", **of_village)))
    return found


def acceptance_survey(designation: Designation, day: date) -> Survey | None:
    """The newest acceptance survey of the village in the round up to a day."""
    held = Survey.objects.filter(round=designation.round_id, village=designation.village_id)
    return held.held_by(day, kind=Survey.Kind.ACCEPTANCE).first()
