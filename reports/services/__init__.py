"""What is done with summaries: draft and compute anew, edit by paragraph, submit and sign, ask for the file."""

from reports.services.drafting import default_period, draft_summary, recompute
from reports.services.editing import (
    accept_generated,
    add_own_part,
    edit_part,
    keep_own,
    lock_part,
    move_part,
    remove_own_part,
    restore_version,
    revert_part,
    unlock_part,
)
from reports.services.files import request_pdf
from reports.services.issued import add_issued_file
from reports.services.signing import return_summary, sign, start_again, submit_for_sign, withdraw

__all__ = [
    "accept_generated",
    "add_issued_file",
    "add_own_part",
    "default_period",
    "draft_summary",
    "edit_part",
    "keep_own",
    "lock_part",
    "move_part",
    "recompute",
    "remove_own_part",
    "request_pdf",
    "restore_version",
    "return_summary",
    "revert_part",
    "sign",
    "start_again",
    "submit_for_sign",
    "unlock_part",
    "withdraw",
]
