"""Pages of summaries, one noun a file."""

from reports.views.files import FileDownload, SummaryPdf, SummaryWord
from reports.views.issue import IssuedFileCreate, IssuedFileDownload, SummaryStartAgain, SummaryWithdraw
from reports.views.parts import PartCreate, PartKeep, PartMove, PartRemove, PartRevert, PartUpdate
from reports.views.signing import SummaryReturn, SummarySign, SummarySubmit
from reports.views.summaries import SummaryCreate, SummaryDetail, SummaryList, SummaryRecompute
from reports.views.verification import Verify

__all__ = [
    "FileDownload",
    "IssuedFileCreate",
    "IssuedFileDownload",
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
    "SummaryStartAgain",
    "SummarySubmit",
    "SummaryWithdraw",
    "SummaryWord",
    "Verify",
]
