"""What is done with pairings: who helps which village, from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from pairings.models import WAYS, Pairing, PairingSlot
from rounds.models import Round
from rounds.services.rules import in_order, known_to, of_township
from villages.models import Cadre, Unit, Village

FIELDS = ["kind", "slot", "helper_village", "helper_cadre", "helper_unit", "helped_cadre", "matters", "starts_on"]
# Which kind of helper each kind of pairing has.
HELPER_OF = {
    Pairing.Kind.SECRETARY: "helper_cadre",
    Pairing.Kind.CADRE: "helper_cadre",
    Pairing.Kind.VILLAGE: "helper_village",
    Pairing.Kind.UNIT: "helper_unit",
}
NEEDED = {
    "helper_village": "请选择帮扶村。",
    "helper_cadre": "请选择帮扶人。",
    "helper_unit": "请选择帮扶单位。",
}


SAME = "这个村与这一帮扶方在这段时间已有同样的结对，请直接使用。"


@dataclass(frozen=True)
class Terms:
    """A pairing as it is asked for: who helps whom how, from when to when, and which place of the round's own naming it fills."""

    round: Round
    village: Village
    kind: str
    helpers: Mapping[str, Any]  # helper_village, helper_cadre, helper_unit
    starts_on: date
    helped_cadre: Cadre | None = None
    ends_on: date | None = None
    slot: PairingSlot | None = None


def check_parties(terms: Terms) -> None:
    """Who may help whom; asks no question of the database where no place is named."""
    round, kind, helpers = terms.round, Pairing.Kind(terms.kind), terms.helpers
    of_township(round, terms.village)
    known_to(round, helpers["helper_cadre"], field="helper_cadre")
    known_to(round, terms.helped_cadre, field="helped_cadre")
    in_order(terms.starts_on, terms.ends_on, field="ends_on", sentence="结束日期不能早于开始日期。")
    needed = HELPER_OF[kind]
    for name, helper in helpers.items():
        if name == needed and helper is None:
            raise Refused(NEEDED[name], field=name)
        if name != needed and helper is not None:
            raise Refused(f"“{kind.label}”的帮扶方只填一项，请清空这一项或改选结对方式。", field=name)
    if helpers["helper_village"] == terms.village:
        raise Refused("帮扶村不能是被帮扶村自己。", field="helper_village")
    if terms.helped_cadre and terms.helped_cadre == helpers["helper_cadre"]:
        raise Refused("帮扶人和被帮带人不能是同一人。", field="helped_cadre")
    if terms.slot:
        check_slot(round, kind, terms.slot)


def check_slot(round: Round, kind: Pairing.Kind, slot: PairingSlot) -> None:
    """The place is one the round named itself, filled by pairings of this kind."""
    if not slot.name or slot.rule.round_id != round.pk:
        raise Refused("本轮没有这一项要求，请重新选择。", field="slot")
    if slot.filled_by != kind:
        raise Refused(f"“{slot.name}”由“{WAYS[slot.filled_by]}”落实，请改选结对方式或不选这一项。", field="slot")


def _check(terms: Terms, *, besides: int = 0) -> None:
    check_parties(terms)
    same = Pairing.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=terms.starts_on),
        round=terms.round, village=terms.village, kind=terms.kind, **terms.helpers,
    )  # fmt: skip
    if terms.ends_on:
        same = same.filter(starts_on__lte=terms.ends_on)
    if same.exclude(pk=besides).exists():
        raise Refused(SAME, field=HELPER_OF[Pairing.Kind(terms.kind)])


@transaction.atomic
def add_pairing(
    *,
    round: Round,
    village: Village,
    kind: str,
    starts_on: date,
    by: Any,
    at: datetime,
    helper_village: Village | None = None,
    helper_cadre: Cadre | None = None,
    helper_unit: Unit | None = None,
    helped_cadre: Cadre | None = None,
    matters: str = "",
    ends_on: date | None = None,
    slot: PairingSlot | None = None,
) -> Pairing:
    """Pair a village with one helper; the kind says whether that is a village, a cadre or a unit. Several helpers are several pairings."""
    helpers = {"helper_village": helper_village, "helper_cadre": helper_cadre, "helper_unit": helper_unit}
    _check(Terms(round, village, kind, helpers, starts_on, helped_cadre, ends_on, slot))
    pairing = Pairing.objects.create(
        round=round, village=village, kind=kind, helped_cadre=helped_cadre, matters=matters, starts_on=starts_on,
        ends_on=ends_on, slot=slot, **helpers,
    )  # fmt: skip
    audit.record(pairing, "建立结对", by=by, at=at)
    return pairing


@transaction.atomic
def change_pairing(
    pairing: Pairing,
    *,
    kind: str,
    helper_village: Village | None,
    helper_cadre: Cadre | None,
    helper_unit: Unit | None,
    helped_cadre: Cadre | None,
    matters: str,
    starts_on: date,
    base_version: int,
    by: Any,
    at: datetime,
    slot: PairingSlot | None = None,
) -> Pairing:
    """Correct a pairing. Its end is set by `end_pairing`, and another village is another pairing."""
    helpers = {"helper_village": helper_village, "helper_cadre": helper_cadre, "helper_unit": helper_unit}
    terms = Terms(pairing.round, pairing.village, kind, helpers, starts_on, helped_cadre, pairing.ends_on, slot)
    _check(terms, besides=pairing.pk)
    first = pairing.activities.order_by("held_on").values_list("held_on", flat=True).first()
    if first and first < starts_on:
        raise Refused(f"{first.isoformat()}已有帮扶活动，开始日期不能晚于这一天。", field="starts_on")
    before = audit.snapshot(pairing, FIELDS)
    pairing.kind, pairing.slot, pairing.helped_cadre = kind, slot, helped_cadre
    pairing.matters, pairing.starts_on = matters, starts_on
    for name, helper in helpers.items():
        setattr(pairing, name, helper)
    save_if_unchanged(pairing, expected_version=base_version, fields=FIELDS)
    audit.record(pairing, "修改结对", by=by, at=at, changes=audit.changes_since(before, pairing))
    return pairing


@transaction.atomic
def end_pairing(
    pairing: Pairing, *, ends_on: date, reason: str, by: Any, at: datetime, base_version: int | None = None
) -> Pairing:
    """End a pairing with a reason; its activities stay."""
    if pairing.ends_on:
        raise Refused("这项结对已结束，不需重复办理。")
    if not reason:
        raise Refused("请写明结束原因。", field="reason")
    in_order(pairing.starts_on, ends_on, field="ends_on", sentence="结束日期不能早于开始日期。")
    last = pairing.activities.order_by("-held_on").values_list("held_on", flat=True).first()
    if last and last > ends_on:
        raise Refused(f"{last.isoformat()}还有帮扶活动，结束日期不能早于这一天。", field="ends_on")
    before = audit.snapshot(pairing, ["ends_on"])
    pairing.ends_on = ends_on
    expected = pairing.version if base_version is None else base_version
    save_if_unchanged(pairing, expected_version=expected, fields=["ends_on"])
    audit.record(pairing, "结束结对", by=by, at=at, reason=reason, changes=audit.changes_since(before, pairing))
    return pairing
