"""Other work of the demo township: two of the starting kinds switched on, entered by the villages as it was done."""

from __future__ import annotations

from datetime import date as D
from decimal import Decimal

from otherwork.models import WorkKind
from otherwork.services import entries, kinds
from rectify.demo.base import SECRETARY, Demo, at
from rectify.demo.place import TOWNSHIP, V1, V2, V3

STARTED = D(2026, 3, 6)
KINDS = ("三会一课", "为民办实事")
# kind, village, day, quantity, what, money by source
ENTRIES = (
    ("三会一课", V1, D(2026, 4, 3), 4, "支部党员大会1次、支委会2次、党课1次", {}),
    ("三会一课", V2, D(2026, 5, 8), 3, "支委会2次、党课1次", {}),
    ("三会一课", V3, D(2026, 6, 5), 3, "支部党员大会1次、支委会2次", {}),
    ("三会一课", V1, D(2026, 9, 4), 2, "支委会1次、主题党日1次", {}),
    ("为民办实事", V1, D(2026, 5, 20), 1, "村口到小学路段安装路灯24盏", {"镇级补助": "2", "村级自筹": "1.5"}),
    ("为民办实事", V2, D(2026, 7, 15), 1, "村级居家养老点添置床铺和厨具", {"上级补助": "3"}),
    ("为民办实事", V3, D(2026, 9, 10), 2, "疏通两处灌溉渠", {"镇级补助": "1", "村级自筹": "0.5"}),
)  # fmt: skip


def load(demo: Demo) -> None:
    """The office switches the kinds on when the round begins; each village secretary enters his own."""
    made: dict[str, WorkKind] = {
        kind.name: kind
        for kind in kinds.start_kinds(
            township=demo.township[TOWNSHIP], names=KINDS, starts_on=STARTED, by=demo.user["shen"], at=at(STARTED)
        )
    }
    for name, village, day, quantity, note, funds in ENTRIES:
        entries.add_entry(
            kind=made[name], village=demo.village[village], happened_on=day, quantity=Decimal(quantity), note=note,
            funds={source: Decimal(amount) for source, amount in funds.items()}, by=demo.user[SECRETARY[village]],
            at=at(day, 17),
        )  # fmt: skip
