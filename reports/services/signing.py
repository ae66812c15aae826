"""From the author's hand to the Party secretary's. Signing stops every further change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from reports.models import Summary
from reports.services.drafting import require_draft


@transaction.atomic
def submit_for_sign(summary: Summary, *, base_version: int, by: Any, at: datetime) -> Summary:
    """Hand the draft to the secretary: what he reads is what was submitted (RecordChanged otherwise)."""
    require_draft(summary)
    summary.state = Summary.State.REVIEW
    save_if_unchanged(summary, expected_version=base_version, fields=["state"])
    audit.record(summary, "送签", by=by, at=at)
    return summary


@transaction.atomic
def return_summary(summary: Summary, *, reason: str, by: Any, at: datetime) -> Summary:
    """Back to the author, with what is to be mended."""
    if summary.state != Summary.State.REVIEW:
        raise Refused("只有待签发的总结可以退回。")
    if not reason.strip():
        raise Refused("请写明退回的原因。", field="reason")
    summary.state = Summary.State.DRAFT
    save_if_unchanged(summary, expected_version=summary.version, fields=["state"])
    audit.record(summary, "退回修改", by=by, at=at, reason=reason.strip())
    return summary


@transaction.atomic
def sign(summary: Summary, *, base_version: int, by: Any, at: datetime) -> Summary:
    """Sign off the text that was read (RecordChanged if it is another by now). The author may not sign his own draft."""
    if summary.state == Summary.State.SIGNED:
        raise Refused("这份总结已经签发。")
    if summary.state != Summary.State.REVIEW:
        raise Refused("总结还在起草，送签后才能签发。")
    if summary.author_id == by.pk:
        raise Refused("起草人不能签发自己起草的总结，请由其他负责人签发。")
    summary.state, summary.signed_by, summary.signed_at = Summary.State.SIGNED, by, at
    save_if_unchanged(summary, expected_version=base_version, fields=["state", "signed_by", "signed_at"])
    audit.record(summary, "签发", by=by, at=at)
    return summary
