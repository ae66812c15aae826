"""What is done with meetings: held, their agenda, and what was promised there."""

from meetings.services.agenda import add_agenda_item, change_agenda_item
from meetings.services.commitments import add_commitment, change_commitment, keep_commitment, report_commitment
from meetings.services.meetings import change_meeting, hold_meeting

__all__ = [
    "add_agenda_item",
    "add_commitment",
    "change_agenda_item",
    "change_commitment",
    "change_meeting",
    "hold_meeting",
    "keep_commitment",
    "report_commitment",
]
