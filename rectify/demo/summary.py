"""The stage summary as the clerk drafted it, with sentences of his own about the next steps."""

from __future__ import annotations

from datetime import date as D

from rectify.demo import work
from rectify.demo.base import Demo, at
from reports.services import drafting, editing


def load(demo: Demo) -> None:
    day, clerk = D(2026, 10, 31), demo.user["shen"]
    draft = drafting.draft_summary(
        round=demo.round,
        kind="stage",
        starts_on=demo.round.starts_on,
        ends_on=day,
        as_of=day,
        by=clerk,
        at=at(day, 20),
    )
    for minute, text in enumerate(work.NEXT_STEPS, 30):
        editing.add_own_part(draft, section="part.next", text=text, by=clerk, at=at(day, 20, minute))
