"""Inspections, notices that must be answered, bulletins, visits, satisfaction surveys."""

from inspections.models.bulletin import Bulletin
from inspections.models.inspection import Finding, Inspection
from inspections.models.notice import Notice, NoticeFile, NoticeRound
from inspections.models.question import SurveyQuestion
from inspections.models.survey import Survey
from inspections.models.visit import Visit

__all__ = [
    "Bulletin",
    "Finding",
    "Inspection",
    "Notice",
    "NoticeFile",
    "NoticeRound",
    "Survey",
    "SurveyQuestion",
    "Visit",
]
