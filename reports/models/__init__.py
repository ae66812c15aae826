"""Summaries: what was asked for, the figures it rests on, its parts, and the files made from it."""

from .file import SummaryFile
from .issue import Issue, IssuedFile, VerificationCount, Withdrawal
from .part import Part, text_of
from .summary import Summary, SummaryQuerySet

__all__ = [
    "Issue",
    "IssuedFile",
    "Part",
    "Summary",
    "SummaryFile",
    "SummaryQuerySet",
    "VerificationCount",
    "Withdrawal",
    "text_of",
]
