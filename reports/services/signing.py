"""From the author's hand to the Party secretary's. Signing freezes what was read; withdrawing leaves the paper and says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from common.text import clean
from reports.models import Issue, Part, Summary, Withdrawal
from reports.services import freezing
from reports.services.drafting import require_draft
from reports.services.files import request_pdf, request_word

MAX_REASON = 500
# Of the withdrawn summary, what the new draft begins with. Its author is whoever starts it.
CARRIED = ("township_id", "round_id", "kind", "starts_on", "ends_on", "as_of", "title", "figures", "missing", "computed_at")  # fmt: skip
State = Summary.State


@transaction.atomic
def submit_for_sign(summary: Summary, *, base_version: int, by: Any, at: datetime) -> Summary:
    """Hand the draft to the secretary: what he reads is what was submitted (RecordChanged otherwise)."""
    require_draft(summary)
    summary.state = State.REVIEW
    summary.returned_reason, summary.returned_by, summary.returned_at = "", None, None
    fields = ["state", "returned_reason", "returned_by", "returned_at"]
    save_if_unchanged(summary, expected_version=base_version, fields=fields)
    audit.record(summary, "送签", by=by, at=at)
    return summary


@transaction.atomic
def return_summary(summary: Summary, *, reason: str, by: Any, at: datetime) -> Summary:
    """Back to the author, with what is to be mended; it stands on top of the draft until it is handed in again."""
    if summary.state != State.REVIEW:
        raise Refused("只有待签发的总结可以退回。")
    reason = _reason(reason, "请写明退回的原因。")
    summary.state = State.DRAFT
    summary.returned_reason, summary.returned_by, summary.returned_at = reason, by, at
    fields = ["state", "returned_reason", "returned_by", "returned_at"]
    save_if_unchanged(summary, expected_version=summary.version, fields=fields)
    audit.record(summary, "退回修改", by=by, at=at, reason=reason)
    return summary


@transaction.atomic
def sign(summary: Summary, *, base_version: int, by: Any, at: datetime) -> Issue:
    """Sign off the text that was read (RecordChanged if it is another by now), freeze it and ask for its files, PDF and Word.

    Refused for the author of the draft, and for a text with characters no face has. Nothing is signed then.
    """
    if summary.is_frozen:
        raise Refused("这份总结已经签发。")
    if summary.state != State.REVIEW:
        raise Refused("总结还在起草，送签后才能签发。")
    if summary.author_id == by.pk:
        raise Refused("起草人不能签发自己起草的总结，请由其他负责人签发。")
    summary.state, summary.signed_by, summary.signed_at = State.SIGNED, by, at
    # First of all: from here on the row is ours, and no paragraph changes while it is being written down.
    save_if_unchanged(summary, expected_version=base_version, fields=["state", "signed_by", "signed_at"])
    summary.refresh_from_db(fields=["title", "figures", "as_of", "computed_at", "starts_on", "ends_on"])
    issue = freezing.freeze(summary)
    audit.record(
        summary, "签发", by=by, at=at,
        changes=[{"field": "code", "label": "验证码", "old": "（空）", "new": issue.shown_code}],
    )  # fmt: skip
    request_pdf(summary, by=by, at=at)
    request_word(summary, by=by, at=at)
    return issue


@transaction.atomic
def withdraw(summary: Summary, *, reason: str, by: Any, at: datetime) -> Withdrawal:
    """Take a signed summary back. Text, files and code stay as they are; the verification page tells who asks."""
    reason = _reason(reason, "请写明撤回的原因。")
    # Not through `version`: that is the number of the text, and the text stays the one its files were made from.
    if not Summary.objects.filter(pk=summary.pk, state=State.SIGNED).update(state=State.WITHDRAWN):
        raise Refused("这份总结已经撤回。" if summary.is_frozen else "只有已签发的总结可以撤回。")
    summary.state = State.WITHDRAWN
    withdrawal = Withdrawal.objects.create(issue=summary.issue, reason=reason, by=by, at=at)
    audit.record(summary, "撤回签发稿", by=by, at=at, reason=reason)
    return withdrawal


@transaction.atomic
def start_again(summary: Summary, *, by: Any, at: datetime) -> Summary:
    """A new draft from a withdrawn summary: same words, the author's own among them, same figures until they are computed anew."""
    if summary.state != State.WITHDRAWN:
        raise Refused("先撤回签发稿，才能据此重新起草。")
    earlier = Summary.objects.select_for_update().get(pk=summary.pk)
    if Summary.objects.filter(replaces=earlier).exists():
        raise Refused("已据此重新起草过，请打开那一份继续修改。")
    draft = Summary.objects.create(
        author=by, created_at=at, replaces=earlier, **{name: getattr(earlier, name) for name in CARRIED}
    )
    own = ("id", "summary", "version")
    carried = [field.attname for field in Part._meta.concrete_fields if field.name not in own]
    Part.objects.bulk_create(
        Part(summary=draft, **{name: getattr(part, name) for name in carried}) for part in earlier.parts.all()
    )
    audit.record(draft, "据撤回稿重新起草", by=by, at=at)
    return draft


def _reason(text: str, sentence: str) -> str:
    text = clean(text)
    if not text:
        raise Refused(sentence, field="reason")
    if len(text) > MAX_REASON:
        raise Refused(f"文字过长：共{len(text)}字，最多{MAX_REASON}字。", field="reason")
    return text
