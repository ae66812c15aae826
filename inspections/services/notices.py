"""Rectification notices: issued, signed for, answered, checked by another, then closed or issued again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Finding, Inspection, Notice, NoticeFile, NoticeRound
from inspections.services.inspections import refuse_uninspected
from meetings.services import rules
from problems.services.uploads import spend_uploads, take_uploads
from villages.models import Township, Village

FIELDS = ["requirement", "issued_on", "reply_due_on"]
ANSWERED, ANSWERED_AGAIN, NOT_GOOD = "反馈整改情况", "修改反馈", "核查不合格"  # verbs of the record


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
    findings: Iterable[Finding] = (),
    by: Any,
    at: datetime,
) -> Notice:
    """Issue the next notice of the township's year to an inspected village. `findings`: those of the inspection it is about."""
    findings = list(findings)
    refuse_uninspected(inspection, village)
    _check_days(inspection, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
    for finding in findings:
        if finding.inspection_id != inspection.pk or finding.village_id != village.pk:
            raise Refused(f"“{rules.short(finding.text)}”不是本次督查在{village}的发现，请重新选择。", field="findings")
        if finding.notice_id:
            raise Refused(f"“{rules.short(finding.text)}”已写入{finding.notice}，请不要重复发出。", field="findings")
    # Numbers run without gaps or doubles: whoever issues at the same moment waits here.
    Township.objects.select_for_update().get(pk=inspection.township_id)
    issued = Notice.objects.filter(township_id=inspection.township_id, year=issued_on.year)
    last = issued.order_by("-number").values_list("number", flat=True).first() or 0
    notice = Notice.objects.create(
        township_id=inspection.township_id, inspection=inspection, village=village, year=issued_on.year,
        number=last + 1, requirement=requirement, issued_on=issued_on, reply_due_on=reply_due_on,
    )  # fmt: skip
    # Whoever took one of them a moment ago leaves fewer rows than were asked for.
    free = Finding.objects.filter(pk__in=[f.pk for f in findings], notice=None)
    if free.update(notice=notice) != len(findings):
        raise Refused("所选督查发现刚刚已写入另一份通知书，请核对后再发出。", field="findings")
    audit.record(notice, f"向{village}发出整改通知书", by=by, at=at)
    return notice


def refuse_change(notice: Notice, *, issued_on: date, reply_due_on: date, at: datetime) -> None:
    """Days a notice cannot have; no query."""
    if notice.replied_on:
        raise Refused("这份通知书已经反馈，不能再修改要求和时限；核查不合格时可再次发出。")
    _check_days(notice.inspection, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
    if notice.reissued_on and issued_on != notice.issued_on:
        raise Refused("这份通知书已再次发出，首次发出日期不再修改。", field="issued_on")
    if notice.reissued_on and reply_due_on < notice.reissued_on:
        raise Refused(f"反馈时限不能早于再次发出的日期（{notice.reissued_on}）。", field="reply_due_on")
    if issued_on.year != notice.year:
        raise Refused(f"编号属于{notice.year}年度，发出日期不能改到别的年度。", field="issued_on")
    if notice.signed_on and notice.signed_on < issued_on:
        raise Refused(f"村里已于{notice.signed_on}签收，发出日期不能晚于这一天。", field="issued_on")


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
    refuse_change(notice, issued_on=issued_on, reply_due_on=reply_due_on, at=at)
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
    if signed_on < notice.sent_on:
        raise Refused(f"签收日期不能早于发出日期（{notice.sent_on}）。", field="signed_on")
    rules.refuse_future(signed_on, at=at, field="signed_on", sentence="签收日期不能晚于今天。")
    notice.signed_on, notice.signed_by = signed_on, by
    save_if_unchanged(notice, expected_version=base_version or notice.version, fields=["signed_on", "signed_by"])
    audit.record(notice, "签收整改通知书", by=by, at=at)
    return notice


@transaction.atomic
def reply_notice(
    notice: Notice,
    *,
    replied_on: date,
    reply: str,
    upload_tokens: Sequence[str] = (),
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> Notice:
    """The village answers what it did, with photos and files. Until the notice is checked it may answer again: the later answer replaces
    the earlier one, its files stay."""
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
    notice.replied_on, notice.reply, notice.replied_by = replied_on, reply, by
    save_if_unchanged(
        notice, expected_version=base_version or notice.version, fields=["replied_on", "reply", "replied_by"]
    )
    changes = audit.changes_since(before, notice)
    if names := _attach(notice, upload_tokens, by=by, at=at):
        changes.append({"field": "files", "label": "反馈材料", "old": "（空）", "new": audit.show(names)})
    audit.record(notice, ANSWERED_AGAIN if again else ANSWERED, by=by, at=at, changes=changes)
    return notice


def _attach(notice: Notice, tokens: Sequence[str], *, by: Any, at: datetime) -> list[str]:
    """Make staged files part of the present round's reply; their names."""
    uploads = take_uploads(tokens, by=by)
    rows = NoticeFile.objects.bulk_create(
        NoticeFile(
            notice=notice, round_number=notice.round_number, file=upload.file.name, thumbnail=upload.thumbnail.name,
            name=upload.name, media_type=upload.media_type, size=upload.size, sha256=upload.sha256, by=by, at=at,
        )
        for upload in uploads
    )  # fmt: skip
    spend_uploads(uploads)
    return [row.name for row in rows]


def answered_by(notice: Notice, user: Any) -> bool:
    """Did this user answer in the present round, also when somebody else has since changed the answer? At most one query."""
    if notice.replied_by_id == user.pk:
        return True
    for entry in audit.history(notice):
        if entry.verb.startswith(NOT_GOOD):
            return False
        if entry.by_id == user.pk and entry.verb in (ANSWERED, ANSWERED_AGAIN):
            return True
    return False


def _refuse_check(notice: Notice, *, checked_on: date, by: Any, at: datetime) -> None:
    if notice.closed_on:
        raise Refused(f"这份通知书已于{notice.closed_on}办结。")
    if not notice.replied_on:
        raise Refused("村里还没有反馈整改情况，不能核查。")
    if by is not None and answered_by(notice, by):
        raise Refused("反馈是您本人填报的，须由另一人核查。")
    if checked_on < notice.replied_on:
        raise Refused(f"核查日期不能早于反馈日期（{notice.replied_on}）。", field="checked_on")
    rules.refuse_future(checked_on, at=at, field="checked_on", sentence="核查日期不能晚于今天。")


@transaction.atomic
def close_notice(
    notice: Notice, *, checked_on: date, note: str = "", base_version: int | None = None, by: Any, at: datetime
) -> Notice:
    """Somebody other than the answerer has checked the reply and found it good: the notice is closed."""
    _refuse_check(notice, checked_on=checked_on, by=by, at=at)
    notice.closed_on, notice.checked_by, notice.check_note = checked_on, by, note
    save_if_unchanged(
        notice, expected_version=base_version or notice.version, fields=["closed_on", "checked_by", "check_note"]
    )
    audit.record(notice, "核查合格，办结整改通知书", by=by, at=at, reason=note)
    return notice


@transaction.atomic
def reissue_notice(
    notice: Notice,
    *,
    checked_on: date,
    note: str,
    reply_due_on: date | None,
    requirement: str = "",
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> Notice:
    """The check found the reply not good: the round is kept with the reason, and the notice goes out again with a new reply date.

    `requirement`: the wording from now on; empty keeps the one there is.
    """
    _refuse_check(notice, checked_on=checked_on, by=by, at=at)
    if not note:
        raise Refused("核查不合格的，请写明哪里没有整改到位。", field="note")
    if reply_due_on is None:
        raise Refused("再次发出须写明新的反馈时限。", field="reply_due_on")
    if reply_due_on < checked_on:
        raise Refused("新的反馈时限不能早于核查日期。", field="reply_due_on")
    assert notice.signed_on  # noqa: S101 - who answers has signed
    assert notice.replied_on  # noqa: S101 - what is checked was answered
    NoticeRound.objects.create(
        notice=notice, number=notice.round_number, requirement=notice.requirement, issued_on=notice.sent_on,
        reply_due_on=notice.reply_due_on, signed_on=notice.signed_on, signed_by_id=notice.signed_by_id,
        replied_on=notice.replied_on, reply=notice.reply, replied_by_id=notice.replied_by_id, until=checked_on,
        checked_by=by, check_note=note,
    )  # fmt: skip
    before = audit.snapshot(notice, ["requirement", "reply_due_on"])
    notice.requirement = requirement or notice.requirement
    notice.round_number, notice.reissued_on, notice.reply_due_on = notice.round_number + 1, checked_on, reply_due_on
    notice.signed_on = notice.signed_by = notice.replied_on = notice.replied_by = None
    notice.reply = ""
    save_if_unchanged(
        notice, expected_version=base_version or notice.version,
        fields=["requirement", "round_number", "reissued_on", "reply_due_on", "signed_on", "signed_by", "replied_on", "replied_by", "reply"],
    )  # fmt: skip
    audit.record(
        notice, f"{NOT_GOOD}，第{notice.round_number}次发出整改通知书", by=by, at=at, reason=note,
        changes=audit.changes_since(before, notice),
    )  # fmt: skip
    return notice
