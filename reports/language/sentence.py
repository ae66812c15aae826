"""The declaration of a sentence: how it is written, and what to enter where when it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.language.brief import Brief, Pieces

Write = Callable[[Brief], Pieces | None]


@dataclass(frozen=True)
class Sentence:
    """`missing` names in plain words what is not recorded; empty when silence is right (no relapse is no gap). `entered` is the url name."""

    key: str
    write: Write
    missing: str = ""
    entered: str = ""


class Sentences(list[Sentence]):
    """The sentences of one module, in order: `@sentences.add("key", missing=…, entered=…)`."""

    def add(self, key: str, *, missing: str = "", entered: str = "") -> Callable[[Write], Write]:
        def keep(write: Write) -> Write:
            self.append(Sentence(key, write, missing, entered))
            return write

        return keep
