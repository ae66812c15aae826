"""What is done with pairings: who helps which village, from when to when."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from pairings.models import Pairing
from rounds.models import Round
from rounds.services.rules import in_order, known_to, of_township
from villages.models import Cadre, Unit, Village

FIELDS = ["kind", "helper_village", "helper_cadre", "helper_unit", "helped_cadre", "matters", "starts_on"]
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


def check_parties(
    *,
    round: Round,
    village: Village,
    kind: str,
    helpers: dict[str, Any],
    helped_cadre: Cadre | None,
    starts_on: date,
    ends_on: date | None,
) -> None:
    """Who may help whom, without a query."""
    of_township(round, village)
    known_to(round, helpers["helper_cadre"], field="helper_cadre")
    known_to(round, helped_cadre, field="helped_cadre")
    in_order(starts_on, ends_on, field="ends_on", sentence="结束日期不能早于开始日期。")
    needed = HELPER_OF[Pairing.Kind(kind)]
    for name, helper in helpers.items():
        if name == needed and helper is None:
            raise Refused(NEEDED[name], field=name)
        if name != needed and helper is not None:
            raise Refused(f"“{Pairing.Kind(kind).label}”的帮扶方只填一项，请清空这一项或改选结对方式。", field=name)
    if helpers["helper_village"] == village:
        raise Refused("帮扶村不能是被帮扶村自己。", field="helper_village")
    if helped_cadre and helped_cadre == helpers["helper_cadre"]:
        raise Refused("帮扶人和被帮带人不能是同一人。", field="helped_cadre")


def _check(
    *,
    round: Round,
    village: Village,
    kind: str,
    helpers: dict[str, Any],
    helped_cadre: Cadre | None,
    starts_on: date,
    ends_on: date | None,
    besides: int = 0,
) -> None:
    check_parties(
        round=round, village=village, kind=kind, helpers=helpers, helped_cadre=helped_cadre, starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    same = Pairing.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), round=round, village=village, kind=kind, **helpers
    )
    if ends_on:
        same = same.filter(starts_on__lte=ends_on)
    if same.exclude(pk=besides).exists():
        raise Refused(SAME, field=HELPER_OF[Pairing.Kind(kind)])


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
) -> Pairing:
    """Pair a village with one helper; the kind says whether that is a village, a cadre or a unit. Several helpers are several pairings."""
    helpers = {"helper_village": helper_village, "helper_cadre": helper_cadre, "helper_unit": helper_unit}
    _check(
        round=round,
        village=village,
        kind=kind,
        helpers=helpers,
        helped_cadre=helped_cadre,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    pairing = Pairing.objects.create(
        round=round,
        village=village,
        kind=kind,
        helped_cadre=helped_cadre,
        matters=matters,
        starts_on=starts_on,
        ends_on=ends_on,
        **helpers,
    )
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
) -> Pairing:
    """Correct a pairing. Its end is set by `end_pairing`, and another village is another pairing."""
    helpers = {"helper_village": helper_village, "helper_cadre": helper_cadre, "helper_unit": helper_unit}
    _check(
        round=pairing.round,
        village=pairing.village,
        kind=kind,
        helpers=helpers,
        helped_cadre=helped_cadre,
        starts_on=starts_on,
        ends_on=pairing.ends_on,
        besides=pairing.pk,
    )
    first = pairing.activities.order_by("held_on").values_list("held_on", flat=True).first()
    if first and first < starts_on:
        raise Refused(f"{first.isoformat()}已有帮扶活动，开始日期不能晚于这一天。", field="starts_on")
    before = audit.snapshot(pairing, FIELDS)
    pairing.kind, pairing.helped_cadre, pairing.matters, pairing.starts_on = kind, helped_cadre, matters, starts_on
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
