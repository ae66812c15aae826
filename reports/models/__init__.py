"""Summaries: what was asked for, the figures it rests on, its parts, and the files made from it."""

from .file import SummaryFile
from .issue import Issue, IssuedFile, VerificationCount, Withdrawal
from .part import Part, PartVersion, Runs, text_of
from .settings import DraftSchedule, Outline
from .summary import Summary, SummaryQuerySet

__all__ = [
    "DraftSchedule",
    "Issue",
    "IssuedFile",
    "Outline",
    "Part",
    "PartVersion",
    "Runs",
    "Summary",
    "SummaryFile",
    "SummaryQuerySet",
    "VerificationCount",
    "Withdrawal",
    "text_of",
]
