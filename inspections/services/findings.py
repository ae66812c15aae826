"""What inspections found, village by village, and how it enters the ledger."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Finding, Inspection
from inspections.services.inspections import refuse_uninspected
from meetings.services import rules
from problems.models import Problem
from problems.services import ledger
from villages.models import Village

FIELDS = ["village", "text", "requirement", "problem"]


@transaction.atomic
def add_finding(
    inspection: Inspection,
    *,
    village: Village,
    text: str,
    requirement: str = "",
    problem: Problem | None = None,
    by: Any,
    at: datetime,
) -> Finding:
    """Record what was found in one of the inspected villages; `problem`: the row of the ledger it is about."""
    refuse_uninspected(inspection, village)
    rules.refuse_foreign_problem(inspection.township_id, problem, village.pk)
    finding = Finding.objects.create(
        inspection=inspection, village=village, text=text, requirement=requirement, problem=problem
    )
    audit.record(finding, f"登记{village}的督查发现“{rules.short(text)}”", by=by, at=at)
    return finding


@transaction.atomic
def change_finding(
    finding: Finding,
    *,
    village: Village,
    text: str,
    requirement: str,
    problem: Problem | None,
    base_version: int,
    by: Any,
    at: datetime,
) -> Finding:
    """Change a finding."""
    refuse_uninspected(finding.inspection, village)
    if finding.notice_id and village.pk != finding.village_id:
        raise Refused(f"这条发现已写入{finding.notice}，不能改为别的村。", field="village")
    rules.refuse_foreign_problem(finding.inspection.township_id, problem, village.pk)
    before = audit.snapshot(finding, FIELDS)
    finding.village, finding.text, finding.requirement, finding.problem = village, text, requirement, problem
    save_if_unchanged(finding, expected_version=base_version, fields=FIELDS)
    audit.record(
        finding, f"修改{village}的督查发现“{rules.short(text)}”", by=by, at=at,
        changes=audit.changes_since(before, finding),
    )  # fmt: skip
    return finding


@transaction.atomic
def raise_problem(finding: Finding, *, base_version: int | None = None, by: Any, at: datetime, **facts: Any) -> Problem:
    """Enter a finding in the ledger: a problem is logged from `facts` (see problems.services.ledger.log_problem) and both name each other."""
    if finding.problem_id:
        raise Refused("这条督查发现已对应台账中的问题，不需重复登记。")
    if facts["village"].pk != finding.village_id:
        raise Refused(f"这是在{finding.village}发现的，问题须登记在同一个村。", field="village")
    if facts["discovered_on"] < finding.inspection.held_on:
        raise Refused(f"发现时间不能早于督查时间（{finding.inspection.held_on}）。", field="discovered_on")
    problem = ledger.log_problem(by=by, at=at, **facts)
    before = audit.snapshot(finding, ["problem"])
    finding.problem = problem
    save_if_unchanged(finding, expected_version=base_version or finding.version, fields=["problem"])
    audit.record(
        finding, f"由督查发现“{rules.short(finding.text)}”登记问题", by=by, at=at,
        changes=audit.changes_since(before, finding),
    )  # fmt: skip
    return problem
