"""What is done with meetings: held, their agenda, and what was promised there."""

from meetings.services.agenda import add_agenda_item, add_problems, change_agenda_item, open_with_unkept
from meetings.services.commitments import add_commitment, change_commitment, keep_commitment, report_commitment
from meetings.services.meetings import change_meeting, hold_meeting

__all__ = [
    "add_agenda_item",
    "add_commitment",
    "add_problems",
    "change_agenda_item",
    "change_commitment",
    "change_meeting",
    "hold_meeting",
    "keep_commitment",
    "open_with_unkept",
    "report_commitment",
]
