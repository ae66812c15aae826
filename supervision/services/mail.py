"""Where a person's digest is sent."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from supervision.models import MailAddress


@transaction.atomic
def set_address(*, user: Any, address: str, is_on: bool, at: datetime) -> MailAddress:
    """One's own address and whether mail is wanted. Nobody sets it for somebody else."""
    if is_on and not address:
        raise Refused("请填写邮箱。", field="address")
    held, _ = MailAddress.objects.get_or_create(user=user)
    before = audit.snapshot(held, ["address", "is_on"])
    held.address, held.is_on = address, is_on
    held.save(update_fields=["address", "is_on"])
    audit.record(held, "设置提醒邮箱", by=user, at=at, changes=audit.changes_since(before, held))
    return held
