"""The state machine of a problem as one table, readable by an auditor (page problems:transition_table).

`problems.services.standing.stand` refuses whatever the table does not allow, pages draw their buttons from it, and a test walks through
every state × action × role. Nothing else in the portal decides who may move what to what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from accounts.permissions import Permission as P
from common.errors import Refused
from problems.terms import LEDGER_STATES, OPEN_STATES, RUNNING_STATES, State

if TYPE_CHECKING:
    from problems.models import Problem
    from villages.access import Access


class Duty(StrEnum):
    """What a person did on a problem that bars him from deciding about it (separation of duty)."""

    POSTED_PROGRESS = "posted_progress"
    ASKED_CLOSE = "asked_close"
    CHECKED_CLOSE = "checked_close"
    ASKED_EXTENSION = "asked_extension"

    @property
    def sentence(self) -> str:
        return _DUTY_SENTENCES[self]


_DUTY_SENTENCES = {
    Duty.POSTED_PROGRESS: "您填报过这个问题的进展，不能再由您销号，请由其他有权限的人办理。",
    Duty.ASKED_CLOSE: "这次销号是您申请的，不能再由您核实或销号，请由其他有权限的人办理。",
    Duty.CHECKED_CLOSE: "这次销号是您核实的，不能再由您销号，请由其他有权限的人办理。",
    Duty.ASKED_EXTENSION: "这次延期是您申请的，不能由您审批，请由其他有权限的人办理。",
}
DUTY_WORDS = {
    Duty.POSTED_PROGRESS: "填报过进展的人",
    Duty.ASKED_CLOSE: "申请销号的人",
    Duty.CHECKED_CLOSE: "核实销号的人",
    Duty.ASKED_EXTENSION: "申请延期的人",
}


class Need(StrEnum):
    """What must stand before an action makes sense."""

    CLOSE_UNCHECKED = "close_unchecked"
    CLOSE_CHECKED = "close_checked"
    EXTENSION_PENDING = "extension_pending"
    NO_EXTENSION_PENDING = "no_extension_pending"

    @property
    def sentence(self) -> str:
        return _NEED_SENTENCES[self]


_NEED_SENTENCES = {
    Need.CLOSE_UNCHECKED: "没有等待核实的销号申请，可能已有人核实过。",
    Need.CLOSE_CHECKED: "销号申请还没有核实，请先由驻村干部或第一书记核实。",
    Need.EXTENSION_PENDING: "没有等待审批的延期申请，可能已有人审批过。",
    Need.NO_EXTENSION_PENDING: "已有一项延期申请等待审批，请等审批后再申请。",
}
NEED_WORDS = {
    Need.CLOSE_UNCHECKED: "有待核实的销号申请",
    Need.CLOSE_CHECKED: "销号申请已核实",
    Need.EXTENSION_PENDING: "有待审批的延期申请",
    Need.NO_EXTENSION_PENDING: "没有待审批的延期申请",
}


class To(StrEnum):
    """Where an action leads when it does not lead to one fixed state."""

    SAME = "same"  # stays as it is
    BEFORE = "before"  # back to the state before the present one (整改中 or 反弹)


NEW = ""  # the state of a problem that does not exist yet


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    action: str
    label: str  # on the button
    verb: str  # in the record of what was done
    from_states: tuple[str, ...]
    to: State | To
    permissions: tuple[P, ...]  # any of them, at the problem's place
    needs_reason: bool = False
    not_by: tuple[Duty, ...] = ()
    needs: tuple[Need, ...] = ()

    def permitted(self, access: Access, problem: Problem, unit_ids: Iterable[int] = ()) -> bool:
        """May this visitor do it at the problem's place, whatever its state?"""
        units = tuple(unit_ids)
        return any(
            access.may(p, township_id=problem.township_id, village_id=problem.village_id, unit_ids=units)
            for p in self.permissions
        )


