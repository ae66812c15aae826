"""One village, one plan (一村一策): written, submitted, returned or approved by a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.chinese import enumerate_all, full_date
from common.errors import Refused
from common.models import save_if_unchanged
from problems.models import Measure, PlanReview, VillagePlan
from rounds.models import Designation, Round
from villages.models import Village

FIELDS = ["causes", "goals"]
OPEN = (VillagePlan.State.DRAFT, VillagePlan.State.RETURNED)


@transaction.atomic
def start_plan(
    *, round: Round, village: Village, causes: str = "", goals: str = "", by: Any, at: datetime
) -> VillagePlan:
    """Begin the plan of a village designated in the round. Raises Refused when there is one already or the village is not in the round."""
    if not Designation.objects.filter(round=round, village=village, removed_on=None).exists():
        raise Refused(f"{village}不是{round}的整顿对象，不用制定整顿方案。", field="village")
    if VillagePlan.objects.filter(round=round, village=village).exists():
        raise Refused(f"{village}{round}已有整顿方案，请直接修改。", field="village")
    plan = VillagePlan.objects.create(round=round, village=village, causes=causes, goals=goals)
    audit.record(plan, "起草一村一策", by=by, at=at)
    return plan


@transaction.atomic
def change_plan(plan: VillagePlan, *, base_version: int, causes: str, goals: str, by: Any, at: datetime) -> VillagePlan:
    """Change causes and goals of a plan that is not under review (RecordChanged when somebody else saved meanwhile)."""
    before = audit.snapshot(plan, FIELDS)
    if plan.state not in OPEN:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，由组织委员退回后才能修改。")
    plan.causes, plan.goals = causes, goals
    save_if_unchanged(plan, expected_version=base_version, fields=FIELDS)
    audit.record(plan, "修改一村一策", by=by, at=at, changes=audit.changes_since(before, plan))
    return plan


def measures_of(plan: VillagePlan) -> Any:
    """The measures a plan consists of: those of the village's problems in the round."""
    return Measure.objects.filter(problem__round=plan.round_id, problem__village=plan.village_id)


def missing(plan: VillagePlan) -> list[str]:
    """What a plan still lacks before it can be submitted, in words."""
    lacks = []
    if not plan.causes.strip():
        lacks.append("原因分析")
    if not plan.goals.strip():
        lacks.append("整顿目标")
    if not measures_of(plan).exists():
        lacks.append("至少一条整改措施（在本村的问题中填写）")
    return lacks


@transaction.atomic
def submit_plan(plan: VillagePlan, *, on: date, by: Any, at: datetime) -> PlanReview:
    """Hand the plan in. Raises Refused naming everything that is missing."""
    if plan.state not in OPEN:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，不用再提交。")
    if lacks := missing(plan):
        raise Refused(f"方案还不完整，缺少{enumerate_all(lacks)}，请补充后再提交。")
    return _review(plan, PlanReview.Action.SUBMIT, VillagePlan.State.SUBMITTED, on=on, by=by, at=at)


@transaction.atomic
def return_plan(plan: VillagePlan, *, remark: str, on: date, by: Any, at: datetime) -> PlanReview:
    """Send a plan back with remarks: one that is not specific, or an approved one that has to be adjusted."""
    if plan.state not in (VillagePlan.State.SUBMITTED, VillagePlan.State.APPROVED):
        raise Refused(f"方案现在是“{plan.get_state_display()}”，不能退回。")
    if not remark.strip():
        raise Refused("请写明退回的原因和修改要求。", field="remark")
    return _review(plan, PlanReview.Action.RETURN, VillagePlan.State.RETURNED, on=on, remark=remark, by=by, at=at)


@transaction.atomic
def approve_plan(plan: VillagePlan, *, on: date, remark: str = "", by: Any, at: datetime) -> PlanReview:
    """Approve a submitted plan. Raises Refused when the same person submitted it."""
    if plan.state != VillagePlan.State.SUBMITTED:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，提交后才能审定。")
    submitted = PlanReview.objects.filter(plan=plan, action=PlanReview.Action.SUBMIT).order_by("-id").first()
    if submitted and submitted.by_id == by.pk:
        raise Refused("方案是您提交的，不能再由您审定，请由其他有权限的人办理。")
    return _review(plan, PlanReview.Action.APPROVE, VillagePlan.State.APPROVED, on=on, remark=remark, by=by, at=at)


def _review(
    plan: VillagePlan, action: str, state: str, *, on: date, remark: str = "", by: Any, at: datetime
) -> PlanReview:
    if on > timezone.localdate(at):
        raise Refused("日期不能晚于今天。", field="on")
    last = PlanReview.objects.filter(plan=plan).order_by("-id").first()
    if last and on < last.on:
        raise Refused(f"日期不能早于上一次办理的日期（{full_date(last.on)}）。", field="on")
    before = audit.snapshot(plan, ["state"])
    plan.state = state
    plan.approved_on = on if state == VillagePlan.State.APPROVED else None
    save_if_unchanged(plan, expected_version=plan.version, fields=["state", "approved_on"])
    review = PlanReview.objects.create(plan=plan, action=action, on=on, remark=remark, by=by, at=at)
    audit.record(
        plan,
        str(PlanReview.Action(action).label),
        by=by,
        at=at,
        changes=audit.changes_since(before, plan),
        reason=remark,
    )
    return review
