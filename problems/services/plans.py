"""One village, one plan (一村一策): written, submitted, returned or approved by a second person, amended when the work asks for it.

What was approved is kept as a `PlanVersion`, words and lists, so that the plan in force stays readable while the next one is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from common.chinese import enumerate_all, full_date
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from problems.models import Measure, PlanReview, PlanVersion, VillagePlan
from problems.services.plan_content import LISTS, TEXTS, content_of, differences
from problems.terms import DeadlineKind
from rounds.models import Designation, Round
from villages.models import Village

FIELDS = ["causes", "goals"]
OPEN = (VillagePlan.State.DRAFT, VillagePlan.State.RETURNED, VillagePlan.State.AMENDING)
NAMED = 6  # vague measures named one by one in a sentence


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
        way = "先点“调整方案”" if plan.state == VillagePlan.State.APPROVED else "由组织委员退回后"
        raise Refused(f"方案现在是“{plan.get_state_display()}”，{way}才能修改。")
    plan.causes, plan.goals = causes, goals
    save_if_unchanged(plan, expected_version=base_version, fields=FIELDS)
    audit.record(plan, "修改一村一策", by=by, at=at, changes=audit.changes_since(before, plan))
    return plan


def measures_of(plan: VillagePlan) -> Any:
    """The measures a plan consists of: those of the village's problems in the round."""
    return Measure.objects.filter(problem__round=plan.round_id, problem__village=plan.village_id)


def vague(plan: VillagePlan) -> list[tuple[Measure, str]]:
    """The measures that are not specific, with what each lacks; one query."""
    return vague_among(measures_of(plan).select_related("problem").order_by("problem__number", "number"))


def vague_among(measures: Iterable[Measure]) -> list[tuple[Measure, str]]:
    """Those without 完成标准, 责任人 or 完成时限."""
    found = []
    for measure in measures:
        lacks = [
            words
            for words, there in (
                ("完成标准", measure.standard.strip()),
                ("责任人", measure.owner_id),
                ("完成时限", measure.due_on or measure.deadline_kind == DeadlineKind.CONTINUING),
            )
            if not there
        ]
        if lacks:
            found.append((measure, "、".join(lacks)))
    return found


def vague_words(found: list[tuple[Measure, str]]) -> str:
    """“3号问题措施1缺完成标准、责任人；…” for a refusal or a remark."""
    told = [f"{measure.problem.number}号问题措施{measure.number}缺{lacks}" for measure, lacks in found[:NAMED]]
    more = f"；等{len(found)}条" if len(found) > NAMED else ""
    return "；".join(told) + more


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
def submit_plan(
    plan: VillagePlan,
    *,
    on: date,
    base_version: int | None = None,
    seen: dict[str, Any] | None = None,
    by: Any,
    at: datetime,
) -> PlanReview:
    """Hand the plan in.

    Raises Refused naming everything that is missing, or when it says what is in force already; RecordChanged when it is not what was `seen` (content_of).
    """
    if plan.state not in OPEN:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，不用再提交。")
    if lacks := missing(plan):
        raise Refused(f"方案还不完整，缺少{enumerate_all(lacks)}，请补充后再提交。")
    if found := vague(plan):
        raise Refused(f"有整改措施写得不具体：{vague_words(found)}。请补充后再提交。")
    content = _expect(plan, base_version, seen)
    approved = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    if approved and not differences({name: getattr(approved, name) for name in TEXTS} | approved.lists, content):
        raise Refused(
            f"方案与已审定的第{approved.number}版相比没有改动，不用再审定。"
            "请先修改原因、目标、问题或措施，再提交；不调整了的，请撤销调整。"
        )
    return _review(plan, PlanReview.Action.SUBMIT, VillagePlan.State.SUBMITTED, on=on, by=by, at=at)


