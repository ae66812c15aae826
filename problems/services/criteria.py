"""When a problem counts as solved (销号标准): set by the office or the resident cadre, proved by the village, checked one by one.

A problem without criteria is closed as ever. One that has some is asked for close-out once every wanted file is there, and confirmed once the
resident cadre has ticked each line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from audit import services as audit
from common.errors import Refused
from problems.models import CloseCriterion, Problem
from problems.services.standing import hold
from problems.services.uploads import attach_uploads
from problems.terms import Category, State

MOST = 8  # lines a problem may have: more than a cadre checks on the spot

# What a problem of each category usually has to show, offered when its criteria are first set: (text, wants a file).
USUAL: dict[str, tuple[tuple[str, bool], ...]] = {
    Category.LEGACY: (
        ("遗留事项已办结，有批复、证书或协议", True),
        ("涉及农户已逐户告知，没有新的异议", False),
    ),
    Category.LAND: (
        ("征地（政策处理）协议已签订", True),
        ("补偿款已兑付到户", True),
        ("施工已恢复，现场没有阻工", False),
    ),
    Category.INFRASTRUCTURE: (
        ("工程已竣工验收，有验收单或竣工照片", True),
        ("已投入使用，管护责任已明确到人", False),
    ),
    Category.ECONOMY: (
        ("项目合同或租赁协议已签订", True),
        ("收入已到村集体账户", True),
    ),
    Category.ORGANISATION: (
        ("岗位已补齐或制度已建立，有任职文件或会议记录", True),
        ("村民代表、党员反映情况已好转", False),
    ),
}


def usual(category: str) -> tuple[tuple[str, bool], ...]:
    return USUAL.get(category, ())


@transaction.atomic
def set_criteria(
    problem: Problem, *, lines: Sequence[tuple[str, bool]], base: Sequence[int], by: Any, at: datetime
) -> list[CloseCriterion]:
    """Make `lines` (text, wants a file) the criteria of the problem. `base` names the keys the editor saw.

    A line that stays word for word keeps its files. Raises Refused when somebody changed them meanwhile, the problem is closed or waits
    for close-out, a line stands twice, there are too many.
    """
    hold(problem)
    if problem.state in (State.CLOSED, State.CLOSING):
        raise Refused(f"这个问题{problem.get_state_display()}，不能再改销号标准。")
    present = {row.pk: row for row in CloseCriterion.objects.filter(problem=problem)}
    if set(base) != set(present):
        raise Refused("他人刚刚改过销号标准，请核对最新的标准再保存。")
    wanted = [(text.strip(), wants) for text, wants in lines if text.strip()]
    texts = [text for text, _ in wanted]
    if len(set(texts)) != len(texts):
        raise Refused("有两条标准写得一样，请去掉一条。")
    if len(wanted) > MOST:
        raise Refused(f"一个问题最多{MOST}条销号标准。")
    old = {row.text: row for row in present.values()}
    gone = [row.pk for row in present.values() if row.text not in texts]
    before = audit.show([_words(row.text, row.wants_file) for row in present.values()])
    CloseCriterion.objects.filter(pk__in=gone).delete()
    # Out of the way first: no two lines may have one number, not even between two statements.
    CloseCriterion.objects.filter(problem=problem).update(number=F("number") + 100)
    rows = []
    for number, (text, wants) in enumerate(wanted, 1):
        row = old.get(text) or CloseCriterion(problem=problem, text=text)
        row.number, row.wants_file = number, wants
        row.save()
        rows.append(row)
    after = audit.show([_words(row.text, row.wants_file) for row in rows])
    if after != before:
        change = {"field": "criteria", "label": "销号标准", "old": before, "new": after}
        audit.record(problem, "设定销号标准", by=by, at=at, changes=[change])
    return rows


@transaction.atomic
def add_files(criterion: CloseCriterion, *, upload_tokens: Sequence[str], by: Any, at: datetime) -> None:
    """Evidence for one criterion."""
    problem = criterion.problem
    hold(problem)
    if not problem.is_open:
        raise Refused(f"这个问题{problem.get_state_display()}，不能再上传材料。")
    if not upload_tokens:
        raise Refused("请选择照片或文件。", field="photos")
    files = attach_uploads(upload_tokens, problem=problem, criterion=criterion, by=by, at=at)
    audit.record(problem, f"上传佐证材料{len(files)}个（{criterion.text}）", by=by, at=at)


def lacking(problem: Problem) -> list[CloseCriterion]:
    """Criteria that want a file and have none; one query."""
    rows = CloseCriterion.objects.filter(problem=problem, wants_file=True).annotate(files=Count("evidence"))
    return list(rows.filter(files=0))


def refuse_lacking(problem: Problem) -> None:
    """Raise Refused naming every criterion that still wants its file."""
    if rows := lacking(problem):
        raise Refused(f"还缺{len(rows)}项佐证材料，不能申请销号：{'；'.join(row.text for row in rows)}。")


def start_checking(problem: Problem) -> None:
    """A new request: what was ticked for an earlier one counts no longer."""
    CloseCriterion.objects.filter(problem=problem).update(checked_by=None, checked_at=None)


def check_all(problem: Problem, ticked: Iterable[int], *, by: Any, at: datetime) -> None:
    """Note that each criterion was checked on the spot. Raises Refused naming those left out."""
    rows = list(CloseCriterion.objects.filter(problem=problem))
    seen = set(ticked)
    if left := [row.text for row in rows if row.pk not in seen]:
        raise Refused(
            f"还有{len(left)}条销号标准没有核实：{'；'.join(left)}。做到了的请勾选；没有做到的，返回后选“退回销号申请”。",
            field="criteria",
        )
    CloseCriterion.objects.filter(problem=problem).update(checked_by=by, checked_at=at)


def _words(text: str, wants_file: bool) -> str:
    return f"{text}（须有材料）" if wants_file else text
