"""The declaration of a sentence: its name for the office, its wordings, how it is written, and what to enter where when it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reports.language.brief import Brief, Pieces

Write = Callable[..., Pieces | None]  # (brief), or (brief, variant) of a sentence with variants


@dataclass(frozen=True)
class Sentence:
    """`missing` names in plain words what is not recorded; empty when silence is right (no relapse is no gap). `entered` is the url name,
    with the filter of a list (“name?state=…”) where something stands there already and waits.

    `variants` are its wordings (code → what the office reads); the first is the usual one.
    """

    key: str
    function: Write
    name: str
    missing: str = ""
    entered: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    # What else is not recorded, or waits for somebody, named one by one by the data itself: (words, where).
    idle: Callable[[Brief], list[tuple[str, str]]] | None = None

    def write(self, brief: Brief, variant: str = "") -> Pieces | None:
        """An unknown variant (one of a later or earlier edition of the portal) is the usual wording."""
        if not self.variants:
            return self.function(brief)
        return self.function(brief, variant if variant in self.variants else next(iter(self.variants)))


class Sentences(list[Sentence]):
    """The sentences of one module, in order: `@sentences.add("key", "名称", missing=…, entered=…, variants=…)`."""

    def add(
        self,
        key: str,
        name: str,
        *,
        missing: str = "",
        entered: str = "",
        variants: Mapping[str, str] | None = None,
        idle: Callable[[Brief], list[tuple[str, str]]] | None = None,
    ) -> Callable[[Write], Write]:
        def keep(write: Write) -> Write:
            self.append(Sentence(key, write, name, missing, entered, variants or {}, idle))
            return write

        return keep
