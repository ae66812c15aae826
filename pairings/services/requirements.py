"""What a round asks of pairings: the places every listed village fills, and how long a helper may stay away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from common.text import clean
from pairings.models import MAX_OWN_SLOTS, WAYS, Pairing, PairingRule, PairingSlot
from rounds.models import Round


@dataclass(frozen=True)
class OwnSlot:
    """A place the office names itself; `pk` of the one that is changed, None for a new one."""

    name: str
    filled_by: str
    pk: int | None = None


@transaction.atomic
def set_rule(
    *,
    round: Round,
    needed: Iterable[str],
    idle_days: int,
    own: Sequence[OwnSlot] = (),
    base_version: int = 0,
    by: Any,
    at: datetime,
) -> PairingRule:
    """Set what the round asks for; `needed` are codes of PairingSlot.Filler. `base_version` 0: nobody had set it yet."""
    wanted = [PairingSlot.Filler(code) for code in needed]
    own = check_own(own)
    if not 7 <= idle_days <= 365:
        raise Refused("久无活动的天数应在7天至365天之间。", field="idle_days")
    Round.objects.select_for_update().get(pk=round.pk)  # two people setting it first must not make two
    rule = PairingRule.objects.filter(round=round).first()
    if rule is None:
        rule = PairingRule.objects.create(round=round, idle_days=idle_days)
        before, earlier, verb = audit.snapshot(rule, ["idle_days"]), [], "设定结对要求"
    else:
        before, earlier, verb = audit.snapshot(rule, ["idle_days"]), list(rule.slots.all()), "修改结对要求"
        rule.idle_days = idle_days
        save_if_unchanged(rule, expected_version=base_version, fields=["idle_days"])
    told = [slot.full for slot in earlier]
    rule.slots.filter(name="").exclude(filled_by__in=wanted).delete()
    there = {slot.filled_by for slot in earlier if not slot.name}
    PairingSlot.objects.bulk_create(PairingSlot(rule=rule, filled_by=code) for code in wanted if code not in there)
    _keep_own(rule, [slot for slot in earlier if slot.name], own)
    now = [slot.full for slot in rule.slots.all()]
    changes = audit.changes_since(before, rule)
    if set(told) != set(now):
        changes.append({"field": "slots", "label": "每村应落实", "old": audit.show(told), "new": audit.show(now)})
    audit.record(rule, verb, by=by, at=at, changes=changes)
    return rule


def check_own(own: Sequence[OwnSlot]) -> list[OwnSlot]:
    """The office's own places as they may stand; Refused at the row (`own_name_1`, `own_way_1`) that cannot."""
    kept: list[OwnSlot] = []
    taken = set(PairingSlot.Filler.labels)
    for row, slot in enumerate(own, 1):
        name = clean(slot.name)
        if not name and not slot.filled_by:
            continue
        if not name:
            raise Refused("请写明这一项的名称，例如：科技特派员。", field=f"own_name_{row}")
        if len(name) > PairingSlot.MAX_NAME:
            raise Refused(f"名称最多{PairingSlot.MAX_NAME}字。", field=f"own_name_{row}")
        if slot.filled_by not in WAYS:
            raise Refused("请选择这一项由谁落实。", field=f"own_way_{row}")
        if name in taken:
            raise Refused(f"“{name}”已有，请换一个名称。", field=f"own_name_{row}")
        taken.add(name)
        kept.append(OwnSlot(name, slot.filled_by, slot.pk))
    if len(kept) > MAX_OWN_SLOTS:
        raise Refused(f"自己定的要求最多{MAX_OWN_SLOTS}项。")
    return kept


def _keep_own(rule: PairingRule, earlier: Sequence[PairingSlot], own: Sequence[OwnSlot]) -> None:
    """A place that pairings fill keeps its kind and is not taken away: what they were for would be lost."""
    known = {slot.pk: slot for slot in earlier}
    if any(slot.pk is not None and slot.pk not in known for slot in own):
        raise RecordChanged(rule)
    asked = {slot.pk: slot for slot in own if slot.pk is not None}
    filled = dict(_pairings_of(earlier))
    for pk, slot in known.items():
        new = asked.get(pk)
        if pk in filled and (new is None or new.filled_by != slot.filled_by):
            what = "去掉" if new is None else "改由别的方式落实"
            raise Refused(f"“{slot.name}”已有{filled[pk]}对结对在落实，请先修改这些结对，再{what}。")
    # Away first and under passing names, so that two places may exchange theirs.
    rule.slots.filter(pk__in=set(known) - set(asked)).delete()
    changed = [slot for pk, slot in known.items() if pk in asked and asked[pk].name != slot.name]
    for slot in changed:
        rule.slots.filter(pk=slot.pk).update(name=f"#{slot.pk}")
    for pk, new in asked.items():
        rule.slots.filter(pk=pk).update(name=new.name, filled_by=new.filled_by)
    PairingSlot.objects.bulk_create(
        PairingSlot(rule=rule, name=slot.name, filled_by=slot.filled_by) for slot in own if slot.pk is None
    )


def _pairings_of(slots: Sequence[PairingSlot]) -> list[tuple[int, int]]:
    """(place, number of pairings that fill it) of those that have any."""
    rows = Pairing.objects.filter(slot__in=slots).order_by().values("slot").annotate(n=Count("pk"))
    return [(row["slot"], row["n"]) for row in rows]
