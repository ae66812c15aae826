"""What is done with inspections, notices, bulletins, visits and surveys."""

from inspections.services.bulletins import add_bulletin, change_bulletin
from inspections.services.findings import add_finding, change_finding, raise_problem
from inspections.services.inspections import add_inspection, change_inspection
from inspections.services.notices import (
    change_notice,
    close_notice,
    issue_notice,
    reissue_notice,
    reply_notice,
    sign_notice,
)
from inspections.services.surveys import add_survey, change_survey
from inspections.services.visits import change_visit, record_visit

__all__ = [
    "add_bulletin",
    "add_finding",
    "add_inspection",
    "add_survey",
    "change_bulletin",
    "change_finding",
    "change_inspection",
    "change_notice",
    "change_survey",
    "change_visit",
    "close_notice",
    "issue_notice",
    "raise_problem",
    "record_visit",
    "reissue_notice",
    "reply_notice",
    "sign_notice",
]
