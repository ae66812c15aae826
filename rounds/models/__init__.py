"""A round of rectification: what was deployed, who leads it, which villages are in it and why."""

from rounds.models.desk import (
    CalendarItem,
    DocumentFile,
    DocumentItem,
    GoodPractice,
    LeadingGroupSeat,
    LinkedCampaign,
    RoundDocument,
)
from rounds.models.listing import Criterion, Designation, ScreeningVisit
from rounds.models.round import Round, RoundQuerySet, RoundRecordQuerySet

__all__ = [
    "CalendarItem",
    "Criterion",
    "Designation",
    "DocumentFile",
    "DocumentItem",
    "GoodPractice",
    "LeadingGroupSeat",
    "LinkedCampaign",
    "Round",
    "RoundDocument",
    "RoundQuerySet",
    "RoundRecordQuerySet",
    "ScreeningVisit",
]
