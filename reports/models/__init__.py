"""Summaries: what was asked for, the figures it rests on, its parts, and the files made from it."""

from .file import SummaryFile
from .part import Part, text_of
from .summary import Summary, SummaryQuerySet

__all__ = ["Part", "Summary", "SummaryFile", "SummaryQuerySet", "text_of"]
