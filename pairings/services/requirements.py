"""What a round asks of pairings: the places every listed village fills, and how long a helper may stay away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from pairings.models import PairingRule, PairingSlot
from rounds.models import Round


@transaction.atomic
def set_rule(
    *, round: Round, needed: Iterable[str], idle_days: int, base_version: int = 0, by: Any, at: datetime
) -> PairingRule:
    """Set what the round asks for; `needed` are codes of PairingSlot.Filler. `base_version` 0: nobody had set it yet."""
    wanted = [PairingSlot.Filler(code) for code in needed]
    if not 7 <= idle_days <= 365:
        raise Refused("久无活动的天数应在7天至365天之间。", field="idle_days")
    Round.objects.select_for_update().get(pk=round.pk)  # two people setting it first must not make two
    rule = PairingRule.objects.filter(round=round).first()
    if rule is None:
        rule = PairingRule.objects.create(round=round, idle_days=idle_days)
        before, earlier, verb = audit.snapshot(rule, ["idle_days"]), [], "设定结对要求"
    else:
        if not base_version:
            raise RecordChanged(rule)
        before, earlier, verb = audit.snapshot(rule, ["idle_days"]), list(rule.slots.all()), "修改结对要求"
        rule.idle_days = idle_days
        save_if_unchanged(rule, expected_version=base_version, fields=["idle_days"])
    rule.slots.exclude(filled_by__in=wanted).delete()
    there = {slot.filled_by for slot in earlier}
    PairingSlot.objects.bulk_create(PairingSlot(rule=rule, filled_by=code) for code in wanted if code not in there)
    changes = audit.changes_since(before, rule)
    if there != set(wanted):
        old, new = audit.show(earlier), audit.show([code.label for code in wanted])
        changes.append({"field": "slots", "label": "每村应落实", "old": old, "new": new})
    audit.record(rule, verb, by=by, at=at, changes=changes)
    return rule
