"""Pages of summaries, one noun a file."""

from reports.views.compare import Compare
from reports.views.files import FileDownload, SummaryPdf, SummaryWord
from reports.views.issue import IssuedFileCreate, IssuedFileDownload, SummaryStartAgain, SummaryWithdraw
from reports.views.outlines import (
    OutlineDetail,
    OutlineList,
    OutlinePartCreate,
    OutlinePartMove,
    OutlinePartRemove,
    OutlinePartUpdate,
    OutlinePutIn,
    OutlineReset,
    ScheduleUpdate,
)
from reports.views.parts import (
    PartCreate,
    PartKeep,
    PartLock,
    PartMove,
    PartRemove,
    PartRevert,
    PartUnlock,
    PartUpdate,
    VersionList,
    VersionRestore,
)
from reports.views.signing import SummaryReturn, SummarySign, SummarySubmit
from reports.views.summaries import SummaryCreate, SummaryDetail, SummaryList, SummaryRecompute
from reports.views.verification import Verify

__all__ = [
    "Compare",
    "FileDownload",
    "IssuedFileCreate",
    "IssuedFileDownload",
    "OutlineDetail",
    "OutlineList",
    "OutlinePartCreate",
    "OutlinePartMove",
    "OutlinePartRemove",
    "OutlinePartUpdate",
    "OutlinePutIn",
    "OutlineReset",
    "PartCreate",
    "PartKeep",
    "PartLock",
    "PartMove",
    "PartRemove",
    "PartRevert",
    "PartUnlock",
    "PartUpdate",
    "ScheduleUpdate",
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
    "VersionList",
    "VersionRestore",
]