@transaction.atomic
def return_plan(
    plan: VillagePlan, *, remark: str, on: date, base_version: int | None = None, by: Any, at: datetime
) -> PlanReview:
    """Send a plan back with remarks: one that is not specific, or an approved one that has to be adjusted.

    Raises RecordChanged when somebody has taken a step since `base_version`: the remarks are about what was read.
    """
    if plan.state not in (VillagePlan.State.SUBMITTED, VillagePlan.State.APPROVED):
        raise Refused(f"方案现在是“{plan.get_state_display()}”，不能退回。")
    if not remark.strip():
        raise Refused("请写明退回的原因和修改要求。", field="remark")
    return _review(
        plan, PlanReview.Action.RETURN, VillagePlan.State.RETURNED, on=on, remark=remark, base_version=base_version, by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def approve_plan(
    plan: VillagePlan,
    *,
    on: date,
    remark: str = "",
    base_version: int | None = None,
    seen: dict[str, Any] | None = None,
    by: Any,
    at: datetime,
) -> PlanReview:
    """Approve a submitted plan. Raises Refused when the same person submitted it, RecordChanged when it is not what he has `seen` (content_of)."""
    if plan.state != VillagePlan.State.SUBMITTED:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，提交后才能审定。")
    submitted = PlanReview.objects.filter(plan=plan, action=PlanReview.Action.SUBMIT).order_by("-id").first()
    if submitted and submitted.by_id == by.pk:
        raise Refused("方案是您提交的，不能再由您审定，请由其他有权限的人办理。")
    # Asked again: the lists live on in the problems, and may have changed since the plan was handed in.
    if not measures_of(plan).exists():
        raise Refused("方案没有整改措施，不能审定，请退回补充。")
    if found := vague(plan):
        raise Refused(f"方案不具体，请退回补充：{vague_words(found)}。")
    content = _expect(plan, base_version, seen)
    review = _review(plan, PlanReview.Action.APPROVE, VillagePlan.State.APPROVED, on=on, remark=remark, by=by, at=at)
    amended = PlanReview.objects.filter(plan=plan, action=PlanReview.Action.AMEND).order_by("-id").first()
    # The very content that was compared: a measure changed at this moment is not slipped into what was approved.
    keep_version(plan, content, reason=amended.remark if amended else "", by=by, at=at)
    return review


@transaction.atomic
def amend_plan(
    plan: VillagePlan, *, reason: str, on: date, base_version: int | None = None, by: Any, at: datetime
) -> PlanReview:
    """Take an approved plan up again. What was approved stays in force and readable until the amended plan is approved."""
    if plan.state != VillagePlan.State.APPROVED:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，审定过的方案才需要调整。")
    if not reason.strip():
        raise Refused("请写明为什么调整。", field="reason")
    approved = PlanReview.objects.filter(plan=plan, action=PlanReview.Action.APPROVE).order_by("-id").first()
    if approved and not PlanVersion.objects.filter(plan=plan).exists():  # approved before versions were kept
        keep_version(plan, content_of(plan), reason="", by=approved.by, at=approved.at)
    return _review(
        plan, PlanReview.Action.AMEND, VillagePlan.State.AMENDING, on=on, remark=reason, base_version=base_version, by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def call_off_amendment(
    plan: VillagePlan, *, on: date, base_version: int | None = None, by: Any, at: datetime
) -> PlanReview:
    """Leave the approved version as it is: its causes and goals come back. Raises Refused when its lists have changed since."""
    if plan.state != VillagePlan.State.AMENDING:
        raise Refused(f"方案现在是“{plan.get_state_display()}”，调整中的方案才能撤销调整。")
    approved = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    if approved is None:
        raise Refused("这个方案没有留存已审定的版本，不能撤销调整。")
    content = content_of(plan)
    if differences(content | approved.lists, content):
        raise Refused(f"问题或措施与已审定的第{approved.number}版已有不同，不能撤销，请提交审定。")
    return _review(
        plan, PlanReview.Action.CALL_OFF, VillagePlan.State.APPROVED, on=on, base_version=base_version,
        texts={name: getattr(approved, name) for name in TEXTS}, by=by, at=at,
    )  # fmt: skip


def keep_version(plan: VillagePlan, content: dict[str, Any], *, reason: str, by: Any, at: datetime) -> PlanVersion:
    """Write the content down as the version approved on `plan.approved_on`."""
    assert plan.approved_on  # noqa: S101 - only an approved plan becomes a version
    last = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    return PlanVersion.objects.create(
        plan=plan,
        number=(last.number if last else 0) + 1,
        causes=content["causes"],
        goals=content["goals"],
        lists={name: content[name] for name in LISTS},
        reason=reason,
        approved_on=plan.approved_on,
        by=by,
        at=at,
    )


def _expect(plan: VillagePlan, base_version: int | None, seen: dict[str, Any] | None) -> dict[str, Any]:
    """The plan's content, when it is what stood on the page (each asked for unless None); RecordChanged otherwise.

    Measures and problems have versions of their own, which the plan's does not follow: so the content itself is compared.
    """
    now = content_of(plan)
    if (base_version is not None and plan.version != base_version) or (seen is not None and seen != now):
        raise RecordChanged(plan)
    return now


def _review(
    plan: VillagePlan,
    action: str,
    state: str,
    *,
    on: date,
    remark: str = "",
    base_version: int | None = None,
    texts: Mapping[str, str] | None = None,
    by: Any,
    at: datetime,
) -> PlanReview:
    if on > timezone.localdate(at):
        raise Refused("日期不能晚于今天。", field="on")
    last = PlanReview.objects.filter(plan=plan).order_by("-id").first()
    if last and on < last.on:
        raise Refused(f"日期不能早于上一次办理的日期（{full_date(last.on)}）。", field="on")
    texts = texts or {}
    before = audit.snapshot(plan, ["state", *texts])
    plan.state = state
    for name, text in texts.items():
        setattr(plan, name, text)
    if action == PlanReview.Action.APPROVE:
        plan.approved_on = on
    expected = plan.version if base_version is None else base_version
    save_if_unchanged(plan, expected_version=expected, fields=["state", "approved_on", *texts])
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
