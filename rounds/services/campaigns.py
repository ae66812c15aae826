"""Other work a round is joined with (结合工作)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import LinkedCampaign, Round

FIELDS = ["name", "note"]


def _check(round: Round, name: str, besides: LinkedCampaign | None = None) -> None:
    same = LinkedCampaign.objects.filter(round=round, name=name)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("本轮已登记这项结合工作。", field="name")


@transaction.atomic
def add_linked_campaign(*, round: Round, name: str, by: Any, at: datetime, note: str = "") -> LinkedCampaign:
    """Name another campaign the round is joined with; problems of the round may then carry it."""
    _check(round, name)
    campaign = LinkedCampaign.objects.create(round=round, name=name, note=note)
    audit.record(campaign, "新增结合工作", by=by, at=at)
    return campaign


@transaction.atomic
def change_linked_campaign(
    campaign: LinkedCampaign, *, name: str, note: str, base_version: int, by: Any, at: datetime
) -> LinkedCampaign:
    _check(campaign.round, name, besides=campaign)
    before = audit.snapshot(campaign, FIELDS)
    campaign.name, campaign.note = name, note
    save_if_unchanged(campaign, expected_version=base_version, fields=FIELDS)
    audit.record(campaign, "修改结合工作", by=by, at=at, changes=audit.changes_since(before, campaign))
    return campaign