_ROWS = (
    Transition("log", "登记问题", "登记问题", (NEW,), State.DRAFT, (P.PROBLEM_LOG,)),
    Transition("edit", "修改", "修改问题", tuple(State.values), To.SAME, (P.PROBLEM_EDIT,)),
    Transition("submit", "提交审核", "提交审核", (State.DRAFT, State.RETURNED), State.SUBMITTED, (P.PROBLEM_LOG,)),
    Transition("accept", "审核通过", "审核通过", (State.SUBMITTED,), State.RECTIFYING, (P.PROBLEM_REVIEW,)),
    Transition(
        "return", "退回修改", "退回修改", (State.SUBMITTED,), State.RETURNED, (P.PROBLEM_REVIEW,), needs_reason=True
    ),
    Transition("progress", "填报进展", "填报进展", OPEN_STATES, To.SAME, (P.PROGRESS_POST,)),
    Transition(
        "suspend", "暂缓整改", "批准暂缓", (State.RECTIFYING, State.RELAPSED), State.SUSPENDED,
        (P.PROBLEM_SUSPEND,), needs_reason=True,
    ),
    Transition("resume", "恢复整改", "恢复整改", (State.SUSPENDED,), To.BEFORE, (P.PROBLEM_SUSPEND,)),
    Transition("degree", "认定化解程度", "认定化解程度", OPEN_STATES, To.SAME, (P.PROBLEM_REVIEW,), needs_reason=True),
    Transition(
        "ask_extension", "申请延期", "申请延期", (State.RECTIFYING, State.RELAPSED), To.SAME,
        (P.EXTENSION_ASK,), needs_reason=True, needs=(Need.NO_EXTENSION_PENDING,),
    ),
    Transition(
        "extension", "审批延期", "审批延期", OPEN_STATES, To.SAME,
        (P.EXTENSION_DECIDE,), not_by=(Duty.ASKED_EXTENSION,), needs=(Need.EXTENSION_PENDING,),
    ),
    Transition("deadline", "调整时限", "调整时限", OPEN_STATES, To.SAME, (P.EXTENSION_DECIDE,), needs_reason=True),
    Transition(
        "ask_close", "申请销号", "申请销号", (State.RECTIFYING, State.RELAPSED), State.CLOSING, (P.CLOSE_ASK,)
    ),
    Transition(
        "check_close", "核实销号", "核实销号申请", (State.CLOSING,), To.SAME,
        (P.CLOSE_CHECK,), not_by=(Duty.ASKED_CLOSE,), needs=(Need.CLOSE_UNCHECKED,),
    ),
    Transition(
        "close", "同意销号", "销号", (State.CLOSING,), State.CLOSED, (P.CLOSE_DECIDE,),
        not_by=(Duty.POSTED_PROGRESS, Duty.ASKED_CLOSE, Duty.CHECKED_CLOSE), needs=(Need.CLOSE_CHECKED,),
    ),
    Transition(
        "return_close", "退回销号申请", "退回销号申请", (State.CLOSING,), To.BEFORE,
        (P.CLOSE_DECIDE, P.CLOSE_CHECK), needs_reason=True,
    ),
    Transition(
        "relapse", "登记反弹", "登记反弹", (State.CLOSED,), State.RELAPSED, (P.CLOSE_DECIDE,), needs_reason=True
    ),
    Transition("instruction", "批示", "批示", LEDGER_STATES, To.SAME, (P.INSTRUCTION_LEAVE,)),
    Transition("thresholds", "调整预警设置", "按新的预警设置重算", RUNNING_STATES, To.SAME, (P.ROUND_EDIT,)),
)  # fmt: skip
TABLE: dict[str, Transition] = {row.action: row for row in _ROWS}
# Actions of a round or of the list, not buttons of one problem.
NOT_BUTTONS = {"log", "thresholds"}


@dataclass(frozen=True)
class Circumstances:
    """What one person did on one problem and what is pending on it: what the table's last two columns ask for."""

    duties: frozenset[Duty]
    met: frozenset[Need]


def circumstances(problem: Problem, user: Any) -> Circumstances:
    """One query. A page that has the problem's course at hand asks problems.course.circumstances_of instead."""
    from problems.models import CloseRequest, Extension, ProgressEntry

    this: dict[str, Any] = {"problem": OuterRef("pk")}
    closes = CloseRequest.objects.filter(**this, outcome=CloseRequest.Outcome.PENDING)
    extensions = Extension.objects.filter(**this, decision=Extension.Decision.PENDING)
    *did, unchecked, checked, pending = (
        type(problem)
        .objects.values_list(
            Exists(ProgressEntry.objects.filter(**this, by=user)),
            Exists(closes.filter(asked_by=user)),
            Exists(closes.filter(checked_by=user)),
            Exists(extensions.filter(asked_by=user)),
            Exists(closes.filter(checked_by=None)),
            Exists(closes.exclude(checked_by=None)),
            Exists(extensions),
        )
        .get(pk=problem.pk)
    )
    met = {
        Need.CLOSE_UNCHECKED: unchecked,
        Need.CLOSE_CHECKED: checked,
        Need.EXTENSION_PENDING: pending,
        Need.NO_EXTENSION_PENDING: not pending,
    }
    return Circumstances(
        duties=frozenset(duty for duty, done in zip(Duty, did, strict=True) if done),
        met=frozenset(need for need, holds in met.items() if holds),
    )


def allowed_actions(
    problem: Problem, access: Access, unit_ids: Iterable[int] = (), now: Circumstances | None = None
) -> list[Transition]:
    """What this visitor may do with the problem now, in the table's order; at most one query, none when `now` is given.

    `unit_ids`: the problem's responsible and assisting units, for visitors from a station.
    """
    units = tuple(unit_ids)
    rows = [
        row
        for row in _ROWS
        if row.action not in NOT_BUTTONS and problem.state in row.from_states and row.permitted(access, problem, units)
    ]
    if not any(row.not_by or row.needs for row in rows):
        return rows
    now = now or circumstances(problem, access.user)
    return [row for row in rows if not now.duties.intersection(row.not_by) and now.met.issuperset(row.needs)]


def refuse_state(problem: Problem, row: Transition) -> None:
    """Raise Refused when the action does not start from the problem's present state."""
    if problem.state not in row.from_states:
        starts = "、".join(State(s).label for s in row.from_states if s)
        raise Refused(
            f"这个问题现在是“{problem.get_state_display()}”，不能{row.label}（只有{starts}的问题可以）。"
            "可能他人刚刚办理过，请刷新页面查看。"
        )


def refuse_circumstances(problem: Problem, row: Transition, user: Any) -> None:
    """Raise Refused when what the action needs is missing or the person is barred by what he did before."""
    if not row.not_by and not row.needs:
        return
    now = circumstances(problem, user)
    for need in row.needs:
        if need not in now.met:
            raise Refused(need.sentence)
    for duty in row.not_by:
        if duty in now.duties:
            raise Refused(duty.sentence)
