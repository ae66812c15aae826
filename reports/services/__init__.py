"""What is done with summaries: draft and compute anew, edit by paragraph, submit and sign, ask for the file."""

from reports.services.drafting import default_period, draft_summary, recompute
from reports.services.editing import (
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
from reports.services.outlining import (
    add_outline_part,
    change_outline_part,
    move_outline_part,
    put_other_work_in,
    remove_outline_part,
    reset_outline,
)
from reports.services.scheduling import draft_of_the_month, set_schedule
from reports.services.signing import return_summary, sign, start_again, submit_for_sign, withdraw

__all__ = [
    "add_issued_file",
    "add_outline_part",
    "add_own_part",
    "change_outline_part",
    "default_period",
    "draft_of_the_month",
    "draft_summary",
    "edit_part",
    "keep_own",
    "lock_part",
    "move_outline_part",
    "move_part",
    "put_other_work_in",
    "recompute",
    "remove_outline_part",
    "remove_own_part",
    "request_pdf",
    "reset_outline",
    "restore_version",
    "return_summary",
    "revert_part",
    "set_schedule",
    "sign",
    "start_again",
    "submit_for_sign",
    "unlock_part",
    "withdraw",
]
