"""白石镇 exists so that scope can be seen."""

from __future__ import annotations

from datetime import date as D

from problems.services import ledger, moves, progress
from rectify.demo import work
from rectify.demo.base import Demo, at
from rectify.demo.place import OTHER_TOWNSHIP
from rectify.demo.rounds import list_village, values_of
from rounds.services import rounds


def load(demo: Demo) -> None:
    clerk, commissioner, resident = demo.user["baishi_ban"], demo.user["baishi_wei"], demo.user["baishi_zhu"]
    round_ = rounds.add_round(
        township=demo.township[OTHER_TOWNSHIP], by=clerk, at=at(D(2026, 2, 20)), **values_of(work.ROUND_2)
    )
    for village in ("白石村", "杨梅村"):
        list_village(
            demo, round_, village, [3], facts="班子议事少、工作推进慢", proposed=at(D(2026, 3, 2), 17), approved=at(D(2026, 3, 5), 11),
            clerk="baishi_ban", secretary="baishi_shuji",
        )  # fmt: skip
    rows = [
        ("白石村", "infrastructure", "村内排水沟改造", D(2026, 9, 30)),
        ("白石村", "organisation", "村务公开不规范", D(2026, 12, 20)),
        ("杨梅村", "legacy", "林权界址不清", D(2026, 12, 31)),
        ("杨梅村", "collective_economy", "杨梅合作社经营停滞", D(2026, 11, 10)),
    ]
    for village, category, title, due in rows:
        problem = ledger.log_problem(
            round=round_, village=demo.village[village], category=category, title=title, description=f"{title}，群众有反映。",
            discovered_on=D(2026, 3, 6), due_on=due, by=resident, at=at(D(2026, 3, 9), 10), submit=True,
        )  # fmt: skip
        moves.accept(problem, by=commissioner, at=at(D(2026, 3, 16), 10))
        progress.post_progress(
            problem,
            text="已列出责任分工，逐项推进。",
            happened_on=D(2026, 10, 12),
            by=resident,
            at=at(D(2026, 10, 12), 16),
        )
