"""Papers written but not kept, and what is wrong with them."""

import re
from datetime import date
from itertools import pairwise
from typing import Any

from reports import document_model
from reports.figures import Figures
from reports.models import Part, text_of
from reports.services.drafting import write
from tests.reports.conftest import END, START

MONTH = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30), "as_of": date(2026, 9, 30)}
WHOLE = {"starts_on": START, "ends_on": END, "as_of": END}
COUNTED = re.compile(r"\d+(?:\.\d+)?(?:个|次|名|户|份|项|条|张|对|万元|%)")


class Paper:
    """One paper of a round, written but not kept."""

    def __init__(self, round: Any, kind: str, **asked: Any) -> None:
        self.written = write(round, kind=kind, **asked)
        self.parts = [Part(key=d.key, kind=d.kind, generated=d.runs) for d in self.written.drafts]
        self.blocks = [block for _, block in document_model.body_blocks(self.parts)]
        self.text = "\n".join(block.text for block in self.blocks)
        self.title = text_of(self.parts[0].runs)

    @property
    def figures(self) -> Figures:
        return self.written.figures


def clauses(text: str) -> list[str]:
    """What a reader hears as sentences, numbers of items left off."""
    found = [c for line in text.split("\n") for c in re.split(r"[。；]", line) if c]
    return [re.sub(r"^(?:[一二三四五六七八九十]+[是、]|（[一二三四五六七八九十]+）|\d\.)", "", c) for c in found]


def monotonous(text: str) -> list[str]:
    """Openings that stand three times in a row."""
    heads = [c[:3] for c in clauses(text) if len(c) > 3]
    return [a for (a, b), (_, c) in pairwise(pairwise(heads)) if a == b == c]


def doubled(paper: "Paper") -> list[str]:
    """A village named twice in one breath, and 等等."""
    names = "|".join(re.escape(name) for name in paper.figures.scope["villages"])
    return re.findall(rf"等等|(?:该村)(?:{names})|({names})\1", paper.text)


def loose(paper: Paper) -> list[str]:
    """Counts in the generated words that are no figure and stand in no record."""

    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [s for v in value.values() for s in strings(v)]
        if isinstance(value, list):
            return [s for v in value for s in strings(v)]
        return [value] if isinstance(value, str) else []

    recorded = "\n".join(strings(paper.figures.facts)) + paper.figures.scope["aim"]
    return [
        match
        for part in paper.parts
        for run in part.runs
        if not run["figure"]
        for match in COUNTED.findall(run["text"] or "")
        if match not in recorded and match != "10万元"  # the threshold of the round
    ]
