"""Rectification notices: issued, signed for, answered, closed."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Inspection, Notice
from inspections.services.inspections import refuse_uninspected
from meetings.services import rules
from villages.models import Township, Village

FIELDS = ["requirement", "issued_on", "reply_due_on"]


def _check_days(inspection: Inspection, *, issued_on: date, reply_due_on: date, at: datetime) -> None:
    if issued_on < inspection.held_on:
        raise Refused(f"发出日期不能早于督查时间（{inspection.held_on}）。", field="issued_on")
    rules.refuse_future(issued_on, at=at, field="issued_on", sentence="发出日期不能晚于今天。")
    if reply_due_on < issued_on:
        raise Refused("反馈时限不能早于发出日期。", field="reply_due_on")


@transaction.atomic
def issue_notice(
    inspection: Inspection,
    *,
    village: Village,
    requirement: str,
    issued_on: date,
    reply_due_on: date,
    by: Any,
    at: datetime,
) -> Notice:
    """Issue the next notice of the township's year to an inspected village."""
    refuse_uninspected(inspection, village)
    _check_days(inspection, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
    # Numbers run without gaps or doubles: whoever issues at the same moment waits here.
    Township.objects.select_for_update().get(pk=inspection.township_id)
    issued = Notice.objects.filter(township_id=inspection.township_id, year=issued_on.year)
    last = issued.order_by("-number").values_list("number", flat=True).first() or 0
    notice = Notice.objects.create(
        township_id=inspection.township_id, inspection=inspection, village=village, year=issued_on.year,
        number=last + 1, requirement=requirement, issued_on=issued_on, reply_due_on=reply_due_on,
    )  # fmt: skip
    audit.record(notice, f"向{village}发出整改通知书", by=by, at=at)
    return notice


@transaction.atomic
def change_notice(
    notice: Notice,
    *,
    requirement: str,
    issued_on: date,
    reply_due_on: date,
    reason: str = "",
    base_version: int,
    by: Any,
    at: datetime,
) -> Notice:
    """Correct a notice that has not been answered. A changed deadline needs a reason; the number keeps its year."""
    if notice.replied_on:
        raise Refused("这份通知书已经反馈，不能再修改要求和时限；有新的要求请另发通知书。")
    _check_days(notice.inspection, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
    if issued_on.year != notice.year:
        raise Refused(f"编号属于{notice.year}年度，发出日期不能改到别的年度。", field="issued_on")
    if notice.signed_on and notice.signed_on < issued_on:
        raise Refused(f"村里已于{notice.signed_on}签收，发出日期不能晚于这一天。", field="issued_on")
    before = audit.snapshot(notice, FIELDS)
    notice.requirement, notice.issued_on, notice.reply_due_on = requirement, issued_on, reply_due_on
    changes = audit.changes_since(before, notice)
    if not reason and any(change["field"] == "reply_due_on" for change in changes):
        raise Refused("修改了反馈时限，请写明原因。", field="reason")
    save_if_unchanged(notice, expected_version=base_version, fields=FIELDS)
    audit.record(notice, "修改整改通知书", by=by, at=at, changes=changes, reason=reason)
    return notice


@transaction.atomic
def sign_notice(notice: Notice, *, signed_on: date, base_version: int | None = None, by: Any, at: datetime) -> Notice:
    """The village signs for the notice."""
    if notice.signed_on:
        raise Refused(f"这份通知书已于{notice.signed_on}签收。")
    if signed_on < notice.issued_on:
        raise Refused(f"签收日期不能早于发出日期（{notice.issued_on}）。", field="signed_on")
    rules.refuse_future(signed_on, at=at, field="signed_on", sentence="签收日期不能晚于今天。")
    notice.signed_on = signed_on
    save_if_unchanged(notice, expected_version=base_version or notice.version, fields=["signed_on"])
    audit.record(notice, "签收整改通知书", by=by, at=at)
    return notice


@transaction.atomic
def reply_notice(
    notice: Notice, *, replied_on: date, reply: str, base_version: int | None = None, by: Any, at: datetime
) -> Notice:
    """The village answers what it did. Until the notice is closed it may answer again: the later answer replaces the earlier one."""
    if notice.closed_on:
        raise Refused(f"这份通知书已于{notice.closed_on}办结，不再修改反馈。")
    if not notice.signed_on:
        raise Refused("请先签收，再反馈整改情况。")
    if replied_on < notice.signed_on:
        raise Refused(f"反馈日期不能早于签收日期（{notice.signed_on}）。", field="replied_on")
    rules.refuse_future(replied_on, at=at, field="replied_on", sentence="反馈日期不能晚于今天。")
    if not reply:
        raise Refused("请写明整改情况：做了什么，结果怎样。", field="reply")
    again = notice.replied_on is not None
    before = audit.snapshot(notice, ["replied_on", "reply"])
    notice.replied_on, notice.reply = replied_on, reply
    save_if_unchanged(notice, expected_version=base_version or notice.version, fields=["replied_on", "reply"])
    audit.record(
        notice, "修改反馈" if again else "反馈整改情况", by=by, at=at, changes=audit.changes_since(before, notice)
    )  # fmt: skip
    return notice


@transaction.atomic
def close_notice(notice: Notice, *, closed_on: date, base_version: int | None = None, by: Any, at: datetime) -> Notice:
    """The township finds the answer sufficient."""
    if notice.closed_on:
        raise Refused(f"这份通知书已于{notice.closed_on}办结。")
    if not notice.replied_on:
        raise Refused("村里还没有反馈整改情况，不能办结。")
    if closed_on < notice.replied_on:
        raise Refused(f"办结日期不能早于反馈日期（{notice.replied_on}）。", field="closed_on")
    rules.refuse_future(closed_on, at=at, field="closed_on", sentence="办结日期不能晚于今天。")
    notice.closed_on = closed_on
    save_if_unchanged(notice, expected_version=base_version or notice.version, fields=["closed_on"])
    audit.record(notice, "办结整改通知书", by=by, at=at)
    return notice
