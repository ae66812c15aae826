"""Pages of summaries, one noun a file."""

from reports.views.files import FileDownload, SummaryPdf
from reports.views.parts import PartCreate, PartKeep, PartMove, PartRemove, PartRevert, PartUpdate
from reports.views.signing import SummaryReturn, SummarySign, SummarySubmit
from reports.views.summaries import SummaryCreate, SummaryDetail, SummaryList, SummaryRecompute

__all__ = [
    "FileDownload",
    "PartCreate",
    "PartKeep",
    "PartMove",
    "PartRemove",
    "PartRevert",
    "PartUpdate",
    "SummaryCreate",
    "SummaryDetail",
    "SummaryList",
    "SummaryPdf",
    "SummaryRecompute",
    "SummaryReturn",
    "SummarySign",
    "SummarySubmit",
]
