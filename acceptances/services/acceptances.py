"""The course of an acceptance: asked, checked or returned, judged, confirmed. Each step by another hand, each with its day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from acceptances.gaps import acceptance_survey, gaps_of
from acceptances.models import Acceptance, Score, ScoreItem
from acceptances.services.follow_ups import plan_follow_ups
from acceptances.verdicts import Judgement, judge, may_be
from audit import services as audit
from common import chinese
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import Designation
from rounds.services.designations import turn_round
from rounds.services.rules import happened, in_order

State, Verdict, Level = Acceptance.State, Acceptance.Verdict, Score.Level


@dataclass(frozen=True)
class Loss:
    """Points taken off one item, and why."""

    item: ScoreItem
    lost: Decimal
    reason: str = ""


def _expect(acceptance: Acceptance, *states: str) -> None:
    if acceptance.state not in states:
        raise Refused(f"这次验收现在是“{acceptance.standing}”，不能再办这一步。")


def _keep(acceptance: Acceptance, values: dict[str, Any], *, base_version: int | None) -> list[dict[str, str]]:
    shown = [name for name in values if not name.endswith("_by")]
    before = audit.snapshot(acceptance, shown)
    for name, value in values.items():
        setattr(acceptance, name, value)
    expected = acceptance.version if base_version is None else base_version
    save_if_unchanged(acceptance, expected_version=expected, fields=list(values))
    return audit.changes_since(before, acceptance)


@transaction.atomic
def ask_acceptance(
    designation: Designation, *, statement: str, asked_on: date, by: Any, at: datetime, explanation: str = ""
) -> Acceptance:
    """The village asks. What it still lacks is kept as it stood that day, and has to be explained."""
    if designation.removed_on:
        raise Refused("这个村已调出整顿名单，不用验收。")
    if designation.turned_round_on:
        raise Refused(f"这个村已于{chinese.full_date(designation.turned_round_on)}转化，不用再申请验收。")
    if not designation.approved_on:
        raise Refused("这个村还没有审定为整顿对象，不能申请验收。")
    if designation.acceptances.running().exists():
        raise Refused("这个村已有正在办理的验收申请，请等待结果。")
    if not statement.strip():
        raise Refused("请写明自查情况：做了哪些整顿，达到什么效果。", field="statement")
    happened(asked_on, at=at, field="asked_on")
    in_order(designation.approved_on, asked_on, field="asked_on", sentence="申请日期不能早于审定列入的日期。")
    last = designation.acceptances.aggregate(number=Max("attempt"), day=Max("checked_on"), end=Max("confirmed_on"))
    before = max((day for day in (last["day"], last["end"]) if day), default=None)
    in_order(before, asked_on, field="asked_on", sentence="申请日期不能早于上一次验收办理的日期。")
    gaps = [gap.text for gap in gaps_of(designation, asked_on)]
    if gaps and not explanation.strip():
        raise Refused(f"{'；'.join(gaps)}。请先办好，或在“尚缺事项说明”里写明情况和打算后再申请。", field="explanation")
    acceptance = Acceptance.objects.create(
        designation=designation, attempt=(last["number"] or 0) + 1, statement=statement, explanation=explanation,
        gaps=gaps, asked_on=asked_on, asked_by=by,
    )  # fmt: skip
    audit.record(acceptance, "申请验收", by=by, at=at)
    return acceptance


def _score(acceptance: Acceptance, level: str, losses: Iterable[Loss]) -> tuple[Decimal, list[dict[str, str]]]:
    """Write the scores of one level anew; returns what is left of 100 points and the audit line."""
    items = {item.pk: item for item in ScoreItem.objects.filter(sheet__round=acceptance.designation.round_id)}
    if not items:
        raise Refused("本轮还没有验收评分表，请先由党建办建立。")
    given = {loss.item.pk: loss for loss in losses}
    if not set(given) <= set(items):
        raise Refused("评分项目须是本轮评分表上的，请刷新页面后重新填写。")
    rows = []
    for pk, item in items.items():
        loss = given.get(pk) or Loss(item, Decimal(0))
        if not 0 <= loss.lost <= item.weight:
            raise Refused(f"“{item.name}”满分{item.weight}分，扣分应在0至{item.weight}之间。", field=f"lost_{pk}")
        if loss.lost and not loss.reason.strip():
            raise Refused(f"“{item.name}”扣了{chinese.amount(loss.lost)}分，请写明原因。", field=f"reason_{pk}")
        reason = loss.reason if loss.lost else ""
        rows.append(
            Score(acceptance=acceptance, level=level, item=item, weight=item.weight, lost=loss.lost, reason=reason)
        )
    old = [_told(score) for score in acceptance.scores.filter(level=level).select_related("item") if score.lost]
    before = score_of(acceptance, level)
    acceptance.scores.filter(level=level).delete()
    Score.objects.bulk_create(rows)
    left = sum((row.left for row in rows), Decimal(0))
    new = [_told(row) for row in rows if row.lost]
    label = f"{Level(level).label}得分"
    changes = [{"field": "score", "label": label, "old": audit.show(before), "new": audit.show(left)}]
    if old != new:
        changes.append({"field": "losses", "label": "扣分", "old": audit.show(old), "new": audit.show(new)})
    return left, changes


def _told(score: Score) -> str:
    return f"{score.item.name}扣{chinese.amount(score.lost)}分（{score.reason}）"


def score_of(acceptance: Acceptance, level: str) -> Decimal | None:
    """What is left of the weights at a level; None while nobody has scored."""
    rows = list(acceptance.scores.filter(level=level))
    return sum((row.left for row in rows), Decimal(0)) if rows else None


@transaction.atomic
def check_acceptance(
    acceptance: Acceptance, *, losses: Iterable[Loss], checked_on: date, checkers: str, check_remark: str,
    by: Any, at: datetime, base_version: int | None = None,
) -> Acceptance:  # fmt: skip
    """乡镇初验: the sheet is filled and the village reported to the county. May be corrected until the county has judged."""
    _expect(acceptance, State.ASKED, State.CHECKED)
    if acceptance.asked_by_id == by.pk:
        raise Refused("申请和初验须由不同的人办理：这次验收是您申请的，请由其他人初验。")
    if not checkers.strip():
        raise Refused("请填写初验人员。", field="checkers")
    happened(checked_on, at=at, field="checked_on")
    in_order(acceptance.asked_on, checked_on, field="checked_on", sentence="初验日期不能早于申请日期。")
    left, scored = _score(acceptance, Level.TOWNSHIP, losses)
    limit = acceptance.designation.round.conditional_score
    if left < limit:
        raise Refused(
            f"初验得分{chinese.amount(left)}分，低于基本合格线{limit}分，不能报县级验收；请用“退回”办理，写明还要整改什么。"
        )
    again = acceptance.state == State.CHECKED
    changes = _keep(
        acceptance,
        {"state": State.CHECKED, "checked_on": checked_on, "checkers": checkers, "check_remark": check_remark,
         "checked_by": by},
        base_version=base_version,
    )  # fmt: skip
    audit.record(
        acceptance,
        "修改初验" if again else "乡镇初验通过",
        by=by,
        at=at,
        changes=[*(changes if again else ()), *scored],
    )
    return acceptance


@transaction.atomic
def return_acceptance(
    acceptance: Acceptance, *, checked_on: date, checkers: str, check_remark: str, by: Any, at: datetime,
    base_version: int | None = None,
) -> Acceptance:  # fmt: skip
    """初验不通过: back to the village with what is still to be done; it may ask again."""
    _expect(acceptance, State.ASKED, State.CHECKED)
    if acceptance.asked_by_id == by.pk:
        raise Refused("申请和初验须由不同的人办理：这次验收是您申请的，请由其他人初验。")
    if not check_remark.strip():
        raise Refused("请写明退回的原因和还要整改什么。", field="check_remark")
    happened(checked_on, at=at, field="checked_on")
    in_order(acceptance.asked_on, checked_on, field="checked_on", sentence="初验日期不能早于申请日期。")
    _keep(
        acceptance,
        {"state": State.RETURNED, "checked_on": checked_on, "checkers": checkers, "check_remark": check_remark,
         "checked_by": by},
        base_version=base_version,
    )  # fmt: skip
    audit.record(acceptance, "初验退回", by=by, at=at, reason=check_remark)
    return acceptance


@transaction.atomic
def judge_acceptance(
    acceptance: Acceptance, *, losses: Iterable[Loss], judged_on: date, judged_body: str, document_number: str,
    judged_remark: str, by_office: bool, by: Any, at: datetime, base_version: int | None = None,
) -> Acceptance:  # fmt: skip
    """县级验收: the county's own score. An office that records it for a county without an account names the county's document."""
    _expect(acceptance, State.CHECKED, State.JUDGED)
    if acceptance.asked_by_id == by.pk:
        raise Refused("申请和验收须由不同的人办理：这次验收是您申请的，请由其他人办理。")
    if by_office and not document_number.strip():
        raise Refused("乡镇代录县级验收结果，请填写县级验收文件的文号。", field="document_number")
    if not judged_body.strip():
        raise Refused("请填写验收单位。", field="judged_body")
    happened(judged_on, at=at, field="judged_on")
    in_order(acceptance.checked_on, judged_on, field="judged_on", sentence="县级验收日期不能早于初验日期。")
    survey = acceptance_survey(acceptance.designation, judged_on)
    if survey is None:
        raise Refused("这个村还没有验收测评，不能得出结论；请先在“民主测评”登记验收测评的票数。")
    _, scored = _score(acceptance, Level.COUNTY, losses)
    again = acceptance.state == State.JUDGED
    changes = _keep(
        acceptance,
        {"state": State.JUDGED, "judged_on": judged_on, "judged_body": judged_body, "document_number": document_number,
         "judged_remark": judged_remark, "judged_by_office": by_office, "judged_by": by, "survey": survey},
        base_version=base_version,
    )  # fmt: skip
    verb = "代录县级验收" if by_office else "县级验收"
    audit.record(
        acceptance, f"修改{verb}" if again else verb, by=by, at=at, changes=[*(changes if again else ()), *scored]
    )
    return acceptance


def judgement_of(acceptance: Acceptance, *, score: Decimal | None = None) -> Judgement | None:
    """The computed verdict of an acceptance the county has scored; None before. `score` where a page has added it up already."""
    if acceptance.survey is None:
        return None
    if score is None:
        score = score_of(acceptance, Level.COUNTY)
    if score is None:
        return None
    return judge(acceptance.designation.round, score=score, survey=acceptance.survey)


def took_part(acceptance: Acceptance, user: Any) -> bool:
    """Did this person ask, check or judge? Then he does not confirm.

    Not by the three names alone: who checked or judged first is no longer among them once somebody else has corrected it.
    """
    own = user.pk in (acceptance.asked_by_id, acceptance.checked_by_id, acceptance.judged_by_id)
    return own or audit.took_part(acceptance, user)


@transaction.atomic
def confirm_acceptance(
    acceptance: Acceptance, *, verdict: str, confirmed_on: date, by: Any, at: datetime, remaining: str = "",
    verdict_reason: str = "", base_version: int | None = None,
) -> Acceptance:  # fmt: skip
    """Confirm the verdict, or a lower one with its reason. 合格 and 基本合格 turn the village round and begin the months of watching."""
    _expect(acceptance, State.JUDGED)
    computed = judgement_of(acceptance)
    if computed is None:
        raise Refused("还没有县级验收的评分和测评，不能确认结论。")
    if took_part(acceptance, by):
        raise Refused("这次验收的申请、初验或县级验收是您办理的，请由其他有权限的负责人确认结论。")
    if not may_be(computed.verdict, verdict):
        raise Refused(f"按得分和测评评定为“{computed.verdict.label}”，不能确认为更高的结论。", field="verdict")
    if verdict != computed.verdict and not verdict_reason.strip():
        raise Refused(f"评定为“{computed.verdict.label}”，确认为更低的结论须写明原因。", field="verdict_reason")
    if verdict == Verdict.CONDITIONAL and not remaining.strip():
        raise Refused("基本合格的，请写明遗留事项和完成时间。", field="remaining")
    happened(confirmed_on, at=at, field="confirmed_on")
    in_order(acceptance.judged_on, confirmed_on, field="confirmed_on", sentence="结论日期不能早于县级验收日期。")
    values = {"state": State.SETTLED, "verdict": verdict, "score": computed.score, "confirmed_on": confirmed_on,
              "confirmed_by": by, "remaining": remaining if verdict == Verdict.CONDITIONAL else "",
              "verdict_reason": verdict_reason if verdict != computed.verdict else ""}  # fmt: skip
    _keep(acceptance, values, base_version=base_version)
    audit.record(acceptance, f"确认验收结论：{Verdict(verdict).label}", by=by, at=at, reason=verdict_reason)
    if verdict in Acceptance.PASSED:
        turn_round(acceptance.designation, turned_round_on=confirmed_on, by=by, at=at)
        plan_follow_ups(acceptance, begin=confirmed_on)
    return acceptance
