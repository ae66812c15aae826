"""The language of a summary: one function per sentence. A sentence without data is None, and its name tells the author what is missing.

`SENTENCES` is the declared list; `reports.outlines` says which stand where.
"""

from reports.language import (
    acceptance,
    bulletin,
    closing,
    next_steps,
    opening,
    organisation,
    otherwork,
    period,
    rectifying,
    results,
    shortfalls,
)
from reports.language.brief import Brief, runs
from reports.language.sentence import Sentence

SENTENCES: dict[str, Sentence] = {}
for _module in (
    opening,
    organisation,
    rectifying,
    results,
    shortfalls,
    next_steps,
    closing,
    period,
    bulletin,
    acceptance,
    otherwork,
):
    for _sentence in _module.sentences:
        SENTENCES[_sentence.key] = _sentence

__all__ = ["SENTENCES", "Brief", "Sentence", "runs"]
